// Goods that come back in part: the cancellation and what is kept, as two entries that are never parted; and what the
// entries say was used of a grant.
#include <sqlite3.h>

#include "offline/journal/file_check.h"
#include "offline/journal/restore.h"
#include "offline/journal/store.h"
#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using record::Backing;

namespace {

const WallTime evening = noon.plus(std::chrono::hours(9));

// For the son: 30.00 of his own account, 20.00 of his mother's, 100.00 of the year's benefit, until the evening.
record::Grant grant_for_son(const Till& till, const journal::Journal& journal) {
  record::Grant grant;
  grant.id.bytes[15] = 1;
  grant.terminal = till.identity().terminal;
  grant.life = {till.identity().epoch, journal.run()};
  grant.person_key = till.person_key(son());
  grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(3'000)},
                    {till.person_key(mother()), settlement::AccountKind::prior, Money::fen(2'000)}};
  grant.fund = {{scheme, "op.fund", this_year, Money::fen(10'000)}};
  grant.snapshot_as_of = grant.issued = noon;
  grant.expires = evening;
  return grant;
}

struct Shop {
  Till till;
  std::unique_ptr<journal::Journal> journal = till.open();
  record::Grant grant;
  Shop() {
    store(till, *journal, mother());
    store(till, *journal, son());
    grant = grant_for_son(till, *journal);
    REQUIRE(journal->apply_feed(till.feed(1, {grant}), noon));
  }

  std::uint64_t sell(const std::string& msgid, const Shares& shares, Backing backing = Backing::grant) {
    std::uint64_t seq = 0;
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      record::Sale sale = till.sale(turn, son(), msgid, shares, backing);
      if (backing == Backing::grant) sale.backing_id = to_string(grant.id);
      auto entry = turn.append(sale, noon);
      if (!entry) return entry.error();
      seq = entry->head.seq;
      return {};
    }));
    return seq;
  }

  // Returns the seq of what is kept.
  std::uint64_t refund(std::uint64_t seq, const Shares& shares, WallTime now = noon) {
    std::uint64_t kept_seq = 0;
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      auto whole = turn.find_seq(seq);
      if (!whole) return whole.error();
      auto cancel = till.cancel(**whole, "back-" + std::to_string(seq));
      cancel.reason = "partial_refund";
      auto both = turn.append(cancel, till.kept_of(**whole, shares), now);
      if (!both) return both.error();
      CHECK(both->kept.head.seq == both->cancel.head.seq + 1);
      kept_seq = both->kept.head.seq;
      return {};
    }));
    return kept_seq;
  }

  std::vector<std::int64_t> left(WallTime now = noon) {
    const auto there = ask(*journal, [&](journal::Turn& turn) { return turn.find_grant(till.person_key(son()), now); });
    if (!there) return {};
    return {there->accounts[0].limit.in_fen(), there->accounts[1].limit.in_fen(), there->fund[0].limit.in_fen()};
  }

  std::optional<journal::StoredEntry> kept_of_sale(std::uint64_t seq) {
    const Id id = std::get<record::Sale>(entry_at(*journal, seq).body).sale_id;
    return ask(*journal, [&](journal::Turn& turn) { return turn.find_kept_of(id); });
  }

  void change(const std::string& sql) {
    journal.reset();
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(till.file().c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_changes(handle) > 0);
    sqlite3_close(handle);
  }
};

using Left = std::vector<std::int64_t>;
const Shares whole{900, 700, 200, 50}, kept_half{450, 400, 0, 20}, kept_less{100, 50, 0, 0};

}  // namespace

TEST_CASE("what is kept stands behind its cancellation, and every payer has the difference back") {
  Shop shop;
  const auto seq = shop.sell("m-1", whole, Backing::reserve);
  const auto own = balance(shop.till, *shop.journal, son());
  const auto family = balance(shop.till, *shop.journal, mother());
  const auto counted = counter(shop.till, *shop.journal, son());
  const auto kept = shop.refund(seq, kept_half);
  CHECK(kept == seq + 2);
  CHECK(balance(shop.till, *shop.journal, son()) == own + 300);
  CHECK(balance(shop.till, *shop.journal, mother()) == family + 200);
  CHECK(counter(shop.till, *shop.journal, son()) == counted - 450);

  CHECK(entry_at(*shop.journal, seq).state == journal::SaleState::cancelled);
  CHECK(entry_at(*shop.journal, kept).state == journal::SaleState::provisional);
  REQUIRE(shop.kept_of_sale(seq));
  CHECK(shop.kept_of_sale(seq)->head.seq == kept);
  CHECK_FALSE(shop.kept_of_sale(kept));
  const auto totals = ask(*shop.journal, [](journal::Turn& turn) { return turn.day_totals(today); });
  CHECK(totals.sales == 1);
  CHECK(totals.medfee == Money::fen(870));
  CHECK(totals.fund == Money::fen(450));
  CHECK(totals.cash == Money::fen(20));
  const auto exposure = ask(*shop.journal, [&](journal::Turn& turn) {
    return turn.exposure(record::Presence::card_read_here, shop.till.person_key(son()), today, std::nullopt);
  });
  CHECK(exposure.total == Money::fen(850));
  CHECK(exposure.count == 1);

  shop.journal.reset();
  shop.journal = shop.till.open();
  CHECK(shop.journal->verify());
  CHECK(shop.kept_of_sale(seq)->head.seq == kept);
}

TEST_CASE("what is kept may come back in part again, and in the end whole: all is as before the sale") {
  Shop shop;
  const auto own = balance(shop.till, *shop.journal, son());
  const auto counted = counter(shop.till, *shop.journal, son());
  const Left granted = shop.left();
  const auto seq = shop.sell("m-1", whole);
  const auto half = shop.refund(seq, kept_half);
  CHECK(shop.left() == Left{3'000 - 400, 2'000, 10'000 - 450});
  const auto less = shop.refund(half, kept_less);
  CHECK(shop.left() == Left{3'000 - 50, 2'000, 10'000 - 100});
  cancel(shop.till, *shop.journal, less, "m-9");
  CHECK(shop.left() == granted);
  CHECK(balance(shop.till, *shop.journal, son()) == own);
  CHECK(counter(shop.till, *shop.journal, son()) == counted);
  CHECK(shop.journal->verify());
}

TEST_CASE(
    "when the grant has expired or is given up a refund returns nothing to it, and what is kept stays guaranteed") {
  Shop shop;
  const auto first = shop.sell("m-1", whole);
  SECTION("expired: the refund closes it") {
    const auto kept = shop.refund(first, kept_half, evening);
    CHECK(entry_at(*shop.journal, kept).state == journal::SaleState::guaranteed);
    CHECK(shop.left(noon).empty());  // a clock that was turned back
    CHECK(shop.journal->closed_grants(noon).value() == std::vector<record::ClosedGrant>{{shop.grant.id, 1}});
    // An extension that was under way does not open it again.
    record::Grant longer = shop.grant;
    longer.expires = evening.plus(std::chrono::hours(24));
    REQUIRE(shop.journal->apply_feed(shop.till.feed(2, {longer}), noon));
    CHECK(shop.left(noon).empty());
  }
  SECTION("given up") {
    CHECK(ask(*shop.journal, [&](journal::Turn& turn) { return turn.close_grant(shop.grant.id); }).has_value());
    const auto kept = shop.refund(first, kept_half);
    cancel(shop.till, *shop.journal, kept, "m-2");
    CHECK(shop.journal->closed_grants(noon).value() == std::vector<record::ClosedGrant>{{shop.grant.id, 1}});
  }
  CHECK(shop.journal->verify());
}

TEST_CASE("what is kept counts on the day of its sale, also when the rest comes back on another") {
  Shop shop;
  const auto seq = shop.sell("m-1", whole, Backing::reserve);
  shop.refund(seq, kept_half, noon.plus(std::chrono::hours(48)));
  const auto on = [&](Day day) {
    return ask(*shop.journal, [&](journal::Turn& turn) { return turn.day_totals(day); });
  };
  CHECK(on(today).sales == 1);
  CHECK(on(today).medfee == Money::fen(870));
  CHECK(on(today.plus_days(2)).sales == 0);
  CHECK(on(today.plus_days(2)).cancels == 1);
  CHECK(shop.journal->verify());
}

TEST_CASE("a cancellation and what is kept are never parted on the way up") {
  Shop shop;
  const auto seq = shop.sell("m-1", whole, Backing::reserve);
  shop.refund(seq, kept_half);
  shop.sell("m-2", kept_less, Backing::reserve);
  const auto sent = [&](std::size_t count_max, std::size_t bytes_max) {
    const auto stretch = shop.journal->unsent(count_max, bytes_max);
    REQUIRE(stretch);
    CHECK(stretch->head_seq == stretch->from + stretch->entries.size() - 1);
    CHECK(stretch->head_hash == stretch->entries.back().hash);
    return stretch->entries.size();
  };
  CHECK(sent(1, 1'000'000) == 1);
  CHECK(sent(2, 1'000'000) == 1);  // not the cancellation alone
  CHECK(sent(3, 1'000'000) == 3);
  CHECK(sent(9, 1'000'000) == 4);
  auto parts = shop.journal->unsent(1, 1'000'000);
  REQUIRE(parts);
  REQUIRE(shop.journal->lengthen(*parts, 2, 1'000'000));
  CHECK(parts->entries.size() == 1);
  REQUIRE(shop.journal->lengthen(*parts, 3, 1'000'000));
  CHECK(parts->head_seq == 3);
  REQUIRE(shop.journal->acknowledge(1, noon));
  CHECK(sent(1, 1'000'000) == 2);  // both, rather than never
  CHECK(sent(9, 10) == 2);
}

TEST_CASE("a planted use of a grant is found, although it carries the right checksum") {
  Shop shop;
  shop.sell("m-1", whole);
  shop.refund(1, kept_half);
  shop.sell("m-2", kept_less);
  const std::string id = to_string(shop.grant.id);
  const auto plant = [&](std::size_t place, std::int64_t granted, std::int64_t used) {
    const auto mac =
        journal::RowMac(shop.till.keys(), "grant-limit",
                        id + "|" + std::to_string(place) + "|" + std::to_string(granted) + "|" + std::to_string(used))
            .made();
    return "UPDATE grant_limit SET used = " + std::to_string(used) + ", mac = x'" + to_hex(mac) +
           "' WHERE place = " + std::to_string(place);
  };
  SECTION("what the entries say is what stands there") {
    shop.change(plant(0, 3'000, 450));
    CHECK(shop.till.try_open());
  }
  SECTION("less of an account") {
    shop.change(plant(0, 3'000, 0));
    const auto opened = shop.till.try_open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().text == &journal::troubles::chain_broken);
    CHECK(opened.error().path == "grant " + id);
    CHECK(opened.error().detail == "used: expected 4.50, found 0.00");
  }
  SECTION("more of a benefit") {
    shop.change(plant(2, 10'000, 9'000));
    CHECK_FALSE(shop.till.try_open());
  }
  SECTION("while the daemon runs, by the check of stretches") {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(shop.till.file().c_str(), &handle) == SQLITE_OK);
    CHECK(shop.journal->verify_stretch(1, 100));
    REQUIRE(sqlite3_exec(handle, plant(0, 3'000, 0).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    CHECK_FALSE(shop.journal->verify_stretch(1, 100));
  }
}

TEST_CASE(
    "a log that lost its refund is put together again: what was sold on the grant is used, and the grant closed") {
  Shop shop;
  shop.sell("m-1", whole);
  shop.journal->idle();
  shop.journal.reset();
  const auto backup = shop.till.file().parent_path() / "backup.db";
  std::filesystem::copy_file(shop.till.file(), backup);
  shop.journal = shop.till.open();
  std::vector<journal::RawEntry> lost;
  {
    // The grant is of the earlier run: nothing returns to it.
    shop.refund(1, kept_half);
    for (const std::uint64_t seq : {2, 3}) {
      lost.push_back(*ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_raw(seq); }));
    }
  }
  shop.journal.reset();
  for (const char* more : {"-wal", "-shm"}) std::filesystem::remove(shop.till.file().string() + more);
  std::filesystem::copy_file(backup, shop.till.file(), std::filesystem::copy_options::overwrite_existing);

  SeededRandom random(5);
  auto keys = seal::KeyStore::open(shop.till.file().parent_path() / "keys", random);
  REQUIRE(keys);
  const auto restored = journal::restore(shop.till.file(), shop.till.identity(), *keys, random, lost);
  REQUIRE(restored);
  CHECK(restored->last_seq == 3);
  shop.journal = shop.till.open();
  CHECK(shop.journal->verify().value() == 3);
  CHECK(shop.left().empty());
  CHECK(shop.journal->closed_grants(noon).value() == std::vector<record::ClosedGrant>{{shop.grant.id, 3}});
  journal::FileCheck whole_check;
  whole_check.keys = *keys;
  CHECK(journal::check_file(shop.till.file(), whole_check).has_value());

  SECTION("one of the two without the other does not come back") {
    shop.journal.reset();
    shop.change("UPDATE entry SET cancelled_by = NULL WHERE seq = 1");
    CHECK_FALSE(shop.till.try_open());
  }
}
