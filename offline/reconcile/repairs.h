// repairs.h — what to do about a difference: a sentence, and the command that does it.
//
// One table, a row a cause.  Nothing here does anything: each command makes an entry (or brings one that is there to
// where it is missing), and the next reconciliation shows whether that was enough.
#pragma once

#include <string>

#include "offline/base/result.h"
#include "offline/reconcile/compare.h"

namespace gongji::reconcile {

// Whose hands: each side has other commands.
enum class Desk : std::uint8_t { till, centre };

// What stands in the commands beside the line itself.
struct Place {
  Desk desk = Desk::till;
  std::string config;     // till: its configuration file
  std::string api;        // till: "http://127.0.0.1:8471"
  std::string directory;  // centre: its folder
};

std::string sentence_of(const Pair& pair, Language language);
// Requires a pair that differs.
std::string command_of(const Pair& pair, const Place& place);

std::string_view word_of(Kind kind, Language language);    // "centre only"
std::string_view word_of(State state, Language language);  // "confirmed"
// "310 职工基本医疗保险"; a code that the table does not know stands alone.
std::string insurance_of(const GroupName& group, Language language);
std::string clearing_of(const GroupName& group, Language language);

}  // namespace gongji::reconcile
