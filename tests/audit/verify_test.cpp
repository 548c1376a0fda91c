#include "offline/audit/verify.h"

#include <functional>

#include "offline/audit/troubles.h"
#include "offline/journal/packed.h"
#include "offline/journal/raw_entries.h"
#include "offline/journal/troubles.h"
#include "tests/audit/shop.h"

namespace gongji::tests {

namespace {

using audit::Verified;

Result<Verified> check(Shop& shop, bool with_keys = true, const std::filesystem::path& file = {}) {
  audit::Verification how;
  if (with_keys) how.keys = shop.keys();
  how.public_key = shop.till.keys().public_key();
  return audit::verify(file.empty() ? shop.till.file() : file, built_in_law(), how);
}

// What is said of a journal in which a hand did `sql`, with and without keys.
struct Told {
  std::string path, detail;
};
Told told(const Result<Verified>& verified) {
  if (verified) return {"everything holds", ""};
  CHECK(to_string(verified.error(), Language::en).size() > 40);  // says what to do
  return {verified.error().path, verified.error().detail};
}

void write_public(Shop& shop, std::uint64_t seq, const std::string& bytes) {
  execute(shop.till.file(), "UPDATE entry SET public_part = '', public_packed = x'" + to_hex(journal::pack(bytes)) +
                                "' WHERE seq = " + std::to_string(seq));
}

// Writes entries from..last anew, as somebody would who wants the chain to hold, the first of them through `change`.
void rehash(Shop& shop, std::uint64_t from, const std::function<void(record::Body&)>& change) {
  std::vector<journal::RawEntry> entries;
  {
    auto journal = shop.till.open();
    for (std::uint64_t seq = 1;; ++seq) {
      auto raw = ask(*journal, [&](journal::Turn& turn) { return turn.find_raw(seq); });
      if (!raw) break;
      entries.push_back(*raw);
    }
  }
  Digest previous{};
  for (journal::RawEntry& entry : entries) {
    if (entry.seq == from) {
      auto decoded = record::decode_public(entry.public_bytes).value();
      change(decoded.body);
      entry.public_bytes =
          record::make_entry(decoded.head, decoded.body, {}, {}, record::form_of(entry.public_bytes)).public_bytes;
    }
    const Digest hash = record::chain_hash_from_digest(previous, entry.seq, entry.public_bytes, entry.personal_digest);
    if (entry.seq >= from) {
      write_public(shop, entry.seq, entry.public_bytes);
      execute(shop.till.file(),
              "UPDATE entry SET hash = x'" + to_hex(hash) + "' WHERE seq = " + std::to_string(entry.seq));
    }
    previous = hash;
  }
}

record::Sale& sale_of(record::Body& body) {
  return std::get<record::Sale>(body);
}

}  // namespace

TEST_CASE("a journal that nobody touched holds, with keys and without, beside the running daemon and as a copy") {
  Shop shop;
  shop.open_for_a_day();
  // The daemon's connection is still open.
  const auto beside = check(shop);
  REQUIRE(beside);
  CHECK(beside->file.last_seq == 8);
  CHECK(beside->sales == 6);
  CHECK(beside->cancels == 1);
  CHECK(beside->papers == 1);
  CHECK(beside->medfee.in_fen() == 12'345 + 110'327 + 88'000 + 19'321 + 65'432 + 999);
  CHECK(beside->medfee == beside->shares.fund + beside->shares.account + beside->shares.family + beside->shares.cash);
  CHECK(beside->shares.fund > Money());
  CHECK(beside->file.head_seq == 0);
  CHECK_FALSE(beside->file.head_verified);

  shop.close();
  const auto copy = shop.folder("copy.db");
  std::filesystem::copy_file(shop.till.file(), copy);
  if (std::filesystem::exists(shop.till.file().string() + "-wal")) {
    std::filesystem::copy_file(shop.till.file().string() + "-wal", copy.string() + "-wal");
  }
  for (const bool with_keys : {true, false}) {
    const auto copied = check(shop, with_keys, copy);
    REQUIRE(copied);
    CHECK(copied->file.last_seq == 8);
    CHECK(copied->file.head_seq == 8);
    CHECK(copied->file.head_verified);
    CHECK(copied->sales == 6);
    CHECK(copied->shares == beside->shares);
  }
}

TEST_CASE("an empty journal holds") {
  Shop shop;
  const auto verified = check(shop);
  REQUIRE(verified);
  CHECK(verified->file.last_seq == 0);
}

TEST_CASE("each planted fault is found, and the first bad entry is named") {
  struct Fault {
    const char* what;
    const char* sql;
    const char* path;
    const char* detail;  // begins with
    bool found_without_keys;
  };
  const auto fault = GENERATE(values<Fault>({
      {"a byte of a public part", "UPDATE entry SET public_part = '{}', public_packed = NULL WHERE seq = 3", "seq 3",
       "hash: expected ", true},
      {"a byte of a packed public part",
       "UPDATE entry SET public_packed = CAST(substr(public_packed, 1, 60) || x'00' || substr(public_packed, 62) AS "
       "BLOB) WHERE seq = 3",
       "seq 3", "", true},
      {"a part both packed and not", "UPDATE entry SET public_part = '{}' WHERE seq = 3", "seq 3", "public part", true},
      {"a byte of a personal part",
       "UPDATE entry SET personal_part = CAST(substr(personal_part, 1, 20) || x'00' || substr(personal_part, 22) AS "
       "BLOB) WHERE seq "
       "= 4",
       "seq 4", "personal part", false},
      {"the digest of a personal part", "UPDATE entry SET personal_digest = zeroblob(32) WHERE seq = 4", "seq 4",
       "hash: expected ", true},
      {"a total", "UPDATE total SET fund = fund + 1, cash = cash - 1 WHERE kind = 1 AND state = 2", "day 2026-11-20",
       "totals: expected ", true},
      {"a total left out", "DELETE FROM total WHERE kind = 3", "totals", "missing", true},
      {"two entries swapped",
       "UPDATE entry SET seq = 100 WHERE seq = 2; UPDATE entry SET seq = 2 WHERE seq = 4; UPDATE entry SET seq = 4 "
       "WHERE seq = 100",
       "seq 2", "hash: expected ", true},
      {"an entry dropped", "DELETE FROM entry WHERE seq = 6", "seq 6", "missing", true},
      {"a column", "UPDATE entry SET account = account - 1, cash = cash + 1 WHERE seq = 1", "seq 1",
       "column account: expected ", true},
      {"a cancellation undone", "UPDATE entry SET cancelled_by = NULL WHERE seq = 3", "seq 3", "its cancellation",
       true},
      {"a movement", "UPDATE movement SET fen = fen + 1 WHERE seq = 2 AND name <> ''", "seq 2", "movement: expected ",
       false},
      {"the tail cut off behind a signed head", "DELETE FROM entry WHERE seq > 5", "seq 6", "signed, but missing",
       true},
      {"the signature of the head", "UPDATE log SET head_signature = zeroblob(64)", "log", "head at seq 8", true},
  }));
  INFO(fault.what);
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  execute(shop.till.file(), fault.sql);
  const Told with_keys = told(check(shop));
  CHECK(with_keys.path == fault.path);
  CHECK(with_keys.detail.substr(0, std::string(fault.detail).size()) == fault.detail);
  const Told without = told(check(shop, false));
  if (std::string(fault.path) == "log") {  // without the keyed checksum the signature itself tells
    CHECK(without.path == "seq 8");
    CHECK(without.detail == "signature");
  } else {
    CHECK(without.path == (fault.found_without_keys ? fault.path : "everything holds"));
  }
}

TEST_CASE("of two bad entries the first is named, whatever is wrong with it") {
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  // Entry 7 is changed in its bytes; entry 2's settlement, consistently.
  rehash(shop, 2, [](record::Body& body) { sale_of(body).settlement.totals.overlmt_selfpay = Money::fen(1); });
  write_public(shop, 7, " ");
  const Told found = told(check(shop, false));
  CHECK(found.path == "seq 2");
  CHECK(found.detail == "overlmt_selfpay: expected 0.00, found 0.01");
}

TEST_CASE("a settlement that was changed with the whole chain behind it is found by computing it again") {
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  // One fen from the patient's account to the additional fund: columns stay as they were.
  rehash(shop, 4, [](record::Body& body) { sale_of(body).settlement.totals.hifob_pay = Money::fen(1); });
  // An unsigned copy: nothing but recomputation can tell.
  execute(shop.till.file(), "UPDATE log SET head_seq = 0");
  for (const bool with_keys : {false}) {
    const auto verified = check(shop, with_keys);
    REQUIRE(!verified);
    CHECK(verified.error().text == &audit::troubles::settlement_differs);
    CHECK(verified.error().path == "seq 4");
    CHECK(verified.error().detail == "hifob_pay: expected 0.00, found 0.01");
  }
}

TEST_CASE("a chain that was written anew does not lead to the signed head") {
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  rehash(shop, 6, [](record::Body& body) { std::visit([](auto& any) { any.opter = "0001"; }, body); });
  for (const bool with_keys : {true, false}) {
    const Told found = told(check(shop, with_keys));
    CHECK(found.path == "seq 8");
    CHECK(found.detail.substr(0, 19) == "not what was signed");
  }
}

TEST_CASE("a head that another key signed is refused") {
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  const auto last = journal::read_raw(shop.till.file(), 8, 8, 1 << 20, nullptr);
  REQUIRE(last);
  const Bytes signature = record::sign_head(shop.centre(), "T-0001", 1, 8, last->entries.at(0).hash);
  execute(shop.till.file(), "UPDATE log SET head_signature = x'" + to_hex(signature) + "'");
  CHECK(told(check(shop, false)).path == "seq 8");
  CHECK(told(check(shop, false)).detail == "signature");
  CHECK(told(check(shop)).path == "log");
}

TEST_CASE("a sale whose rules are not here is named with the digest that is missing") {
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  audit::LawLibrary nothing;
  const auto verified = audit::verify(shop.till.file(), nothing, {});
  REQUIRE(!verified);
  CHECK(verified.error().text == &audit::troubles::law_absent);
  CHECK(verified.error().path == "seq 1");
  CHECK(verified.error().detail.find("wuhan-employee@2023-02-01 sm3:") == 0);
}

TEST_CASE("where a month was erased the rest still holds") {
  Shop shop;
  shop.open_for_a_day();
  shop.close();
  REQUIRE(shop.till.keys().destroy_month("2026-11"));
  const auto verified = check(shop);
  REQUIRE(verified);
  CHECK(verified->file.personal_gone == 8);
  CHECK(verified->sales == 6);
}

TEST_CASE("progress is told up to the last entry") {
  Shop shop;
  shop.open_for_a_day();
  std::uint64_t last = 0;
  audit::Verification how;
  how.progress = [&](std::uint64_t done, std::uint64_t all) {
    CHECK(all == 8);
    last = done;
  };
  REQUIRE(audit::verify(shop.till.file(), built_in_law(), how));
  CHECK(last == 8);
}

}  // namespace gongji::tests
