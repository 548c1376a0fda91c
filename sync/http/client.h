// client.h — one kept-alive HTTP/1.1 connection to one server, with a deadline on every call.
//
// Calls are sent one at a time in the order they were made; a call that waits its turn spends its own deadline.  Where
// options.under_way_max allows more than one, the next request goes up as soon as the one before it is written, and
// answers come in the same order; a call that fails takes those behind it on its connection with it.
// The connection is opened by the first call, kept for the next, and forgotten after any failure.  TLS sessions are
// resumed, so a reconnect costs one round trip less and no signature.
//
// A call is sent again, once and on a fresh connection, only if options.retry_stale allows it and the kept connection
// turned out to be closed before any byte of the answer came.  Ask for that only where calls are idempotent.
//
// Thread safety: every member may be called from any thread; work happens on a strand of the executor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "offline/base/result.h"
#include "sync/http/message.h"
#include "sync/http/tls.h"

namespace gongji::http {

struct ClientLimits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 16 * 1024 * 1024;  // of an answer
  std::size_t waiting_max = 64;                   // calls waiting for their turn
};

struct ClientOptions {
  std::string host = "127.0.0.1";  // DNS name or IP address
  std::uint16_t port = 0;
  std::optional<std::string> unix_socket;             // instead of host and port
  std::optional<TlsClient> tls;                       // not with unix_socket
  std::chrono::milliseconds connect_deadline{5'000};  // look-up, connect and handshake; the call's deadline holds too
  // A peer that acknowledges nothing for so long is gone: the call ends with connection_lost, before its deadline.
  // From 2 s on, in whole seconds; not for unix_socket.  Absent: as the system does it, which takes minutes.
  std::optional<std::chrono::seconds> dead_after;
  ClientLimits limits;
  // A call with another one behind it on the same connection is not sent again.
  bool retry_stale = false;
  std::size_t under_way_max = 1;  // requests on the connection whose answers have not come
  // Bodies carry a digest (RFC 9530) and the server is asked for one of its answers: damage on the way that TLS does
  // not see, because it ended earlier, is a failure like a broken line.
  bool digest = false;
};

struct ClientCounters {
  std::uint64_t calls = 0;               // made, whatever came of them
  std::uint64_t connections = 0;         // TCP (or unix) connections that came up
  std::uint64_t full_handshakes = 0;     // TLS, with certificates
  std::uint64_t resumed_handshakes = 0;  // TLS, from a kept session
  std::uint64_t retries = 0;             // calls sent again because the kept connection was closed
};

class Client {
 public:
  // The executor's context must outlive the Client.
  Client(const boost::asio::any_io_executor& executor, ClientOptions options);
  ~Client();  // drops the connection; a running call still ends, by itself or by its deadline
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Any whole answer is a value, 4xx and 5xx too.  Adds Host and Content-Length.  The Client must live until it
  // returns. Errors, in the order of the steps: request_invalid, too_many_calls, tls_* (files), name_not_found,
  // connect_failed, server_untrusted, server_wrong_name, server_certificate_dates, certificate_refused, tls_failed,
  // connection_lost, response_invalid (not HTTP, or its digest differs), response_too_large; deadline_passed at any
  // step.
  boost::asio::awaitable<Result<Response>> call(Request request, std::chrono::milliseconds deadline);

  // As the first step of a call: true once a connection is kept, at no cost where one is.  For whoever would have to
  // prepare a large request for a server that is probably not there.  Errors: as of call(), up to certificate_refused.
  boost::asio::awaitable<Result<void>> connect(std::chrono::milliseconds deadline);

  void drop();             // forget the connection once no call uses it: the next call opens a fresh one
  bool connected() const;  // a connection is kept or in use; the peer may have closed it since
  void reload_tls();       // drop(), and read the TLS files again for the next connection
  ClientCounters counters() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

// One call, waited for, on an io_context of its own: for command-line tools and tests.  Blocks the calling thread.
Result<Response> call_and_wait(ClientOptions options, Request request, std::chrono::milliseconds deadline);

}  // namespace gongji::http
