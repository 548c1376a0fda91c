#include "offline/authority/authorise.h"

#include <fmt/format.h>

#include <algorithm>

#include "offline/authority/trusted_clock.h"
#include "offline/base/check.h"

namespace gongji::authority {
namespace {

Denial denial(DenialCode code, std::string detail = {}) {
  return Denial{code, std::move(detail)};
}

std::string over(Money limit, Money asked) {
  return fmt::format("{} / {}", to_string(asked), to_string(limit));
}

std::optional<Denial> pin_missing(const Ask& ask, const record::Terms& terms, const journal::Exposure& exposure) {
  const Money today = exposure.person_today + ask.promised;
  if (ask.promised == Money() || ask.holder_checked || !needs_card_pin(terms, ask.presence, today)) return std::nullopt;
  return denial(DenialCode::card_pin_missing, over(*terms.card_pin_above, today));
}

// Within one slice; `order_id`: of the order that widened it.
Decision on_reserve(const Ask& ask, const Standing& standing, const std::optional<record::ReserveSlice>& slice,
                    const journal::Exposure& exposure, WallTime now, std::string order_id) {
  const auto silent = now - *standing.last_contact;
  if (slice && silent > std::chrono::hours(slice->hours_max)) {
    return denial(
        DenialCode::contact_too_old,
        fmt::format("{} h / {} h", std::chrono::duration_cast<std::chrono::hours>(silent).count(), slice->hours_max));
  }
  if (auto missing = pin_missing(ask, *standing.terms, exposure)) return *std::move(missing);
  if (!slice) return denial(DenialCode::presence_without_reserve);
  if (ask.promised == Money()) return Promise{};
  if (ask.family > Money()) return denial(DenialCode::family_without_grant);
  if (ask.lowest_unknown) return denial(DenialCode::lowest_share_unknown);
  const Money together = exposure.person_window + ask.promised;
  if (exposure.person_window > Money() && together > slice->per_sale_max) {
    return denial(DenialCode::split_sale, over(slice->per_sale_max, together));
  }
  if (ask.promised > slice->per_sale_max) {
    return denial(DenialCode::over_sale_limit, over(slice->per_sale_max, ask.promised));
  }
  if (exposure.person_today + ask.promised > slice->per_person_day_max) {
    return denial(DenialCode::over_person_day_limit,
                  over(slice->per_person_day_max, exposure.person_today + ask.promised));
  }
  if (exposure.total + ask.promised > slice->total_max) {
    return denial(DenialCode::over_total_limit, over(slice->total_max, exposure.total + ask.promised));
  }
  if (exposure.count + 1 > slice->count_max) {
    return denial(DenialCode::over_count_limit, fmt::format("{} / {}", exposure.count + 1, slice->count_max));
  }
  return Promise{record::Backing::reserve, std::move(order_id)};
}

}  // namespace

std::optional<record::ReserveSlice> slice_for(const record::Terms& terms, record::Presence presence) {
  for (const auto& slice : terms.reserve) {
    if (slice.presence == presence) return slice;
  }
  return std::nullopt;
}

std::chrono::hours offline_max(const record::Terms& terms) {
  std::chrono::hours longest{0};
  for (const auto& slice : terms.reserve) longest = std::max(longest, std::chrono::hours(slice.hours_max));
  return longest;
}

std::vector<LongerOffline> longer_by(const std::vector<record::EmergencyOrder>& orders, const record::Terms& terms) {
  std::vector<LongerOffline> out;
  for (const auto& order : orders) {
    if (order.withdrawn || !record::names(order, terms.fixmedins_code, terms.admdvs)) continue;
    LongerOffline longer{order.start, order.end, std::chrono::hours(0)};
    for (const auto& slice : order.reserve) {
      longer.offline_max = std::max(longer.offline_max, std::chrono::hours(slice.hours_max));
    }
    out.push_back(longer);
  }
  return out;
}

bool may_spend_grants(const Standing& standing, record::Presence presence, WallTime now) {
  if (!standing.terms || !standing.clock_trusted || standing.journal_in_doubt || now > standing.terms->expires)
    return false;
  const auto presences = record::grant_presences_of(*standing.terms);
  return std::find(presences.begin(), presences.end(), presence) != presences.end();
}

bool needs_card_pin(const record::Terms& terms, record::Presence presence, Money promised_today) {
  const bool card = presence == record::Presence::card_read_here || presence == record::Presence::card_authenticated;
  return card && terms.card_pin_above && promised_today > *terms.card_pin_above;
}

namespace {

DenialCode denial_of(record::StopKind kind) {
  switch (kind) {
    case record::StopKind::card:
      return DenialCode::card_stopped;
    case record::StopKind::voucher:
      return DenialCode::voucher_stopped;
    case record::StopKind::person:
      return DenialCode::person_stopped;
  }
  check_failed("a stop has a kind", __FILE__, __LINE__, {});
}

}  // namespace

Decision authorise(const Ask& ask, const Standing& standing, const journal::Exposure& exposure, WallTime now) {
  GONGJI_CHECK(ask.promised >= Money());
  const bool person_only = ask.stopped == record::StopKind::person;
  if (ask.stopped && !person_only) return denial(denial_of(*ask.stopped));
  if (ask.voucher_used) return denial(DenialCode::voucher_used);
  if (person_only) return denial(DenialCode::person_stopped);
  if (ask.promised == Money() && !ask.fund_later) return Promise{};
  if (standing.journal_in_doubt) return denial(DenialCode::journal_in_doubt);
  if (ask.hold_id) return Promise{record::Backing::hold, *ask.hold_id};

  // With a clock that cannot be believed every limit that counts hours would be open for ever.
  if (!standing.clock_trusted) return denial(DenialCode::clock_untrusted);
  // Tomorrow's benefits and next year's counters are not open yet, whatever the clock of the till's software says.
  if (const Day last = civil_time_at(now.plus(clock_lag_max)).day; ask.served > last) {
    return denial(DenialCode::served_ahead, to_string(ask.served) + " / " + to_string(last));
  }
  if (!standing.terms) return denial(DenialCode::terms_absent);
  const record::Terms& terms = *standing.terms;
  if (now > terms.expires) return denial(DenialCode::terms_expired);
  if (!standing.last_contact) return denial(DenialCode::contact_too_old);
  if (ask.grant_id && may_spend_grants(standing, ask.presence, now)) {
    if (auto missing = pin_missing(ask, terms, exposure)) return *std::move(missing);
    return Promise{record::Backing::grant, *ask.grant_id};
  }

  const auto own = slice_for(terms, ask.presence);
  Decision decision = on_reserve(ask, standing, own, exposure, now, {});
  for (const auto& order : standing.orders) {
    if (std::holds_alternative<Promise>(decision)) break;
    if (!record::names(order, terms.fixmedins_code, terms.admdvs) || !record::in_force(order, ask.med_type, now)) {
      continue;
    }
    const auto wide = record::widened(own, order, ask.presence);
    decision = on_reserve(ask, standing, wide, exposure, now, to_string(order.id));
  }
  return decision;
}

}  // namespace gongji::authority
