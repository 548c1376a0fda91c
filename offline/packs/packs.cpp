#include "offline/packs/packs.h"

#include <algorithm>

#include "offline/packs/pack_set.h"
#include "offline/settlement/refusals.h"

namespace gongji::packs {

using settlement::Claim;
using settlement::Policy;
using settlement::RefusalCode;
using settlement::refuse;

namespace {

bool begins_with_one_of(std::string_view place, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [place](const std::string& prefix) { return place.starts_with(prefix); });
}

}  // namespace

std::optional<Day> Loaded::used_from(std::string_view place) const {
  if (in_use) return info.first_day;
  std::optional<Day> first;
  for (const Use& use : activated) {
    if (!begins_with_one_of(place, use.prefixes)) continue;
    const Day from = std::max(use.from, info.first_day);
    if (!first.has_value() || from < *first) first = from;
  }
  return first;
}

std::optional<Day> Loaded::used_everywhere_from() const {
  std::optional<Day> last;
  for (const std::string& prefix : info.admdvs_prefixes) {
    const auto from = used_from(prefix);
    if (!from.has_value()) return std::nullopt;
    last = last.has_value() ? std::max(*last, *from) : *from;
  }
  return last;
}

const Policy* Loaded::policy(Day day, std::string_view place) const {
  const Variant* variant = &variants.front();
  for (const Variant& each : variants) {
    if (each.prefix.size() > variant->prefix.size() && place.starts_with(each.prefix)) variant = &each;
  }
  const Policy* found = variant->segments.front().policy.get();
  for (const Segment& segment : variant->segments) {
    if (segment.first_day <= day) found = segment.policy.get();
  }
  return found;
}

PackSet::PackSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
PackSet::PackSet(PackSet&&) noexcept = default;
PackSet& PackSet::operator=(PackSet&&) noexcept = default;
PackSet::~PackSet() = default;

const std::vector<PackInfo>& PackSet::packs() const {
  return state_->infos;
}

const std::vector<Added>& PackSet::added() const {
  return state_->added;
}

const Policy* PackSet::find(std::string_view name, Day day, std::string_view insuplc_admdvs) const {
  for (const Loaded& pack : state_->packs) {
    if (pack.info.name == name) return pack.policy(day, insuplc_admdvs);
  }
  return nullptr;
}

const std::vector<DatedRow>* PackSet::rows(std::string_view name) const {
  for (const Loaded& pack : state_->packs) {
    if (pack.info.name == name) return &pack.variants.front().rows;
  }
  return nullptr;
}

std::vector<Day> PackSet::changes(std::string_view name) const {
  std::vector<Day> days;
  for (const Loaded& pack : state_->packs) {
    if (pack.info.name != name) continue;
    for (const Segment& segment : pack.variants.front().segments) days.push_back(segment.first_day);
  }
  return days;
}

namespace {

// The pack in force by place, kind of insurance and day, or the refusal.
struct ByDay {
  const Loaded* pack = nullptr;
  RefusalCode code = RefusalCode::no_pack_for_scheme;
  const Loaded* near = nullptr;  // what a refusal is about
};

ByDay choose_by_day(const std::vector<Loaded>& packs, const Claim& claim) {
  const std::string_view place = claim.person.insuplc_admdvs;
  std::size_t longest = 0;
  std::string_view scheme;
  for (const Loaded& pack : packs) {
    if (pack.info.insutype != claim.person.insutype || !pack.used_from(place).has_value()) continue;
    for (const std::string& prefix : pack.info.admdvs_prefixes) {
      if (prefix.size() > longest && place.starts_with(prefix)) {
        longest = prefix.size();
        scheme = pack.info.scheme;
      }
    }
  }
  ByDay result;
  if (longest == 0) return result;

  // Of the versions that have begun the latest text decides, however late it was activated.
  const Day day = claim.begntime.day;
  const Loaded* earliest = nullptr;
  const Loaded* latest_begun = nullptr;
  for (const Loaded& pack : packs) {
    if (pack.info.scheme != scheme) continue;
    const auto from = pack.used_from(place);
    if (!from.has_value()) continue;
    if (earliest == nullptr || *from < *earliest->used_from(place)) earliest = &pack;
    if (*from > day) continue;
    if (latest_begun == nullptr || pack.info.first_day > latest_begun->info.first_day) latest_begun = &pack;
    const bool ended = pack.info.last_day.has_value() && *pack.info.last_day < day;
    if (!ended && (result.pack == nullptr || pack.info.first_day > result.pack->info.first_day)) result.pack = &pack;
  }
  if (result.pack != nullptr) return result;
  result.near = latest_begun != nullptr ? latest_begun : earliest;
  result.code = latest_begun != nullptr ? RefusalCode::pack_expired : RefusalCode::pack_not_yet_in_force;
  return result;
}

const settlement::Row* in_force_row(const Policy& policy) {
  return &policy.row(policy.in_force_row);
}

}  // namespace

Choice PackSet::choose(const Claim& claim) const {
  const Day day = claim.begntime.day;
  const std::string_view place = claim.person.insuplc_admdvs;
  const ByDay by_day = choose_by_day(state_->packs, claim);
  if (claim.pack.has_value()) {
    for (const Loaded& pack : state_->packs) {
      if (pack.info.name == *claim.pack) return Chosen{pack.policy(day, place), &pack != by_day.pack};
    }
    return NotChosen{refuse(RefusalCode::no_pack_for_scheme, nullptr, "pack"), *claim.pack};
  }
  if (by_day.pack != nullptr) return Chosen{by_day.pack->policy(day, place), false};
  if (by_day.near == nullptr) return NotChosen{refuse(by_day.code, nullptr, "person.insuplc_admdvs"), ""};
  return NotChosen{refuse(by_day.code, in_force_row(*by_day.near->policy(day, place)), "begntime"),
                   by_day.near->info.name};
}

}  // namespace gongji::packs
