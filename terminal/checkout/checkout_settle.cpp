// checkout_settle.cpp — a sale settled against what the journal knows now, with the centre and without it.
#include <algorithm>

#include "offline/record/grant_rules.h"
#include "offline/record/grant_use.h"
#include "offline/settlement/bounds.h"
#include "offline/settlement/fund_counters.h"
#include "offline/settlement/settle.h"
#include "terminal/checkout/checkout.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace {

Money left_of(const record::Grant& grant, const std::string& owner_key, settlement::AccountKind kind) {
  for (const auto& account : grant.accounts) {
    if (account.owner == owner_key && account.kind == kind) return account.limit;
  }
  return {};
}

// What a grant, whoever's, sets aside of this owner's account.
Money aside_of(const record::Grant& grant, const std::string& owner_key, settlement::AccountKind kind) {
  return left_of(grant, grant.person_key == owner_key ? "self" : owner_key, kind);
}

// Puts the counters of the fund's least share into the claim.  `lowest` stays absent where that is the share of the
// counters as last known.
std::optional<settlement::Refusal> go_to_lowest(const settlement::Policy& policy, settlement::Claim& claim,
                                                std::optional<record::LowestShare>& lowest, bool& unknown) {
  auto answer = settlement::share_bounds(claim, policy);
  if (auto* refusal = std::get_if<settlement::Refusal>(&answer)) return std::move(*refusal);
  auto& bounds = std::get<settlement::ShareBounds>(answer);
  if (bounds.lowest == bounds.last_known) return std::nullopt;
  unknown = bounds.at_lowest.empty();
  if (unknown) return std::nullopt;
  lowest = record::LowestShare{std::move(claim.ytd), bounds.last_known};
  claim.ytd = std::move(bounds.at_lowest);
  return std::nullopt;
}

}  // namespace

settlement::Site site_of(const record::Terms& terms) {
  settlement::Site site;
  site.fixmedins_code = terms.fixmedins_code;
  site.fixmedins_type = terms.fixmedins_type;
  site.admdvs = terms.admdvs;
  site.dedc_hosp_lv = terms.dedc_hosp_lv;
  site.designated = terms.designated;
  site.dual_channel = terms.dual_channel;
  return site;
}

Result<std::optional<std::variant<Checkout::Settled, Refused>>> Checkout::settle_now(
    journal::Turn& turn, const Found& found, const settlement::Claim& draft, const std::string& psn_no, Reach reach,
    const record::Grant* grant, record::FundBasis basis) {
  using Answer = std::optional<std::variant<Settled, Refused>>;
  auto state = found.snapshot ? turn.state_of(*found.snapshot) : turn.find_person(found.key);
  if (!state) return state.error();
  if (!*state) return Answer();
  const journal::PersonState& person = **state;
  if (!psn_no.empty() && psn_no != person.snapshot.person.psn_no) return trouble(troubles::person_differs, "psn_no");

  Settled settled;
  settled.claim = draft;
  settled.claim.site = site_of(terms_);
  settled.claim.person = person.snapshot.person;
  settled.claim.accounts = person.accounts;
  asked_.take_off(settled.claim.person.psn_no, settled.claim.accounts);
  if (reach != Reach::all) {
    std::erase_if(settled.claim.accounts, [&](settlement::Account& account) {
      if (account.is_own()) return false;
      const Money left =
          grant == nullptr ? Money() : left_of(*grant, parts_.keys->lookup_key("person", account.owner), account.kind);
      account.balc = min(account.balc, left);
      return account.balc == Money();
    });
  }
  const PackSource::Set packs = parts_.packs.now();
  const packs::Choice choice = packs->choose(settled.claim);
  if (const auto* none = std::get_if<packs::NotChosen>(&choice)) return Answer(Refused{none->refusal, none->pack});
  const settlement::Policy& policy = *std::get<packs::Chosen>(choice).policy;
  const Day day = settled.claim.begntime.day;
  settled.claim.ytd = settlement::counters_on(policy, person.counters, day);
  if (basis == record::FundBasis::lowest) {
    if (auto refusal = go_to_lowest(policy, settled.claim, settled.lowest, settled.lowest_unknown)) {
      return Answer(Refused{*std::move(refusal), policy.name});
    }
  }
  settlement::Outcome outcome = settlement::settle(settled.claim, policy, settlement::TraceWish::none);
  if (auto* refusal = std::get_if<settlement::Refusal>(&outcome))
    return Answer(Refused{std::move(*refusal), policy.name});
  settled.settlement = std::move(std::get<settlement::Settlement>(outcome));
  settled.counted = settlement::counted_between(policy, settled.claim.ytd, settled.settlement.ytd, day);
  settled.snapshot = person.snapshot;
  settled.person_key = parts_.keys->lookup_key("person", person.snapshot.person.psn_no);
  settled.pack = policy.name;
  settled.pack_digest = policy.digest;
  return Answer(std::move(settled));
}

Result<std::optional<std::variant<Checkout::Settled, Refused>>> Checkout::settle_off_line(
    journal::Turn& turn, const Found& found, const settlement::Claim& draft, const std::string& psn_no,
    record::Presence presence) {
  // Where no grant covers it: what the reserve may stand behind.
  const auto alone = [&] { return settle_now(turn, found, draft, psn_no, Reach::own, nullptr, terms_.fund_basis); };
  const WallTime now = parts_.clock.wall();
  if (!authority::may_spend_grants(standing(), presence, now)) return alone();
  const auto person = found.snapshot ? turn.state_of(*found.snapshot) : turn.find_person(found.key);
  if (!person) return person.error();
  if (!*person) return alone();
  const auto grant = turn.find_grant(parts_.keys->lookup_key("person", (*person)->snapshot.person.psn_no), now);
  if (!grant) return grant.error();
  if (!*grant) return alone();
  auto on_grant = settle_now(turn, found, draft, psn_no, Reach::granted, &**grant);
  if (!on_grant || !*on_grant || std::holds_alternative<Refused>(**on_grant)) return on_grant;
  Settled& settled = std::get<Settled>(**on_grant);
  const auto use = turn.use_of(**grant, settled.settlement, settled.counted);
  if (!use || !record::covers(**grant, *use)) return alone();
  const PackSource::Set packs = parts_.packs.now();
  const settlement::Policy* policy =
      packs->find(settled.pack, settled.claim.begntime.day, settled.claim.person.insuplc_admdvs);
  if (policy == nullptr || !record::names_limits(**grant, settled.counted, settlement::fund_counters(*policy))) {
    return alone();
  }
  settled.grant_id = to_string((*grant)->id);
  return on_grant;
}

Result<void> Checkout::give_up_grants(journal::Turn& turn, const record::Sale& sale, WallTime now) {
  auto grants = turn.grants_on(sale.person_key, now);
  if (!grants) return grants.error();
  for (const auto& payment : sale.settlement.accounts) {
    if (payment.owner != "self" || payment.paid == Money()) continue;
    Money rest, aside;
    for (const auto& account : sale.claim.accounts) {
      if (account.is_own() && account.kind == payment.kind) rest += account.balc;
    }
    for (const auto& other : sale.settlement.accounts) {
      if (other.owner == "self" && other.kind == payment.kind) rest -= other.paid;
    }
    for (const auto& grant : *grants) aside += aside_of(grant, sale.person_key, payment.kind);
    // The patient's own first.
    for (auto grant = grants->begin(); grant != grants->end() && record::must_give_up(rest, aside);) {
      const Money freed = aside_of(*grant, sale.person_key, payment.kind);
      if (freed == Money()) {
        ++grant;
        continue;
      }
      if (const auto closed = turn.close_grant(grant->id); !closed) return closed.error();
      aside -= freed;
      grant = grants->erase(grant);
    }
  }
  return {};
}

Result<void> Checkout::make_room(journal::Turn& turn, const Settled& wish,
                                 std::vector<record::ClosedGrant>& given_up) const {
  const WallTime now = parts_.clock.wall();
  bool any = false;
  const auto close_all = [&](const std::string& owner, const auto& of) -> Result<void> {
    const auto grants = turn.grants_on(owner, now);
    if (!grants) return grants.error();
    for (const auto& grant : *grants) {
      if (!of(grant)) continue;
      const auto closed = turn.close_grant(grant.id);
      if (!closed) return closed.error();
      if (*closed) given_up.push_back(**closed);
      any = true;
    }
    return {};
  };
  const auto is_own = [&](const record::Grant& grant) { return grant.person_key == wish.person_key; };
  if (auto done = close_all(wish.person_key, is_own); !done || any) return done;
  for (const auto& payment : wish.settlement.accounts) {
    if (payment.paid == Money()) continue;
    const std::string owner =
        payment.owner == "self" ? wish.person_key : parts_.keys->lookup_key("person", payment.owner);
    const auto sets_aside = [&](const record::Grant& grant) { return aside_of(grant, owner, payment.kind) > Money(); };
    if (auto done = close_all(owner, sets_aside); !done) return done;
  }
  return {};
}

}  // namespace gongji::terminal
