#include <fstream>
#include <thread>

#include "offline/journal/anchor.h"
#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

namespace fs = std::filesystem;
using journal::Doubt;

const Shares told{10, 20, 0, 5};

struct AnchoredTill {
  std::unique_ptr<journal::Journal> open() {
    auto journal = till.open();
    REQUIRE(journal->keep_anchor(anchor));
    return journal;
  }
  // Sells, sends, and ends well: the anchor is at the end of the log.
  void sell_and_stop(const std::string& msgid) {
    auto journal = open();
    REQUIRE(journal->doubt() == Doubt::none);
    store(till, *journal, mother());
    const auto seq = sell(till, *journal, mother(), msgid, told);
    REQUIRE(journal->acknowledge(seq, noon));
    while (journal->anchor().written_seq != seq) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    journal->idle();
  }
  void back_up() { copy_files(till.file(), scratch / "backup.db"); }
  void restore() { copy_files(scratch / "backup.db", till.file()); }

  static void copy_files(const fs::path& from, const fs::path& to) {
    for (const char* tail : {"", "-wal", "-shm"}) {
      fs::remove(to.string() + tail);
      if (fs::exists(from.string() + tail)) fs::copy(from.string() + tail, to.string() + tail);
    }
  }

  Till till;
  Scratch scratch;
  fs::path anchor = scratch / "anchor";
};

}  // namespace

TEST_CASE("a journal that is as far as its anchor, or farther, is not in doubt") {
  AnchoredTill till;
  till.sell_and_stop("m-1");
  till.sell_and_stop("m-2");
  const auto anchor = journal::read_anchor(till.anchor, till.till.keys());
  REQUIRE(anchor);
  REQUIRE(*anchor);
  CHECK((*anchor)->seq == 2);
  {
    auto journal = till.till.open();  // without its anchor
    sell(till.till, *journal, mother(), "m-3", told);
  }
  CHECK(till.open()->doubt() == Doubt::none);
}

TEST_CASE("a restored backup is behind its anchor, and stays in doubt whatever becomes of the anchor") {
  AnchoredTill till;
  till.sell_and_stop("m-1");
  till.back_up();
  till.sell_and_stop("m-2");
  till.restore();
  {
    auto journal = till.open();
    CHECK(journal->doubt() == Doubt::behind_anchor);
    // Sold for cash, the log is as long as the anchor says, and another one.
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      auto entry = turn.append(till.till.paper("paper", 100), noon);
      if (!entry) return entry.error();
      return {};
    }));
    journal->idle();
  }
  CHECK((*journal::read_anchor(till.anchor, till.till.keys()))->seq == 2);
  fs::remove(till.anchor);
  CHECK(till.open()->doubt() == Doubt::behind_anchor);
}

TEST_CASE("a log of the same length with another end differs from its anchor") {
  AnchoredTill till;
  till.sell_and_stop("m-1");
  till.back_up();
  till.sell_and_stop("m-2");
  till.restore();
  {
    auto journal = till.till.open();
    sell(till.till, *journal, mother(), "other", told);
  }
  CHECK(till.open()->doubt() == Doubt::differs_from_anchor);
}

TEST_CASE("an anchor that was written and is not there is a doubt, one that never was is not") {
  AnchoredTill till;
  CHECK(till.open()->doubt() == Doubt::none);
  till.sell_and_stop("m-1");
  fs::remove(till.anchor);
  CHECK(till.open()->doubt() == Doubt::anchor_missing);
}

TEST_CASE("an anchor of another till, or one that was changed, is told apart") {
  AnchoredTill till;
  till.sell_and_stop("m-1");
  SECTION("another till's") {
    AnchoredTill other;
    other.sell_and_stop("m-1");
    fs::copy_file(other.anchor, till.anchor, fs::copy_options::overwrite_existing);
  }
  SECTION("changed by a hand") {
    std::ifstream in(till.anchor);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto at = text.find("seq 1");
    REQUIRE(at != std::string::npos);
    text[at + 4] = '0';
    std::ofstream(till.anchor) << text;
  }
  const auto read = journal::read_anchor(till.anchor, till.till.keys());
  REQUIRE_FALSE(read);
  CHECK(read.error().text == &journal::troubles::anchor_unusable);
  CHECK(till.open()->doubt() == Doubt::anchor_unusable);
}

TEST_CASE("a counter that never pauses, without a line, has an anchor that is not far behind") {
  AnchoredTill till;
  auto journal = till.open();
  store(till.till, *journal, mother());
  constexpr std::uint64_t sales = 200;
  std::uint64_t seen = 0;
  for (std::uint64_t i = 1; i <= sales; ++i) {
    REQUIRE(sell(till.till, *journal, mother(), "m-" + std::to_string(i), Shares{1, 0, 0, 5}) == i);
    if (i % 100 != 0) continue;
    // Written by a thread of its own: waited for, without a gap in which the writer would be idle.
    while (journal->anchor().written_seq.value_or(0) <= seen) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    seen = *journal->anchor().written_seq;
    CHECK(seen + journal::anchor_entries_max >= i - 100 + 1);
  }
  CHECK(seen > 100);
}

TEST_CASE("an anchor that cannot be written delays no sale and is told") {
  AnchoredTill till;
  till.anchor = till.scratch / "not-there" / "anchor";
  auto journal = till.open();
  store(till.till, *journal, mother());
  CHECK(sell(till.till, *journal, mother(), "m-1", told) == 1);
  while (!journal->anchor().problem) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  fs::create_directory(till.scratch / "not-there");
  while (!journal->anchor().written_seq) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK_FALSE(journal->anchor().problem);
}
