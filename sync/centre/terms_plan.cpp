#include "sync/centre/terms_plan.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

#include "offline/record/presence.h"
#include "sync/centre/troubles.h"
#include "sync/protocol/json_reader.h"

namespace gongji::centre {
namespace {

using record::Presence;

record::ReserveSlice slice(Presence presence, std::int64_t per_sale, std::int64_t per_day, std::int64_t total,
                           std::uint32_t count, std::uint32_t hours) {
  return {presence, Money::yuan(per_sale), Money::yuan(per_day), Money::yuan(total), count, hours};
}

Money read_yuan(protocol::JsonReader& reader, std::string_view name) {
  const auto amount = parse_money(reader.text(name, 32));
  if (!amount && !reader.failed()) reader.refuse(name, "expected an amount in yuan, \"500.00\"");
  return amount.value_or(Money{});
}

std::optional<Presence> presence_named(std::string_view name) {
  for (const auto& [text, presence] : record::presence_names) {
    if (text == name) return presence;
  }
  return std::nullopt;
}

GrantPlan read_grants(protocol::JsonReader& reader) {
  GrantPlan plan;
  plan.persons_max = static_cast<std::uint32_t>(reader.integer("persons_max", 0, 100'000));
  plan.visits_days = static_cast<std::uint32_t>(reader.integer("visits_days", 1, 3'650));
  plan.visits_min = static_cast<std::uint32_t>(reader.integer("visits_min", 1, 1'000));
  plan.hours = static_cast<std::uint32_t>(reader.integer("hours", 1, 8'784));
  plan.share_ppm = reader.integer("share_ppm", 0, 1'000'000);
  plan.account_max = read_yuan(reader, "account_max");
  plan.family_max = read_yuan(reader, "family_max");
  plan.fund_max = read_yuan(reader, "fund_max");
  if (reader.has("recall_elsewhere")) plan.recall_elsewhere = reader.flag("recall_elsewhere");
  if (!reader.has("presences")) return plan;
  plan.presences.emplace();
  for (const std::string& name : reader.texts("presences", record::presence_names.size(), 32)) {
    const auto presence = presence_named(name);
    const bool twice =
        presence && std::find(plan.presences->begin(), plan.presences->end(), *presence) != plan.presences->end();
    if (!presence || twice) {
      reader.refuse("presences", "expected names of presences, each once");
      break;
    }
    plan.presences->push_back(*presence);
  }
  return plan;
}

}  // namespace

std::vector<record::ReserveSlice> read_reserve(protocol::JsonReader& reader) {
  std::vector<record::ReserveSlice> reserve;
  for (auto& inner : reader.objects("reserve", record::presence_names.size())) {
    record::ReserveSlice one;
    const std::string name = inner.text("presence", 32);
    bool known = false;
    for (const auto& [allowed, presence] : record::presence_names) {
      if (name == allowed) {
        one.presence = presence;
        known = true;
      }
    }
    if (!known && !inner.failed()) inner.refuse("presence", "expected the name of a presence");
    for (const auto& other : reserve) {
      if (known && other.presence == one.presence) inner.refuse("presence", "occurs twice");
    }
    one.per_sale_max = read_yuan(inner, "per_sale_max");
    one.per_person_day_max = read_yuan(inner, "per_person_day_max");
    one.total_max = read_yuan(inner, "total_max");
    one.count_max = static_cast<std::uint32_t>(inner.integer("count_max", 0, 1'000'000));
    one.hours_max = static_cast<std::uint32_t>(inner.integer("hours_max", 0, 8'784));
    reader.take(inner);
    reserve.push_back(one);
  }
  return reserve;
}

TermsPlan default_terms_plan() {
  TermsPlan plan;
  // A token can be looked up on line only: off line it proves nothing, so it has no slice.
  plan.reserve = {
      slice(Presence::card_read_here, 500, 800, 20'000, 200, 72),
      slice(Presence::voucher_signed, 300, 500, 10'000, 100, 72),
      slice(Presence::id_number, 200, 300, 5'000, 50, 24),
      slice(Presence::declared, 200, 300, 5'000, 50, 24),
  };
  return plan;
}

std::string to_json_text(const TermsPlan& plan) {
  using nlohmann::ordered_json;
  ordered_json reserve = ordered_json::array();
  for (const auto& one : plan.reserve) {
    reserve.push_back({{"presence", record::name_of(one.presence)},
                       {"per_sale_max", to_string(one.per_sale_max)},
                       {"per_person_day_max", to_string(one.per_person_day_max)},
                       {"total_max", to_string(one.total_max)},
                       {"count_max", one.count_max},
                       {"hours_max", one.hours_max}});
  }
  const GrantPlan& grants = plan.grants;
  ordered_json grants_json{{"persons_max", grants.persons_max},
                           {"visits_days", grants.visits_days},
                           {"visits_min", grants.visits_min},
                           {"hours", grants.hours},
                           {"share_ppm", grants.share_ppm},
                           {"account_max", to_string(grants.account_max)},
                           {"family_max", to_string(grants.family_max)},
                           {"fund_max", to_string(grants.fund_max)}};
  if (!grants.recall_elsewhere) grants_json["recall_elsewhere"] = false;
  if (grants.presences) {
    grants_json["presences"] = ordered_json::array();
    for (const Presence presence : *grants.presences) grants_json["presences"].push_back(name_of(presence));
  }
  ordered_json out{{"grants", std::move(grants_json)},
                   {"reserve", std::move(reserve)},
                   {"fund_basis", plan.fund_basis == record::FundBasis::lowest ? "lowest" : "last_known"},
                   {"valid_days", plan.valid_days},
                   {"drain_window_s", plan.drain_window_s},
                   {"hold_minutes", plan.hold_minutes},
                   {"late_days", plan.late_days},
                   {"activate_reported_packs", plan.activate_reported_packs}};
  if (plan.card_pin_above) out["card_pin_above"] = to_string(*plan.card_pin_above);
  if (plan.split_window_minutes > 0) out["split_window_minutes"] = plan.split_window_minutes;
  if (plan.paper_days > 0) out["paper_days"] = plan.paper_days;
  if (plan.registered_prescriptions) out["registered_prescriptions"] = true;
  if (plan.poll_idle_s > 0) out["poll_idle_s"] = plan.poll_idle_s;
  if (plan.retention_months) out["retention_months"] = *plan.retention_months;
  return out.dump(2) + "\n";
}

Result<TermsPlan> read_terms_plan(std::string_view text) {
  auto parsed = protocol::parse_object(text, 64 << 10);
  if (parsed.has_error()) return trouble(troubles::terms_invalid, parsed.error().path, parsed.error().detail);
  protocol::JsonReader reader(*parsed);
  TermsPlan plan;
  if (reader.has("grants")) {
    protocol::JsonReader inner = reader.object("grants");
    plan.grants = read_grants(inner);
    reader.take(inner);
  }
  plan.reserve = read_reserve(reader);
  if (reader.has("fund_basis")) {
    const bool lowest = reader.one_of("fund_basis", {"last_known", "lowest"}) == "lowest";
    plan.fund_basis = lowest ? record::FundBasis::lowest : record::FundBasis::last_known;
  }
  if (reader.has("split_window_minutes")) {
    plan.split_window_minutes = static_cast<std::uint32_t>(reader.integer("split_window_minutes", 1, 10'080));
  }
  if (reader.has("paper_days")) plan.paper_days = static_cast<std::uint32_t>(reader.integer("paper_days", 1, 3'650));
  if (reader.has("registered_prescriptions")) {
    plan.registered_prescriptions = reader.flag("registered_prescriptions");
  }
  if (reader.has("poll_idle_s")) plan.poll_idle_s = static_cast<std::uint32_t>(reader.integer("poll_idle_s", 1, 3'600));
  plan.valid_days = static_cast<std::uint32_t>(reader.integer("valid_days", 1, 3'650));
  plan.drain_window_s = static_cast<std::uint32_t>(reader.integer("drain_window_s", 0, 86'400));
  plan.hold_minutes = static_cast<std::uint32_t>(reader.integer("hold_minutes", 1, 1'440));
  plan.late_days = static_cast<std::uint32_t>(reader.integer("late_days", 1, 3'650));
  plan.activate_reported_packs = reader.flag("activate_reported_packs");
  if (reader.has("card_pin_above")) plan.card_pin_above = read_yuan(reader, "card_pin_above");
  if (reader.has("retention_months")) {
    plan.retention_months =
        static_cast<std::uint32_t>(reader.integer("retention_months", 1, record::retention_months_max));
  }
  if (auto outcome = reader.finish(); outcome.has_error()) {
    const Trouble& found = outcome.error();
    return trouble(troubles::terms_invalid, found.path,
                   found.detail.empty() ? std::string(found.text->en) : found.detail);
  }
  return plan;
}

}  // namespace gongji::centre
