// claim_parse.h — what a claim's JSON is made of, whoever scans the text; inside this module only.
//
// `Scan` gives values one after another in the order of the text: PlainScan (claim_plain.h) for texts that are written
// plainly, CarefulScan (claim_scan.h) for all others and to say what is wrong.  Every function returns false after the
// scan has noted the fault; callers put their part of the path before the inner one on the way out, so nothing is spent
// on paths while all is well.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_members.h"
#include "offline/settlement/claim_names.h"
#include "offline/settlement/claim_words.h"
#include "offline/settlement/spare.h"
#include "offline/settlement/text_words.h"
#include "offline/settlement/work.h"

namespace gongji::settlement::scan {

using namespace names;
using namespace words;

// Memory that one claim leaves to the next.
struct ClaimMemory {
  Spare<Line> lines;
  Spare<Counter> counters;
  Spare<Account> accounts;
  Spare<std::string> texts;
};

// Readers of members are inlined once for each member, where the member is known.
#define GONGJI_INLINE __attribute__((always_inline))

template <class Scan>
class ClaimParse : public Scan {
 public:
  using Value = typename Scan::Value;
  using Scan::fail;

  template <class... Args>
  ClaimParse(Claim& claim, ClaimMemory& memory, Args&&... args)
      : Scan(std::forward<Args>(args)...), claim_(claim), memory_(memory) {}

  // The whole text's value.
  template <class Whole>
  bool claim(Whole& whole) {
    memory_.texts.empty(claim_.pack);
    bool ytd_given = false, accounts_given = false;
    const bool good = this->template members<claim_members>(whole, [&](std::size_t member, Value& each) GONGJI_INLINE {
      switch (member) {
        case 0:
          return text(each, claim_.id);
        case 1:
          return is_null(each) || pack(each);
        case 2:
          return begntime(each);
        case 3:
          return site(each);
        case 4:
          return person(each);
        case 5:
          return visit(each);
        case 6:
          return code<account_uses>(each, claim_.acct_used_flag);
        case 7:
          return lines(each);
        case 8:
          ytd_given = true;
          return ytd(each);
        default:
          accounts_given = true;
          return accounts(each);
      }
    });
    if (!good) return false;
    if (!ytd_given) memory_.counters.cut(claim_.ytd, 0);
    if (!accounts_given) memory_.accounts.cut(claim_.accounts, 0);
    return schemes_of_family();
  }

 private:
  using Scan::decimal;
  using Scan::flag;
  using Scan::inside;
  using Scan::is_null;

  // Forced inline where the scan's place shall stay in registers.
  GONGJI_INLINE bool text(Value& value, std::string& out) {
    std::string_view view;
    if (!Scan::text(value, view, want_text)) return false;
    if (out.size() == view.size()) {
      copy_short(out.data(), view.data(), view.size());
    } else {
      out.assign(view);
    }
    return true;
  }
  GONGJI_INLINE bool some_text(Value& value, std::string& out) {
    if (!text(value, out)) return false;
    return !out.empty() || fail(ClaimFault::bad_value, want_some_text);
  }
  GONGJI_INLINE bool division(Value& value, std::string& out) {
    if (!text(value, out)) return false;
    bool good = out.size() == 6;
    for (const char each : out) good = good && each >= '0' && each <= '9';
    return good || fail(ClaimFault::bad_value, want_division);
  }
  template <const auto& table, class Out>
  GONGJI_INLINE bool code(Value& value, Out& out) {
    std::string_view name;
    if (!Scan::text(value, name, want_code)) return false;
    const std::array<Word, 2> words = Scan::first_words(name);
    const auto is = [&]<std::size_t index>() GONGJI_INLINE {
      constexpr std::string_view known = table[index].name;
      static_assert(known.size() <= 16);
      constexpr Word first = word_of(known);
      constexpr Word second = known.size() <= 8 ? 0 : word_of(known.substr(std::min<std::size_t>(8, known.size())));
      if (name.size() != known.size() || words[0] != first || words[1] != second) return false;
      out = table[index].value;
      return true;
    };
    const bool found = [&]<std::size_t... index>(std::index_sequence<index...>) GONGJI_INLINE {
      return (is.template operator()<index>() || ...);
    }
    (std::make_index_sequence<std::size(table)>());
    return found || fail(ClaimFault::bad_value, want_code);
  }
  template <const auto& table, class Out>
  GONGJI_INLINE bool code_or_null(Value& value, Out& out) {
    return is_null(value) || code<table>(value, out);
  }
  GONGJI_INLINE bool day(Value& value, std::optional<Day>& out) {
    if (is_null(value)) return true;
    std::string_view written;
    if (!Scan::text(value, written, want_day)) return false;
    out = parse_day(written);
    return out.has_value() || fail(ClaimFault::bad_value, want_day);
  }
  GONGJI_INLINE bool money(Value& value, Money& out) {
    std::int64_t fen = 0;
    if (!decimal(value, 2, amount_max.in_fen(), want_amount, too_large, fen)) return false;
    out = Money::fen(fen);
    return true;
  }
  GONGJI_INLINE bool price(Value& value, Price& out) {
    return decimal(value, 6, amount_max.in_fen() * 10'000, want_price, too_large, out.millionths);
  }

  bool pack(Value& value) {
    std::string& name = memory_.texts.fill(claim_.pack);
    if (!text(value, name)) return false;
    const std::size_t at = name.find('@');
    return (at != std::string::npos && at > 0 && at + 1 < name.size()) || fail(ClaimFault::bad_value, want_pack);
  }
  bool begntime(Value& value) {
    std::string_view written;
    if (!Scan::text(value, written, want_time)) return false;
    const auto time = parse_civil_time(written);
    if (!time.has_value()) return fail(ClaimFault::bad_value, want_time);
    claim_.begntime = *time;
    return true;
  }

  bool site(Value& value) {
    Site& site = claim_.site;
    site.designated = true;
    site.dual_channel = false;
    return this->template members<site_members>(value, [&](std::size_t member, Value& each) GONGJI_INLINE {
      switch (member) {
        case 0:
          return some_text(each, site.fixmedins_code);
        case 1:
          return code<site_types>(each, site.fixmedins_type);
        case 2:
          return division(each, site.admdvs);
        case 3:
          return code<site_levels>(each, site.dedc_hosp_lv);
        case 4:
          return flag(each, site.designated);
        default:
          return flag(each, site.dual_channel);
      }
    });
  }

  bool person(Value& value) {
    Person& person = claim_.person;
    person.brdy.reset();
    person.retired_on.reset();
    person.employment = Employment::unit;
    person.entitled_from.reset();
    person.entitled_to.reset();
    person.paid_on.reset();
    person.enrol_kind.reset();
    return this->template members<person_members>(value, [&](std::size_t member, Value& each) GONGJI_INLINE {
      switch (member) {
        case 0:
          return some_text(each, person.psn_no);
        case 1:
          return some_text(each, person.insutype);
        case 2:
          return some_text(each, person.psn_type);
        case 3:
          return day(each, person.brdy);
        case 4:
          return day(each, person.retired_on);
        case 5:
          return code<employments>(each, person.employment);
        case 6:
          return division(each, person.insuplc_admdvs);
        case 7:
          return day(each, person.entitled_from);
        case 8:
          return day(each, person.entitled_to);
        case 9:
          return day(each, person.paid_on);
        default:
          return code_or_null<enrol_kinds>(each, person.enrol_kind);
      }
    });
  }

  bool visit(Value& value) {
    Visit& visit = claim_.visit;
    visit.region = Region::local;
    visit.settled = Settled::direct;
    visit.presented_on.reset();
    memory_.texts.empty(visit.benefit);
    visit.cause = Cause::illness;
    visit.approved = true;
    visit.rx_hosp_lv.reset();
    visit.place.reset();
    bool diseases_given = false;
    const bool good = this->template members<visit_members>(value, [&](std::size_t member, Value& each) GONGJI_INLINE {
      switch (member) {
        case 0:
          return some_text(each, visit.med_type);
        case 1:
          return code<regions>(each, visit.region);
        case 2:
          return code<flags>(each, visit.rx_circ_flag);
        case 3:
          return code_or_null<site_levels>(each, visit.rx_hosp_lv);
        case 4:
          diseases_given = true;
          return diseases(each);
        case 5:
          return code_or_null<places>(each, visit.place);
        case 6:
          return code<ways_settled>(each, visit.settled);
        case 7:
          return day(each, visit.presented_on);
        case 8:
          return is_null(each) || some_text(each, memory_.texts.fill(visit.benefit));
        case 9:
          return code<causes>(each, visit.cause);
        default:
          return flag(each, visit.approved);
      }
    });
    if (good && !diseases_given) memory_.texts.cut(visit.diseases, 0);
    return good;
  }

  bool diseases(Value& value) {
    std::size_t count = 0;
    const bool good = this->elements(value, [&](std::size_t index, Value& each) {
      count = index + 1;
      return some_text(each, memory_.texts.at(claim_.visit.diseases, index)) || inside(index);
    });
    memory_.texts.cut(claim_.visit.diseases, count);
    return good;
  }

  bool lines(Value& value) {
    std::size_t count = 0;
    const bool good = this->elements(value, [&](std::size_t index, Value& each) {
      if (index == lines_max) return fail(ClaimFault::too_many_lines, many_lines);
      count = index + 1;
      return line(each, memory_.lines.at(claim_.lines, index)) || inside(index);
    });
    if (!good) return false;
    memory_.lines.cut(claim_.lines, count);
    return count > 0 || fail(ClaimFault::bad_value, want_lines);
  }

  bool line(Value& value, Line& line) {
    line.selfpay_prop.reset();
    line.pric_uplmt_amt.reset();
    line.excluded = false;
    const bool good = this->template members<line_members>(value, [&](std::size_t member, Value& each) GONGJI_INLINE {
      switch (member) {
        case 0:
          return some_text(each, line.feedetl_sn);
        case 1:
          return text(each, line.med_list_codg);
        case 2:
          return text(each, line.name);
        case 3:
          return code<kinds>(each, line.kind);
        case 4:
          return code<classes>(each, line.chrgitm_lv);
        case 5: {
          std::int64_t ten_thousandths = 0;
          if (is_null(each)) return true;
          if (!decimal(each, 4, 10'000, want_fraction, above_one, ten_thousandths)) return false;
          line.selfpay_prop = Rate::ppm(ten_thousandths * 100);
          return true;
        }
        case 6:
          return price(each, line.pric);
        case 7:
          return decimal(each, 4, amount_max.in_fen() * 100, want_count, too_large, line.cnt.ten_thousandths);
        case 8:
          return is_null(each) || price(each, line.pric_uplmt_amt.emplace());
        case 9:
          return money(each, line.det_item_fee_sumamt);
        default:
          return flag(each, line.excluded);
      }
    });
    if (!good) return false;
    if (amount_matches(line)) return true;
    fail(ClaimFault::line_amount_mismatch, mismatch);
    return inside("det_item_fee_sumamt");
  }

  bool ytd(Value& value) {
    std::vector<Counter>& counters = claim_.ytd;
    std::size_t count = 0;
    const auto meet = [&](std::string_view name) {
      for (std::size_t i = 0; i < count; ++i) {
        if (counters[i].name != name) continue;
        fail(ClaimFault::bad_json, not_json);
        return inside(name);
      }
      return true;
    };
    const bool good = this->pairs(value, meet, [&](std::string_view name, Value& each) {
      Counter& counter = memory_.counters.at(counters, count++);
      counter.name.assign(name);
      return money(each, counter.value) || inside(name);
    });
    memory_.counters.cut(counters, count);
    return good;
  }

  bool accounts(Value& value) {
    std::size_t count = 0;
    const bool good = this->elements(value, [&](std::size_t index, Value& each) {
      count = index + 1;
      return account(each, memory_.accounts.at(claim_.accounts, index)) || inside(index);
    });
    memory_.accounts.cut(claim_.accounts, count);
    return good;
  }

  bool account(Value& value, Account& account) {
    account.relation = Relation::self;
    account.kind = AccountKind::prior;
    account.scheme.clear();
    account.listed = true;
    std::optional<Relation> relation;
    const bool good =
        this->template members<account_members>(value, [&](std::size_t member, Value& each) GONGJI_INLINE {
          switch (member) {
            case 0:
              return some_text(each, account.owner);
            case 1:
              return code_or_null<relations>(each, relation);
            case 2:
              return code<account_kinds>(each, account.kind);
            case 3:
              return money(each, account.balc);
            case 4:
              return is_null(each) || some_text(each, account.scheme);
            default:
              return flag(each, account.listed);
          }
        });
    if (!good) return false;
    if (account.is_own()) {
      if (!relation.has_value()) return true;
      fail(ClaimFault::bad_value, want_code);
      return inside("relation");
    }
    if (!relation.has_value()) {
      fail(ClaimFault::missing, no_member);
      return inside("relation");
    }
    account.relation = *relation;
    return true;
  }

  // A resident patient's scheme has no accounts to take the owner's scheme from.
  bool schemes_of_family() {
    const std::string& type = claim_.person.psn_type;
    if (!type.starts_with("14") && !type.starts_with("15") && !type.starts_with("16")) return true;
    for (std::size_t i = 0; i < claim_.accounts.size(); ++i) {
      if (claim_.accounts[i].is_own() || !claim_.accounts[i].scheme.empty()) continue;
      fail(ClaimFault::missing, no_member);
      inside("scheme");
      inside(i);
      return inside("accounts");
    }
    return true;
  }

  Claim& claim_;
  ClaimMemory& memory_;
};

#undef GONGJI_INLINE

}  // namespace gongji::settlement::scan
