#include <sqlite3.h>

#include <algorithm>

#include "offline/journal/troubles.h"
#include "offline/sqlite/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

// A hand in the file, past the journal.
class Hand {
 public:
  explicit Hand(const std::filesystem::path& file) { REQUIRE(sqlite3_open(file.c_str(), &handle_) == SQLITE_OK); }
  ~Hand() { sqlite3_close(handle_); }
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  // False: the file itself refuses such a value.
  bool write(const std::string& sql) {
    const bool done = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    changed_ = sqlite3_changes(handle_);
    return done;
  }
  int changed() const { return changed_; }

  std::vector<std::vector<std::string>> rows(const std::string& sql) {
    std::vector<std::vector<std::string>> out;
    const auto collect = [](void* to, int count, char** values, char**) {
      auto& row = static_cast<std::vector<std::vector<std::string>>*>(to)->emplace_back();
      for (int i = 0; i < count; ++i) row.emplace_back(values[i] == nullptr ? "" : values[i]);
      return 0;
    };
    REQUIRE(sqlite3_exec(handle_, sql.c_str(), collect, &out, nullptr) == SQLITE_OK);
    return out;
  }

 private:
  sqlite3* handle_ = nullptr;
  int changed_ = 0;
};

// Five entries of every kind, a cancelled sale, verdicts of every kind, a signed head.
void fill(Till& till) {
  auto journal = till.open();
  store(till, *journal, mother());
  store(till, *journal, son());
  sell(till, *journal, son(), "m-1", {3'000, 2'000, 1'500, 500});
  const auto second = sell(till, *journal, mother(), "m-2", {100, 200, 0, 300}, record::Backing::hold);
  cancel(till, *journal, second, "m-3");
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
    auto entry = turn.append(till.paper("m-4", 700), noon);
    if (!entry) return entry.error();
    return {};
  }));
  sell(till, *journal, mother(), "m-5", {1, 2, 0, 3});
  const Shares told{3'000, 2'000, 1'500, 500};
  REQUIRE(journal->apply_feed(
      till.feed(1, {verdict(1, record::VerdictKind::adjusted, told, {3'000, 1'000, 1'500, 1'500})}), noon));
  REQUIRE(journal->acknowledge(2, noon));
  journal->idle();
}

// One other value of the same type.
std::string spoiled(const std::string& column, const std::string& type) {
  if (type == "INTEGER") return "coalesce(" + column + ", 40) + 1";
  if (type == "TEXT") return "'!' || substr(coalesce(" + column + ", ''), 2)";
  return "CAST(x'FF' || substr(coalesce(" + column + ", x'00'), 2) AS BLOB)";
}

}  // namespace

TEST_CASE("a change of any stored column is found when the journal is opened, and the entry named") {
  Till pattern;
  fill(pattern);
  std::vector<std::pair<std::string, std::string>> columns;
  {
    Hand hand(pattern.file());
    for (const auto& row : hand.rows("PRAGMA table_info(entry)")) columns.emplace_back(row[1], row[2]);
  }
  REQUIRE(columns.size() == 26);
  int tried = 0;
  for (std::uint64_t seq = 1; seq <= 5; ++seq) {
    Till till;
    fill(till);
    for (const auto& [column, type] : columns) {
      const std::string where = " WHERE seq = " + std::to_string(seq);
      Hand hand(till.file());
      REQUIRE(hand.write("CREATE TABLE IF NOT EXISTS keep AS SELECT * FROM entry; CREATE TABLE keep_v AS SELECT 1"));
      const bool written = hand.write("UPDATE entry SET " + column + " = " + spoiled(column, type) + where);
      if (written) {
        ++tried;
        const auto opened = till.try_open();
        INFO("seq " << seq << ", column " << column);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().text == &journal::troubles::chain_broken);
        // A missing seq is named where it is missed; a broken link of two entries names one of both.
        const bool link = column == "cancelled_by" || column == "sale_seq" || column == "seq";
        if (!link) CHECK(opened.error().path == "seq " + std::to_string(seq));
        CHECK(opened.error().path.substr(0, 4) == "seq ");
      }
      REQUIRE(
          hand.write("DELETE FROM entry; INSERT INTO entry SELECT * FROM keep; DROP TABLE keep; DROP TABLE keep_v"));
    }
    CHECK(till.try_open());
  }
  CHECK(tried > 80);
}

TEST_CASE("a change beside the entries is found too") {
  const std::pair<const char*, const char*> changes[] = {
      {"UPDATE movement SET fen = fen + 1 WHERE seq = 1", "seq 1"},
      {"UPDATE movement SET owner = x'00' WHERE seq = 5 AND name = ''", "seq 5"},
      {"DELETE FROM movement WHERE seq = 3", "seq 3"},
      {"INSERT INTO movement VALUES (x'0102', 4, 0, '', '', 0, 5)", "seq 4"},
      {"INSERT INTO movement VALUES (x'0102', 99, 0, '', '', 0, 5)", "seq 99"},
      {"UPDATE verdict SET item = replace(item, 'over_cap', 'over_cop')", "seq 1"},
      {"UPDATE verdict SET mac = zeroblob(32)", "seq 1"},
      {"UPDATE verdict SET mac = zeroblob(16)", "seq 1"},
      {"UPDATE verdict SET mac = substr(mac, 1, 15)", "seq 1"},
      {"DELETE FROM verdict", "seq 1"},
      {"UPDATE total SET fund = fund + 1 WHERE kind = 1", "day 2026-11-20"},
      {"DELETE FROM total WHERE kind = 3", "totals"},
      {"UPDATE log SET acknowledged_seq = 1", "log"},
      {"UPDATE log SET feed_cursor = 0", "log"},
      {"UPDATE log SET last_contact_ms = last_contact_ms + 1", "log"},
      {"UPDATE log SET head_signature = zeroblob(64)", "log"},
      {"DELETE FROM entry WHERE seq = 5", "seq 5"},
      {"DELETE FROM entry WHERE seq = 2", "seq 2"},
  };
  for (const auto& [sql, path] : changes) {
    Till till;
    fill(till);
    {
      Hand hand(till.file());
      REQUIRE(hand.write(sql));
      REQUIRE(hand.changed() > 0);
    }
    const auto opened = till.try_open();
    INFO(sql);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().text == &journal::troubles::chain_broken);
    CHECK(opened.error().path == path);
  }
}

TEST_CASE("changed snapshots, credentials and balances are found") {
  for (const char* sql : {"UPDATE person SET snapshot = CAST(x'FF' || substr(snapshot, 2) AS BLOB)",
                          "UPDATE person SET applied_seq = applied_seq + 1", "UPDATE account SET balance = balance + 1",
                          "UPDATE credential SET person_key = zeroblob(32)"}) {
    Till till;
    fill(till);
    {
      Hand hand(till.file());
      REQUIRE(hand.write(sql));
      REQUIRE(hand.changed() > 0);
    }
    const auto opened = till.try_open();
    INFO(sql);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().text == &journal::troubles::chain_broken);
  }
}

TEST_CASE("a whole entry replaced by another valid one does not fit the signed head") {
  Till honest;
  fill(honest);
  Till forger;  // has the data keys, but not the signing key; its own chain is sound
  forger.reseed(7);
  fill(forger);
  {
    Hand hand(honest.file());
    REQUIRE(hand.write("ATTACH '" + forger.file().string() + "' AS other"));
    REQUIRE(hand.write("DELETE FROM entry; INSERT INTO entry SELECT * FROM other.entry"));
  }
  const auto opened = honest.try_open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == &journal::troubles::chain_broken);
}

TEST_CASE("the keys of accounts that are kept with a snapshot are verified") {
  Till till;
  {
    auto journal = till.open();
    store(till, *journal, son());
  }
  // Whoever holds the keys seals a row in which the family account has the key of the own one.
  std::vector<std::string> row;
  {
    Hand hand(till.file());
    row = hand.rows("SELECT hex(snapshot), lower(hex(person_key)), as_of_ms FROM person").at(0);
    const std::string association = "T-0001|person|" + row[1] + "|" + row[2] + "|0";
    Bytes plain = till.keys().open_sealed("2026-11", *from_hex(row[0]), as_bytes(association)).value();
    constexpr std::ptrdiff_t signature = 64, count = 1, key = 32;
    REQUIRE(plain.at(signature) == 2);
    const auto own = plain.begin() + signature + count;
    const Bytes expected = *from_hex(till.keys().lookup_key("account", son().psn_no + "|prior"));
    CHECK(Bytes(own, own + key) == expected);
    std::copy(own, own + key, own + key);
    const Bytes sealed = till.keys().seal("2026-11", plain, as_bytes(association)).value();
    REQUIRE(hand.write("UPDATE person SET snapshot = x'" + to_hex(sealed) + "'"));
  }
  const auto opened = till.try_open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == &journal::troubles::chain_broken);
  CHECK(opened.error().path == "person " + row[1].substr(0, 8));
}

TEST_CASE("a file of a newer version is refused and left alone") {
  Till till;
  fill(till);
  {
    Hand hand(till.file());
    REQUIRE(hand.write("PRAGMA user_version = 99"));
  }
  const auto opened = till.try_open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == &sqlite::troubles::newer_file);
  {
    Hand hand(till.file());
    REQUIRE(hand.write("PRAGMA user_version = 6"));
  }
  CHECK(till.try_open());
}

TEST_CASE("erased personal parts leave chain, sums and states verifiable") {
  Till till;
  fill(till);
  REQUIRE(till.keys().destroy_month("2026-11"));
  auto journal = till.open();
  CHECK(journal->verify().value() == 5);
  CHECK(summary(*journal).last_seq == 5);
  CHECK_FALSE(ask(*journal, [&](journal::Turn& turn) { return turn.find_person(till.person_key(mother())); }));
  // A verdict that comes after the erasure still counts.
  const Shares told{1, 2, 0, 3};
  REQUIRE(journal->apply_feed(till.feed(2, {verdict(5, record::VerdictKind::accepted, told, told)}), noon));
  CHECK(summary(*journal).confirmed == Money::fen(3));
}
