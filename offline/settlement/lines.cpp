// lines.cpp — what each line is made of before anybody pays: own cost, over-limit, first parts, in-scope.
#include <algorithm>

#include "offline/base/check.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

__extension__ using Wide = unsigned __int128;

// half_up(price x quantity) in fen, whatever its size.
Wide exact_amount(Price price, Quantity quantity) {
  // millionths of a yuan x ten-thousandths = 10^-10 yuan; a fen is 10^8 of them
  const Wide product = static_cast<Wide>(price.millionths) * static_cast<Wide>(quantity.ten_thousandths);
  if (product < (Wide{1} << 63)) return (static_cast<std::uint64_t>(product) + 50'000'000u) / 100'000'000u;
  return (product + 50'000'000u) / 100'000'000u;
}

const Row* whole_own_cost(const Line& line, const Policy& policy, bool at_pharmacy) {
  if (line.kind == LineKind::other || line.excluded) return &policy.row(policy.never_row);
  if (line.chrgitm_lv == LineClass::c) return &policy.row(policy.own_cost_row);
  if (at_pharmacy && policy.code_row != no_row && line.med_list_codg.empty()) return &policy.row(policy.code_row);
  return nullptr;
}

// The rate of the class-B first part and the row that says so.
struct FirstPart {
  std::int64_t ppm = 0;
  const Row* row = nullptr;
};
FirstPart class_b_first_part(const Line& line, const Policy& policy) {
  const FirstPartRule& rule = policy.first_part[static_cast<std::size_t>(line.kind)];
  switch (rule.mode) {
    case FirstPartRule::Mode::none:
      return {};
    case FirstPartRule::Mode::fixed:
      return {policy.row(rule.row).number.value_or(0), &policy.row(rule.row)};
    case FirstPartRule::Mode::by_line:
      return {line.selfpay_prop.value_or(Rate()).in_ppm(), &policy.row(rule.row)};
  }
  return {};
}

std::string percent_text(std::int64_t ppm) {
  std::string text = std::to_string(ppm / 10'000);
  std::int64_t rest = ppm % 10'000;
  if (rest != 0) {
    std::string decimals = std::to_string(10'000 + rest).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += '.' + decimals;
  }
  return text + '%';
}

}  // namespace

std::optional<Money> line_amount(Price price, Quantity quantity) {
  GONGJI_CHECK(price.millionths >= 0 && quantity.ten_thousandths >= 0);
  const Wide fen = exact_amount(price, quantity);
  if (fen > static_cast<Wide>(amount_max.in_fen())) return std::nullopt;
  return Money::fen(static_cast<std::int64_t>(fen));
}

bool amount_matches(const Line& line) {
  const Wide exact = exact_amount(line.pric, line.cnt);
  const auto told = static_cast<Wide>(line.det_item_fee_sumamt.in_fen());
  return exact <= told + 1 && told <= exact + 1;
}

void split_lines(Sheet& sheet, const Circumstances& circumstances) {
  const Claim& claim = sheet.claim;
  const Policy& policy = sheet.policy;
  const bool at_pharmacy = claim.site.is_pharmacy();
  sheet.count = claim.lines.size();
  for (std::size_t i = 0; i < sheet.count; ++i) {
    const Line& line = claim.lines[i];
    LineSheet& out = sheet.lines[i];
    out = LineSheet{};
    out.amount = line.det_item_fee_sumamt.in_fen();
    sheet.total += out.amount;

    if (const Row* row = whole_own_cost(line, policy, at_pharmacy); row != nullptr) {
      out.own_cost = out.amount;
      sheet.own_cost += out.own_cost;
      sheet.tracer.add("own_cost", line.feedetl_sn, out.amount, 0, *row);
      continue;
    }

    std::int64_t rest = out.amount;
    if (line.pric_uplmt_amt.has_value()) {
      const Wide limit = exact_amount(*line.pric_uplmt_amt, line.cnt);
      if (limit < static_cast<Wide>(rest)) {
        const auto allowed = static_cast<std::int64_t>(limit);
        out.over_limit = rest - allowed;
        sheet.tracer.add("over_limit", line.feedetl_sn, rest, allowed, policy.row(policy.over_limit_row),
                         [allowed] { return to_string(Money::fen(allowed)); });
        rest = allowed;
      }
    }
    if (circumstances.first_parts) {
      if (circumstances.region_first_part != no_row && rest > 0) {
        const Row& row = policy.row(circumstances.region_first_part);
        const std::int64_t part = share_half_up(rest, row.number.value_or(0));
        sheet.tracer.add("cross_region_first_part", line.feedetl_sn, rest, rest - part, row);
        out.first_part += part;
        rest -= part;
      }
      if (line.chrgitm_lv == LineClass::b && rest > 0) {
        const FirstPart first = class_b_first_part(line, policy);
        if (first.ppm > 0) {
          const std::int64_t part = share_half_up(rest, first.ppm);
          sheet.tracer.add("class_b_first_part", line.feedetl_sn, rest, rest - part, *first.row, [&first] {
            return first.row->number.has_value() ? first.row->printed : percent_text(first.ppm);
          });
          out.first_part += part;
          rest -= part;
        }
      }
    }
    out.in_scope = rest;
    out.weight = rest;
    sheet.over_limit += out.over_limit;
    sheet.first_part += out.first_part;
    sheet.in_scope += out.in_scope;
  }
}

}  // namespace gongji::settlement
