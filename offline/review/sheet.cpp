// sheet.cpp — a sheet as a whole, and entries that belong together as one line.
#include "offline/review/sheet.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/review/sheet_writer.h"

namespace gongji::review {

namespace {

bool same_but_cell(const Entry& a, const Entry& b) {
  return a.key == b.key && a.value == b.value && a.who == b.who && a.cites == b.cites &&
         a.slot.empty() == b.slot.empty();
}

Words words_of(const std::vector<std::pair<std::string, Words>>& list, const std::string& id) {
  for (const auto& [each, words] : list) {
    if (each == id) return words;
  }
  return both(id);
}

// The account law that stands beside this version: the draft's own, otherwise the one in force.
const packs::AccountLaw* law_beside(const packs::AccountLawBook& laws, const packs::PackInfo& pack, Day day) {
  std::optional<std::string> version;
  if (pack.status == packs::PackStatus::draft) version = pack.version;
  const auto chosen = laws.choose(pack.scheme, version, day);
  const auto* law = std::get_if<const packs::AccountLaw*>(&chosen);
  return law == nullptr ? nullptr : *law;
}

}  // namespace

Words who_of(const std::vector<std::pair<std::string, std::string>>& cells, const Sheet& sheet) {
  std::vector<std::string> slots, categories;
  const auto once = [](std::vector<std::string>& list, const std::string& id) {
    if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
  };
  for (const auto& [slot, category] : cells) once(slots, slot), once(categories, category);
  const auto list = [](const std::vector<std::string>& ids, const auto& known) {
    WordList out;
    for (const std::string& id : ids) out.add(words_of(known, id));
    return out.words();
  };
  const bool all_slots = slots.size() >= sheet.slots.size(),
             all_categories = categories.size() >= sheet.categories.size();
  const bool product = cells.size() == slots.size() * categories.size();
  if (product && all_slots && all_categories) return {};
  if (product && all_slots) return list(categories, sheet.categories);
  if (product && all_categories) return list(slots, sheet.slots);
  if (product) return list(slots, sheet.slots) + both(" · ") + list(categories, sheet.categories);
  WordList pairs;
  for (const auto& [slot, category] : cells) {
    pairs.add(words_of(sheet.slots, slot) + both(" · ") + words_of(sheet.categories, category));
  }
  return pairs.words();
}

std::vector<Merged> merged(const Sheet& sheet) {
  std::vector<Merged> out;
  std::vector<bool> done(sheet.entries.size());
  for (std::size_t i = 0; i < sheet.entries.size(); ++i) {
    if (done[i]) continue;
    const Entry& first = sheet.entries[i];
    if (first.slot.empty()) {
      out.push_back({&first, first.who});
      continue;
    }
    std::vector<std::pair<std::string, std::string>> cells;
    for (std::size_t k = i; k < sheet.entries.size(); ++k) {
      const Entry& other = sheet.entries[k];
      if (done[k] || !same_but_cell(first, other)) continue;
      done[k] = true;
      cells.emplace_back(other.slot, other.category);
    }
    out.push_back({&first, who_of(cells, sheet)});
  }
  return out;
}

Sheet sheet_of(const packs::PackSet& packs, const packs::AccountLawBook& laws, std::string_view name, Day on) {
  const auto pack = std::find_if(packs.packs().begin(), packs.packs().end(),
                                 [name](const packs::PackInfo& each) { return each.name == name; });
  GONGJI_CHECK_WHY(pack != packs.packs().end(), name);
  Sheet sheet;
  sheet.pack = *pack;
  sheet.on = on;
  Day day = std::max(on, pack->first_day);
  if (pack->last_day.has_value()) day = std::min(day, *pack->last_day);
  sheet.in_force = day == on;

  const settlement::Policy* policy = packs.find(name, day);
  SheetWriter writer(*policy, *packs.rows(name), day, sheet);
  writer.persons();
  writer.sites();
  writer.circumstances();
  writer.goods();
  writer.benefits();
  writer.accounts();
  if (const packs::AccountLaw* law = law_beside(laws, *pack, day); law != nullptr) {
    sheet.law = law->name;
    write_account_law(*law, std::max(day, law->first_day), sheet);
  }
  return sheet;
}

}  // namespace gongji::review
