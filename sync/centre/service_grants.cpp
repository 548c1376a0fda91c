#include <algorithm>

#include "offline/seal/key_store.h"
#include "offline/settlement/fund_counters.h"
#include "sync/centre/service_detail.h"

namespace gongji::centre {
namespace {

constexpr std::size_t grants_a_sync_max = 20;
constexpr std::chrono::minutes plan_again{10};

bool is_half_spent(Money left, Money limit) {
  return left + left < limit;
}

// Of the accounts together, or of any counter.
bool half_spent(const StandingGrant& standing) {
  Money left, limit;
  for (const auto& part : standing.accounts) left += part.amount;
  for (const auto& part : standing.grant.accounts) limit += part.limit;
  if (is_half_spent(left, limit)) return true;
  return std::any_of(standing.grant.fund.begin(), standing.grant.fund.end(), [&](const record::FundLimit& of) {
    const auto there = std::find_if(standing.counters.begin(), standing.counters.end(), [&](const auto& part) {
      return part.same_counter({of.scheme, of.counter, of.since, {}});
    });
    return there != standing.counters.end() && is_half_spent(there->value, of.limit);
  });
}

}  // namespace

// By the rules of record/grant_rules.h; the log of this terminal has just been booked.
bool CentreService::free_grants(const Terminal& terminal, const std::vector<record::ClosedGrant>& closed,
                                WallTime now) {
  const std::chrono::milliseconds late = std::chrono::hours(24) * parts_.plan.late_days;
  bool any = false;
  for (const auto& told : closed) {
    const auto standing = ledger().find_grant(told.id);
    if (!standing || standing->grant.terminal != terminal.terminal) continue;
    if (!record::may_free(standing->view(), {terminal.epoch, terminal.last_seq}, told.closed_after, now, late))
      continue;
    ledger().free_grant(told.id);
    any = true;
  }
  return any;
}

std::size_t CentreService::free_silent_grants(WallTime now) {
  const std::chrono::milliseconds late = std::chrono::hours(24) * parts_.plan.late_days;
  std::size_t freed = 0;
  for (const Id& id : ledger().grants_due(now.plus(-late))) {  // their terminals' rows are locked
    const auto standing = ledger().find_grant(id);
    if (!standing || !record::may_free(standing->view(), {}, std::nullopt, now, late)) continue;
    ledger().free_grant(id);
    ++freed;
  }
  return freed;
}

// Up to a share of what nobody else was promised, and never more than the plan says.
Money CentreService::grantable(Money available, Money max_amount) const {
  const Money share = multiply(available, Rate::ppm(parts_.plan.grants.share_ppm), Rounding::down);
  const Money limit = min(share, max_amount);
  return record::may_issue(limit, available) ? limit : Money{};
}

// What the law would still let the fund pay for this person; a benefit with a daily limit goes to one terminal at a
// time.
void CentreService::grant_of_fund(const Person& person, const Site& site, Day today, StandingGrant& standing) {
  const settlement::Policy* policy = policy_of(person.facts, today, parts_.packs);
  if (policy == nullptr) return;
  const auto names = settlement::fund_counters(*policy);
  const auto reached = settlement::counters_on(*policy, booking_.counters_of(person.facts.psn_no, today, {}), today);
  for (const auto& limit : counter_limits(person.facts, site.facts, today, parts_.packs)) {
    if (std::find(names.begin(), names.end(), limit.name) == names.end()) continue;
    const Day since = settlement::window_of(*policy, limit.name, today);
    const settlement::Counted counter{policy->scheme, limit.name, since, Money{}};
    if (since == today && ledger().counter_granted(person.facts.psn_no, counter)) {
      // No share of the fund without this limit, so none of the others is set aside for nothing.
      standing.grant.fund.clear();
      standing.counters.clear();
      return;
    }
    const Money room = max(Money{}, limit.value - settlement::value_of(reached, limit.name));
    const Money granted = grantable(room, parts_.plan.grants.fund_max);
    if (granted == Money{} || standing.grant.fund.size() == record::grant_counters_max) continue;
    standing.grant.fund.push_back({policy->scheme, limit.name, since, granted});
    standing.counters.push_back({policy->scheme, limit.name, since, granted});
  }
}

std::optional<StandingGrant> CentreService::new_grant(const Terminal& terminal, const Site& site, const Person& person,
                                                      std::uint64_t run, WallTime now) {
  const Bytes site_key = ledger().site_key(terminal.fixmedins_code);
  const auto hash = [&](const std::string& psn_no) { return seal::lookup_key(site_key, "person", psn_no); };
  StandingGrant standing;
  record::Grant& grant = standing.grant;
  grant.id = make_id(now, random_);
  grant.terminal = terminal.terminal;
  grant.life = {terminal.epoch, run};
  grant.person_key = hash(person.facts.psn_no);
  grant.snapshot_as_of = grant.issued = now;
  grant.expires = now.plus(std::chrono::hours(parts_.plan.grants.hours));
  standing.psn_no = person.facts.psn_no;
  for (const auto& account : booking_.accounts_of(person, {})) {
    if (!account.listed || grant.accounts.size() == record::grant_accounts_max) continue;
    const Money limit =
        grantable(account.balc, account.is_own() ? parts_.plan.grants.account_max : parts_.plan.grants.family_max);
    if (limit == Money{}) continue;
    grant.accounts.push_back({account.is_own() ? "self" : hash(account.owner), account.kind, limit});
    const std::string& owner = account.is_own() ? person.facts.psn_no : account.owner;
    standing.accounts.push_back({ledger().account(person_account(owner, account.kind), false), limit});
  }
  grant_of_fund(person, site, civil_time_at(now).day, standing);
  if (grant.accounts.empty() && grant.fund.empty()) return std::nullopt;
  return standing;
}

// Raises limits by what a new grant would still get, beyond what is left of this one: a share of what nobody was
// promised, so never more than there is.  Nothing else of a grant may change.  False where nothing rose.
bool CentreService::top_up(const Terminal& terminal, const Site& site, const Person& person, StandingGrant& standing,
                           bool due, WallTime now) {
  const auto fresh = new_grant(terminal, site, person, standing.grant.life.run, now);
  if (!fresh) return false;
  bool any = false;
  const auto raise = [&](Money& limit, Money& left, Money wanted) {
    if ((!due && !is_half_spent(left, limit)) || wanted <= left) return;
    limit += wanted - left;
    left = wanted;
    any = true;
  };
  for (std::size_t i = 0; i < fresh->accounts.size(); ++i) {
    const auto& wanted = fresh->grant.accounts[i];
    for (auto& limit : standing.grant.accounts) {
      if (limit.owner != wanted.owner || limit.kind != wanted.kind) continue;
      for (auto& left : standing.accounts) {
        if (left.account == fresh->accounts[i].account) raise(limit.limit, left.amount, wanted.limit);
      }
    }
  }
  for (const auto& wanted : fresh->counters) {
    for (auto& limit : standing.grant.fund) {
      if (!wanted.same_counter({limit.scheme, limit.counter, limit.since, {}})) continue;
      for (auto& left : standing.counters) {
        if (wanted.same_counter(left)) raise(limit.limit, left.value, wanted.value);
      }
    }
  }
  return any;
}

// Grants that somebody wants back: their till closes them when it hears of it, and what is left is free when it says
// so.
void CentreService::tell_recalls(Terminal& terminal) {
  for (const Id& id : ledger().take_recalls({terminal.terminal, terminal.epoch})) {
    ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, record::GrantRecall{id});
  }
}

// A sale that took the last of an account was kept from what other tills were granted of it: those are not where the
// money is wanted.
void CentreService::recall_elsewhere(const Terminal& terminal, const Hold& hold, WallTime now) {
  if (!parts_.plan.grants.recall_elsewhere) return;
  for (const auto& taken : hold.accounts) {
    if (ledger().balance(taken.account) > ledger().held(taken.account, {})) continue;
    for (const Id& id : ledger().grants_on(taken.account, terminal.terminal)) (void)ledger().recall_grant(id, now);
  }
}

// New grants for the site's regulars who have none here; longer ones for those whose half is over, with higher limits
// where more can be had; higher limits too where half of one is spent.
void CentreService::plan_grants(Terminal& terminal, const Site& site, std::uint64_t run, bool changed, WallTime now) {
  const GrantPlan& plan = parts_.plan.grants;
  if (plan.persons_max == 0) return;
  WallTime& next = next_grants_[terminal.terminal];
  if (!changed && now < next) return;
  next = now.plus(plan_again);

  const Day from = civil_time_at(now).day.plus_days(-static_cast<int>(plan.visits_days));
  const auto regulars = ledger().regulars(terminal.fixmedins_code, from, plan.visits_min, plan.persons_max);
  const auto recalled = ledger().recalled_persons(terminal.terminal, now);
  auto live = ledger().grants_at(terminal.terminal, regulars);
  std::size_t told = 0;
  for (const std::string& psn_no : regulars) {
    if (told == grants_a_sync_max) {
      next = now;  // the rest with the next sync
      break;
    }
    if (recalled.contains(psn_no)) continue;
    const auto here = live.find(psn_no);
    std::optional<StandingGrant> standing;
    if (here == live.end()) {
      ledger().lock_persons({psn_no});
      const auto person = ledger().find_person(psn_no);
      if (person) standing = new_grant(terminal, site, *person, run, now);
      if (standing) ledger().add_grant(*standing);
    } else {
      standing = std::move(here->second);
      const auto half = std::chrono::minutes(plan.hours * 30);
      const bool of_this_run = standing->grant.life == record::JournalLife{terminal.epoch, run};
      if (!of_this_run || standing->grant.expires <= now) continue;
      const bool due = standing->grant.expires <= now.plus(half);
      if (!due && !half_spent(*standing)) continue;
      ledger().lock_persons({psn_no});
      const auto person = ledger().find_person(psn_no);
      const bool more = person && top_up(terminal, site, *person, *standing, due, now);
      if (!due && !more) continue;
      if (due) standing->grant.expires = now.plus(std::chrono::hours(plan.hours));
      ledger().extend_grant(*standing);
    }
    if (!standing) continue;
    ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, standing->grant);
    ++told;
  }
  if (told > 0) ledger().put_terminal(terminal);
}

}  // namespace gongji::centre
