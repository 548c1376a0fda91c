// A disk that fails at every operation of everything that a till does: what failed left nothing behind, what was
// answered is there, and the till goes on when the disk is back.
#include "tests/journal/busy_till.h"
#include "tests/support/dump.h"
#include "tests/support/fault_vfs.h"

namespace gongji::tests {

namespace {

class FailingDisk {
 public:
  explicit FailingDisk(Times times, Fault fault) : times_(times), fault_(fault) { busy_.begin(*journal_); }

  // Fails the act at its first operation, at its second, and so on, until it is done without reaching the fault.
  void fail_everywhere(Act act) {
    INFO(name_of(act));
    for (int step = 0;; ++step) {
      REQUIRE(step < 400);
      INFO("step " << step);
      const std::string before = now();
      const auto answered_before = busy_.answered();
      disk_.fail_at(step, fault_, times_);
      const bool answered = busy_.act(*journal_, act);
      const bool reached = disk_.failed();
      disk_.heal();
      failures_ += answered ? 0 : 1;
      if (!answered) CHECK(answered_before == busy_.answered());
      // Of a disk that stays broken a commit may be there that was told to be uncertain: whole, or absent after all.
      if (!answered && times_ == Times::once) CHECK(now() == before);
      if (step % 5 == 0) die_and_look();
      if (!reached) break;
    }
  }
  void look() {
    CHECK(busy_.act(*journal_, Act::sell));
    CHECK(journal_->verify());
    die_and_look();
  }
  int failures() const { return failures_; }

 private:
  std::string now() {
    SeededRandom unused(1);
    write_image(disk_.survivors(Survival::everything, unused), scratch_ / "now");
    return dump(scratch_ / "now" / "journal.db", second_disk_.name(), "voided");
  }

  // The machine dies here: what the file says counts, not what this process remembers.
  void die_and_look() {
    for (const Survival survival : all_survivals) {
      write_image(disk_.survivors(survival, coins_), scratch_ / "dead");
      auto journal = journal::open_on(second_disk_.name(), scratch_ / "dead" / "journal.db", till_.identity(),
                                      till_.shared_keys(), coins_);
      REQUIRE(journal);
      CHECK((*journal)->verify());
      for (const Answered& answered : busy_.answered()) {
        const auto found =
            ask(**journal, [&](journal::Turn& turn) { return turn.find_request(site_code, answered.msgid); });
        CHECK((found && found->hash == answered.hash));
      }
    }
  }

  Times times_;
  Fault fault_;
  Till till_;
  Scratch scratch_;
  SeededRandom coins_{5};
  BusyTill busy_{till_, 3};
  FaultVfs disk_, second_disk_;
  std::unique_ptr<journal::Journal> journal_ = till_.open(disk_.name());
  int failures_ = 0;
};

}  // namespace

TEST_CASE("whatever a till does fails whole at any operation of its disk, and goes on when the disk is back") {
  for (const Fault fault : {Fault::io_error, Fault::full}) {
    for (const Times times : {Times::once, Times::for_ever}) {
      INFO("fault " << static_cast<int>(fault) << ", " << (times == Times::once ? "once" : "for ever"));
      FailingDisk disk(times, fault);
      for (const Act act : all_acts) disk.fail_everywhere(act);
      disk.look();
      CHECK(disk.failures() > 100);
    }
  }
}

}  // namespace gongji::tests
