// api_service.h — /api/v1: quotes, sales, cancellations and the daemon's state, for clinics' software, the page and
// tools.  Bodies are JSON; amounts in answers of `setlinfo` are numbers with two decimals.
//
//   POST /api/v1/quotes              a claim of `gongji quote`     -> its answer; nobody is looked up, nothing is kept
//   POST /api/v1/sales               {credential, opter, claim}    -> 200 the sale | 409 {"refused"} | 4xx {"error"}
//   POST /api/v1/sales/{id}/cancel   {opter, reason}
//   POST /api/v1/sales/{id}/refund   {opter, reason, kept | returned}: some of the goods come back
//   GET  /api/v1/sales/{id}          state and verdict now, and the receipt (terminal/receipt/receipt.h)
//   GET  /api/v1/papers/{id}         the re-settlement paper as data, text and code (terminal/receipt/paper.h)
//   GET  /api/v1/status  /api/v1/totals?day=YYYY-MM-DD
//
// Sales and cancellations need the header Idempotency-Key: same key and body, same answer, marked "replayed".
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

#include "sync/http/message.h"
#include "terminal/checkout/checkout.h"

namespace gongji::terminal {

class ApiService {
 public:
  ApiService(Parts parts, Checkout& checkout) : parts_(std::move(parts)), checkout_(checkout) {}

  // `path` is the target without token and query.
  boost::asio::awaitable<http::Response> handle(const std::string& path, http::Request request);

 private:
  static boost::asio::awaitable<http::Response> answer(http::Response response);
  boost::asio::awaitable<http::Response> sell(http::Request request);
  boost::asio::awaitable<http::Response> cancel(std::string id, http::Request request);
  boost::asio::awaitable<http::Response> refund(std::string id, http::Request request);
  boost::asio::awaitable<http::Response> show(std::string id);
  boost::asio::awaitable<http::Response> paper(std::string id);
  boost::asio::awaitable<http::Response> status();
  boost::asio::awaitable<http::Response> risk(std::string days);
  boost::asio::awaitable<http::Response> totals(std::string day);
  http::Response quote(const http::Request& request);

  Parts parts_;
  Checkout& checkout_;
};

}  // namespace gongji::terminal
