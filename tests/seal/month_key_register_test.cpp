#include "offline/seal/month_key_register.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "offline/seal/key_store.h"
#include "offline/seal/troubles.h"
#include "tests/seal/folder.h"

using namespace gongji;
using namespace gongji::seal;
using tests::Folder;
namespace files = std::filesystem;

namespace {

const Bytes text = to_bytes(as_bytes("李四 110"));
const Bytes place = to_bytes(as_bytes("entry 7"));

// What the centres of one ledger see of it.
class Shared final : public MonthKeyRegister {
 public:
  Result<Bytes> agree(const std::string& month, ByteView made) override {
    if (away) return trouble(troubles::unreadable, "the register is away");
    if (meanwhile) rows.try_emplace(month, *meanwhile);
    return rows.try_emplace(month, made.begin(), made.end()).first->second;
  }
  Result<std::optional<Bytes>> find(const std::string& month) override {
    if (away) return trouble(troubles::unreadable, "the register is away");
    const auto row = rows.find(month);
    return row == rows.end() ? std::optional<Bytes>() : row->second;
  }

  std::map<std::string, Bytes> rows;
  std::optional<Bytes> meanwhile;  // what another store writes just before agree()
  bool away = false;
};

// Two centres: the keys of the second are a copy of the first's before any month had one.
struct Two {
  Two() : random(5) {
    REQUIRE(KeyStore::open(folder.path / "one", random).has_value());
    files::copy(folder.path / "one", folder.path / "two", files::copy_options::recursive);
  }
  std::shared_ptr<const KeyStore> open(const char* name) {
    auto store = KeyStore::open(folder.path / name, random, shared);
    REQUIRE(store.has_value());
    return *store;
  }
  std::string file(const char* name, const std::string& month) const {
    std::ifstream in(folder.path / name / "month" / (month + ".key"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const Folder folder;
  SeededRandom random;
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
};

}  // namespace

TEST_CASE("what one of several stores seals in a new month opens in the others") {
  Two stores;
  const auto one = stores.open("one"), two = stores.open("two");
  const Bytes sealed = one->seal("2026-11", text, place).value();
  CHECK(two->open_sealed("2026-11", sealed, place).value() == text);
  CHECK(one->open_sealed("2026-11", two->seal("2026-11", text, place).value(), place).value() == text);
  CHECK(stores.file("one", "2026-11").size() > 32);
  CHECK(stores.file("one", "2026-11") == stores.file("two", "2026-11"));
  CHECK(stores.shared->rows.size() == 1);
}

TEST_CASE("of two keys made for a month at the same moment the first one written holds for both") {
  Two stores;
  const auto one = stores.open("one"), two = stores.open("two");
  {
    // The other's key, made while it could not see what stands in the register.
    auto alone = std::make_shared<Shared>();
    const auto apart = KeyStore::open(stores.folder.path / "two", stores.random, alone).value();
    REQUIRE(apart->seal("2026-12", text, place).has_value());
    stores.shared->meanwhile = alone->rows.at("2026-12");
    files::remove(stores.folder.path / "two" / "month" / "2026-12.key");
  }
  const Bytes sealed = one->seal("2026-12", text, place).value();
  CHECK(stores.shared->rows.at("2026-12") == *stores.shared->meanwhile);
  CHECK(two->open_sealed("2026-12", sealed, place).value() == text);
}

TEST_CASE("a month that nobody has a key for cannot be opened, and is not made by asking") {
  Two stores;
  const auto one = stores.open("one");
  const Bytes sealed = one->seal("2026-11", text, place).value();
  CHECK(one->open_sealed("2026-10", sealed, place).error().text == &troubles::month_key_missing);
  CHECK(stores.shared->rows.count("2026-10") == 0);
}

TEST_CASE("without the register no new month is begun, and months in use go on") {
  Two stores;
  const auto one = stores.open("one");
  const Bytes sealed = one->seal("2026-11", text, place).value();
  stores.shared->away = true;
  CHECK(one->open_sealed("2026-11", sealed, place).value() == text);
  CHECK(one->seal("2026-12", text, place).error().text == &troubles::unreadable);
  CHECK_FALSE(files::exists(stores.folder.path / "one" / "month" / "2026-12.key"));
  stores.shared->away = false;
  CHECK(one->seal("2026-12", text, place).has_value());
}

TEST_CASE("a key of its own that a store has of a month where the register has another is told, and kept") {
  Two stores;
  {
    const auto apart = KeyStore::open(stores.folder.path / "two", stores.random).value();
    REQUIRE(apart->seal("2026-11", text, place).has_value());
  }
  REQUIRE(stores.open("one")->seal("2026-11", text, place).has_value());
  const std::string kept = stores.file("two", "2026-11");
  CHECK(stores.open("two")->seal("2026-11", text, place).error().text == &troubles::month_keys_differ);
  CHECK(stores.file("two", "2026-11") == kept);
}

TEST_CASE("keys that a store had before there was a register are known to the others from its first use on") {
  Two stores;
  Bytes sealed;
  {
    const auto before = KeyStore::open(stores.folder.path / "one", stores.random).value();
    sealed = before->seal("2026-11", text, place).value();
  }
  REQUIRE(stores.open("one")->open_sealed("2026-11", sealed, place).has_value());
  CHECK(stores.open("two")->open_sealed("2026-11", sealed, place).value() == text);
}
