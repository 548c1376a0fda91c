#include <sqlite3.h>

#include <cstdlib>

#include "offline/journal/file_check.h"
#include "offline/journal/reader.h"
#include "offline/journal/troubles.h"
#include "offline/record/order.h"
#include "tests/journal/till.h"
#include "tests/support/fault_vfs.h"

namespace gongji::tests {

// Writes what files/v<version> holds, once, with the code of that version: `test-journal "[.write-old-file]"` with
// GONGJI_OLD_FILE naming the folder.  Never run it again for a version that is there.
TEST_CASE("writes a journal of the present version", "[.write-old-file]") {
  const char* folder = std::getenv("GONGJI_OLD_FILE");
  REQUIRE(folder != nullptr);
  Till till;
  {
    auto journal = till.open();
    store(till, *journal, mother());
    store(till, *journal, son());
    const Day last_year = *Day::from_civil(2025, 12, 31);
    const auto told = Shares{300, 200, 0, 500};
    sell(till, *journal, mother(), "old-1", told);
    sell(till, *journal, mother(), "old-2", told);
    sell(till, *journal, mother(), "old-3", told, record::Backing::reserve, last_year);
    sell(till, *journal, son(), "old-4", {400, 100, 250, 0}, record::Backing::reserve);
    sell(till, *journal, son(), "old-5", {40, 10, 25, 5}, record::Backing::reserve);
    cancel(till, *journal, 2, "old-6");
    REQUIRE(journal->acknowledge(4, noon));
    REQUIRE(journal->apply_feed(
        till.feed(1, {verdict(1, record::VerdictKind::accepted, told, told),
                      verdict(2, record::VerdictKind::adjusted, told, {100, 150, 0, 750}),
                      verdict(4, record::VerdictKind::adjusted, {400, 100, 250, 0}, {300, 100, 200, 150})}),
        noon));
    store(till, *journal, mother(), 3, noon.plus(std::chrono::hours(1)));
    record::Grant grant;
    grant.id.bytes[15] = 9;
    grant.terminal = "T-0001";
    grant.life = {1, journal->run()};
    grant.person_key = till.person_key(son());
    grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(100)}};
    grant.expires = noon.plus(std::chrono::hours(1));
    REQUIRE(journal->apply_feed(till.feed(4, {grant}), noon));
    journal->idle();
  }
  std::filesystem::create_directories(folder);
  std::filesystem::copy(till.file().parent_path(), folder, std::filesystem::copy_options::recursive);
}

namespace {

// A copy of files/v1, or of another version, to be opened by this program.
struct OldFile {
  explicit OldFile(const std::string& version = "v1") {
    std::filesystem::copy("tests/journal/files/" + version, scratch / "old", std::filesystem::copy_options::recursive);
    for (const auto& each : std::filesystem::recursive_directory_iterator(scratch / "old")) {
      const auto mode = each.is_directory() ? std::filesystem::perms::owner_all
                                            : std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
      std::filesystem::permissions(each.path(), mode);
    }
    auto opened = seal::KeyStore::open(scratch / "old" / "keys", random);
    REQUIRE(opened);
    keys = std::move(*opened);
  }
  std::filesystem::path file() const { return scratch / "old" / "journal.sqlite"; }
  Result<std::unique_ptr<journal::Journal>> open(const std::string& vfs = {}) {
    return journal::open_on(vfs, file(), {"T-0001", 1}, keys, random);
  }
  journal::PersonState state(journal::Journal& journal, const Patient& patient) {
    auto found =
        ask(journal, [&](journal::Turn& turn) { return turn.find_person(keys->lookup_key("person", patient.psn_no)); });
    REQUIRE(found);
    return *found;
  }
  std::int64_t counter(journal::Journal& journal, const Patient& patient, Day day, std::string_view name = "op.fund") {
    const auto known = state(journal, patient).counters;
    return settlement::value_of(settlement::counters_on(policy(), known, day), name).in_fen();
  }

  Scratch scratch;
  SeededRandom random{77};
  std::shared_ptr<const seal::KeyStore> keys;
};

}  // namespace

TEST_CASE("a journal of version 1 is brought up, and says what it said before") {
  OldFile old;
  REQUIRE(old.open());
  auto opened = old.open();
  REQUIRE(opened);
  journal::Journal& journal = **opened;
  CHECK(journal.verify().value() == 6);
  // The mother's snapshot knows entries 1 to 3: what counts since is the cancellation of the adjusted sale 2.
  CHECK(old.counter(journal, mother(), today) == 2'000 - 300);
  CHECK(old.state(journal, mother()).accounts.at(0).balc == Money::fen(50'000 + 150 - 200 - 25));
  // The son's is older than his two sales, of which the first was adjusted: a verdict told nothing of counters then.
  CHECK(old.counter(journal, son(), today) == 2'000 + 400 + 40);
  CHECK(old.state(journal, son()).accounts.at(0).balc == Money::fen(10'000 - 100 - 10));
  // What was kept by calendar year goes on until its end, also for a counter of another year.
  CHECK(old.counter(journal, son(), *Day::from_civil(2026, 12, 31)) == 2'440);
  CHECK(old.counter(journal, son(), *Day::from_civil(2027, 1, 1)) == 0);

  SECTION("a verdict of today moves what a verdict of then had rewritten") {
    auto again = verdict(4, record::VerdictKind::adjusted, {400, 100, 250, 0}, {200, 150, 200, 200});
    again.counted = {{scheme, "op.fund", this_year, Money::fen(200)}};
    REQUIRE(journal.apply_feed({"T-0001", 4, {again}, noon}, noon));
    CHECK(old.counter(journal, son(), today) == 2'000 + 200 + 40);
    CHECK(old.state(journal, son()).accounts.at(0).balc == Money::fen(10'000 - 150 - 10));
    CHECK(journal.verify());
  }
  SECTION("a sale of then is cancelled today") {
    REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
      auto sale = turn.find_seq(4);
      if (!sale) return sale.error();
      auto entry = turn.append(Till().cancel(**sale, "today"), noon);
      if (!entry) return entry.error();
      return {};
    }));
    CHECK(old.counter(journal, son(), today) == 2'000 + 40);
    CHECK(old.state(journal, son()).accounts.at(0).balc == Money::fen(10'000 - 10));
    CHECK(journal.verify());
  }
}

TEST_CASE("a journal of version 2 is brought up, says what it said before, and takes grants") {
  OldFile old("v2");
  auto opened = old.open();
  REQUIRE(opened);
  journal::Journal& journal = **opened;
  CHECK(journal.verify().value() == 6);
  CHECK(old.state(journal, son()).accounts.at(0).balc == Money::fen(10'000 - 100 - 10));

  record::Grant grant;
  grant.id.bytes[15] = 1;
  grant.terminal = "T-0001";
  grant.life = {1, journal.run()};
  grant.person_key = old.keys->lookup_key("person", son().psn_no);
  grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(100)}};
  grant.expires = noon.plus(std::chrono::hours(1));
  REQUIRE(journal.apply_feed({"T-0001", *journal.feed_cursor() + 1, {grant}, noon}, noon));
  CHECK(ask(journal, [&](journal::Turn& turn) { return turn.find_grant(grant.person_key, noon); }) == grant);
  CHECK(journal.verify());
}

TEST_CASE("a journal of version 3 is brought up, says what it said before, and takes orders and a stop list") {
  OldFile old("v3");
  CHECK(journal::read_orders(old.file())->empty());
  auto opened = old.open();
  REQUIRE(opened);
  journal::Journal& journal = **opened;
  CHECK(journal.verify().value() == 6);
  CHECK(old.state(journal, son()).accounts.at(0).balc == Money::fen(10'000 - 100 - 10));
  const auto order = [&] {
    record::EmergencyOrder made;
    made.areas = {"99"};
    made.end = {1};
    return record::sign(*old.keys, record::order_tag, record::encode(made));
  }();
  REQUIRE(journal.apply_feed({"T-0001", *journal.feed_cursor() + 1, {record::OrderNotice{order}}, noon}, noon));
  CHECK(ask(journal, [](journal::Turn& turn) { return turn.orders(); }) == std::vector{order});
  CHECK(old.counter(journal, son(), today) == 2'440);

  const record::Stop stop{record::StopKind::person,
                          old.keys->lookup_key("person", son().psn_no),
                          record::StopReason::suspended,
                          noon,
                          {},
                          false};
  REQUIRE(journal.apply_feed({"T-0001", *journal.feed_cursor() + 1, {stop}, noon}, noon));
  CHECK(ask(journal, [&](journal::Turn& turn) { return turn.find_stop(stop.kind, stop.key, noon); }) == stop);
  CHECK(journal.verify());
}

TEST_CASE("rows with the checksums of version 4 are believed, and changed ones are not") {
  const auto hand = [](OldFile& old, const char* sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(old.file().c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
  };
  {
    OldFile old("v4");
    hand(old, "UPDATE account SET balance = balance + 1");
    auto opened = old.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().text == &journal::troubles::chain_broken);
  }
  OldFile old("v4");
  auto opened = old.open();
  REQUIRE(opened);
  journal::Journal& journal = **opened;
  CHECK(journal.verify().value() == 6);
  CHECK(old.state(journal, son()).accounts.at(0).balc == Money::fen(10'000 - 100 - 10));
  // Written anew, a row has the checksum of now, beside others that have not.
  REQUIRE(journal.acknowledge(5, noon));
  REQUIRE(journal.apply_feed({"T-0001",
                              *journal.feed_cursor() + 1,
                              {verdict(5, record::VerdictKind::accepted, {40, 10, 25, 5}, {40, 10, 25, 5})},
                              noon},
                             noon));
  CHECK(journal.verify());
}

TEST_CASE("a journal of version 5 goes on as it was written until compact entries may be, and then holds both") {
  OldFile old("v5");
  Till papers;
  const auto form_of_next = [&](journal::Journal& journal, const std::string& msgid) {
    const auto seq = ask(journal, [&](journal::Turn& turn) -> Result<std::uint64_t> {
      const auto entry = turn.append(papers.paper(msgid, 500), noon);
      if (!entry) return entry.error();
      return entry->head.seq;
    });
    const auto raw = ask(journal, [&](journal::Turn& turn) { return turn.find_raw(seq); });
    return record::form_of(raw->public_bytes);
  };
  {
    auto opened = old.open();
    REQUIRE(opened);
    journal::Journal& journal = **opened;
    CHECK(journal.verify().value() == 6);
    CHECK(form_of_next(journal, "new-7") == record::Form::canonical);
    journal.write_compact();
    CHECK(form_of_next(journal, "new-8") == record::Form::compact);
    CHECK(journal.verify().value() == 8);
  }
  auto opened = old.open();
  REQUIRE(opened);
  CHECK(form_of_next(**opened, "new-9") == record::Form::compact);
  CHECK((*opened)->verify().value() == 9);
  const auto stretch = (*opened)->unsent(500, 1 << 20);
  REQUIRE(stretch);
  REQUIRE(stretch->entries.size() == 5);
  for (const record::Entry& entry : stretch->entries) {
    CHECK(record::form_of(entry.public_bytes) ==
          (entry.head.seq <= 7 ? record::Form::canonical : record::Form::compact));
    CHECK(record::decode(entry.public_bytes, entry.personal_bytes));
  }
}

TEST_CASE("a migration that fails at any step leaves the old file whole, or the new one") {
  for (const Fault fault : {Fault::io_error, Fault::full}) {
    bool succeeded = false;
    int refused = 0;
    for (int step = 0; !succeeded; ++step) {
      REQUIRE(step < 300);
      INFO("fault " << static_cast<int>(fault) << ", step " << step);
      OldFile old;
      FaultVfs disk;
      disk.fail_at(step, fault, Times::once);
      if (!old.open(disk.name())) ++refused;
      succeeded = !disk.failed();
      disk.heal();
      disk.cut_power();
      SeededRandom random(static_cast<std::uint64_t>(step));
      disk.restore_power(random);
      const auto opened = old.open(disk.name());
      REQUIRE(opened);
      CHECK((*opened)->verify().value() == 6);
      CHECK(old.counter(**opened, mother(), today) == 1'700);
      CHECK(old.counter(**opened, son(), today) == 2'440);
    }
    CHECK(refused > 3);
  }
}

TEST_CASE("a newer program sends the queue that an older one left, byte for byte, and answers its requests") {
  for (const std::string version : {"v1", "v2"}) {
    OldFile old(version);
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(old.file().c_str(), &handle) == SQLITE_OK);
    std::vector<std::string> written;
    const auto collect = [](void* out, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(out)->emplace_back(values[0]);
      return 0;
    };
    REQUIRE(sqlite3_exec(handle, "SELECT public_part FROM entry WHERE seq > 4 ORDER BY seq", collect, &written,
                         nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    REQUIRE(written.size() == 2);

    auto journal = old.open();
    REQUIRE(journal);
    const auto left = (*journal)->unsent(10, 1U << 20U);
    REQUIRE(left);
    REQUIRE(left->from == 5);
    REQUIRE(left->entries.size() == 2);
    for (std::size_t i = 0; i < written.size(); ++i) CHECK(left->entries[i].public_bytes == written[i]);
    for (const char* msgid : {"old-1", "old-2", "old-3", "old-4", "old-5", "old-6"}) {
      CHECK(ask(**journal, [&](journal::Turn& turn) { return turn.find_request(site_code, msgid); }));
    }
  }
}

TEST_CASE("a power cut at any operation of a migration leaves the old file whole, or the new one") {
  for (const std::string version : {"v1", "v2"}) {
    OldFile old(version);
    const auto mothers = [&](OldFile& of) {
      const auto opened = of.open();
      REQUIRE(opened);
      CHECK((*opened)->verify().value() == 6);
      return of.counter(**opened, mother(), today);
    };
    OldFile undisturbed(version);
    const auto expected = mothers(undisturbed);
    FaultVfs disk;
    SeededRandom coins(1);
    OldFile cut(version);
    int cuts = 0;
    disk.watch([&] {
      for (const Survival survival : all_survivals) {
        INFO(version << ", cut " << ++cuts);
        write_image(disk.survivors(survival, coins), cut.file().parent_path() / "cut");
        for (const auto& each : std::filesystem::directory_iterator(cut.file().parent_path() / "cut")) {
          std::filesystem::rename(each.path(), cut.file().parent_path() / each.path().filename());
        }
        CHECK(mothers(cut) == expected);
        for (const char* left : {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"}) {
          std::filesystem::remove(cut.file().parent_path() / left);
        }
      }
    });
    REQUIRE(old.open(disk.name()));
    disk.watch({});
    CHECK(cuts > 40);
  }
}

TEST_CASE("a journal of version 1 is read by the queue as it is, and checked only after it was brought up") {
  OldFile old;
  CHECK(journal::read_summary(old.file())->last_seq == 6);
  const auto unchecked = journal::check_file(old.file(), {});
  REQUIRE_FALSE(unchecked);
  CHECK(unchecked.error().text == &journal::troubles::file_of_older_version);
  REQUIRE(old.open());
  CHECK(journal::check_file(old.file(), {})->last_seq == 6);
}

}  // namespace gongji::tests
