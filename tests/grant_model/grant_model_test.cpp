#include <catch2/catch.hpp>

#include <iostream>

#include "tests/grant_model/rules.h"
#include "tests/grant_model/search.h"

using namespace gongji;
using namespace gongji::grant_model;

namespace {

// Three operations at each of two tills that want the same money.
Bounds contention() {
  Bounds bounds;
  bounds.till = {{{3, 1, 0, 0, 0}, {3, 1, 0, 0, 0}}};
  return bounds;
}

// Two operations at each, one grant is extended, and a third terminal holds money of the same account.
Bounds extension_and_holds() {
  Bounds bounds;
  bounds.till = {{{2, 1, 0, 1, 0}, {2, 1, 0, 0, 0}}};
  bounds.others = 1;
  return bounds;
}

// More is set aside under the same grant, while the till spends it, gives it up or finds it expired, and a third
// terminal wants the money.
Bounds raised_limits() {
  Bounds bounds;
  bounds.till = {{{3, 1, 0, 1, 1}, {0, 1, 0, 0, 0}}};
  bounds.others = 1;
  return bounds;
}

// A crash, and a second grant for the new run.
Bounds crash() {
  Bounds bounds;
  bounds.till = {{{2, 2, 1, 0, 0}, {1, 1, 0, 0, 0}}};
  return bounds;
}

// A backup is taken and restored at any two moments; a second grant.
Bounds backup() {
  Bounds bounds;
  bounds.till = {{{2, 2, 0, 0, 0}, {0, 1, 0, 0, 0}}};
  bounds.backup = true;
  return bounds;
}

// Enrolled again at any moment, with an old log that may be brought in late, while a second till wants the money.
Bounds new_epoch() {
  Bounds bounds;
  bounds.till = {{{2, 2, 0, 1, 0}, {0, 1, 0, 0, 0}}};
  bounds.enrol_again = true;
  return bounds;
}

// Everything at once, of the first till alone.
Bounds all_faults() {
  Bounds bounds;
  bounds.till = {{{2, 2, 1, 1, 0}, {0, 0, 0, 0, 0}}};
  bounds.backup = bounds.enrol_again = true;
  return bounds;
}

// The centre recalls a grant at any moment, while the till spends it and a second till and a third terminal want the
// money; a crash in between.
Bounds recall() {
  Bounds bounds;
  bounds.till = {{{2, 1, 1, 0, 0, 1}, {1, 1, 0, 0, 0}}};
  bounds.others = 1;
  return bounds;
}

// Recalled, restored from a backup, and enrolled again, of the first till alone.
Bounds recall_and_faults() {
  Bounds bounds;
  bounds.till = {{{2, 1, 0, 1, 0, 1}, {0, 0, 0, 0, 0}}};
  bounds.backup = bounds.enrol_again = true;
  return bounds;
}

// The owner of the family account buys at both tills without a grant.
Bounds owner_buys() {
  Bounds bounds;
  bounds.till = {{{2, 2, 0, 0, 0, 1, true}, {1, 1, 0, 0, 0, 0, true}}};
  return bounds;
}

struct Part {
  const char* name;
  Bounds bounds;
  std::size_t states_min;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> all = {
      {"contention", contention(), 1'400'000},
      {"extension and holds", extension_and_holds(), 2'000'000},
      {"raised limits", raised_limits(), 1'000'000},
      {"crash", crash(), 500'000},
      {"backup", backup(), 1'000'000},
      {"new epoch", new_epoch(), 500'000},
      {"all faults of one till", all_faults(), 3'000'000},
      {"recall", recall(), 1'600'000},
      {"recall and faults of one till", recall_and_faults(), 260'000},
      {"the owner buys, too", owner_buys(), 2'400'000},
  };
  return all;
}

}  // namespace

TEST_CASE(
    "in every interleaving of two tills no account is overdrawn, no grant is spent twice, every promise is paid") {
  for (const Part& part : parts()) {
    const Visit visit = visit_all<ProductRules>(part.bounds);
    std::cout << "grant model, " << part.name << ": " << visit.states << " states, " << visit.depth << " steps deep\n";
    CAPTURE(part.name, visit.states, visit.path);
    CHECK(visit.broken == Broken::nothing);
    CHECK(visit.states >= part.states_min);
  }
}

// Each mistake below is one that a hurried reader of the rules could make.  The model must find it.

TEST_CASE("a centre that frees at expiry without the till's word breaks a guarantee") {
  struct Rules : ProductRules {
    static bool may_free(const record::GrantAtCentre& grant, const record::LogAtCentre& log,
                         std::optional<std::uint64_t> closed_after, WallTime now, std::chrono::milliseconds wait) {
      return record::may_free(grant, log, closed_after, now, wait) || (grant.live && now >= grant.expires);
    }
  };
  const Visit visit = visit_all<Rules>(contention());
  CAPTURE(visit.path);
  CHECK((visit.broken == Broken::guarantee_broken || visit.broken == Broken::freed_too_early));
}

TEST_CASE("a centre that frees before the whole log is there breaks a guarantee") {
  struct Rules : ProductRules {
    static bool may_free(const record::GrantAtCentre& grant, const record::LogAtCentre& log,
                         std::optional<std::uint64_t> closed_after, WallTime now, std::chrono::milliseconds wait) {
      if (closed_after) closed_after = 0;
      return record::may_free(grant, log, closed_after, now, wait);
    }
  };
  const Visit visit = visit_all<Rules>(contention());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::guarantee_broken);
}

TEST_CASE("a release that is counted twice sets money free that is still promised") {
  struct Rules : ProductRules {
    static bool may_free(record::GrantAtCentre grant, const record::LogAtCentre& log,
                         std::optional<std::uint64_t> closed_after, WallTime now, std::chrono::milliseconds wait) {
      grant.live = true;
      return record::may_free(grant, log, closed_after, now, wait);
    }
  };
  const Visit visit = visit_all<Rules>(contention());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::set_aside_miscounted);
}

TEST_CASE("a new epoch that frees the old grants breaks a guarantee of the old log") {
  struct Rules : ProductRules {
    static bool may_free(const record::GrantAtCentre& grant, const record::LogAtCentre& log,
                         std::optional<std::uint64_t> closed_after, WallTime now, std::chrono::milliseconds wait) {
      return record::may_free(grant, log, closed_after, now, wait) || (grant.live && log.epoch != grant.epoch);
    }
  };
  const Visit visit = visit_all<Rules>(new_epoch());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::guarantee_broken);
}

TEST_CASE("a grant that is not bound to its epoch is promised where nothing stands behind it") {
  struct Rules : ProductRules {
    static bool may_spend(const record::GrantAtTill& grant, record::JournalLife here, WallTime now) {
      here.epoch = grant.life.epoch;
      return record::may_spend(grant, here, now);
    }
    static bool must_close(const record::GrantAtTill& grant, record::JournalLife here, WallTime told) {
      here.epoch = grant.life.epoch;
      return record::must_close(grant, here, told);
    }
  };
  const Visit visit = visit_all<Rules>(new_epoch());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::guarantee_broken);
}

TEST_CASE("a till that keeps its grants when it starts spends one twice after a backup was restored") {
  struct Rules : ProductRules {
    static bool start_is_new_run() { return false; }
  };
  const Visit visit = visit_all<Rules>(backup(), Broken::freed_too_early);
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::spent_twice);
}

TEST_CASE("a till that takes a grant of an earlier run spends it twice after a backup was restored") {
  struct Rules : ProductRules {
    static bool may_spend(const record::GrantAtTill& grant, record::JournalLife here, WallTime now) {
      here.run = grant.life.run;
      return record::may_spend(grant, here, now);
    }
    // Only what it knew at the start is closed: a grant that comes again by the feed is not.
    static bool must_close(const record::GrantAtTill& grant, record::JournalLife here, WallTime told) {
      here.run = grant.life.run;
      return record::must_close(grant, here, told);
    }
  };
  const Visit visit = visit_all<Rules>(backup(), Broken::freed_too_early);
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::spent_twice);
}

TEST_CASE("a till that spends after it gave a grant up promises what is no longer set aside") {
  struct Rules : ProductRules {
    static bool may_spend(record::GrantAtTill grant, const record::JournalLife& here, WallTime now) {
      grant.closed = false;
      return record::may_spend(grant, here, now);
    }
  };
  const Visit visit = visit_all<Rules>(contention());
  CAPTURE(visit.path);
  CHECK((visit.broken == Broken::guarantee_broken || visit.broken == Broken::freed_too_early));
}

TEST_CASE("an extension that revives a closed grant lets it be spent after it was freed") {
  struct Rules : ProductRules {
    static bool may_extend(const record::GrantAtTill&) { return true; }
  };
  const Visit visit = visit_all<Rules>(extension_and_holds());
  CAPTURE(visit.path);
  CHECK((visit.broken == Broken::guarantee_broken || visit.broken == Broken::freed_too_early));
}

TEST_CASE("a centre that frees what it recalls before its till has said so breaks a guarantee") {
  struct Rules : ProductRules {
    static bool recall_frees() { return true; }
  };
  const Visit visit = visit_all<Rules>(recall());
  CAPTURE(visit.path);
  CHECK((visit.broken == Broken::guarantee_broken || visit.broken == Broken::freed_too_early));
}

TEST_CASE("a till that sells an owner's money on the reserve and keeps others' grants of it promises it twice") {
  struct Rules : ProductRules {
    static bool must_give_up(Money, Money) { return false; }
  };
  const Visit visit = visit_all<Rules>(owner_buys());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::promised_twice);
}

TEST_CASE("a centre that frees only behind the entries lets what was given up for a sale stand in its way") {
  struct Rules : ProductRules {
    static bool frees_before_booking() { return false; }
  };
  const Visit visit = visit_all<Rules>(owner_buys());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::given_up_in_vain);
}

TEST_CASE("a centre that grants what others were promised promises more than there is") {
  struct Rules : ProductRules {
    static bool may_issue(Money share, Money) { return share > Money(); }
  };
  const Visit visit = visit_all<Rules>(extension_and_holds());
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::promised_too_much);
}

TEST_CASE("a centre that raises a limit by what others were promised promises more than there is") {
  struct Rules : ProductRules {
    // Right for a new grant, which takes what it can get; wrong for one unit more.
    static bool may_issue(Money share, Money available) {
      return record::may_issue(share, available) || (share == Money::fen(1) && available == Money());
    }
  };
  Bounds bounds = raised_limits();
  bounds.till[1].grants = 0;
  const Visit visit = visit_all<Rules>(bounds);
  CAPTURE(visit.path);
  CHECK(visit.broken == Broken::promised_too_much);
}
