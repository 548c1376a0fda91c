#include "offline/packs/resolve_names.h"

#include <algorithm>

namespace gongji::packs {

using namespace settlement;

namespace {

constexpr std::string_view slot_names[] = {"1", "2", "3", "pharmacy", "unranked"};
constexpr std::string_view place_names[] = {"district", "city", "outside"};

constexpr std::string_view code_in_name = "<code>";

}  // namespace

Names::Names(const PackFile& pack, Day day, Policy& policy) : policy_(policy) {
  for (const DatedRow& row : pack.rows) {
    if (row.first_day > day || (row.last_day.has_value() && *row.last_day < day)) continue;
    index_[row.row.id] = {static_cast<RowRef>(policy.rows.size()), row.unit};
    policy.rows.push_back(row.row);
  }
}

const Names::Entry& Names::entry(const Node& name) {
  const auto found = index_.find(name.text());
  if (found == index_.end()) name.fail("there is no row \"" + name.text() + "\"");
  used_.insert(found->first);
  return found->second;
}

RowRef Names::row(const Node& name, Unit unit) {
  const Entry& found = entry(name);
  if (found.unit != unit) name.fail("row \"" + name.text() + "\" has another unit");
  return found.ref;
}
RowRef Names::row_or_none(const Node& name, Unit unit) {
  return name.is_null() ? no_row : row(name, unit);
}
RowRef Names::cited(const Node& name) {
  return entry(name).ref;
}
RowRef Names::cited_or_none(const Node& name) {
  return name.is_null() ? no_row : cited(name);
}
RowRef Names::with_value(const Node& name, Unit unit) {
  const RowRef ref = row(name, unit);
  if (!policy_.row(ref).number.has_value()) name.fail("row \"" + name.text() + "\" has no value");
  return ref;
}
std::string Names::unused() const {
  for (const auto& [id, entry] : index_) {
    if (!used_.contains(id)) return id;
  }
  return {};
}

void Names::read_counters(const Node& list) {
  for (const Node& each : list.elements()) {
    each.exactly({"name", "year"});
    const auto span = static_cast<CounterSpan>(each["year"].one_of({"calendar", "july", "day", "none"}));
    const std::string name = each["name"].text();
    if (const auto code = name.find(code_in_name); code != std::string::npos) {
      if (policy_.code_counter.has_value()) each["name"].fail("is the second counter for single codes");
      if (span != CounterSpan::calendar) each["year"].fail("must be calendar for a counter of single codes");
      policy_.code_counter = CodeCounter{name.substr(0, code), name.substr(code + code_in_name.size())};
      continue;
    }
    if (std::count(policy_.counters.begin(), policy_.counters.end(), name) != 0) each["name"].fail("stands twice");
    policy_.counters.push_back(name);
    policy_.counter_spans.push_back(span);
  }
  if (policy_.counters.size() > 16) list.fail("has more than 16 counters");
}

CounterRef Names::counter(const Node& name) const {
  const auto found = std::find(policy_.counters.begin(), policy_.counters.end(), name.text());
  if (found == policy_.counters.end()) name.fail("\"" + name.text() + "\" is not a declared counter");
  return static_cast<CounterRef>(found - policy_.counters.begin());
}

std::uint8_t Names::slot(const Node& node, const std::string& name) const {
  if (policy_.place_row != no_row) {
    const auto place = std::find(std::begin(place_names), std::end(place_names), name);
    if (place == std::end(place_names)) node.fail("\"" + name + "\" is not one of district, city, outside");
    return static_cast<std::uint8_t>(place - std::begin(place_names));
  }
  const auto found = std::find(std::begin(slot_names), std::end(slot_names), name);
  if (found == std::end(slot_names)) node.fail("\"" + name + "\" is not one of 1, 2, 3, pharmacy, unranked");
  const auto index = static_cast<std::uint8_t>(found - std::begin(slot_names));
  if (!slots_.contains(index)) node.fail("no site settles as \"" + name + "\"");
  return index;
}

std::uint8_t Names::slot_bits(const Node& list) const {
  unsigned bits = 0;
  for (const Node& each : list.elements()) bits |= 1u << slot(each, each.text());
  if (bits == 0) list.fail("is empty");
  return static_cast<std::uint8_t>(bits);
}

// One row for each category.
void Names::by_category(const Node& rows, Unit unit, CategoryRows& out) {
  const auto& categories = policy_.categories;
  for (const auto& [id, name] : rows.members()) {
    const std::string& wanted = id;  // C++20 lets a lambda capture `id` itself; clang 14 does not yet
    const auto found = std::find_if(categories.begin(), categories.end(),
                                    [&wanted](const CategoryRule& each) { return each.id == wanted; });
    if (found == categories.end()) rows.fail("\"" + id + "\" is not a category");
    out[static_cast<std::size_t>(found - categories.begin())] = row(name, unit);
  }
  for (std::size_t i = 0; i < categories.size(); ++i) {
    if (out[i] == no_row) rows.fail("has no row for " + categories[i].id);
  }
}

RowTable Names::lay_out(const Node& by, const Node& rows, Unit unit, bool gaps) {
  RowTable out;
  std::set<std::uint8_t> told;
  const auto one = [&](const Node& name) { return gaps ? row_or_none(name, unit) : row(name, unit); };
  switch (by.one_of({"all", "category", "level", "level_category"})) {
    case 0:
      for (auto& each : out.rows) each.fill(one(rows));
      return out;
    case 1:
      by_category(rows, unit, out.rows[0]);
      for (auto& each : out.rows) each = out.rows[0];
      return out;
    case 2:
      for (const auto& [name, each] : rows.members()) {
        out.rows[slot(rows, name)].fill(one(each));
        told.insert(slot(rows, name));
      }
      break;
    default:
      for (const auto& [name, each] : rows.members()) {
        by_category(each, unit, out.rows[slot(rows, name)]);
        told.insert(slot(rows, name));
      }
  }
  for (const std::uint8_t index : slots_) {
    if (told.contains(index)) continue;
    rows.fail("has no row for " + std::string(policy_.place_row == no_row ? slot_names[index] : place_names[index]));
  }
  return out;
}

RowTable Names::table(const Node& by, const Node& rows, Unit unit) {
  return lay_out(by, rows, unit, false);
}
RowTable Names::table_with_gaps(const Node& by, const Node& rows, Unit unit) {
  return lay_out(by, rows, unit, true);
}

}  // namespace gongji::packs
