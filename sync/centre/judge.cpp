#include "sync/centre/judge.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "offline/settlement/claim_check.h"
#include "offline/settlement/settle.h"

namespace gongji::centre {
namespace {

constexpr std::size_t payments_max = 64;

std::vector<settlement::AccountPayment> sorted(std::vector<settlement::AccountPayment> payments) {
  std::sort(payments.begin(), payments.end(), [](const auto& a, const auto& b) {
    return std::tie(a.owner, a.kind, a.paid) < std::tie(b.owner, b.kind, b.paid);
  });
  return payments;
}

// The article that decided: of the last step of this kind.
std::string article_of(const settlement::Settlement& settled, bool of_fund) {
  std::string article;
  for (const auto& step : settled.trace) {
    const bool fund_step = step.step == "deductible" || step.step == "fund_ratio" || step.step == "cap";
    const bool account_step =
        step.step == "own_account" || step.step == "family_account" || step.step == "account_skipped";
    if ((of_fund ? fund_step : account_step) && !step.article.empty()) article = step.article;
  }
  return article;
}

}  // namespace

const settlement::Policy* policy_of(const settlement::Person& person, Day day, const packs::PackSet& packs) {
  settlement::Claim claim;
  claim.begntime.day = day;
  claim.person = person;
  const auto choice = packs.choose(claim);
  const auto* chosen = std::get_if<packs::Chosen>(&choice);
  return chosen == nullptr ? nullptr : chosen->policy;
}

Money paid_by(const std::vector<settlement::AccountPayment>& payments, const settlement::AccountPayment& like) {
  Money paid;
  for (const auto& payment : payments) {
    if (payment.owner == like.owner && payment.kind == like.kind) paid += payment.paid;
  }
  return paid;
}

bool same_counted(std::vector<settlement::Counted> a, std::vector<settlement::Counted> b) {
  const auto before = [](const settlement::Counted& one, const settlement::Counted& other) {
    return std::tie(one.name, one.since, one.scheme) < std::tie(other.name, other.since, other.scheme);
  };
  std::sort(a.begin(), a.end(), before);
  std::sort(b.begin(), b.end(), before);
  return a == b;
}

namespace {

// What the till says that it counted must be what its counters rose by.
bool counts_what_it_says(const record::Sale& sale) {
  std::vector<settlement::Counted> said;
  for (settlement::Counted counted : record::counted_by(sale)) {
    counted.scheme.clear();
    counted.since = {};
    if (counted.value <= Money{} || counted.value > amount_max) return false;
    const bool twice =
        std::any_of(said.begin(), said.end(), [&](const auto& other) { return other.same_counter(counted); });
    if (twice) return false;
    said.push_back(std::move(counted));
  }
  std::vector<settlement::Counted> rose;
  for (const auto& counter : sale.settlement.ytd) {
    const Money more = counter.value - settlement::value_of(sale.claim.ytd, counter.name);
    if (more > Money{}) rose.push_back({{}, counter.name, {}, more});
  }
  return same_counted(std::move(said), std::move(rose));
}

}  // namespace

bool consistent(const record::Sale& sale) {
  const settlement::Totals& totals = sale.settlement.totals;
  // Bounds first: sums of what a stranger wrote must not leave 64 bits.
  if (totals.medfee_sumamt < Money{} || totals.medfee_sumamt > amount_max) return false;
  if (sale.claim.lines.size() > settlement::lines_max || sale.settlement.accounts.size() > payments_max) return false;
  std::set<std::string> names;
  for (const auto& counter : sale.settlement.ytd) {
    if (!names.insert(counter.name).second) return false;
  }
  const record::PayerShares told = record::payer_shares(sale.settlement);
  if (min(min(told.fund, told.account), min(told.family, told.cash)) < Money{}) return false;
  if (told.fund + told.account + told.family + told.cash != totals.medfee_sumamt) return false;
  Money own, family;
  for (const auto& payment : sale.settlement.accounts) {
    if (payment.paid <= Money{}) return false;
    (payment.owner == "self" ? own : family) += payment.paid;
  }
  if (own != told.account || family != told.family) return false;
  Money lines;
  for (const auto& line : sale.claim.lines) lines += line.det_item_fee_sumamt;
  if (lines != totals.medfee_sumamt) return false;
  return std::all_of(sale.settlement.ytd.begin(), sale.settlement.ytd.end(),
                     [&](const auto& counter) {
                       return counter.value >= settlement::value_of(sale.claim.ytd, counter.name);
                     }) &&
         counts_what_it_says(sale);
}

Judgement refused(const record::Sale& sale, std::string reason, std::string article) {
  Judgement judgement;
  judgement.kind = record::VerdictKind::refused;
  judgement.reason = std::move(reason);
  judgement.article = std::move(article);
  judgement.stands.cash = max(Money{}, sale.settlement.totals.medfee_sumamt);
  return judgement;
}

namespace {

// An account pays afterwards no more than the till took of it.  Another's owner was told no more; and the patient has
// paid the rest in cash, which would come back out of the account: what is in an account is never paid out as cash.
std::vector<settlement::Account> as_far_as_asked(std::vector<settlement::Account> accounts,
                                                 const std::vector<settlement::AccountPayment>& told) {
  const auto asked_of = [&](const settlement::Account& account) {
    return paid_by(told, {account.owner, account.kind, {}});
  };
  std::erase_if(accounts,
                [&](const settlement::Account& account) { return !account.is_own() && asked_of(account) == Money{}; });
  for (auto& account : accounts) account.balc = min(account.balc, asked_of(account));
  return accounts;
}

}  // namespace

Judgement judge(const record::Sale& sale, const Known& known, const packs::PackSet& packs) {
  settlement::Claim claim = sale.claim;
  claim.pack.reset();  // the pack in force decides, whatever the till used
  claim.site = known.site;
  claim.person = known.person;
  if (!known.as_claimed) {
    claim.ytd.clear();
    claim.accounts = as_far_as_asked(known.accounts, sale.settlement.accounts);
  }
  // The engine asks for a claim as its reader accepts it; a till's bytes may hold anything in range.
  if (!settlement::is_readable(claim)) return refused(sale, "claim_invalid", {});

  const auto choice = packs.choose(claim);
  if (const auto* none = std::get_if<packs::NotChosen>(&choice)) {
    return refused(sale, std::string(settlement::name_of(none->refusal.code)), none->refusal.article);
  }
  const settlement::Policy& policy = *std::get<packs::Chosen>(choice).policy;
  if (policy.name == sale.pack && policy.digest != sale.pack_digest) return refused(sale, "pack_mismatch", {});

  // Counters of other benefits stay as they are; the engine knows those of this pack.
  const Day day = claim.begntime.day;
  if (!known.as_claimed) claim.ytd = settlement::counters_on(policy, known.counters, day);
  auto outcome = settlement::settle(claim, policy, settlement::TraceWish::none);
  if (const auto* refusal = std::get_if<settlement::Refusal>(&outcome)) {
    return refused(sale, std::string(settlement::name_of(refusal->code)), refusal->article);
  }
  const auto& settled = std::get<settlement::Settlement>(outcome);
  Judgement judgement;
  judgement.stands = record::payer_shares(settled);
  judgement.accounts = settled.accounts;
  judgement.added = settlement::counted_between(policy, claim.ytd, settled.ytd, day);

  const record::PayerShares told = record::payer_shares(sale.settlement);
  if (judgement.stands == told && sorted(settled.accounts) == sorted(sale.settlement.accounts)) return judgement;
  judgement.kind = record::VerdictKind::adjusted;
  const bool of_fund = judgement.stands.fund != told.fund;
  // The till promised the least share on purpose: what is more comes back to the patient.
  const bool made_up = sale.lowest && judgement.stands.fund > told.fund;
  judgement.reason = made_up ? "fund_made_up" : of_fund ? "fund_recomputed" : "account_recomputed";
  const auto traced = settlement::settle(claim, policy, settlement::TraceWish::steps);
  if (const auto* steps = std::get_if<settlement::Settlement>(&traced)) judgement.article = article_of(*steps, of_fund);
  return judgement;
}

std::vector<settlement::Counter> counter_limits(const settlement::Person& person, const settlement::Site& site, Day day,
                                                const packs::PackSet& packs) {
  // Ask the engine itself: a claim that is larger than any limit, from counters at zero, ends at the limits.
  settlement::Claim claim;
  claim.begntime = {day, 12 * 3600};
  claim.site = site;
  claim.site.fixmedins_type = 1;
  claim.person = person;
  claim.visit.med_type = "11";
  settlement::Line line;
  line.feedetl_sn = "1";
  line.med_list_codg = "PROBE";
  line.pric = {10'000'000'000'000};  // 10 million yuan
  line.cnt = {10'000};
  line.det_item_fee_sumamt = Money::yuan(10'000'000);
  claim.lines = {line};

  std::vector<settlement::Counter> limits;
  for (const std::uint8_t level : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    claim.site.dedc_hosp_lv = level;
    const auto choice = packs.choose(claim);
    const auto* chosen = std::get_if<packs::Chosen>(&choice);
    if (chosen == nullptr) return {};
    const auto outcome = settlement::settle(claim, *chosen->policy, settlement::TraceWish::none);
    const auto* settled = std::get_if<settlement::Settlement>(&outcome);
    if (settled == nullptr) continue;
    for (const auto& counter : settled->ytd) {
      if (counter.value == Money{}) continue;
      const auto known =
          std::find_if(limits.begin(), limits.end(), [&](const auto& l) { return l.name == counter.name; });
      if (known == limits.end()) {
        limits.push_back(counter);
      } else {
        known->value = max(known->value, counter.value);
      }
    }
  }
  return limits;
}

}  // namespace gongji::centre
