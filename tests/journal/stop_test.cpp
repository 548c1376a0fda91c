#include <sqlite3.h>

#include <fstream>
#include <iterator>

#include "tests/journal/till.h"

namespace gongji::tests {

namespace {

using record::Stop;
using record::StopKind;
using record::StopReason;

const std::string hash(64, 'a');
const auto hour = std::chrono::hours(1);

Stop lost() {
  return {StopKind::card, hash, StopReason::lost, noon, {}, false};
}

// A hand in the file, past the journal.
void hand(const Till& till, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(till.file().c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(sqlite3_changes(db) == 1);
  sqlite3_close(db);
}

std::optional<Stop> found(journal::Journal& journal, const Stop& like, WallTime now) {
  return ask(journal, [&](journal::Turn& turn) { return turn.find_stop(like.kind, like.key, now); });
}

}  // namespace

TEST_CASE("a stop comes with the feed, holds in its time, and goes when it is lifted") {
  Till till;
  auto journal = till.open();
  Stop stop = lost();
  stop.until = noon.plus(2 * hour);
  REQUIRE(journal->apply_feed(till.feed(1, {stop}), noon));

  CHECK_FALSE(found(*journal, stop, noon.plus(-std::chrono::milliseconds(1))));
  CHECK(found(*journal, stop, noon) == stop);
  CHECK(found(*journal, stop, noon.plus(2 * hour - std::chrono::milliseconds(1))) == stop);
  CHECK_FALSE(found(*journal, stop, noon.plus(2 * hour)));

  Stop other = stop;
  other.kind = StopKind::person;
  CHECK_FALSE(found(*journal, other, noon));
  other = stop;
  other.key = std::string(64, 'b');
  CHECK_FALSE(found(*journal, other, noon));
  CHECK(journal->verify());

  Stop off = stop;
  off.lifted = true;
  REQUIRE(journal->apply_feed(till.feed(2, {off}), noon));
  CHECK_FALSE(found(*journal, stop, noon));
  // A resend of the first is not applied again.
  REQUIRE(journal->apply_feed(till.feed(1, {stop}), noon));
  CHECK_FALSE(found(*journal, stop, noon));
}

TEST_CASE("a later line takes the place of an earlier one, and a restart keeps the list") {
  Till till;
  auto journal = till.open();
  Stop stop = lost();
  REQUIRE(journal->apply_feed(till.feed(1, {stop}), noon));
  stop.until = noon.plus(hour);
  REQUIRE(journal->apply_feed(till.feed(2, {stop}), noon));
  journal.reset();
  journal = till.open();
  CHECK(found(*journal, stop, noon) == stop);
  CHECK_FALSE(found(*journal, stop, noon.plus(hour)));
}

TEST_CASE("only the centre's time ends a stop: a till's clock that is set forward and back loses none") {
  Till till;
  auto journal = till.open();
  Stop stop = lost();
  stop.until = noon.plus(hour);
  REQUIRE(journal->apply_feed(till.feed(1, {stop}), noon));
  REQUIRE(journal->apply_feed(till.feed(2, {}), noon.plus(1'000 * hour)));  // the till believes in another month
  CHECK(found(*journal, stop, noon) == stop);

  auto batch = till.feed(2, {});
  batch.centre_time = noon.plus(hour);
  REQUIRE(journal->apply_feed(batch, noon));
  CHECK_FALSE(found(*journal, stop, noon));
}

TEST_CASE("a line of the list that a hand has changed is found, and stops the sale that asks for it") {
  Till till;
  auto journal = till.open();
  REQUIRE(journal->apply_feed(till.feed(1, {lost()}), noon));
  journal.reset();
  hand(till, "UPDATE stop SET item = replace(item, '\"reason\":1', '\"reason\":2')");
  const auto again = till.try_open();
  REQUIRE_FALSE(again);
  CHECK(again.error().path == "stop");
}

TEST_CASE("the journal holds no number of who or what is stopped") {
  Till till;
  auto journal = till.open();
  Stop stop{StopKind::person, till.person_key(son()), StopReason::suspended, noon, {}, false};
  REQUIRE(journal->apply_feed(till.feed(1, {stop}), noon));
  CHECK(found(*journal, stop, noon) == stop);
  for (const char* part : {"", "-wal"}) {
    std::ifstream in(till.file().string() + part, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    REQUIRE_FALSE(bytes.empty());
    CHECK(bytes.find(son().psn_no) == std::string::npos);
  }
}

TEST_CASE("a voucher is used by one sale, and stays used when that is cancelled") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  const record::VoucherNonce nonce{1, 2, 3, 4, 5, 6, 7, 8}, other{8, 7, 6, 5, 4, 3, 2, 1};
  const auto use = [&](const record::VoucherNonce& of) {
    return ask(*journal, [&](journal::Turn& turn) { return turn.use_of_voucher(of); });
  };
  CHECK_FALSE(use(nonce));
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
    auto sale = till.sale(turn, mother(), "m-1", {300, 200, 0, 500});
    sale.presence = record::Presence::voucher_signed;
    sale.voucher = nonce;
    auto entry = turn.append(sale, noon);
    if (!entry) return entry.error();
    return {};
  }));
  CHECK(use(nonce) == 1);
  CHECK_FALSE(use(other));
  cancel(till, *journal, 1, "m-2");
  CHECK(use(nonce) == 1);
  CHECK(journal->verify().value() == 2);
}

TEST_CASE("the used voucher in its column is what the entry says, or the log does not hold") {
  Till till;
  {
    auto journal = till.open();
    store(till, *journal, mother());
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      auto sale = till.sale(turn, mother(), "m-1", {300, 200, 0, 500});
      sale.voucher = record::VoucherNonce{1, 2, 3, 4, 5, 6, 7, 8};
      auto entry = turn.append(sale, noon);
      if (!entry) return entry.error();
      return {};
    }));
  }
  hand(till, "UPDATE entry SET voucher = NULL");
  const auto again = till.try_open();
  REQUIRE_FALSE(again);
  CHECK(again.error().path == "seq 1");
  CHECK(again.error().detail.find("voucher") != std::string::npos);
}

}  // namespace gongji::tests
