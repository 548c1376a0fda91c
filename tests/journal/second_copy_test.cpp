#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "offline/journal/copy_restore.h"
#include "offline/journal/troubles.h"
#include "tests/journal/till.h"
#include "tests/support/broken_folder.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

namespace fs = std::filesystem;

const Shares told{10, 20, 0, 5};

// A till with a second disk.
struct CopiedTill {
  explicit CopiedTill(bool before_answer = true) : place{scratch / "second", before_answer} {
    fs::create_directory(place.directory);
  }
  std::unique_ptr<journal::Journal> open() {
    auto journal = till.open();
    REQUIRE(journal->keep_copy(place));
    return journal;
  }
  fs::path folder() const { return journal::copy_folder(place.directory, till.identity()); }
  std::string state() const {
    std::ifstream file(folder() / "state");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool has_set(int number) const { return state().find("\nset " + std::to_string(number) + "\n") != std::string::npos; }

  // The second disk as it is at this moment, put into another machine: the last seq there.
  std::uint64_t restored_elsewhere() {
    const fs::path away = scratch / ("away-" + std::to_string(++away_));
    fs::copy(place.directory, away, fs::copy_options::recursive);
    const auto restored = journal::restore_from_copy(away, away / "journal.db", till.identity(), keys_of_till(), false);
    REQUIRE(restored);
    return restored->last_seq;
  }
  std::shared_ptr<const seal::KeyStore> keys_of_till() {
    auto keys = seal::KeyStore::open(till.file().parent_path() / "keys", random);
    REQUIRE(keys);
    return *keys;
  }
  static void wait_until_copied(const journal::Journal& journal) {
    while (!journal.second_copy().has_all) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  Till till;
  Scratch scratch;
  SeededRandom random{5};
  journal::SecondPlace place;
  int away_ = 0;
};

Result<void> try_to_sell(Till& till, journal::Journal& journal, const std::string& msgid) {
  return turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    auto entry = turn.append(till.sale(turn, mother(), msgid, told), noon);
    if (!entry) return entry.error();
    return {};
  });
}

}  // namespace

TEST_CASE("what was answered is in the second copy, whatever the write-ahead log did meanwhile") {
  CopiedTill copied;
  auto journal = copied.open();
  CopiedTill::wait_until_copied(*journal);
  store(copied.till, *journal, mother());
  for (int sale = 1; sale <= 12; ++sale) {
    sell(copied.till, *journal, mother(), "m-" + std::to_string(sale), told);
    CHECK(copied.restored_elsewhere() == static_cast<std::uint64_t>(sale));
    if (sale % 3 == 0) journal->idle();
    if (sale % 5 == 0) {
      journal.reset();
      journal = copied.open();
      CopiedTill::wait_until_copied(*journal);
    }
  }
  CHECK(copied.has_set(1));
}

TEST_CASE("a till restored from its second copy says what the lost one said, and goes on") {
  CopiedTill copied;
  {
    auto journal = copied.open();
    CopiedTill::wait_until_copied(*journal);
    store(copied.till, *journal, mother());
    sell(copied.till, *journal, mother(), "m-1", told);
    journal->idle();
    sell(copied.till, *journal, mother(), "m-2", told);
    cancel(copied.till, *journal, 1, "m-3");
  }
  const auto restore = [&](bool replace) {
    return journal::restore_from_copy(copied.place.directory, copied.till.file(), copied.till.identity(),
                                      copied.keys_of_till(), replace);
  };
  const auto refused = restore(false);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &journal::troubles::journal_is_there);

  // The database is gone, its write-ahead log was left behind: it must not be taken for the restored file's own.
  fs::remove(copied.till.file());
  const auto restored = restore(false);
  REQUIRE(restored);
  CHECK(restored->last_seq == 3);
  CHECK(fs::exists(restored->kept.string() + "-wal"));
  auto journal = copied.open();
  CHECK(journal->verify().value() == 3);
  CHECK(balance(copied.till, *journal, mother()) == 50'000 - 20);
  CopiedTill::wait_until_copied(*journal);
  CHECK(copied.has_set(2));
  sell(copied.till, *journal, mother(), "m-4", told);
  CHECK(copied.restored_elsewhere() == 4);

  {
    const auto busy = restore(true);
    REQUIRE_FALSE(busy);
    CHECK(busy.error().text == &journal::troubles::in_use);
  }
  journal.reset();
  CHECK(restore(true)->last_seq == 4);
}

TEST_CASE("a till whose second copy comes before the answer sells nothing without it, and goes on when it is back") {
  CopiedTill copied;
  auto journal = copied.open();
  CopiedTill::wait_until_copied(*journal);
  store(copied.till, *journal, mother());
  sell(copied.till, *journal, mother(), "m-1", told);

  fs::rename(copied.place.directory, copied.scratch / "unplugged");
  // The first was committed when the disk was found to be gone; asking again finds it.
  const auto uncertain = try_to_sell(copied.till, *journal, "m-2");
  REQUIRE_FALSE(uncertain);
  CHECK(uncertain.error().text == &journal::troubles::second_copy_unreachable);
  const auto refused = try_to_sell(copied.till, *journal, "m-3");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &journal::troubles::second_copy_unreachable);
  CHECK(summary(*journal).last_seq == 2);

  fs::rename(copied.scratch / "unplugged", copied.place.directory);
  CopiedTill::wait_until_copied(*journal);
  REQUIRE(try_to_sell(copied.till, *journal, "m-3"));
  CHECK(copied.restored_elsewhere() == 3);
}

TEST_CASE("a till whose second copy follows behind sells on without it, and the copy catches up") {
  CopiedTill copied(false);
  fs::rename(copied.place.directory, copied.scratch / "unplugged");
  auto journal = copied.open();
  store(copied.till, *journal, mother());
  for (int sale = 1; sale <= 5; ++sale) {
    sell(copied.till, *journal, mother(), "m-" + std::to_string(sale), told);
    journal->idle();
  }
  CHECK_FALSE(journal->second_copy().has_all);
  fs::rename(copied.scratch / "unplugged", copied.place.directory);
  CopiedTill::wait_until_copied(*journal);
  CHECK(copied.restored_elsewhere() == 5);
}

TEST_CASE("what a lost second disk misses fills no more than 64 MiB here, and the disk gets a whole new copy") {
  constexpr std::uintmax_t mib = 1u << 20;
  CopiedTill copied(false);
  auto journal = copied.open();
  store(copied.till, *journal, mother());
  sell(copied.till, *journal, mother(), "m-1", told);
  CopiedTill::wait_until_copied(*journal);
  REQUIRE(copied.has_set(1));
  fs::rename(copied.place.directory, copied.scratch / "unplugged");

  // A snapshot of a megabyte each; sealed, so it stays one.  As the writer does: idle where it is due.
  const fs::path wal = copied.till.file().string() + "-wal";
  std::uintmax_t largest = 0;
  int broken = 0;
  for (int i = 1; i <= 100; ++i) {
    record::Snapshot snapshot = copied.till.snapshot(mother(), 1, noon.plus(std::chrono::minutes(i)));
    snapshot.naty = std::string(mib, 'x');
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) { return copied.till.store(turn, mother(), snapshot); }));
    if (journal->idle_due()) {
      journal->idle();
      ++broken;
    }
    largest = std::max(largest, fs::file_size(wal));
  }
  CHECK(broken == 1);
  CHECK(largest > 60 * mib);
  CHECK(largest < 70 * mib);
  sell(copied.till, *journal, mother(), "m-2", told);
  CHECK_FALSE(journal->second_copy().has_all);

  fs::rename(copied.scratch / "unplugged", copied.place.directory);
  CopiedTill::wait_until_copied(*journal);
  CHECK_FALSE(copied.has_set(1));
  CHECK(copied.restored_elsewhere() == 2);
  REQUIRE(journal->verify());
}

TEST_CASE("a journal that was open without its copy gets a new one") {
  CopiedTill copied;
  {
    auto journal = copied.open();
    CopiedTill::wait_until_copied(*journal);
    store(copied.till, *journal, mother());
    sell(copied.till, *journal, mother(), "m-1", told);
  }
  {
    auto journal = copied.till.open();
    sell(copied.till, *journal, mother(), "m-2", told);
    journal->idle();
    sell(copied.till, *journal, mother(), "m-3", told);
  }
  auto journal = copied.open();
  CopiedTill::wait_until_copied(*journal);
  CHECK(copied.has_set(2));
  CHECK(copied.restored_elsewhere() == 3);
}

TEST_CASE("a second disk whose folder cannot be read to its end is copied to all the same") {
  CopiedTill copied;
  copied.open();
  for (int entries = 0; entries < 6; ++entries) {
    const BrokenFolder broken(copied.folder(), entries);
    const auto journal = copied.open();
    CopiedTill::wait_until_copied(*journal);
  }
}

TEST_CASE("a restored backup never replaces a second copy that knows more") {
  CopiedTill copied;
  const fs::path backup = copied.scratch / "backup.db";
  {
    auto journal = copied.open();
    CopiedTill::wait_until_copied(*journal);
    store(copied.till, *journal, mother());
    sell(copied.till, *journal, mother(), "m-1", told);
  }
  fs::copy(copied.till.file(), backup);
  {
    auto journal = copied.open();
    CopiedTill::wait_until_copied(*journal);
    sell(copied.till, *journal, mother(), "m-2", told);
  }
  for (const char* tail : {"", "-wal", "-shm"}) fs::remove(copied.till.file().string() + tail);
  fs::copy(backup, copied.till.file());
  auto journal = copied.till.open();
  REQUIRE(journal->keep_copy(copied.place));
  while (!journal->second_copy().problem) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto refused = try_to_sell(copied.till, *journal, "other");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &journal::troubles::second_copy_knows_more);
  CHECK(copied.restored_elsewhere() == 2);
}

TEST_CASE("a process that is killed at any moment leaves every answered sale in the second copy") {
  CopiedTill copied;
  {
    auto journal = copied.open();
    CopiedTill::wait_until_copied(*journal);
    store(copied.till, *journal, mother());
  }
  std::uint64_t answered = 0;
  for (unsigned round = 1; round <= 12; ++round) {
    int told_by_child[2];
    REQUIRE(::pipe(told_by_child) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(told_by_child[0]);
      copied.till.reseed(1'000 + round);
      auto journal = copied.open();
      CopiedTill::wait_until_copied(*journal);
      for (int sale = 0;; ++sale) {
        sell(copied.till, *journal, mother(), "r" + std::to_string(round) + "-" + std::to_string(sale), {0, 0, 0, 5});
        if (::write(told_by_child[1], "x", 1) != 1) ::_exit(1);
        if (sale % 4 == 3) journal->idle();
      }
    }
    ::close(told_by_child[1]);
    char one = 0;
    for (unsigned count = 0; count < 3 * round; ++count) {
      REQUIRE(::read(told_by_child[0], &one, 1) == 1);
      ++answered;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(told_by_child[0], &one, 1) == 1) ++answered;
    ::close(told_by_child[0]);
    const std::uint64_t there = copied.restored_elsewhere();
    INFO("round " << round);
    REQUIRE(there >= answered);
    answered = there;
  }
}
