// sync_service.h — what `gongji sync` asks of the running daemon.
//
//   GET  /api/v1/sync                                      how it stands between this till and its centre
//   POST /api/v1/sync  {"do": "now"}                       sends and fetches until nothing is left; at most 25 s
//                      {"do": "pause", "minutes": 1..1440} no background sync begins meanwhile; sales still ask
//                      {"do": "resume"}
//
// Every answer is the state behind it; `now` that did not come to its end is {"error"}.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

#include "sync/http/message.h"
#include "terminal/checkout/checkout.h"
#include "terminal/rules/rule_shelf.h"

namespace gongji::terminal {

class SyncService {
 public:
  // Borrowed; outlive this.
  SyncService(Parts parts, Checkout& checkout, const RuleShelf& rules)
      : parts_(std::move(parts)), checkout_(checkout), rules_(rules) {}

  boost::asio::awaitable<http::Response> handle(http::Request request);

 private:
  boost::asio::awaitable<http::Response> state();
  boost::asio::awaitable<http::Response> act(http::Request request);

  Parts parts_;
  Checkout& checkout_;
  const RuleShelf& rules_;
};

}  // namespace gongji::terminal
