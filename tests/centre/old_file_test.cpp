#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "offline/seal/troubles.h"
#include "offline/sqlite/troubles.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {

// Writes files/v<version>.sqlite, once, with the code of that version: `test-centre "[.write-old-file]"` with
// GONGJI_OLD_FILE naming the file.  Never run it again for a version that is there.
TEST_CASE("writes a ledger of the present version", "[.write-old-file]") {
  const char* file = std::getenv("GONGJI_OLD_FILE");
  REQUIRE(file != nullptr);
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, pharmacy);
  const auto sold = till.sale(*till.person(wang_fang), {Money::yuan(200)});
  const auto entry = till.append(sold);
  till.append(till.sale(*till.person(li_jianguo), {Money::yuan(300)}));
  auto held = other.sale(*other.person(chen_wei), {Money::yuan(100)});
  REQUIRE(other.hold(held).status == 200);
  other.append(held);
  till.sync();
  other.sync();
  till.append(till.cancel_of(entry, sold));
  till.append(till.sale(*till.person(wang_fang), {Money::yuan(150)}));
  till.sync();
  auto waiting = other.sale(*other.person(zhao_min), {Money::yuan(50)});
  REQUIRE(other.hold(waiting).status == 200);
  centre.service->ledger().rest();
  std::filesystem::copy_file(centre.folder.path / "centre" / "ledger.sqlite", file);
}

namespace {

// A copy of files/v1.sqlite, or of another version.
struct OldLedger {
  explicit OldLedger(const std::string& version = "v1") {
    std::filesystem::copy_file("tests/centre/files/" + version + ".sqlite", file);
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  // By hand, as somebody with the file could.
  std::string hand(const char* sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    std::string told;
    const auto tell = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) += values[0] != nullptr ? values[0] : "-";
      return 0;
    };
    CHECK(sqlite3_exec(db, sql, tell, &told, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    return told;
  }
  std::shared_ptr<const seal::KeyStore> keys() { return *seal::KeyStore::open(folder.path / "keys", random); }
  Folder folder;
  SeededRandom random{7};
  std::filesystem::path file = folder.path / "ledger.sqlite";
};

// All that stands in the ledger's file and beside it.
std::string bytes_of(const std::filesystem::path& file) {
  std::string all;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::ifstream in(file.string() + suffix, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

const char* counters_of_wang = "SELECT sum(value) FROM counter WHERE psn_no = '42010000000000000001'";

}  // namespace

TEST_CASE("a ledger of version 3 is brought up: whom it names stands nowhere any more, and everything is still found") {
  OldLedger old("v3");
  const auto people = *read_people(*read_text_file("sync/centre/people.json", people_bytes_max));
  std::vector<std::string> names;
  for (const auto& person : people.persons) {
    names.insert(names.end(), {person.facts.psn_no, person.name.reveal(), person.certno.reveal()});
    for (const auto& credential : person.credentials) names.push_back(credential.number.reveal());
  }
  const std::string before = bytes_of(old.file);
  for (const auto& name : names) {
    INFO(name);
    CHECK(before.find(name) != std::string::npos);
  }
  const std::string grants_of = old.hand("SELECT count(*) FROM standing_grant WHERE psn_no = '42010000000000000002'");
  const std::string balance = old.hand("SELECT balance FROM account WHERE name = 'person:42010000000000000001:prior'");
  {
    auto opened = Ledger::open(old.file, false, old.keys());
    REQUIRE(opened.has_value());
    Ledger& ledger = **opened;
    REQUIRE(ledger
                .transaction([&] {
                  CHECK(ledger.in_balance());
                  for (const auto& person : people.persons) {
                    const auto found = ledger.find_person(person.facts.psn_no);
                    REQUIRE(found.has_value());
                    CHECK(found->facts == person.facts);
                    CHECK(found->name == person.name);
                    CHECK(found->certno == person.certno);
                    CHECK(found->family.size() == person.family.size());
                    for (const auto& credential : person.credentials) {
                      CHECK(ledger.find_credential(credential.kind, credential.number, credential.card_sn) ==
                            person.facts.psn_no);
                    }
                  }
                  const auto prior = person_account(wang_fang, settlement::AccountKind::prior);
                  CHECK(std::to_string(ledger.balance(ledger.account(prior, false)).in_fen()) == balance);
                  CHECK(std::to_string(ledger.live_grants("T-000001", li_jianguo).size()) == grants_of);
                  for (const Id& id : ledger.live_grants("T-000001", {})) {
                    CHECK(ledger.find_person(ledger.find_grant(id)->psn_no));
                  }
                  CHECK(ledger.regulars(clinic, *parse_day("2026-01-01"), 1, 10).size() == 2);
                  CHECK(ledger.live_holds("T-000002").size() == 1);
                  const auto hers = ledger.sales_behind(wang_fang, {*parse_day("2026-11-21"), 0}, {});
                  REQUIRE(hers.size() == 1);
                  CHECK(hers[0].psn_no == wang_fang);
                  CHECK(ledger.read_sale(hers[0].entry)->claim.person.psn_no == wang_fang);
                  CHECK_FALSE(ledger.site_key(clinic).empty());
                })
                .has_value());
  }
  const std::string after = bytes_of(old.file);
  for (const auto& name : names) {
    INFO(name);
    CHECK(after.find(name) == std::string::npos);
  }
  SeededRandom other(8);
  auto foreign = Ledger::open(old.file, false, *seal::KeyStore::open(old.folder.path / "other", other));
  REQUIRE(foreign.has_error());
  CHECK(foreign.error().text == &seal::troubles::month_key_missing);
}

TEST_CASE("a ledger of version 2 is brought up: it has no grants and no regulars yet, and its holds are live") {
  OldLedger old("v2");
  auto opened = Ledger::open(old.file, false, old.keys());
  REQUIRE(opened.has_value());
  Ledger& ledger = **opened;
  REQUIRE(ledger
              .transaction([&] {
                CHECK(ledger.in_balance());
                CHECK(ledger.live_holds("T-000002").size() == 1);
                CHECK(ledger.live_grants("T-000001", {}).empty());
                CHECK(ledger.regulars(clinic, *parse_day("2026-01-01"), 1, 10).empty());
              })
              .has_value());
}

TEST_CASE("a ledger of version 3 is brought up, and stops nobody yet") {
  OldLedger old("v3");
  auto opened = Ledger::open(old.file, false, old.keys());
  REQUIRE(opened.has_value());
  CHECK(old.hand("PRAGMA user_version") == "5");
  CHECK(old.hand("SELECT count(*) FROM stop") == "0");
  CHECK(old.hand("SELECT count(*) FROM voucher") == "0");
  REQUIRE((*opened)->transaction([&] { CHECK((*opened)->in_balance()); }).has_value());
}

TEST_CASE("a ledger of version 1 is brought up: sums, counters by calendar year, order of service") {
  OldLedger old;
  const std::string counted = old.hand(counters_of_wang);
  auto opened = Ledger::open(old.file, false, old.keys());
  REQUIRE(opened.has_value());
  Ledger& ledger = **opened;
  REQUIRE(ledger
              .transaction([&] {
                CHECK(ledger.in_balance());
                Money sum;
                for (const auto& row : ledger.counters(wang_fang, settlement::without_end)) {
                  CHECK(row.scheme.empty());
                  CHECK(row.since == parse_day("2026-01-01"));
                  sum += row.value;
                }
                CHECK(std::to_string(sum.in_fen()) == counted);
                // Two sales of hers: the first was cancelled.
                const auto hers = ledger.sales_behind(wang_fang, {*parse_day("2026-11-21"), 0}, {});
                REQUIRE(hers.size() == 1);
                CHECK(hers[0].second == 9 * 3600);
                CHECK(ledger.read_sale(hers[0].entry)->claim.lines[0].det_item_fee_sumamt == Money::yuan(150));
                CHECK(ledger.counted_by(hers[0].entry).size() == 1);
                CHECK(ledger.sales_behind(li_jianguo, {*parse_day("2026-11-21"), 0}, {}).size() == 1);
                CHECK(ledger.sales_behind(chen_wei, {*parse_day("2026-11-21"), 0}, {}).empty());  // on a hold
                CHECK(ledger.live_holds("T-000002").size() == 1);
              })
              .has_value());
}

TEST_CASE("a ledger that cannot be brought up stays as it was, and a newer one is left alone") {
  OldLedger old;
  old.hand("UPDATE entry SET personal_bytes = CAST('not JSON' AS BLOB) WHERE seq = 1");
  const auto broken = Ledger::open(old.file, false, old.keys());
  REQUIRE(broken.has_error());
  CHECK(old.hand("PRAGMA user_version") == "1");
  CHECK(old.hand("SELECT count(*) FROM counter WHERE year = 2026") != "0");
  CHECK(old.hand("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%_by_window'") == "0");

  old.hand("PRAGMA user_version = 99");
  const auto newer = Ledger::open(old.file, false, old.keys());
  REQUIRE(newer.has_error());
  CHECK(newer.error().text == &sqlite::troubles::newer_file);
  CHECK(old.hand("PRAGMA user_version") == "99");
}

}  // namespace gongji::centre
