// wire.h — one connected socket, plain or TLS, with a deadline for whatever runs on it.
//
// Asio's and Beast's algorithms see one stream type, so each is compiled once.  A deadline cancels what is pending and
// leaves the socket open: a server can still answer 408.
//
// Thread safety: none; everything happens on the executor (a strand) the socket was made with.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "sync/http/detail/tls_context.h"
#include "sync/http/detail/tls_stream.h"

namespace gongji::http {

using boost::system::error_code;
using Socket = boost::asio::generic::stream_protocol::socket;
using Moment = std::chrono::steady_clock::time_point;

inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  using executor_type = boost::asio::any_io_executor;

  explicit Wire(Socket socket);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  SSL* ssl() { return tls_ ? tls_->native_handle() : nullptr; }  // null on a plain wire

  // From here on the wire speaks TLS; the handshake is the next thing to do.
  enum class Side { client, server };
  void use_tls(std::shared_ptr<TlsContext> context);
  boost::asio::awaitable<error_code> handshake(Side side);

  // Until disarm(), everything pending or started after `at` ends with operation_aborted.
  void arm(Moment at);
  void arm(std::chrono::milliseconds span) { arm(std::chrono::steady_clock::now() + span); }
  void disarm();
  bool expired() const { return expired_; }

  // Nothing to read and not closed by the peer: a kept connection that may be used again.  Never blocks.
  bool quiet();

  // Says goodbye, then reads and forgets what the peer still sends, for `linger` at most.  Closing with unread bytes
  // would reset the connection, and the peer might lose the answer that told it what was wrong.
  boost::asio::awaitable<void> close(std::chrono::milliseconds linger);
  void abort();  // closes at once

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& where) {
          if (tls_) {
            const boost::asio::mutable_buffer first = first_of<boost::asio::mutable_buffer>(where);
            tls_->async_step(TlsStream::Act::read, first.data(), first.size(), std::move(handler));
          } else {
            socket_.async_read_some(where, std::move(handler));
          }
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& what) {
          if (tls_) {
            const boost::asio::const_buffer first = first_of<boost::asio::const_buffer>(what);
            tls_->async_step(TlsStream::Act::write, const_cast<void*>(first.data()), first.size(), std::move(handler));
          } else {
            socket_.async_write_some(what, std::move(handler));
          }
        },
        token, buffers);
  }

 private:
  void wait(std::uint64_t generation);
  // The first buffer that is not empty: one call carries one.
  template <class Buffer, class Buffers>
  static Buffer first_of(const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
      const Buffer buffer(*at);
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }

  Socket socket_;
  boost::asio::steady_timer timer_;
  std::uint64_t generation_ = 0;  // which arm() a timer belongs to
  bool expired_ = false;
  std::shared_ptr<TlsContext> context_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace gongji::http
