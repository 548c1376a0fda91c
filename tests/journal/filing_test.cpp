// What follows from a sale is written behind it: nobody may see a difference, whenever the till dies.
#include <sqlite3.h>

#include "offline/journal/file_check.h"
#include "offline/journal/reader.h"
#include "offline/journal/restore.h"
#include "offline/journal/tail.h"
#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using record::Backing;

namespace {

const WallTime evening = noon.plus(std::chrono::hours(9));

std::int64_t number(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  std::int64_t value = -1;
  const auto take = [](void* to, int, char** texts, char**) {
    *static_cast<std::int64_t*>(to) = std::stoll(texts[0]);
    return 0;
  };
  CHECK(sqlite3_exec(handle, sql.c_str(), take, &value, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
  return value;
}

// Of a grant: its person's own account, the family's, the fund.
using Left = std::vector<std::int64_t>;

struct Shop {
  Till till;
  std::unique_ptr<journal::Journal> journal = till.open();
  record::Grant grant;
  int copies = 0;

  Shop() {
    store(till, *journal, mother());
    store(till, *journal, son());
    grant.id.bytes[15] = 1;
    grant.terminal = till.identity().terminal;
    grant.life = {till.identity().epoch, journal->run()};
    grant.person_key = till.person_key(son());
    grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(9'000)},
                      {till.person_key(mother()), settlement::AccountKind::prior, Money::fen(8'000)}};
    grant.fund = {{scheme, "op.fund", this_year, Money::fen(10'000)}};
    grant.snapshot_as_of = grant.issued = noon;
    grant.expires = evening;
    REQUIRE(journal->apply_feed(till.feed(1, {grant}), noon));
  }

  journal::Journal::Work sale(const std::string& msgid, const Shares& shares, Backing backing = Backing::grant) {
    return [this, msgid, shares, backing](journal::Turn& turn) -> Result<void> {
      record::Sale sale = till.sale(turn, son(), msgid, shares, backing);
      if (backing == Backing::grant) sale.backing_id = to_string(grant.id);
      auto entry = turn.append(sale, noon);
      return entry ? Result<void>() : entry.error();
    };
  }
  void sell(const std::string& msgid, const Shares& shares, Backing backing = Backing::grant) {
    REQUIRE(turn_on(*journal, sale(msgid, shares, backing)));
  }

  Result<Left> left(journal::Turn& turn) const {
    const auto found = turn.find_grant(till.person_key(son()), noon);
    if (!found) return found.error();
    REQUIRE(*found);
    return Left{(*found)->accounts[0].limit.in_fen(), (*found)->accounts[1].limit.in_fen(),
                (*found)->fund[0].limit.in_fen()};
  }
  Left left() {
    return ask(*journal, [&](journal::Turn& turn) { return left(turn); });
  }

  // Whether each of them stands.
  std::vector<bool> commit(std::vector<journal::Journal::Work> works) {
    std::vector<bool> stands;
    for (const auto& result : journal->commit(std::move(works))) stands.push_back(result.has_value());
    return stands;
  }

  std::int64_t filed() const { return number(till.file(), "SELECT seq FROM filed"); }
  std::int64_t rows(const std::string& table) const { return number(till.file(), "SELECT count(*) FROM " + table); }

  // The files as a process leaves them that is killed now.
  std::filesystem::path killed() {
    const auto copy = till.file().parent_path() / ("killed-" + std::to_string(++copies) + ".db");
    std::filesystem::copy_file(till.file(), copy);
    std::filesystem::copy_file(till.file().string() + "-wal", copy.string() + "-wal");
    return copy;
  }
  std::unique_ptr<journal::Journal> start(const std::filesystem::path& file) {
    auto opened = journal::open_on({}, file, till.identity(), till.shared_keys(), random);
    REQUIRE(opened);
    return std::move(*opened);
  }
  SeededRandom random{7};
};

struct Seen {
  std::int64_t own, family, fund;
  journal::DayTotals day;
  Money guaranteed, provisional;
  std::uint64_t unjudged = 0;
};

void check_same(const Seen& a, const Seen& b) {
  CHECK(a.own == b.own);
  CHECK(a.family == b.family);
  CHECK(a.fund == b.fund);
  CHECK(a.day.sales == b.day.sales);
  CHECK(a.day.medfee == b.day.medfee);
  CHECK(a.day.fund == b.day.fund);
  CHECK(a.day.cash == b.day.cash);
  CHECK(a.guaranteed == b.guaranteed);
  CHECK(a.provisional == b.provisional);
  CHECK(a.unjudged == b.unjudged);
}

Seen seen(Till& till, journal::Journal& journal, const std::filesystem::path& file) {
  Seen out{
      balance(till, journal, son(), 0), balance(till, journal, son(), 1), counter(till, journal, son()), {}, {}, {}};
  // As another process reads it.
  const auto day = journal::read_day_totals(file, today);
  const auto summary = journal::read_summary(file);
  REQUIRE(day);
  REQUIRE(summary);
  out.day = *day;
  out.guaranteed = summary->guaranteed;
  out.provisional = summary->provisional;
  out.unjudged = summary->unjudged_count;
  return out;
}

}  // namespace

TEST_CASE("a sale writes its entry, and what follows from it is filed in the next gap") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 0, 0, 100});
  shop.sell("m3", {500, 0, 0, 0}, Backing::reserve);
  CHECK(shop.filed() == 0);
  CHECK(shop.rows("movement") == 0);
  CHECK(shop.rows("total") == 0);
  CHECK(number(shop.till.file(), "SELECT sum(used) FROM grant_limit") == 0);
  const Seen before = seen(shop.till, *shop.journal, shop.till.file());
  CHECK(before.own == 9'500);
  CHECK(before.family == 49'700);
  CHECK(before.fund == 5'500);
  CHECK(before.day.sales == 3);
  CHECK(before.guaranteed == Money::fen(3'800));
  CHECK(before.provisional == Money::fen(500));

  shop.journal->idle();
  CHECK(shop.filed() == 3);
  CHECK(shop.rows("movement") > 6);
  CHECK(number(shop.till.file(), "SELECT sum(used) FROM grant_limit") == 3'800);
  check_same(before, seen(shop.till, *shop.journal, shop.till.file()));
  CHECK(shop.journal->verify());
}

TEST_CASE("what is left of a grant and of an account counts what waits to be filed") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 700, 0, 100});
  const Left waiting = shop.left();
  CHECK(waiting == Left{7'800, 7'700, 7'000});
  shop.journal->idle();
  CHECK(shop.left() == waiting);
  shop.sell("m3", {0, 1'000, 0, 0});
  CHECK(shop.left() == Left{6'800, 7'700, 7'000});
}

TEST_CASE("a sale is found by its request and its id before it is filed and after") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  Id id;
  for (const bool filed : {false, true}) {
    INFO(filed);
    CHECK((shop.filed() == 1) == filed);
    const auto found =
        ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_request(site_code, std::string("m1")); });
    REQUIRE(found);
    CHECK(found->head.seq == 1);
    id = std::get<record::Sale>(found->body).sale_id;
    CHECK(ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_sale(id); }));
    CHECK_FALSE(
        ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_request(site_code, std::string("m2")); }));
    CHECK_FALSE(
        ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_request("H99999900001", std::string("m1")); }));
    CHECK_FALSE(ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_cancel_of(id); }));
    shop.journal->idle();
  }
}

TEST_CASE("a till that is killed before it filed does so at its next start") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 0, 0, 100});
  shop.sell("m3", {500, 0, 0, 0}, Backing::reserve);
  const Seen before = seen(shop.till, *shop.journal, shop.till.file());
  const auto file = shop.killed();

  SECTION("an audit of the files as they are finds nothing wrong") {
    const auto checked = journal::check_file(file, {shop.till.shared_keys(), {}, {}, {}});
    REQUIRE(checked);
    CHECK(checked->last_seq == 3);
  }
  SECTION("and everything is as it was") {
    const auto journal = shop.start(file);
    CHECK(number(file, "SELECT seq FROM filed") == 3);
    CHECK(number(file, "SELECT sum(used) FROM grant_limit") == 3'800);
    check_same(before, seen(shop.till, *journal, file));
    CHECK(journal->verify());
  }
  SECTION("so does whoever puts lost entries back") {
    const auto restored = journal::restore(file, shop.till.identity(), shop.till.shared_keys(), shop.random, {});
    REQUIRE(restored);
    CHECK(number(file, "SELECT seq FROM filed") == 3);
    CHECK(shop.start(file)->verify());
  }
}

TEST_CASE("a cancellation files the sales before it, and undone leaves them waiting") {
  Shop shop;
  std::vector<journal::Journal::Work> works;
  works.push_back(shop.sale("m1", {1'000, 500, 300, 200}));
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    const auto sale = turn.find_seq(1);
    REQUIRE(sale);
    REQUIRE(turn.append(shop.till.cancel(**sale, "c1"), noon));
    return trouble(journal::troubles::log_behind, "somebody thinks better of it");
  });
  works.push_back(shop.sale("m2", {2'000, 0, 0, 100}));
  CHECK(shop.commit(std::move(works)) == std::vector<bool>{true, false, true});
  CHECK(shop.filed() == 0);
  CHECK(balance(shop.till, *shop.journal, son()) == 9'500);
  CHECK(shop.start(shop.killed())->verify());

  cancel(shop.till, *shop.journal, 1, "c2");
  CHECK(shop.filed() == 3);
  CHECK(balance(shop.till, *shop.journal, son()) == 10'000);
  CHECK(shop.journal->verify());
}

TEST_CASE("a verdict on a sale that waits files it first") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  record::Verdict verdict;
  verdict.epoch = 1;
  verdict.seq = 1;
  verdict.kind = record::VerdictKind::accepted;
  verdict.at = noon;
  REQUIRE(shop.journal->apply_feed(shop.till.feed(2, {verdict}), noon));
  CHECK(shop.filed() == 1);
  CHECK(journal::read_summary(shop.till.file())->confirmed == Money::fen(1'800));
  CHECK(shop.journal->verify());
}

TEST_CASE("without a gap, so many sales wait and no more") {
  Shop shop;
  const auto most = static_cast<int>(journal::Tail::sales_max);
  for (int i = 1; i <= most; ++i) shop.sell("m" + std::to_string(i), {0, 0, 0, 100});
  CHECK(shop.filed() == 0);
  shop.sell("one more", {0, 0, 0, 100});
  CHECK(shop.filed() == most);
  CHECK(shop.journal->verify());
}

TEST_CASE("so many sales in one commit wait all the same, and the next start files them") {
  Shop shop;
  const auto count = 2 * static_cast<int>(journal::Tail::sales_max) + 3;
  std::vector<journal::Journal::Work> works;
  for (int i = 1; i <= count; ++i) works.push_back(shop.sale("m" + std::to_string(i), {1, 2, 0, 100}));
  CHECK(shop.commit(std::move(works)) == std::vector<bool>(static_cast<std::size_t>(count), true));
  CHECK(shop.filed() == 0);
  const auto file = shop.killed();
  shop.journal = shop.start(file);
  CHECK(number(file, "SELECT seq FROM filed") == count);
  CHECK(number(file, "SELECT sum(used) FROM grant_limit") == 3 * count);
  CHECK(number(file, "SELECT sum(count) FROM total") == count);
  CHECK(shop.journal->verify());
}

TEST_CASE("what a work files in the middle of a commit is counted once by the works behind it") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 700, 0, 100});
  std::vector<journal::Journal::Work> works;
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    const auto sale = turn.find_seq(1);
    REQUIRE(sale);
    const auto cancelled = turn.append(shop.till.cancel(**sale, "c1"), noon);
    return cancelled ? Result<void>() : cancelled.error();
  });
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    const auto person = turn.find_person(shop.till.person_key(son()));
    REQUIRE(person);
    CHECK((*person)->accounts[0].balc == Money::fen(9'300));
    const auto left = shop.left(turn);
    REQUIRE(left);
    CHECK(*left == Left{8'300, 8'000, 8'000});
    return {};
  });
  CHECK(shop.commit(std::move(works)) == std::vector<bool>{true, true});
  CHECK(shop.filed() == 3);
  CHECK(shop.left() == Left{8'300, 8'000, 8'000});
}

TEST_CASE("a snapshot that counts some of the sales that wait has the others added, before they are filed and after") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 700, 0, 100});
  for (const bool filed : {false, true}) {
    INFO(filed);
    CHECK((shop.filed() == 2) == filed);
    for (const auto& [applied, fund] : {std::pair(0, 5'000), std::pair(1, 4'000), std::pair(2, 2'000)}) {
      INFO(applied);
      const auto snapshot = shop.till.snapshot(son(), static_cast<std::uint64_t>(applied), noon);
      const auto person = ask(*shop.journal, [&](journal::Turn& turn) { return turn.state_of(snapshot); });
      REQUIRE(person);
      const auto counters = settlement::counters_on(policy(), person->counters, today);
      CHECK(settlement::value_of(counters, "op.fund").in_fen() == fund);
    }
    shop.journal->idle();
  }
}

TEST_CASE("a journal that is closed has filed everything") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.journal.reset();
  CHECK(shop.filed() == 1);
}

TEST_CASE("a file that lies about how far it is filed is found") {
  const std::string lie = GENERATE(as<std::string>(), "UPDATE filed SET seq = 1", "UPDATE filed SET seq = 0",
                                   "UPDATE entry SET indexed = 0 WHERE seq = 2", "DELETE FROM filed");
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 0, 0, 100});
  shop.journal.reset();
  INFO(lie);
  number(shop.till.file(), lie + "; SELECT 0");
  const auto opened = shop.till.try_open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == &journal::troubles::chain_broken);
}

TEST_CASE("what waits cannot be said to be filed") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  const auto file = shop.killed();
  number(file, "UPDATE filed SET seq = 1; UPDATE entry SET indexed = 1; SELECT 0");
  const auto opened = journal::open_on({}, file, shop.till.identity(), shop.till.shared_keys(), shop.random);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == &journal::troubles::chain_broken);
}

TEST_CASE("where a sale that waits was marked as filed by somebody else, nothing is filed") {
  Shop shop;
  shop.sell("m1", {1'000, 500, 300, 200});
  shop.sell("m2", {2'000, 0, 0, 100});
  number(shop.till.file(), "UPDATE entry SET indexed = 1 WHERE seq = 2; SELECT 0");
  record::Verdict verdict;
  verdict.epoch = 1;
  verdict.seq = 1;
  verdict.kind = record::VerdictKind::accepted;
  verdict.at = noon;
  const auto taken = shop.journal->apply_feed(shop.till.feed(2, {verdict}), noon);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().text == &journal::troubles::chain_broken);
  CHECK(shop.filed() == 0);
  CHECK(shop.rows("movement") == 0);
}

TEST_CASE("a sale of many that is undone leaves nothing, and those beside it stand") {
  Shop shop;
  std::vector<journal::Journal::Work> works;
  works.push_back(shop.sale("m1", {1'000, 500, 300, 200}));
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    REQUIRE(shop.sale("m2", {2'000, 700, 0, 100})(turn));
    REQUIRE(shop.sale("m3", {100, 0, 0, 0})(turn));
    return trouble(journal::troubles::log_behind, "somebody thinks better of it");
  });
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    REQUIRE(shop.sale("m4", {100, 0, 0, 0})(turn));
    REQUIRE(shop.till.store(turn, mother(), shop.till.snapshot(mother(), 1, noon.plus(std::chrono::hours(1)))));
    REQUIRE(shop.sale("m5", {100, 0, 0, 0})(turn));
    return trouble(journal::troubles::log_behind, "so does another");
  });
  works.push_back(shop.sale("m2", {2'000, 0, 0, 100}));
  CHECK(shop.commit(std::move(works)) == std::vector<bool>{true, false, false, true});
  CHECK(shop.rows("entry") == 2);
  CHECK(balance(shop.till, *shop.journal, son()) == 9'500);
  CHECK(shop.left() == Left{8'500, 7'700, 7'000});
  CHECK(state(shop.till, *shop.journal, mother()).snapshot.as_of == noon);
  for (const char* undone : {"m3", "m4", "m5"}) {
    CHECK_FALSE(
        ask(*shop.journal, [&](journal::Turn& turn) { return turn.find_request(site_code, std::string(undone)); }));
  }
  CHECK(shop.journal->verify());
  CHECK(shop.start(shop.killed())->verify());
}
