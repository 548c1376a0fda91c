#include <nlohmann/json.hpp>

#include "offline/replay/print.h"

namespace gongji::replay {

namespace {

using Json = nlohmann::ordered_json;

Json json(const std::optional<Day>& day) {
  return day.has_value() ? Json(to_string(*day)) : Json(nullptr);
}

Json json(const Side& side) {
  const Shares& shares = side.shares;
  return {{"settled", side.settled},
          {"refused", side.refused},
          {"fund", shares.fund.in_fen()},
          {"personal", shares.personal.in_fen()},
          {"own_account", shares.own.in_fen()},
          {"family_account", shares.family.in_fen()},
          {"cash", shares.cash.in_fen()}};
}

Json json(const Group& group) {
  return {{"key", group.key},
          {"claims", group.claims},
          {"better", group.better},
          {"worse", group.worse},
          {"medfee", group.medfee.in_fen()},
          {"base", json(group.base)},
          {"other", json(group.other)},
          {"fund_difference", group.difference().in_fen()}};
}

Json json(const Refused& refused) {
  return {{"code", refused.code}, {"base", refused.base}, {"other", refused.other}};
}

Json json(const Clause& clause) {
  return {{"step", clause.step},
          {"rule", clause.rule},
          {"base_article", clause.base_article},
          {"other_article", clause.other_article},
          {"base_times", clause.base_times},
          {"other_times", clause.other_times},
          {"base_moved", clause.base_moved.in_fen()},
          {"other_moved", clause.other_moved.in_fen()},
          {"difference", clause.difference().in_fen()}};
}

Json json(const Cause& cause) {
  return {{"step", cause.step},
          {"rule", cause.rule},
          {"carried", cause.carried},
          {"base_article", cause.base_article},
          {"other_article", cause.other_article},
          {"better", cause.better},
          {"worse", cause.worse},
          {"gained", cause.gained.in_fen()},
          {"lost", cause.lost.in_fen()},
          {"difference", cause.difference().in_fen()}};
}

Json json(const PersonGroup& group) {
  return {{"key", group.key},
          {"gain", group.gain},
          {"lose", group.lose},
          {"unchanged", group.unchanged},
          {"gained", group.gained.in_fen()},
          {"lost", group.lost.in_fen()}};
}

Json json(const Bucket& bucket) {
  return {{"gain", bucket.gain},
          {"over", bucket.over.in_fen()},
          {"up_to", bucket.up_to.has_value() ? Json(bucket.up_to->in_fen()) : Json(nullptr)},
          {"persons", bucket.persons}};
}

Json json(const Fault& fault) {
  return {{"place", fault.place}, {"code", fault.code}, {"path", fault.path}};
}

template <class Item>
Json json(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(json(item));
  return list;
}

}  // namespace

std::string report_json(const Report& report) {
  const Json document = {
      {"format", "gongji.replay.v1"},
      {"unit", "fen"},
      {"base", report.base},
      {"other", report.other},
      {"first_day", json(report.first_day)},
      {"last_day", json(report.last_day)},
      {"total", json(report.total)},
      {"refused", json(report.refused)},
      {"refused_by_base_only", report.refused_by_base_only},
      {"refused_by_other_only", report.refused_by_other_only},
      {"persons", report.persons},
      {"person_years", json(report.person_years)},
      {"person_years_by_category", json(report.person_years_by_category)},
      {"histogram", json(report.histogram)},
      {"by_category", json(report.by_category)},
      {"by_site", json(report.by_site)},
      {"by_benefit", json(report.by_benefit)},
      {"by_month", json(report.by_month)},
      {"causes", json(report.causes)},
      {"clauses", json(report.clauses)},
      {"account_clauses", json(report.account_clauses)},
      {"unusable", report.unusable},
      {"faults", json(report.faults)},
      {"cancelled", report.cancelled},
      {"papers", report.papers},
  };
  // What a claim says of itself may be broken text by then: it is replaced, never a failure.
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gongji::replay
