// What is read, decoded and followed of a batch while the one before it is booked.
#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sync/centre/booking_thread.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

const std::string chens_account = "person:" + chen_wei + ":prior";

// The log's entries `from` … `to`, as one request.
protocol::SyncRequest part_of(TestTill& till, std::uint64_t from, std::uint64_t to) {
  protocol::SyncRequest request = till.sync_request(from);
  request.entries.resize(to - from + 1);
  request.head_hash = till.log[to - 1].hash;
  request.head_signature = till.keys->sign(
      record::head_tag, record::head_statement(till.enrolled.terminal, till.enrolled.epoch, to, request.head_hash));
  return request;
}

http::Request as_call(TestTill& till, const protocol::SyncRequest& sync) {
  http::Request request;
  request.method = "POST";
  request.target = "/v1/sync";
  request.headers.push_back({std::string(protocol::version_header), "1-" + std::to_string(till.version)});
  request.peer_name = till.enrolled.terminal;
  request.peer_fingerprint = till.fingerprint;
  request.body = protocol::encode(sync, till.version);
  return request;
}

// A till whose log the centre has begun to know, with `count` more sales of 10.00.
struct Drain {
  explicit Drain(int count) : till(centre, pharmacy) {
    sell(1);
    till.sync();
    till.version = protocol::spoken.highest;
    sell(count);
  }
  void sell(int count) {
    for (int i = 0; i < count; ++i) till.append(till.sale(*till.person(chen_wei), {Money::yuan(10)}));
  }
  http::Request call(std::uint64_t from, std::uint64_t to, bool behind) {
    auto request = part_of(till, from, to);
    request.behind = behind;
    return as_call(till, request);
  }
  Call prepare(const http::Request& request) { return centre.service->prepare(request, centre.clock.wall()); }
  http::Response book_and_finish(Call& call) {
    centre.service->book(call, centre.clock.wall());
    return centre.service->finish(std::move(call));
  }

  TestCentre centre;
  TestTill till;
};

std::uint64_t acknowledged_by(const http::Response& response) {
  REQUIRE(response.status == 200);
  return protocol::decode_sync_answer(response.body)->acknowledged_seq;
}

}  // namespace

TEST_CASE("a batch is followed from where the one before it ends, though that is not booked yet") {
  Drain drain(4);
  const auto first = drain.call(2, 3, false), second = drain.call(4, 5, true);
  Call one = drain.prepare(first);
  Call two = drain.prepare(second);
  REQUIRE((one.sync && one.sync->entries));
  CHECK_FALSE(one.sync->entries->followed);  // where its log ended before, was not seen
  REQUIRE((two.sync && two.sync->entries && two.sync->entries->followed));
  CHECK(two.sync->entries->followed->before == drain.till.log[2].hash);
  CHECK(two.sync->entries->followed->hashes.back() == drain.till.log[4].hash);
  CHECK(two.sync->entries->followed->is_signed);
  CHECK(acknowledged_by(drain.book_and_finish(one)) == 3);
  CHECK(acknowledged_by(drain.book_and_finish(two)) == 5);
  CHECK(drain.centre.balance(chens_account) == Money::yuan(950));
  CHECK(drain.centre.in_balance());
  // What was sealed before it was booked opens in its row.
  std::optional<record::Sale> sale;
  REQUIRE(drain.centre.service->ledger()
              .transaction([&] {
                sale = drain.centre.service->ledger().read_sale({drain.till.enrolled.terminal, 1, 5});
              })
              .has_value());
  REQUIRE(sale.has_value());
  CHECK(sale->claim.person.psn_no == chen_wei);
}

TEST_CASE("a batch behind one that was not booked is not looked at, and both are booked when they come again") {
  Drain drain(4);
  const auto first = drain.call(2, 3, false), second = drain.call(4, 5, true);
  (void)drain.prepare(first);  // lost
  Call two = drain.prepare(second);
  const auto refused = drain.book_and_finish(two);
  CHECK(refused.status == 409);
  CHECK(code_of(refused) == "out_of_turn");
  Call again = drain.prepare(first), behind = drain.prepare(second);
  CHECK(acknowledged_by(drain.book_and_finish(again)) == 3);
  CHECK(acknowledged_by(drain.book_and_finish(behind)) == 5);
  CHECK(drain.centre.balance(chens_account) == Money::yuan(950));
}

TEST_CASE("what comes twice is prepared twice and booked once") {
  Drain drain(3);
  const auto all = drain.call(2, 4, false), again = drain.call(1, 4, false);
  Call one = drain.prepare(all), two = drain.prepare(all), three = drain.prepare(again);
  CHECK(acknowledged_by(drain.book_and_finish(one)) == 4);
  CHECK(acknowledged_by(drain.book_and_finish(two)) == 4);
  CHECK(acknowledged_by(drain.book_and_finish(three)) == 4);
  CHECK(drain.centre.balance(chens_account) == Money::yuan(960));
  CHECK(drain.centre.in_balance());
}

TEST_CASE("what was prepared is refused like anything else") {
  Drain drain(3);
  const auto before = drain.call(2, 2, false);
  Call booked = drain.prepare(before);
  REQUIRE(acknowledged_by(drain.book_and_finish(booked)) == 2);
  auto request = part_of(drain.till, 3, 4);
  std::string reason;
  SECTION("another's signature") {
    request.head_signature[10] ^= 1;
    reason = "bad_signature";
  }
  SECTION("an entry was changed") {
    request.entries[0].public_bytes[0] ^= 1;
    reason = "head_mismatch";
  }
  const auto call = as_call(drain.till, request);
  Call prepared = drain.prepare(call);
  REQUIRE(prepared.sync->entries->followed);
  const auto answer = drain.book_and_finish(prepared);
  CHECK(answer.status == 423);
  CHECK(answer.body.find(reason) != std::string::npos);
  CHECK(drain.centre.balance(chens_account) == Money::yuan(980));
}

TEST_CASE("a chain that was followed from another log's end, or with another key, is followed anew") {
  Drain drain(2);
  const std::string terminal = drain.till.enrolled.terminal;
  SECTION("what was seen before it never was the log") {
    auto forged = part_of(drain.till, 2, 2);
    forged.head_hash[0] ^= 1;
    const auto false_call = as_call(drain.till, forged);
    (void)drain.prepare(false_call);  // does not come to be booked
    const auto call = drain.call(3, 3, false);
    Call prepared = drain.prepare(call);
    REQUIRE(prepared.sync->entries->followed);
    CHECK(prepared.sync->entries->followed->hashes.back() != drain.till.log[2].hash);
    const auto right = drain.call(2, 2, false);
    Call missing = drain.prepare(right);
    CHECK(acknowledged_by(drain.book_and_finish(missing)) == 2);
    CHECK(acknowledged_by(drain.book_and_finish(prepared)) == 3);
  }
  SECTION("the terminal was enrolled anew, and has another key") {
    TestTill anew(drain.centre, pharmacy, terminal);
    anew.version = protocol::spoken.highest;
    REQUIRE(anew.enrolled.terminal == terminal);
    for (int i = 0; i < 2; ++i) anew.append(anew.sale(*anew.person(chen_wei), {Money::yuan(10)}));
    auto second = part_of(anew, 2, 2);
    second.behind = true;
    const auto one = as_call(anew, part_of(anew, 1, 1)), two = as_call(anew, second);
    Call first_prepared = drain.prepare(one), prepared = drain.prepare(two);
    REQUIRE(prepared.sync->entries->followed);
    CHECK_FALSE(prepared.sync->entries->followed->is_signed);  // by the key that was known
    CHECK(acknowledged_by(drain.book_and_finish(first_prepared)) == 1);
    CHECK(acknowledged_by(drain.book_and_finish(prepared)) == 2);
  }
  SECTION("the terminal was revoked between") {
    const auto call = drain.call(2, 3, false);
    Call prepared = drain.prepare(call);
    REQUIRE(drain.centre.service->revoke(terminal).has_value());
    CHECK(code_of(drain.book_and_finish(prepared)) == "revoked");
    // From now on nothing of it is decoded before the ledger was asked.
    Call later = drain.prepare(call);
    CHECK(later.sync->entries == nullptr);
  }
}

TEST_CASE("nothing is decoded for who is not known, and what cannot be read says why") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  till.append(till.sale(*till.person(chen_wei), {Money::yuan(10)}));
  auto call = as_call(till, till.sync_request());
  CHECK(centre.service->prepare(call, centre.clock.wall()).sync->entries == nullptr);
  call.peer_name.clear();
  CHECK_FALSE(centre.service->prepare(call, centre.clock.wall()).sync.has_value());
  call.peer_name = till.enrolled.terminal;
  call.body.resize(call.body.size() - 1);
  Call broken = centre.service->prepare(call, centre.clock.wall());
  centre.service->book(broken, centre.clock.wall());
  CHECK(centre.service->finish(std::move(broken)).status == 400);
}

TEST_CASE("who waits at a counter comes before the next batch, not before one that has waited long") {
  BookingThread booking;
  std::promise<void> begun, go_on;
  std::mutex mutex;
  std::vector<std::string> order;
  const auto note = [&](const std::string& what) {
    return [&, what] {
      const std::lock_guard lock(mutex);
      order.push_back(what);
    };
  };
  using Lane = BookingThread::Lane;
  booking.submit(Lane::batch, [&] {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  booking.submit(Lane::batch, note("first batch"));
  booking.submit(Lane::batch, note("second batch"));
  constexpr std::size_t row = BookingThread::counters_in_a_row_max;
  for (std::size_t i = 0; i < 3 * row + 2; ++i) booking.submit(Lane::counter, note("counter"));
  booking.submit(Lane::batch, note("youngest batch"));
  go_on.set_value();
  booking.stop();
  std::vector<std::string> expected(row, "counter");
  expected.emplace_back("first batch");
  expected.insert(expected.end(), row, "counter");
  expected.emplace_back("second batch");
  // Younger than every counter's, it waits for them all, however many there were in a row.
  expected.insert(expected.end(), row + 2, "counter");
  expected.emplace_back("youngest batch");
  CHECK(order == expected);
}

TEST_CASE("what waits when the thread is stopped is done") {
  int done = 0;
  {
    BookingThread booking;
    for (int i = 0; i < 100; ++i) {
      booking.submit(i % 2 == 0 ? BookingThread::Lane::batch : BookingThread::Lane::counter, [&] { ++done; });
    }
  }
  CHECK(done == 100);
}

}  // namespace gongji::centre
