// connection.h — one connection of a client: opened step by step, then request and answer in turn.
//
// Thread safety: none; everything happens on the client's strand.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/http/client.h"
#include "sync/http/detail/wire.h"

namespace gongji::http {

// What a client keeps between connections.
struct ClientMemory {
  ClientOptions options;
  std::shared_ptr<TlsContext> tls;  // loaded by the first connection
  SessionPtr session;               // the newest TLS session, to resume from
};

struct Exchange {
  std::optional<Response> response;
  std::optional<Trouble> failure;  // set when there is no response
  bool keep_alive = false;
  bool closed_unanswered = false;  // the peer had closed before any byte of the answer
};

class Connection {
 public:
  // Errors: see Client::call.  `until` is the call's own deadline.  `memory` must outlive the connection.
  static boost::asio::awaitable<Result<std::shared_ptr<Connection>>> open(boost::asio::any_io_executor executor,
                                                                          std::shared_ptr<ClientMemory> memory,
                                                                          Moment until);

  // One request, one answer.  `head` and `body` must live until it returns.  `written`: called when all of the request
  // is on its way; another exchange may begin then, and gets the next answer.  One that fails takes those behind it
  // with it.
  boost::asio::awaitable<Exchange> exchange(const std::string& head, const std::string& body, bool head_only,
                                            Moment until, const std::function<void()>& written);

  bool busy() const { return !under_way_.empty(); }  // an answer has not come
  bool usable() { return buffer_.size() == 0 && wire_->quiet(); }
  bool resumed() const { return wire_->ssl() != nullptr && SSL_session_reused(wire_->ssl()) == 1; }
  void abort() { wire_->abort(); }

 private:
  class UnderWay;
  struct Turn {
    explicit Turn(const boost::asio::any_io_executor& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    Moment until;
    bool reads = false;
  };

  Connection(std::shared_ptr<Wire> wire, std::shared_ptr<ClientMemory> memory);
  boost::asio::awaitable<Exchange> receive(error_code write_failure, bool head_only, Moment until);
  void arm_for_the_first();
  Trouble lost(const error_code& failure, Moment until, const char* step) const;

  std::shared_ptr<Wire> wire_;
  std::shared_ptr<ClientMemory> memory_;
  boost::beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<Turn>> under_way_;  // the first reads its answer, or is still writing
};

}  // namespace gongji::http
