// The line is cut at every byte of an exchange, each way: what the till hears is the whole answer or nothing, and what
// the centre takes is the whole request or nothing.
#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <thread>

#include "sync/http/client.h"
#include "sync/http/server.h"
#include "tests/centre/fixture.h"
#include "tests/support/cut_wire.h"

namespace gongji::centre {
namespace {

using tests::CutWire;

// The centre behind a real server, on a thread of its own; one request at a time.
class Served {
 public:
  explicit Served(TestTill& till) {
    auto server = http::Server::listen(context_, {},
                                       [this, &till](http::Request request) -> boost::asio::awaitable<http::Response> {
                                         request.peer_name = till.enrolled.terminal;
                                         request.peer_fingerprint = till.fingerprint;
                                         ++handled_;
                                         co_return till.centre.service->handle(request, till.centre.clock.wall());
                                       });
    REQUIRE(server.has_value());
    server_ = *std::move(server);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Served() {
    server_->stop();
    thread_.join();
  }
  std::uint16_t port() const { return server_->port(); }
  int handled() const { return handled_; }
  // No request is under way: the centre may be looked at from here.
  void wait_until_quiet() const {
    while (server_->connections() != 0) std::this_thread::yield();
  }

 private:
  boost::asio::io_context context_{1};
  std::unique_ptr<http::Server> server_;
  std::atomic<int> handled_ = 0;
  std::thread thread_;
};

Result<http::Response> post_sync(std::uint16_t port, const std::string& body) {
  http::ClientOptions options;
  options.port = port;
  options.digest = true;
  http::Request request;
  request.method = "POST";
  request.target = "/v1/sync";
  request.body = body;
  return http::call_and_wait(options, std::move(request), std::chrono::seconds(20));
}

std::uint64_t last_seq_at(TestCentre& centre, const std::string& terminal) {
  std::uint64_t last = 0;
  REQUIRE(centre.service->ledger()
              .transaction([&] { last = centre.service->ledger().find_terminal(terminal)->last_seq; })
              .has_value());
  return last;
}

}  // namespace

TEST_CASE(
    "whatever byte of a sync the line is cut at, each entry is at the centre once and the till hears it in the end") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto snapshot = *till.person(chen_wei);
  const auto sell = [&] {
    till.append(till.sale(snapshot, {Money::fen(1'000), settlement::AccountUse::own}));
    return protocol::encode(till.sync_request());
  };
  const Served served(till);
  CutWire wire(served.port());

  // On the way up nothing is done before the last byte is there.
  std::string body = sell();
  std::size_t cuts = 0;
  for (;; ++cuts) {
    wire.cut({CutWire::Way::to_server, cuts});
    const auto answer = post_sync(wire.port(), body);
    served.wait_until_quiet();
    if (answer) {
      REQUIRE(answer->status == 200);
      break;
    }
    REQUIRE(served.handled() == 0);
  }
  CHECK(cuts > body.size());
  CHECK(last_seq_at(centre, till.enrolled.terminal) == 1);

  // On the way down all of it is done each time the answer is lost, and the same answer comes in the end.
  body = sell();
  const auto own = [&] {
    return centre.balance("person:" + chen_wei + ":prior") + centre.balance("person:" + chen_wei + ":current");
  };
  const Money before = own();
  std::optional<Money> after;
  for (std::size_t at = 0;; ++at) {
    wire.cut({CutWire::Way::to_client, at});
    const auto answer = post_sync(wire.port(), body);
    served.wait_until_quiet();
    if (!after) after = own();
    if (answer) {
      REQUIRE(answer->status == 200);
      REQUIRE(protocol::decode_sync_answer(answer->body)->acknowledged_seq == 2);
      break;
    }
    if (at % 50 == 0) REQUIRE(last_seq_at(centre, till.enrolled.terminal) == 2);
    ++cuts;
  }
  CHECK(served.handled() > 500);  // an answer has more bytes than that
  CHECK(*after < before);
  CHECK(own() == *after);
  till.sync();
  CHECK(till.acknowledged == 2);
  CHECK(till.verdict_count_of(1) == 1);
  CHECK(till.verdict_count_of(2) == 1);
  CHECK(centre.in_balance());
}

}  // namespace gongji::centre
