// sides.h — a day with sales, as both sides should have it, for the tests of the reconciliation.
#pragma once

#include <fmt/format.h>

#include "offline/reconcile/compare.h"

namespace gongji::tests {

inline const Day reconciled_day = *Day::from_civil(2026, 11, 20);

inline reconcile::Amounts amounts(std::int64_t fund, std::int64_t account, std::int64_t family, std::int64_t cash) {
  return {Money::fen(fund + account + family + cash),
          {Money::fen(fund), Money::fen(account), Money::fen(family), Money::fen(cash)}};
}

inline reconcile::Line line(std::uint64_t seq, reconcile::State state = reconcile::State::accepted) {
  reconcile::Line out;
  out.terminal = "T-000001";
  out.seq = seq;
  out.sale_id = fmt::format("01KB00000000000000000{:05}", seq);
  out.msgid = fmt::format("H42010000001-{:05}", seq);
  out.group = {"310", "11"};
  out.state = state;
  const auto number = static_cast<std::int64_t>(seq);
  out.amounts = amounts(1'000 + number, 200 + number, 30, 4);
  return out;
}

inline reconcile::Side side(std::vector<reconcile::Line> lines, std::uint32_t epoch = 1) {
  return {reconciled_day, "H42010000001", std::move(lines), epoch};
}

}  // namespace gongji::tests
