// hold_rules.h — which holds of a terminal no entry of its log can use any more.  Pure; any thread.
//
// A hold is used by the sale that asked for it, and that sale is committed by the process that asked, if at all.  A
// process that was killed while it asked leaves a hold behind that nobody knows; its next life must not find the money
// of its customers set aside for nothing, and must not lose what the last one sold on a hold and did not send.
//
// Messages overtake each other and may be long under way, so the run's number, which is drawn by chance, does not say
// which of two came first: the place in the log does.
#pragma once

#include <cstdint>

namespace gongji::record {

// One opening of a journal: its number, and the first entry that it could write.  `from` 0: not told.
struct Opening {
  std::uint64_t run = 0, from = 0;
  constexpr bool operator==(const Opening&) const = default;
};

// Whether `one` has ended before `here` began.  `written`: the last entry that is known to be `here`'s; 0: none.  An
// opening that wrote nothing ends where it began: then only an entry of its own tells that `here` is the later one.
constexpr bool is_earlier(const Opening& one, const Opening& here, std::uint64_t written) {
  if (one.from == 0 || here.from == 0 || one.run == here.run) return false;
  return one.from < here.from || (one.from == here.from && written >= here.from);
}

// Whether every entry of earlier openings than `here` is there; `last_seq`: of the log, without gaps.
constexpr bool has_all_before(const Opening& here, std::uint64_t last_seq) {
  return here.from > 0 && last_seq + 1 >= here.from;
}

}  // namespace gongji::record
