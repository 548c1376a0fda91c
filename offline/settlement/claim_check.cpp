#include "offline/settlement/claim_check.h"

#include <simdjson.h>

#include <algorithm>
#include <string_view>

#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_names.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {
namespace {

// What JSON makes of a text at most: six bytes of each, two quotes; and what stands around each member.
constexpr std::size_t escaped_max = 6;
constexpr std::size_t line_frame = 320, account_frame = 160, pair_frame = 32, claim_frame = 2'048;

template <class T, std::size_t n>
bool is_named(const names::Named<T> (&table)[n], T value) {
  return std::any_of(std::begin(table), std::end(table), [&](const auto& row) { return row.value == value; });
}

// Of one claim: every member is looked at in turn, and the bytes of its texts are counted.
class Check {
 public:
  bool claim(const Claim& claim) {
    return text(claim.id) && (!claim.pack || pack(*claim.pack)) && day(claim.begntime.day) &&
           in(claim.begntime.second, 0, 86'399) && site(claim.site) && person(claim.person) && visit(claim.visit) &&
           is_named(names::account_uses, claim.acct_used_flag) && lines(claim) && ytd(claim.ytd) && accounts(claim);
  }
  // Of the text, at most.
  std::size_t bytes_max(const Claim& claim) const {
    return claim_frame + escaped_max * texts_ + line_frame * claim.lines.size() + pair_frame * claim.ytd.size() +
           pair_frame * claim.visit.diseases.size() + account_frame * claim.accounts.size();
  }

 private:
  static bool in(std::int64_t value, std::int64_t least, std::int64_t most) { return value >= least && value <= most; }
  static bool money(Money value) { return value >= Money{} && value <= amount_max; }
  static bool price(Price price) { return in(price.millionths, 0, amount_max.in_fen() * 10'000); }
  static bool day(Day day) {
    static const Day first = *Day::from_civil(1800, 1, 1), last = *Day::from_civil(2999, 12, 31);
    return day >= first && day <= last;
  }
  static bool day(const std::optional<Day>& value) { return !value || day(*value); }

  bool text(std::string_view text) {
    texts_ += text.size();
    const bool ascii = std::all_of(text.begin(), text.end(), [](char each) { return (each & 0x80) == 0; });
    return ascii || simdjson::validate_utf8(text);
  }
  bool some_text(std::string_view given) { return !given.empty() && text(given); }
  static bool division(std::string_view code) {
    return code.size() == 6 && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
  }
  bool pack(std::string_view name) {
    const std::size_t at = name.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < name.size() && text(name);
  }

  bool site(const Site& site) {
    return some_text(site.fixmedins_code) && is_named(names::site_types, site.fixmedins_type) &&
           division(site.admdvs) && is_named(names::site_levels, site.dedc_hosp_lv);
  }
  bool person(const Person& person) {
    return some_text(person.psn_no) && some_text(person.insutype) && some_text(person.psn_type) && day(person.brdy) &&
           day(person.retired_on) && is_named(names::employments, person.employment) &&
           division(person.insuplc_admdvs) && day(person.entitled_from) && day(person.entitled_to) &&
           day(person.paid_on) && (!person.enrol_kind || is_named(names::enrol_kinds, *person.enrol_kind));
  }
  bool visit(const Visit& visit) {
    return some_text(visit.med_type) && is_named(names::regions, visit.region) &&
           is_named(names::ways_settled, visit.settled) && day(visit.presented_on) &&
           (!visit.benefit || some_text(*visit.benefit)) && is_named(names::causes, visit.cause) &&
           (!visit.rx_hosp_lv || is_named(names::site_levels, *visit.rx_hosp_lv)) &&
           std::all_of(visit.diseases.begin(), visit.diseases.end(),
                       [&](const std::string& disease) { return some_text(disease); }) &&
           (!visit.place || is_named(names::places, *visit.place));
  }
  bool lines(const Claim& claim) {
    return !claim.lines.empty() && claim.lines.size() <= lines_max &&
           std::all_of(claim.lines.begin(), claim.lines.end(), [&](const Line& each) { return line(each); });
  }
  bool line(const Line& line) {
    return some_text(line.feedetl_sn) && text(line.med_list_codg) && text(line.name) &&
           is_named(names::kinds, line.kind) && is_named(names::classes, line.chrgitm_lv) && price(line.pric) &&
           in(line.cnt.ten_thousandths, 0, amount_max.in_fen() * 100) &&
           (!line.pric_uplmt_amt || price(*line.pric_uplmt_amt)) && money(line.det_item_fee_sumamt) &&
           amount_matches(line);
  }
  bool ytd(const std::vector<Counter>& counters) {
    for (auto counter = counters.begin(); counter != counters.end(); ++counter) {
      if (!text(counter->name) || !money(counter->value)) return false;
      const bool twice =
          std::any_of(counters.begin(), counter, [&](const Counter& before) { return before.name == counter->name; });
      if (twice) return false;
    }
    return true;
  }
  // A resident patient's scheme has no accounts to take the owner's scheme from.
  bool accounts(const Claim& claim) {
    const std::string_view type = claim.person.psn_type;
    const bool resident = type.starts_with("14") || type.starts_with("15") || type.starts_with("16");
    return std::all_of(claim.accounts.begin(), claim.accounts.end(), [&](const Account& account) {
      return some_text(account.owner) && (account.is_own() || is_named(names::relations, account.relation)) &&
             is_named(names::account_kinds, account.kind) && money(account.balc) && text(account.scheme) &&
             (!resident || account.is_own() || !account.scheme.empty());
    });
  }

  std::size_t texts_ = 0;
};

}  // namespace

bool is_readable(const Claim& claim) {
  Check check;
  if (!check.claim(claim)) return false;
  return check.bytes_max(claim) <= claim_text_bytes_max || claim_to_json(claim).size() <= claim_text_bytes_max;
}

}  // namespace gongji::settlement
