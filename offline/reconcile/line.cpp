#include "offline/reconcile/line.h"

#include <algorithm>
#include <array>

namespace gongji::reconcile {

namespace {

// In the order of State.
constexpr std::array<std::string_view, 8> names{"unsent",  "pending",       "accepted",  "adjusted",
                                                "refused", "cancel_unsent", "cancelled", "paper"};

void add(record::PayerShares& sum, const record::PayerShares& more, bool plus) {
  const auto one = [&](Money& to, Money what) { to = plus ? to + what : to - what; };
  one(sum.fund, more.fund);
  one(sum.account, more.account);
  one(sum.family, more.family);
  one(sum.cash, more.cash);
}

Line begin_line(const record::Head& head, const record::RequestKey& key, const settlement::Claim& claim) {
  Line line;
  line.terminal = head.terminal;
  line.epoch = head.epoch;
  line.seq = head.seq;
  line.msgid = key.msgid;
  line.group = {claim.person.insutype, std::string(clearing_type_of(claim.site))};
  return line;
}

}  // namespace

std::string_view name_of(State state) {
  return names[static_cast<std::size_t>(state)];
}

std::optional<State> parse_state(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<State>(found - names.begin());
}

bool stands(State state) {
  return state != State::cancelled && state != State::cancel_unsent && state != State::paper;
}

Amounts& Amounts::operator+=(const Amounts& other) {
  medfee += other.medfee;
  add(shares, other.shares, true);
  return *this;
}

Amounts& Amounts::operator-=(const Amounts& other) {
  medfee -= other.medfee;
  add(shares, other.shares, false);
  return *this;
}

std::string_view clearing_type_of(const settlement::Site& site) {
  return site.is_pharmacy() ? "41" : "11";
}

std::optional<Line> line_of(const record::Head& head, const record::Body& body) {
  if (const auto* sale = std::get_if<record::Sale>(&body)) {
    Line line = begin_line(head, sale->key, sale->claim);
    line.sale_id = to_string(sale->sale_id);
    line.amounts = {sale->settlement.totals.medfee_sumamt, record::payer_shares(sale->settlement)};
    return line;
  }
  if (const auto* paper = std::get_if<record::Paper>(&body)) {
    Line line = begin_line(head, paper->key, paper->claim);
    line.sale_id = to_string(paper->paper_id);
    line.state = State::paper;
    for (const auto& goods : paper->claim.lines) line.amounts.medfee += goods.det_item_fee_sumamt;
    line.amounts.shares.cash = line.amounts.medfee;
    return line;
  }
  return std::nullopt;
}

Day day_of(const record::Body& body) {
  if (const auto* sale = std::get_if<record::Sale>(&body)) return sale->claim.begntime.day;
  if (const auto* paper = std::get_if<record::Paper>(&body)) return paper->claim.begntime.day;
  return {};
}

}  // namespace gongji::reconcile
