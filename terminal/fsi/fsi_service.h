// fsi_service.h — the national interface over loopback: 9001, 1101, 2101, 2102, 2103, 2601.
//
// One table says which transactions are served.  Anything else is infcode -1 with the reason in err_msg.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

#include "offline/packs/catalogue.h"
#include "sync/http/message.h"
#include "sync/protocol/fsi_envelope.h"
#include "terminal/checkout/checkout.h"

namespace gongji::terminal {

// The infno of a path's last segment, "" where it is none ("/fsi/api/rsfComIfsService/callService").
std::string infno_of_path(std::string_view path);
// Whether a path is the interface's at all.
bool is_fsi_path(std::string_view path);

class FsiService {
 public:
  FsiService(Parts parts, Checkout& checkout, const packs::Catalogue& catalogue, packs::UnknownGoods unknown)
      : parts_(std::move(parts)), checkout_(checkout), catalogue_(catalogue), unknown_(unknown) {}

  enum class Transaction { sign_in, person, quote, sell, cancel, reverse };

  // Always status 200: tills read infcode, not the status line.
  boost::asio::awaitable<http::Response> handle(std::string path, http::Request request);

 private:
  boost::asio::awaitable<Result<std::string>> run(Transaction transaction, protocol::FsiRequest request,
                                                  protocol::FsiStamp& stamp);
  boost::asio::awaitable<Result<std::string>> sign_in(protocol::FsiRequest request);
  boost::asio::awaitable<Result<std::string>> person(protocol::FsiRequest request);
  boost::asio::awaitable<Result<std::string>> quote(protocol::FsiRequest request);
  // These stamp the answer from the entry, so a repeat is the same bytes.
  boost::asio::awaitable<Result<std::string>> sell(protocol::FsiRequest request, protocol::FsiStamp& stamp);
  boost::asio::awaitable<Result<std::string>> cancel(protocol::FsiRequest request, protocol::FsiStamp& stamp);
  boost::asio::awaitable<Result<std::string>> reverse(protocol::FsiRequest request, protocol::FsiStamp& stamp);

  Parts parts_;
  Checkout& checkout_;
  const packs::Catalogue& catalogue_;
  packs::UnknownGoods unknown_;
  std::uint64_t queries_ = 0;
};

}  // namespace gongji::terminal
