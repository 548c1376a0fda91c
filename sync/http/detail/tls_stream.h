// tls_stream.h — TLS on a connected socket: OpenSSL reads and writes the socket itself, and is asked again when it may.
//
// Nothing is kept between: no second pair of buffers, and OpenSSL gives its own back while the connection is silent.  A
// centre with thousands of tills waiting pays for what they are, not for what they might send.
//
// Thread safety: none; everything happens on the executor (a strand) the socket was made with.  At most one step at a
// time, but for one that reads beside one that writes.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/compose.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace gongji::http {

struct SslDelete {
  void operator()(SSL* ssl) const {
    // A line that broke says nothing against the session: without a goodbye OpenSSL would forget it, and the reconnect,
    // which is what sessions are for, would shake hands in full.
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl);
  }
};

class TlsStream {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  enum class Act { shake_hands, read, write, say_goodbye };

  // `socket` must outlive the stream, and be connected.
  TlsStream(Socket& socket, SSL_CTX* context);

  SSL* native_handle() { return ssl_.get(); }

  // Completes with (error, bytes), never before it returns.  A connection that the peer ended in order is eof.
  // `data` and `size`: of read and write; they must live until then.
  template <class Token>
  auto async_step(Act act, void* data, std::size_t size, Token&& token) {
    return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
        Step{this, act, data, size, std::nullopt, false}, token, socket_);
  }

 private:
  enum class Wait { none, to_read, to_write };
  struct Outcome {
    Wait wait = Wait::none;
    boost::system::error_code failure;
    std::size_t bytes = 0;
  };
  Outcome attempt(Act act, void* data, std::size_t size);

  struct Step {
    TlsStream* stream;
    Act act;
    void* data;
    std::size_t size;
    std::optional<Outcome> outcome;
    bool waited;

    template <class Self>
    void operator()(Self& self, boost::system::error_code failure = {}) {
      if (outcome) return self.complete(outcome->failure, outcome->bytes);
      if (failure) return self.complete(failure, 0);
      const Outcome now = stream->attempt(act, data, size);
      if (now.wait != Wait::none) {
        waited = true;
        const auto which = now.wait == Wait::to_read ? Socket::wait_read : Socket::wait_write;
        return stream->socket_.async_wait(which, std::move(self));
      }
      if (waited) return self.complete(now.failure, now.bytes);
      outcome = now;
      boost::asio::post(stream->socket_.get_executor(), std::move(self));
    }
  };

  Socket& socket_;
  std::unique_ptr<SSL, SslDelete> ssl_;
};

}  // namespace gongji::http
