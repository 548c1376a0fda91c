// claim_fuzz.cpp — any text as a claim: read it, settle it with every pack, print the answers, check what must hold.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "offline/packs/packs.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/bounds.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/refund.h"
#include "offline/settlement/settle.h"
#include "tests/settlement/filled.h"
#include "tests/settlement/identities.h"

using namespace gongji;
using namespace gongji::settlement;

namespace {

void require(bool holds, std::string_view what, const Claim& claim, const std::string& pack) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\npack: %s\nclaim: %s\n", static_cast<int>(what.size()), what.data(), pack.c_str(),
               claim_to_json(claim).c_str());
  std::abort();
}

void settle_with(const Claim& claim, const Policy& policy) {
  const std::string& pack = policy.name;
  const Outcome outcome = settle(claim, policy, TraceWish::steps);
  require(outcome == settle(claim, policy, TraceWish::steps), "the same claim settles the same", claim, pack);
  std::string line;
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    require(!refusal->path.empty(), "a refusal has a path", claim, pack);
    append_refusal(line, claim.id, pack, *refusal, {});
    return;
  }
  const auto& settled = std::get<Settlement>(outcome);
  const std::string identity = testing::broken_identity(claim, settled);
  require(identity.empty(), identity, claim, pack);
  const std::string step = testing::broken_trace(claim, settled);
  require(step.empty(), step, claim, pack);
  append_answer(line, claim.id, policy, false, settled, {true, Language::en});
  require(line.find('\n') == std::string::npos, "an answer is one line", claim, pack);
  if (claim.lines.size() > 1) {
    // whatever lines are kept, what comes back and what stays is the sale
    std::vector<KeptLine> kept{{claim.lines.front().feedetl_sn, claim.lines.front().cnt}};
    const auto back = refund(claim, settled, policy, kept);
    if (const auto* given = std::get_if<Refund>(&back)) {
      require(given->total == given->fund + given->account + given->cash, "a refund adds up", claim, pack);
    }
  }
  const Refund all = cancel(claim, settled);
  require(all.total == settled.totals.medfee_sumamt, "a cancellation gives all back", claim, pack);
}

// Every version as it is and with its open figures filled in, as on the claim's day.
void settle_with_all(const Claim& claim) {
  static const packs::PackSet packs = packs::built_in_packs(true);
  for (const packs::PackInfo& info : packs.packs()) {
    const Policy& policy = *packs.find(info.name, claim.begntime.day);
    settle_with(claim, policy);
    settle_with(claim, testing::filled(policy));
  }
  const packs::Choice choice = packs.choose(claim);
  if (const auto* chosen = std::get_if<packs::Chosen>(&choice)) {
    if (counters_fault(claim, *chosen->policy).has_value() || claim.lines.size() > 4) return;
    const auto bounds = share_bounds(claim, *chosen->policy);
    if (const auto* found = std::get_if<ShareBounds>(&bounds)) {
      require(found->lowest <= found->last_known && found->last_known <= found->highest, "bounds are in order", claim,
              chosen->policy->name);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto read = claim_from_json(text);
  if (const auto* error = std::get_if<ClaimError>(&read)) {
    std::string line;
    append_error(line, *error, {});
    if (line.empty() || error->message_zh.empty() || error->message_en.empty()) std::abort();
    return 0;
  }
  const auto& claim = std::get<Claim>(read);
  const auto again = claim_from_json(claim_to_json(claim));
  require(std::holds_alternative<Claim>(again) && std::get<Claim>(again) == claim, "a written claim reads back", claim,
          "none");
  settle_with_all(claim);
  return 0;
}
