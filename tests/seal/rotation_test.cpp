// A new data.key, with the disk failing or the process ending at each operation on a file.
#include "offline/seal/rotation.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <fstream>
#include <iterator>
#include <map>

#include "offline/seal/key_store.h"
#include "offline/seal/recovery_file.h"
#include "offline/seal/troubles.h"
#include "tests/seal/folder.h"
#include "tests/support/print_trouble.h"

namespace {

enum class Then { go_on, fail, end };

// What happens at the operation that `left` counts down to.
int left = -1;
Then then = Then::go_on;
int operations = 0;

bool comes_due() {
  ++operations;
  if (left < 0 || left-- > 0) return false;
  if (then == Then::end) ::_exit(42);
  errno = EIO;
  return then == Then::fail;
}

}  // namespace

// The linker's own names (--wrap).
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
ssize_t __real_write(int, const void*, size_t);
int __real_fsync(int);
int __real_renameat(int, const char*, int, const char*);
int __real_unlinkat(int, const char*, int);
int __real_openat(int, const char*, int, ...);

ssize_t __wrap_write(int file, const void* bytes, size_t size) {
  return comes_due() ? -1 : __real_write(file, bytes, size);
}
int __wrap_fsync(int file) {
  return comes_due() ? -1 : __real_fsync(file);
}
int __wrap_renameat(int from_folder, const char* from, int to_folder, const char* to) {
  return comes_due() ? -1 : __real_renameat(from_folder, from, to_folder, to);
}
int __wrap_unlinkat(int folder, const char* name, int flags) {
  return comes_due() ? -1 : __real_unlinkat(folder, name, flags);
}
int __wrap_openat(int folder, const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return comes_due() ? -1 : __real_openat(folder, name, flags, mode);
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace gongji::seal {
namespace {

namespace files = std::filesystem;
using tests::Folder;

const Bytes text = to_bytes(as_bytes("李四 110"));
const Bytes place = to_bytes(as_bytes("entry 7"));

std::string content_of(const files::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A store with three months and a recovery key, and what was sealed in it.
struct Sealed {
  Folder folder;
  SeededRandom random{5};
  files::path keys = folder.path / "keys";
  std::map<std::string, Bytes> sealed;
  std::optional<RecoveryKey> owner;

  Sealed() {
    const auto store = open();
    for (const char* month : {"2026-09", "2026-10", "2026-11", lasting})
      sealed[month] = *store->seal(month, text, place);
    REQUIRE(store->destroy_month("2026-08"));
    auto made = make_recovery_key(keys, random);
    REQUIRE(made);
    owner = *made;
  }
  std::shared_ptr<const KeyStore> open() {
    auto store = KeyStore::open(keys, random);
    REQUIRE(store);
    return *store;
  }
  void check_all_open(const KeyStore& store) const {
    for (const auto& [month, bytes] : sealed) {
      const auto plain = store.open_sealed(month, bytes, place);
      REQUIRE(plain);
      CHECK(*plain == text);
    }
  }
  std::size_t left_over() const {
    std::size_t count = 0;
    for (const auto& file : files::recursive_directory_iterator(keys)) count += file.path().extension() == ".next";
    return count;
  }
};

}  // namespace

TEST_CASE(
    "a rotation wraps every month anew: nothing sealed changes, a running store goes on, the old key opens nothing") {
  Sealed s;
  const auto running = s.open();
  const std::string before = content_of(s.keys / "data.key");
  std::map<std::string, std::string> wrapped;
  for (const auto& [month, bytes] : s.sealed) wrapped[month] = content_of(s.keys / "month" / (month + ".key"));
  REQUIRE(rotate_data_key(s.keys, s.random).value() == 4);

  CHECK(content_of(s.keys / "data.key") != before);
  for (const auto& [month, old] : wrapped) CHECK(content_of(s.keys / "month" / (month + ".key")) != old);
  s.check_all_open(*running);
  s.check_all_open(*s.open());
  REQUIRE(running->seal("2026-12", text, place));  // made under the new data.key
  REQUIRE(s.open()->seal("2026-12", text, place));
  CHECK(s.open()->destroy_month("2026-12"));
  CHECK(s.open()->open_sealed("2026-08", text, place).error().text == &troubles::month_key_destroyed);
  CHECK(s.left_over() == 0);

  std::ofstream(s.keys / "data.key", std::ios::binary) << before;
  CHECK(s.open()->open_sealed("2026-09", s.sealed["2026-09"], place).error().text == &troubles::not_a_key);
}

TEST_CASE("whatever operation on a file fails or is the last one, old or new data.key opens every month") {
  int count = 0;
  {
    Sealed s;
    operations = 0;
    REQUIRE(rotate_data_key(s.keys, s.random));
    count = operations;
  }
  REQUIRE(count > 40);
  std::size_t kept_old = 0, took_new = 0;
  for (const Then what : {Then::fail, Then::end}) {
    for (int at = 0; at < count; ++at) {
      INFO((what == Then::fail ? "fails at " : "ends at ") << at);
      Sealed s;
      const std::string before = content_of(s.keys / "data.key");
      if (what == Then::fail) {
        then = what;
        left = at;
        (void)rotate_data_key(s.keys, s.random);
        left = -1;
      } else {
        const pid_t child = ::fork();
        if (child == 0) {
          then = what;
          left = at;
          (void)rotate_data_key(s.keys, s.random);
          ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WEXITSTATUS(status) == 42);
      }
      s.check_all_open(*s.open());
      CHECK(s.left_over() == 0);
      (content_of(s.keys / "data.key") == before ? kept_old : took_new) += 1;
      // The owner's key opens the store that came out of it.
      files::remove(s.keys / "data.key");
      REQUIRE(recover_data_key(s.keys, *s.owner).value() == 4);
      s.check_all_open(*s.open());
    }
  }
  CHECK(kept_old > 20);
  CHECK(took_new > 20);
}

TEST_CASE("a month of another data.key stops a rotation before anything is changed") {
  Sealed s;
  const std::string before = content_of(s.keys / "data.key");
  files::copy_file(s.keys / "month/2026-10.key", s.keys / "month/2026-09.key", files::copy_options::overwrite_existing);
  const auto refused = rotate_data_key(s.keys, s.random);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::not_a_key);
  CHECK(content_of(s.keys / "data.key") == before);
  CHECK(s.left_over() == 0);
}

TEST_CASE("a lost data.key is not replaced by a new one, and the owner's recovery key brings it back") {
  Sealed s;
  CHECK(recover_data_key(s.keys, *s.owner).error().text == &troubles::data_key_there);
  const std::string site = content_of(s.keys / "site.key");
  files::remove(s.keys / "data.key");
  files::remove(s.keys / "site.key");
  CHECK(KeyStore::open(s.keys, s.random).error().text == &troubles::data_key_lost);
  CHECK_FALSE(files::exists(s.keys / "data.key"));
  files::remove(s.keys / "site.key");  // made by that attempt

  const auto typed = RecoveryKey::parse(s.owner->digits().reveal());
  REQUIRE(typed);
  REQUIRE(recover_data_key(s.keys, *typed).value() == 4);
  s.check_all_open(*s.open());
  CHECK(content_of(s.keys / "site.key") == site);
}

TEST_CASE("a wrong recovery key, one that a newer one replaced, and none at all are refused and change nothing") {
  Sealed s;
  const auto newer = make_recovery_key(s.keys, s.random);
  REQUIRE(newer);
  files::remove(s.keys / "data.key");
  CHECK(recover_data_key(s.keys, *s.owner).error().text == &troubles::recovery_key_wrong);
  CHECK(recover_data_key(s.keys, RecoveryKey::make(s.random)).error().text == &troubles::recovery_key_wrong);
  CHECK_FALSE(files::exists(s.keys / "data.key"));

  const std::string file = content_of(s.keys / "recovery.key");
  std::string changed = file;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  std::ofstream(s.keys / "recovery.key", std::ios::binary) << changed;
  CHECK(recover_data_key(s.keys, *newer).error().text == &troubles::not_a_key);
  files::remove(s.keys / "recovery.key");
  CHECK(recover_data_key(s.keys, *newer).error().text == &troubles::recovery_not_made);
}

TEST_CASE("recovery.key tells nothing of the keys, nor of the paper") {
  Sealed s;
  const std::string file = content_of(s.keys / "recovery.key");
  CHECK(file.find(content_of(s.keys / "data.key")) == std::string::npos);
  CHECK(file.find(content_of(s.keys / "site.key")) == std::string::npos);
  CHECK(file.find(s.owner->digits().reveal()) == std::string::npos);
}

TEST_CASE(
    "every wrong digit, every two neighbours and every two groups exchanged are noticed, and the group is named") {
  SeededRandom random(11);
  for (int round = 0; round < 20; ++round) {
    const RecoveryKey key = RecoveryKey::make(random);
    const std::string right = key.digits().reveal();
    REQUIRE(right.size() == 8 * 7 - 1);
    CHECK(RecoveryKey::parse(right)->public_key() == key.public_key());
    const auto refused = [&](const std::string& typed, std::size_t group) {
      const auto parsed = RecoveryKey::parse(typed);
      INFO(right << " / " << typed);
      REQUIRE_FALSE(parsed);
      CHECK(parsed.error().text == &troubles::recovery_mistyped);
      CHECK(parsed.error().path == "group " + std::to_string(group + 1));
    };
    for (std::size_t at = 0; at < right.size(); ++at) {
      if (right[at] == ' ') continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string typed = right;
        typed[at] = digit;
        if (digit != right[at]) refused(typed, at / 7);
      }
      if (at + 1 < right.size() && right[at + 1] != ' ' && right[at] != right[at + 1]) {
        std::string typed = right;
        std::swap(typed[at], typed[at + 1]);
        refused(typed, at / 7);
      }
    }
    for (std::size_t a = 0; a < 8; ++a)
      for (std::size_t b = a + 1; b < 8; ++b) {
        std::string typed = right;
        typed.replace(a * 7, 6, right.substr(b * 7, 6)).replace(b * 7, 6, right.substr(a * 7, 6));
        if (typed != right) refused(typed, a);
      }
  }
  CHECK(RecoveryKey::parse("").error().path.empty());
  CHECK(RecoveryKey::parse("twelve").error().text == &troubles::recovery_mistyped);
}

}  // namespace gongji::seal
