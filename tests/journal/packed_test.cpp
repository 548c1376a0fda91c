// The parts of entries as they lie in the file.
#include <sqlite3.h>

#include "offline/journal/packed.h"
#include "offline/record/canonical.h"
#include "offline/seal/sm3.h"
#include "tests/journal/till.h"

namespace gongji::tests {

using journal::is_packed;
using journal::pack;
using journal::unpack;

TEST_CASE("a packed part comes back byte for byte, whatever it is") {
  SeededRandom random(7);
  std::vector<std::string> parts = {"", "{}", std::string(100'000, 'a'), "某片 4mg×14"};
  for (std::size_t size = 1; size < 5'000; size = size * 3 + 1) {
    Bytes noise(size);
    random.fill(noise);
    parts.emplace_back(as_text(noise));
  }
  for (const std::string& part : parts) {
    const Bytes packed = pack(part);
    CHECK(is_packed(packed));
    CHECK(unpack(packed) == part);
  }
}

TEST_CASE("what is not a frame of ours is not unpacked") {
  CHECK_FALSE(is_packed(as_bytes("{\"at\":1}")));
  CHECK_FALSE(unpack({}));
  CHECK_FALSE(unpack(as_bytes("{}")));
  const Bytes whole = pack("{\"at\":1795147200000,\"epoch\":1}");
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(unpack(ByteView(whole).first(size)));
  Bytes other_dictionary = whole;
  other_dictionary[5] ^= 1U;  // the dictionary's number follows magic and descriptor
  CHECK_FALSE(unpack(other_dictionary));
  CHECK_FALSE(unpack(pack(std::string(record::bytes_max + 1, 'a'))));
}

TEST_CASE("a dictionary that entries name never changes") {
  CHECK(to_hex(seal::sm3(journal::dictionary(record::Form::canonical))) ==
        "fbc93261ada51a58828e02f46b333c552f9af7c3b3183a411ca81851448bb1e4");
  CHECK(to_hex(seal::sm3(journal::dictionary(record::Form::compact))) ==
        "d0b2f20c6e6703abc392702cba2f2e63a8a91b45133c62b158e42a64d87c257f");
}

namespace {

std::string one_text(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  std::string found;
  const auto keep = [](void* out, int, char** values, char**) {
    *static_cast<std::string*>(out) = values[0];
    return 0;
  };
  REQUIRE(sqlite3_exec(db, sql, keep, &found, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return found;
}

}  // namespace

TEST_CASE("a sale lies in the file in a third of its bytes as JSON, and reads back as it was signed") {
  const auto form = GENERATE(record::Form::canonical, record::Form::compact);
  Till till;
  till.form = form;
  auto journal = till.open();
  store(till, *journal, mother());
  const auto seq = sell(till, *journal, mother(), "m1", {300, 200, 0, 500});
  const auto raw = ask(*journal, [&](journal::Turn& turn) { return turn.find_raw(seq); });
  REQUIRE(raw);
  journal.reset();
  const std::string sql = "SELECT length(public_part) || ' ' || (length(public_packed) * 3 < " +
                          std::to_string(record::public_text(raw->public_bytes)->size()) + ") FROM entry";
  CHECK(one_text(till.file(), sql.c_str()) == "0 1");
  journal = till.open();
  CHECK(journal->verify());
}

}  // namespace gongji::tests
