// judge.h — the centre's own settlement of a sale that a till has already made, and how far the two differ.
//
// Pure: what the centre knows is an argument.  The same engine and the same packs decide here and on the till.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/packs/packs.h"
#include "offline/record/entry.h"
#include "offline/record/verdict.h"
#include "sync/centre/people.h"

namespace gongji::centre {

// What the centre knows of the person at this moment, live holds of others taken off.
struct Known {
  settlement::Site site;
  settlement::Person person;
  std::vector<settlement::Counted> counters;  // any window; those of the day of service are taken
  std::vector<settlement::Account> accounts;  // each pays at most what the sale took of it
  // Instead of both: the counters and accounts of the claim, for which the money was set aside.
  bool as_claimed = false;
};

struct Judgement {
  record::VerdictKind kind = record::VerdictKind::accepted;
  std::string reason, article;  // "" for accepted
  record::PayerShares stands;
  std::vector<settlement::AccountPayment> accounts;  // by whom stands.account and stands.family are paid
  std::vector<settlement::Counted> added;            // what the sale adds to each counter, in its window; > 0
};

// Reasons, in order of precedence: claim_invalid, pack_mismatch (same name, other content), the engine's refusals
// (name_of), then for an adjusted sale fund_made_up (the till had promised the least share only), fund_recomputed,
// account_recomputed.
Judgement judge(const record::Sale& sale, const Known& known, const packs::PackSet& packs);

// All cash: what stands of a sale that cannot be accepted.
Judgement refused(const record::Sale& sale, std::string reason, std::string article);

// Whether the till's own answer adds up: payers to the total, account payments to their sums, counters not falling.
bool consistent(const record::Sale& sale);

// The law of the person's scheme on that day; nullptr where no pack tells.
const settlement::Policy* policy_of(const settlement::Person& person, Day day, const packs::PackSet& packs);

// What these payments take of the account of that one, together.
Money paid_by(const std::vector<settlement::AccountPayment>& payments, const settlement::AccountPayment& like);

// Whether both add the same, in whatever order.
bool same_counted(std::vector<settlement::Counted> a, std::vector<settlement::Counted> b);

// How far each counter can rise in one window for this person by out-patient sales, as far as a pack tells; a counter
// that is not listed has no limit that is known here.
std::vector<settlement::Counter> counter_limits(const settlement::Person& person, const settlement::Site& site, Day day,
                                                const packs::PackSet& packs);

}  // namespace gongji::centre
