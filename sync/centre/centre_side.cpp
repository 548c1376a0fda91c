#include "sync/centre/centre_side.h"

#include <limits>

#include "sync/centre/troubles.h"

namespace gongji::centre {

namespace {

reconcile::State state_of(const OutcomeRow& outcome) {
  if (outcome.cancelled) return reconcile::State::cancelled;
  switch (outcome.verdict) {
    case record::VerdictKind::accepted:
      return reconcile::State::accepted;
    case record::VerdictKind::adjusted:
      return reconcile::State::adjusted;
    case record::VerdictKind::refused:
      break;
  }
  return reconcile::State::refused;
}

}  // namespace

std::optional<reconcile::Line> line_of(const Ledger::Stated& stated) {
  const auto decoded = record::decode_public(stated.public_bytes);
  if (decoded.has_error()) return std::nullopt;
  auto line = reconcile::line_of(decoded->head, decoded->body);
  if (!line || line->state == reconcile::State::paper) return line;
  line->state = state_of(stated.outcome);
  line->amounts.shares = stated.outcome.stands;
  return line;
}

Result<reconcile::Side> side_of(Ledger& ledger, const std::string& fixmedins_code, Day day) {
  reconcile::Side side;
  side.day = day;
  side.fixmedins_code = fixmedins_code;
  side.epoch = 0;
  bool known = false;
  auto outcome = ledger.transaction([&] {
    known = ledger.find_site(fixmedins_code).has_value();
    for (const std::string& terminal : ledger.terminals_of(fixmedins_code)) {
      constexpr auto all = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
      for (const auto& stated : ledger.stated_of_day(terminal, day, 0, 0, all)) {
        if (auto line = line_of(stated)) side.lines.push_back(std::move(*line));
      }
    }
  });
  if (outcome.has_error()) return outcome.error();
  if (!known) return trouble(troubles::site_unknown, fixmedins_code);
  return side;
}

}  // namespace gongji::centre
