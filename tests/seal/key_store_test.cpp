#include "offline/seal/key_store.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "offline/seal/month_keys.h"
#include "offline/seal/troubles.h"
#include "tests/seal/folder.h"

using namespace gongji;
using namespace gongji::seal;
using tests::Folder;
namespace files = std::filesystem;

namespace {

std::shared_ptr<const KeyStore> open_store(const files::path& path, Random& random) {
  auto store = KeyStore::open(path, random);
  REQUIRE(store.has_value());
  return *store;
}

const TroubleText* trouble_of(const Result<std::shared_ptr<const KeyStore>>& result) {
  return result.has_error() ? result.error().text : nullptr;
}
const TroubleText* trouble_of(const Result<Bytes>& result) {
  return result.has_error() ? result.error().text : nullptr;
}

std::string content_of(const files::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const files::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  ::chmod(file.c_str(), 0600);
}

unsigned mode_of(const files::path& file) {
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

const Bytes text = to_bytes(as_bytes("李四 110"));
const Bytes place = to_bytes(as_bytes("entry 7"));

}  // namespace

TEST_CASE("an empty folder becomes a key store that only its owner can read") {
  const Folder folder;
  SeededRandom random(1);
  const auto previous = ::umask(0);
  const auto store = open_store(folder.path / "keys", random);
  REQUIRE(store->seal("2026-11", text, place).has_value());
  ::umask(previous);
  CHECK(mode_of(folder.path / "keys") == 0700);
  CHECK(mode_of(folder.path / "keys/month") == 0700);
  for (const char* name : {"sign.pem", "site.key", "data.key", "month/2026-11.key"})
    CHECK(mode_of(folder.path / "keys" / name) == 0600);
  for (const auto& file : files::recursive_directory_iterator(folder.path)) CHECK(file.path().extension() != ".new");
}

TEST_CASE("a store opened again has the same keys") {
  const Folder folder;
  SeededRandom random(2);
  const auto first = open_store(folder.path / "keys", random);
  const Bytes sealed = first->seal("2026-11", text, place).value();
  const auto second = open_store(folder.path / "keys", random);
  CHECK(second->public_key() == first->public_key());
  CHECK(second->lookup_key("person", "42") == first->lookup_key("person", "42"));
  CHECK(second->open_sealed("2026-11", sealed, place).value() == text);
  CHECK(verify(first->public_key(), "tag", text, second->sign("tag", text)));
}

TEST_CASE("look-up keys are 64 digits that differ by domain, value and site") {
  const Folder folder, other;
  SeededRandom random(3);
  const auto store = open_store(folder.path / "keys", random);
  const std::string key = store->lookup_key("person", "999999190001011234");
  CHECK(key.size() == 64);
  CHECK(digest_from_hex(key).has_value());
  CHECK(key == store->lookup_key("person", "999999190001011234"));
  CHECK(key != store->lookup_key("card", "999999190001011234"));
  CHECK(key != store->lookup_key("person", "999999190001011235"));
  CHECK(store->lookup_key("a", "bc") != store->lookup_key("ab", "c"));
  CHECK(key != open_store(other.path / "keys", random)->lookup_key("person", "999999190001011234"));
}

TEST_CASE("sealed data opens only whole, in its place and in its month") {
  const Folder folder;
  SeededRandom random(4);
  const auto store = open_store(folder.path / "keys", random);
  const Bytes sealed = store->seal("2026-11", text, place).value();
  CHECK(store->open_sealed("2026-11", sealed, place).value() == text);
  CHECK(store->seal("2026-11", text, place).value() != sealed);

  CHECK(trouble_of(store->open_sealed("2026-11", sealed, as_bytes("entry 8"))) == &troubles::does_not_open);
  Bytes changed = sealed;
  changed.back() ^= 1U;
  CHECK(trouble_of(store->open_sealed("2026-11", changed, place)) == &troubles::does_not_open);
  CHECK(trouble_of(store->open_sealed("2026-10", sealed, place)) == &troubles::month_key_missing);
  REQUIRE(store->seal("2026-10", text, place).has_value());
  CHECK(trouble_of(store->open_sealed("2026-10", sealed, place)) == &troubles::does_not_open);
}

TEST_CASE("only a month is a month") {
  const Folder folder;
  SeededRandom random(5);
  const auto store = open_store(folder.path / "keys", random);
  for (const char* month :
       {"", "2026", "2026-13", "2026-00", "2026-1", "2026-011", "../data", "2026/11", "２０２６-11"}) {
    CHECK(trouble_of(store->seal(month, text, place)) == &troubles::bad_month);
    CHECK(trouble_of(store->open_sealed(month, text, place)) == &troubles::bad_month);
    CHECK(store->destroy_month(month).error().text == &troubles::bad_month);
  }
}

TEST_CASE("a destroyed month stays destroyed, for this store and the next, and others go on") {
  const Folder folder;
  SeededRandom random(6);
  const auto store = open_store(folder.path / "keys", random);
  const Bytes old = store->seal("2025-01", text, place).value();
  const Bytes kept = store->seal("2026-11", text, place).value();
  REQUIRE(store->destroy_month("2025-01").has_value());
  REQUIRE(store->destroy_month("2025-01").has_value());
  REQUIRE(store->destroy_month("2024-12").has_value());
  CHECK_FALSE(files::exists(folder.path / "keys/month/2025-01.key"));
  for (const auto& asked : {store, open_store(folder.path / "keys", random)}) {
    CHECK(trouble_of(asked->open_sealed("2025-01", old, place)) == &troubles::month_key_destroyed);
    CHECK(trouble_of(asked->seal("2025-01", text, place)) == &troubles::month_key_destroyed);
    CHECK(trouble_of(asked->seal("2024-12", text, place)) == &troubles::month_key_destroyed);
    CHECK(asked->open_sealed("2026-11", kept, place).value() == text);
  }
}

TEST_CASE("a destruction cut short by a crash is finished by the next start") {
  const Folder folder;
  SeededRandom random(7);
  REQUIRE(open_store(folder.path / "keys", random)->seal("2025-01", text, place).has_value());
  write_file(folder.path / "keys/month/2025-01.destroyed", "");
  open_store(folder.path / "keys", random);
  CHECK_FALSE(files::exists(folder.path / "keys/month/2025-01.key"));
}

TEST_CASE("a key file cut short by a crash before it was named is made anew") {
  const Folder folder;
  SeededRandom random(8);
  REQUIRE(::mkdir((folder.path / "keys").c_str(), 0700) == 0);
  write_file(folder.path / "keys/sign.pem.new", "-----BEGIN");
  const auto store = open_store(folder.path / "keys", random);
  CHECK(store->public_key().size() == 65);
  CHECK_FALSE(files::exists(folder.path / "keys/sign.pem.new"));
}

TEST_CASE("what others can read is refused, naming it and the command that closes it") {
  const Folder folder;
  SeededRandom random(9);
  const files::path keys = folder.path / "keys";
  REQUIRE(open_store(keys, random)->seal("2026-11", text, place).has_value());

  struct Case {
    const char* name;
    mode_t mode;
    const TroubleText* expected;
    const char* command;
  };
  for (const Case& given : {Case{"", 0750, &troubles::directory_not_private, "mode 0750; chmod 700 '"},
                            Case{"", 0701, &troubles::directory_not_private, "mode 0701; chmod 700 '"},
                            Case{"month", 0755, &troubles::directory_not_private, "mode 0755; chmod 700 '"},
                            Case{"sign.pem", 0644, &troubles::file_not_private, "mode 0644; chmod 600 '"},
                            Case{"site.key", 0640, &troubles::file_not_private, "mode 0640; chmod 600 '"},
                            Case{"data.key", 0602, &troubles::file_not_private, "mode 0602; chmod 600 '"}}) {
    const files::path target = *given.name == '\0' ? keys : keys / given.name;
    const unsigned before = mode_of(target);
    REQUIRE(::chmod(target.c_str(), given.mode) == 0);
    const auto refused = KeyStore::open(keys, random);
    REQUIRE(trouble_of(refused) == given.expected);
    CHECK(refused.error().path == target.string());
    CHECK(refused.error().detail == given.command + target.string() + "'");
    REQUIRE(::chmod(target.c_str(), static_cast<mode_t>(before)) == 0);
    CHECK(KeyStore::open(keys, random).has_value());
  }

  REQUIRE(::chmod((keys / "month/2026-11.key").c_str(), 0644) == 0);
  CHECK(trouble_of(open_store(keys, random)->seal("2026-11", text, place)) == &troubles::file_not_private);
}

TEST_CASE("a link or a folder in the place of a key is refused") {
  const Folder folder;
  SeededRandom random(10);
  const files::path keys = folder.path / "keys";
  open_store(keys, random);
  files::rename(keys / "site.key", keys / "elsewhere");
  files::create_symlink("elsewhere", keys / "site.key");
  CHECK(trouble_of(KeyStore::open(keys, random)) == &troubles::file_not_private);
  files::remove(keys / "site.key");
  files::create_directory(keys / "site.key");
  CHECK(trouble_of(KeyStore::open(keys, random)) == &troubles::file_not_private);
}

TEST_CASE("a file that holds no key is named and left as it is") {
  const Folder folder;
  SeededRandom random(11);
  const files::path keys = folder.path / "keys";
  REQUIRE(open_store(keys, random)->seal("2026-11", text, place).has_value());
  for (const char* name : {"sign.pem", "site.key", "data.key"}) {
    const std::string good = content_of(keys / name);
    for (const std::string& bad : {std::string(), std::string("short"), good + "x" + good}) {
      if (std::string_view(name) == "sign.pem" && bad.size() > good.size()) continue;  // text after a PEM is allowed
      write_file(keys / name, bad);
      const auto refused = KeyStore::open(keys, random);
      REQUIRE(trouble_of(refused) == &troubles::not_a_key);
      CHECK(refused.error().path == (keys / name).string());
      CHECK(content_of(keys / name) == bad);
    }
    write_file(keys / name, good);
  }
  write_file(keys / "site.key", std::string(private_file_size_max + 1, 'x'));
  CHECK(trouble_of(KeyStore::open(keys, random)) == &troubles::unreadable);
}

TEST_CASE("a month key of another store, or of another month, is not taken") {
  const Folder folder, other;
  SeededRandom random(12);
  REQUIRE(open_store(folder.path / "keys", random)->seal("2026-11", text, place).has_value());
  REQUIRE(open_store(other.path / "keys", random)->seal("2026-11", text, place).has_value());
  const files::path month = folder.path / "keys/month";
  files::copy_file(month / "2026-11.key", month / "2026-10.key");
  write_file(month / "2026-11.key", content_of(other.path / "keys/month/2026-11.key"));
  const auto store = open_store(folder.path / "keys", random);
  CHECK(trouble_of(store->seal("2026-10", text, place)) == &troubles::not_a_key);
  CHECK(trouble_of(store->seal("2026-11", text, place)) == &troubles::not_a_key);
}

TEST_CASE("a store without a parent folder is trouble, not a crash") {
  const Folder folder;
  SeededRandom random(13);
  const auto refused = KeyStore::open(folder.path / "no/such/keys", random);
  CHECK(trouble_of(refused) == &troubles::cannot_write);
  write_file(folder.path / "file", "x");
  CHECK(trouble_of(KeyStore::open(folder.path / "file", random)) == &troubles::unreadable);
}

TEST_CASE("two stores of one folder opened at once agree on every key") {
  const Folder folder;
  std::vector<std::shared_ptr<const KeyStore>> stores(4);
  std::vector<std::unique_ptr<SeededRandom>> randoms;
  for (std::size_t i = 0; i < stores.size(); ++i) randoms.push_back(std::make_unique<SeededRandom>(100 + i));
  std::vector<Bytes> sealed(stores.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < stores.size(); ++i)
    threads.emplace_back([&, i] {
      auto opened = KeyStore::open(folder.path / "keys", *randoms[i]);
      if (!opened) return;
      stores[i] = *opened;
      if (auto made = stores[i]->seal("2026-11", text, place)) sealed[i] = *made;
    });
  for (auto& thread : threads) thread.join();
  for (const auto& store : stores) {
    REQUIRE(store);
    CHECK(store->public_key() == stores[0]->public_key());
    CHECK(store->lookup_key("a", "b") == stores[0]->lookup_key("a", "b"));
    for (const Bytes& made : sealed) CHECK(store->open_sealed("2026-11", made, place).value() == text);
  }
}

TEST_CASE("more months than the cache holds still open") {
  const Folder folder;
  SeededRandom random(14);
  const auto store = open_store(folder.path / "keys", random);
  std::vector<std::pair<std::string, Bytes>> all;
  for (int year = 2020; year < 2023; ++year)
    for (int month = 1; month <= 12; ++month) {
      const std::string name = std::to_string(year) + (month < 10 ? "-0" : "-") + std::to_string(month);
      all.emplace_back(name, store->seal(name, text, place).value());
    }
  CHECK(all.size() > MonthKeys::cached_max);
  for (const auto& [name, sealed] : all) CHECK(store->open_sealed(name, sealed, place).value() == text);
}

TEST_CASE("every trouble of the seal says what happened and what to do, in both languages") {
  for (const TroubleText* row : troubles::all) {
    CHECK(row->code.substr(0, 3) == "G41");
    for (const std::string_view sentence : {row->zh, row->next_zh, row->en, row->next_en}) CHECK(sentence.size() > 10);
  }
}
