// server.h — answers HTTP/1.1 on one address, within limits.
//
// What a peer does wrong is answered where it can be: 400 malformed or damaged on the way, 408 too slow, 413 body too
// large, 431 header too large, 503 too many connections, too busy or stopping; each with a JSON body that carries our
// code (Response::problem), and the connection closes behind it.  A body that is over its limit is never kept in
// memory. A handler that throws costs its own connection a 500 (G5108) and nobody else anything.
//
// A request with a Content-Digest (RFC 9530, sha-256) is refused where its body is another; one with
// Want-Content-Digest gets the digest of its answer.
//
// Requests of one connection are handled one after the other, in order (pipelining is safe); connections run side by
// side.  A handler runs on its connection's strand: with several threads in the io_context, handlers of different
// connections run at the same time.  Where limits.under_way_max allows more than one, the next request is read while
// one is handled, and its handler begins before the one before has ended; they begin in order, and answers leave in
// order.
//
// Thread safety: every member may be called from any thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "sync/http/message.h"
#include "sync/http/tls.h"

namespace gongji::http {

using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

struct Limits {
  std::size_t header_bytes_max = 16 * 1024;  // request line and all headers
  std::size_t body_bytes_max = 1024 * 1024;
  // Another body limit for some targets; called with the target as sent.  Empty: body_bytes_max for all.
  std::function<std::size_t(std::string_view target)> body_limit;
  std::size_t connections_max = 256;  // a connection above it is answered 503
  // A stranger is a connection without a verified client certificate (yet); above these numbers, in all and from one
  // address (IPv6: from one /64), a further one is closed without a word.  0: as many as there may be connections.
  std::size_t strangers_max = 0;
  std::size_t strangers_per_address_max = 0;
  std::size_t stranger_body_bytes_max = 0;  // over TLS, where it is less than the target's own limit; 0: no less
  // Connections of one client certificate; above it the one that was silent longest is closed.  0: no limit.
  std::size_t connections_per_peer_max = 0;
  // All bodies in memory together; a request above it is answered 503.  One body is always let in.  0: no limit.
  std::size_t bodies_bytes_max = 0;
  std::size_t requests_max = 10'000;  // per connection; the last one is answered with `Connection: close`
  std::size_t under_way_max = 1;      // requests of one connection whose answers have not left

  std::chrono::milliseconds handshake{10'000};    // TLS, from accept to its end
  std::chrono::milliseconds idle{75'000};         // between requests, until the first byte of the next
  std::chrono::milliseconds read_header{10'000};  // from the first byte to the end of the header
  std::chrono::milliseconds read_body{60'000};    // from the end of the header to the end of the body
  std::chrono::milliseconds write{30'000};        // one answer, or one chunk of an endless one
  std::chrono::milliseconds linger{2'000};        // how long a refused peer may go on sending before we hang up
  std::chrono::milliseconds stop{5'000};          // how long running requests may take after stop()
};

struct ServerOptions {
  std::string address = "127.0.0.1";       // an IP address, v4 or v6
  std::uint16_t port = 0;                  // 0: any free one, see Server::port
  std::optional<std::string> unix_socket;  // instead of address and port; the file gets mode 0660
  std::optional<TlsServer> tls;            // not with unix_socket
  Limits limits;
  // Called on the connection's strand with the words of an exception that a handler let out.  They may hold anything,
  // personal data too, and are never sent to the peer.
  std::function<void(std::string_view why)> on_handler_failure;
};

class Server {
 public:
  // Listens at once; connections are served while the io_context runs.  The io_context must outlive the Server.
  // Errors: tls_options_invalid, tls_file_unreadable, tls_file_invalid, tls_key_does_not_match, listen_failed.
  static Result<std::unique_ptr<Server>> listen(boost::asio::io_context& context, ServerOptions options,
                                                Handler handler);

  // Closes every connection at once.  A handler that still runs is cancelled and goes away when its io_context runs
  // next or is destroyed; what it refers to must live until then.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;  // 0 for a unix socket

  // Reads the TLS files again; new connections use them.  On trouble the old ones stay.
  Result<void> reload_tls();

  // Stops accepting and closes idle connections; running requests may finish until limits.stop, then they are
  // cancelled. Returns at once; connections() reaches 0 when all is over.  May be called twice.
  void stop();

  std::size_t connections() const;  // open now, those being refused included

 private:
  class Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace gongji::http
