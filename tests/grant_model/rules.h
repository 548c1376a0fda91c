// rules.h — the product's rules as one type, so that a test can plant a mistake in one of them.
#pragma once

#include "offline/record/grant_rules.h"

namespace gongji::grant_model {

struct ProductRules {
  static bool may_spend(const record::GrantAtTill& grant, const record::JournalLife& here, WallTime now) {
    return record::may_spend(grant, here, now);
  }
  static bool may_return(const record::GrantAtTill& grant, const record::JournalLife& here, WallTime now) {
    return record::may_return(grant, here, now);
  }
  static bool must_close(const record::GrantAtTill& grant, const record::JournalLife& here, WallTime told) {
    return record::must_close(grant, here, told);
  }
  static bool may_extend(const record::GrantAtTill& grant) { return record::may_extend(grant); }
  static bool may_free(const record::GrantAtCentre& grant, const record::LogAtCentre& log,
                       std::optional<std::uint64_t> closed_after, WallTime now, std::chrono::milliseconds late) {
    return record::may_free(grant, log, closed_after, now, late);
  }
  static bool may_book(const record::GrantAtCentre& grant, std::uint32_t epoch, WallTime at, Money share, Money left) {
    return record::may_book(grant, epoch, at, share, left);
  }
  static bool may_issue(Money share, Money available) { return record::may_issue(share, available); }
  static bool must_give_up(Money rest, Money aside) { return record::must_give_up(rest, aside); }
  // What the till gave up just before an entry is free when that entry is booked.
  static bool frees_before_booking() { return true; }
  // A recall asks; it frees nothing.
  static bool recall_frees() { return false; }
  // Every opening of the journal is a new run.
  static bool start_is_new_run() { return true; }
};

}  // namespace gongji::grant_model
