// Standing grants in the journal: spent with the sale, closed for good, told to the centre.
#include <sqlite3.h>

#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using record::Backing;

namespace {

const WallTime evening = noon.plus(std::chrono::hours(9));

Id id_of(std::uint8_t last) {
  Id id;
  id.bytes[15] = last;
  return id;
}

// For the son: 30.00 of his own account, 20.00 of his mother's, 100.00 of the year's benefit, until the evening.
record::Grant grant_for_son(const Till& till, const journal::Journal& journal, std::uint8_t number = 1) {
  record::Grant grant;
  grant.id = id_of(number);
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

std::optional<record::Grant> found(Till& till, journal::Journal& journal, WallTime now = noon) {
  return ask(journal, [&](journal::Turn& turn) { return turn.find_grant(till.person_key(son()), now); });
}

std::vector<std::int64_t> left(Till& till, journal::Journal& journal, WallTime now = noon) {
  const auto grant = found(till, journal, now);
  if (!grant) return {};
  return {grant->accounts[0].limit.in_fen(), grant->accounts[1].limit.in_fen(), grant->fund[0].limit.in_fen()};
}

std::uint64_t sell_on(Till& till, journal::Journal& journal, const record::Grant& grant, const std::string& msgid,
                      const Shares& shares) {
  std::uint64_t seq = 0;
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    record::Sale sale = till.sale(turn, son(), msgid, shares, Backing::grant);
    sale.backing_id = to_string(grant.id);
    REQUIRE(turn.use_of(grant, sale.settlement, sale.counted));
    auto entry = turn.append(sale, noon);
    if (!entry) return entry.error();
    seq = entry->head.seq;
    return {};
  }));
  return seq;
}

struct Ready {
  Till till;
  std::unique_ptr<journal::Journal> journal = till.open();
  record::Grant grant;
  Ready() {
    store(till, *journal, mother());
    store(till, *journal, son());
    grant = grant_for_son(till, *journal);
    REQUIRE(journal->apply_feed(till.feed(1, {grant}), noon));
  }
  void reopen() {
    journal.reset();
    journal = till.open();
  }
};

std::vector<record::ClosedGrant> closed(journal::Journal& journal, WallTime now = noon) {
  const auto told = journal.closed_grants(now);
  REQUIRE(told);
  return *told;
}

using Left = std::vector<std::int64_t>;

void give_up(Ready& r) {
  CHECK(ask(*r.journal, [&](journal::Turn& turn) { return turn.close_grant(r.grant.id); }).has_value());
}

}  // namespace

TEST_CASE("a sale takes its shares of the grant in its own transaction, and the state says guaranteed") {
  Ready r;
  CHECK(left(r.till, *r.journal) == Left{3'000, 2'000, 10'000});
  const auto seq = sell_on(r.till, *r.journal, r.grant, "m-1", {900, 700, 20, 5});
  CHECK(left(r.till, *r.journal) == Left{2'300, 1'980, 9'100});
  CHECK(entry_at(*r.journal, seq).state == journal::SaleState::guaranteed);
  sell_on(r.till, *r.journal, r.grant, "m-2", {9'100, 2'300, 1'980, 0});
  CHECK(left(r.till, *r.journal) == Left{0, 0, 0});
  CHECK(r.journal->verify());
}

TEST_CASE("a sale that is undone takes nothing of the grant") {
  Ready r;
  const auto undone = turn_on(*r.journal, [&](journal::Turn& turn) -> Result<void> {
    record::Sale sale = r.till.sale(turn, son(), "m-1", {900, 700, 20, 5}, Backing::grant);
    sale.backing_id = to_string(r.grant.id);
    REQUIRE(turn.append(sale, noon));
    return trouble(journal::troubles::writer_busy);
  });
  CHECK_FALSE(undone);
  CHECK(left(r.till, *r.journal) == Left{3'000, 2'000, 10'000});
}

TEST_CASE("the table itself refuses to use a limit beyond what was granted") {
  Ready r;
  r.journal.reset();
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(r.till.file().c_str(), &handle) == SQLITE_OK);
  const auto change = [&](const char* sql) { return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr); };
  CHECK(change("UPDATE grant_limit SET used = granted + 1 WHERE place = 0") == SQLITE_CONSTRAINT);
  CHECK(change("UPDATE grant_limit SET used = -1 WHERE place = 0") == SQLITE_CONSTRAINT);
  sqlite3_close(handle);
}

TEST_CASE("a cancellation gives value back while the grant may be spent, and not afterwards") {
  Ready r;
  const auto first = sell_on(r.till, *r.journal, r.grant, "m-1", {900, 700, 20, 5});
  const auto second = sell_on(r.till, *r.journal, r.grant, "m-2", {100, 0, 0, 0});
  cancel(r.till, *r.journal, first, "m-3");
  CHECK(left(r.till, *r.journal) == Left{3'000, 2'000, 9'900});
  give_up(r);
  CHECK(left(r.till, *r.journal).empty());
  cancel(r.till, *r.journal, second, "m-4");
  CHECK(closed(*r.journal) == std::vector<record::ClosedGrant>{{r.grant.id, 3}});
  CHECK(r.journal->verify());
}

TEST_CASE("what expires is closed with the end of the log, told until the centre knows, and never spent again") {
  Ready r;
  sell_on(r.till, *r.journal, r.grant, "m-1", {900, 700, 20, 5});
  CHECK(closed(*r.journal, evening.plus(std::chrono::milliseconds(-1))).empty());
  CHECK(left(r.till, *r.journal, evening).empty());
  const std::vector<record::ClosedGrant> expected{{r.grant.id, 1}};
  CHECK(closed(*r.journal, evening) == expected);
  CHECK(closed(*r.journal, evening) == expected);
  CHECK(left(r.till, *r.journal, noon).empty());  // a clock that was turned back
  REQUIRE(r.journal->take_in({1, expected}, r.till.feed(2, {}), noon, [] { return false; }));
  CHECK(closed(*r.journal, evening).empty());
}

TEST_CASE("the centre's time closes what has expired, whatever the till's clock says") {
  Ready r;
  auto batch = r.till.feed(2, {});
  batch.centre_time = evening;
  REQUIRE(r.journal->apply_feed(batch, noon));
  CHECK(left(r.till, *r.journal).empty());
}

TEST_CASE("a grant lives in the run that it was given to: opening the file again closes it") {
  Ready r;
  sell_on(r.till, *r.journal, r.grant, "m-1", {900, 700, 20, 5});
  const auto run = r.journal->run();
  r.reopen();
  CHECK(r.journal->run() != run);
  CHECK(left(r.till, *r.journal).empty());
  CHECK(closed(*r.journal) == std::vector<record::ClosedGrant>{{r.grant.id, 1}});
  // One of the earlier run that comes again by the feed is kept, closed.
  record::Grant late = r.grant;
  late.id = id_of(2);
  REQUIRE(r.journal->apply_feed(r.till.feed(2, {late}), noon));
  CHECK(left(r.till, *r.journal).empty());
  CHECK(closed(*r.journal).size() == 2);
}

TEST_CASE("a till restored from a backup cannot spend again what it was granted before") {
  Ready r;
  r.journal.reset();
  const auto copy = r.till.file().parent_path() / "backup.db";
  std::filesystem::copy_file(r.till.file(), copy);
  r.journal = r.till.open();
  const record::Grant second = [&] {
    record::Grant grant = grant_for_son(r.till, *r.journal, 2);
    REQUIRE(r.journal->apply_feed(r.till.feed(2, {grant}), noon));
    return grant;
  }();
  sell_on(r.till, *r.journal, second, "m-1", {0, 3'000, 0, 0});
  r.journal.reset();
  for (const char* more : {"-wal", "-shm"}) std::filesystem::remove(r.till.file().string() + more);
  std::filesystem::copy_file(copy, r.till.file(), std::filesystem::copy_options::overwrite_existing);

  r.journal = r.till.open();
  CHECK(left(r.till, *r.journal).empty());
  // The centre sends the feed again from where the backup stands.
  REQUIRE(r.journal->apply_feed(r.till.feed(2, {second}), noon));
  CHECK(left(r.till, *r.journal).empty());
}

TEST_CASE("an extension raises expiry and limits of a live grant, and does nothing for a closed one") {
  Ready r;
  sell_on(r.till, *r.journal, r.grant, "m-1", {900, 700, 20, 5});
  record::Grant longer = r.grant;
  longer.expires = evening.plus(std::chrono::hours(24));
  longer.accounts[0].limit += Money::fen(500);
  REQUIRE(r.journal->apply_feed(r.till.feed(2, {longer}), noon));
  CHECK(left(r.till, *r.journal, evening) == Left{2'800, 1'980, 9'100});

  record::Grant less = longer;
  less.accounts[0].limit = Money::fen(1);
  const auto refused = r.journal->apply_feed(r.till.feed(3, {less}), noon);
  REQUIRE(refused.has_error());
  CHECK(refused.error().text == &journal::troubles::feed_item_unusable);
  CHECK(left(r.till, *r.journal, evening) == Left{2'800, 1'980, 9'100});

  give_up(r);
  longer.expires = evening.plus(std::chrono::hours(48));
  REQUIRE(r.journal->apply_feed(r.till.feed(4, {longer}), noon));
  CHECK(left(r.till, *r.journal).empty());
}

TEST_CASE("a grant for another terminal is passed over, one for another person is not found") {
  Ready r;
  record::Grant foreign = grant_for_son(r.till, *r.journal, 2);
  foreign.terminal = "T-0002";
  const auto refused = r.journal->apply_feed(r.till.feed(2, {foreign}), noon);
  REQUIRE(refused.has_error());
  CHECK(refused.error().text == &journal::troubles::feed_item_unusable);
  CHECK(ask(*r.journal, [&](journal::Turn& turn) { return turn.find_grant(r.till.person_key(mother()), noon); }) ==
        std::nullopt);
}

TEST_CASE("a hand in the tables of grants is found when the file is opened") {
  const std::vector<const char*> changes = {
      "UPDATE grant_limit SET used = 0 WHERE place = 0",
      "UPDATE grant_limit SET granted = granted + 1 WHERE place = 1",
      "DELETE FROM grant_limit WHERE place = 2",
      "UPDATE standing_grant SET expires_ms = expires_ms + 1",
      "UPDATE standing_grant SET person = zeroblob(32)",
      "UPDATE standing_grant SET feed_seq = feed_seq + 1",
      "UPDATE standing_grant SET packed = CAST(substr(packed, 1, 40) || x'00' || substr(packed, 42) AS BLOB)",
      "UPDATE standing_grant SET packed = NULL",
      "UPDATE standing_grant SET state = 2, closed_after = 0",
  };
  for (const char* change : changes) {
    CAPTURE(change);
    Ready r;
    sell_on(r.till, *r.journal, r.grant, "m-1", {900, 700, 20, 5});
    r.journal.reset();
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(r.till.file().c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, change, nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_changes(handle) > 0);
    sqlite3_close(handle);
    const auto opened = r.till.try_open();
    REQUIRE(opened.has_error());
    CHECK(opened.error().text == &journal::troubles::chain_broken);
  }
}

TEST_CASE("a recall closes the grant where it stands, for good, and one that is not known is nothing") {
  Ready r;
  const auto seq = sell_on(r.till, *r.journal, r.grant, "before", {0, 1'000, 0, 0});
  REQUIRE(
      r.journal->apply_feed(r.till.feed(2, {record::GrantRecall{id_of(9)}, record::GrantRecall{r.grant.id}}), noon));
  CHECK_FALSE(found(r.till, *r.journal).has_value());
  const auto closed = r.journal->closed_grants(noon);
  REQUIRE(closed.has_value());
  REQUIRE(closed->size() == 1);
  CHECK(closed->front() == record::ClosedGrant{r.grant.id, seq});
  // An extension that was under way revives nothing.
  record::Grant longer = r.grant;
  longer.expires = longer.expires.plus(std::chrono::hours(9));
  REQUIRE(r.journal->apply_feed(r.till.feed(4, {longer}), noon));
  CHECK_FALSE(found(r.till, *r.journal).has_value());
  REQUIRE(r.journal->verify());
}

TEST_CASE("whose money a grant sets aside finds it: the person's own first, then relatives' that name the account") {
  Ready r;
  record::Grant hers = grant_for_son(r.till, *r.journal, 2);
  hers.person_key = r.till.person_key(mother());
  hers.accounts = {{"self", settlement::AccountKind::prior, Money::fen(500)}};
  hers.fund.clear();
  REQUIRE(r.journal->apply_feed(r.till.feed(2, {hers}), noon));
  const auto on = [&](const std::string& key, WallTime now = noon) {
    std::vector<Id> ids;
    for (const auto& grant : ask(*r.journal, [&](journal::Turn& turn) { return turn.grants_on(key, now); })) {
      ids.push_back(grant.id);
    }
    return ids;
  };
  CHECK(on(r.till.person_key(mother())) == std::vector<Id>{hers.id, r.grant.id});
  CHECK(on(r.till.person_key(son())) == std::vector<Id>{r.grant.id});
  CHECK(on(r.till.person_key(mother()), evening).empty());
}
