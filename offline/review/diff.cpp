#include "offline/review/diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "offline/base/check.h"

namespace gongji::review {

namespace {

using Cell = std::tuple<std::string, std::string, std::string>;  // key, level, category

Cell cell_of(const Entry& entry) {
  return {entry.key, entry.slot, entry.category};
}

bool says_the_same(const Entry& a, const Entry& b) {
  return a.value == b.value && a.who == b.who;
}

Direction by_rank(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a.has_value() || !b.has_value() || *a == *b) return Direction::unclear;
  return *a < *b ? Direction::better : Direction::worse;
}

Direction direction_of(const Entry* a, const Entry* b) {
  if (a == nullptr || b == nullptr) {
    const Entry& only = a == nullptr ? *b : *a;
    return a == nullptr ? by_rank(only.absent_rank, only.rank) : by_rank(only.rank, only.absent_rank);
  }
  if (a->allowed.has_value() && b->allowed.has_value()) {
    const std::uint32_t was = *a->allowed, is = *b->allowed;
    if (was == is) return Direction::unclear;
    if ((was & is) == was) return Direction::better;
    if ((was & is) == is) return Direction::worse;
    return Direction::unclear;
  }
  if (a->unit != b->unit) return Direction::unclear;
  return by_rank(a->rank, b->rank);
}

// "benefit.op" of "benefit.op.ratio"; "" of what belongs to no benefit.  Diseases in brackets hold no dot.
std::string benefit_of(const std::string& key) {
  if (!key.starts_with("benefit.")) return {};
  return key.substr(0, key.find('.', std::string_view("benefit.").size()));
}

class Comparison {
 public:
  Comparison(const Sheet& a, const Sheet& b) : a_(a), b_(b) {
    for (const Entry& entry : a.entries)
      in_a_.emplace(cell_of(entry), &entry), benefits_a_.insert(benefit_of(entry.key));
    for (const Entry& entry : b.entries)
      in_b_.emplace(cell_of(entry), &entry), benefits_b_.insert(benefit_of(entry.key));
  }

  std::vector<Change> changes() {
    for (const Entry& entry : b_.entries) {
      const auto found = in_a_.find(cell_of(entry));
      change(found == in_a_.end() ? nullptr : found->second, &entry);
    }
    for (const Entry& entry : a_.entries) {
      if (!in_b_.contains(cell_of(entry))) change(&entry, nullptr);
    }
    std::stable_sort(out_.begin(), out_.end(),
                     [](const Change& x, const Change& y) { return section(x) < section(y); });
    return std::move(out_);
  }

 private:
  static bool has_slot(const Sheet& sheet, const std::string& slot) {
    return std::any_of(sheet.slots.begin(), sheet.slots.end(),
                       [&slot](const auto& each) { return each.first == slot; });
  }
  static Section section(const Change& change) { return (change.a != nullptr ? change.a : change.b)->section; }

  void change(const Entry* a, const Entry* b) {
    if (a != nullptr && b != nullptr && says_the_same(*a, *b)) return;
    const Entry& known = a != nullptr ? *a : *b;
    const std::string benefit = benefit_of(known.key);
    const bool whole = !benefit.empty() && (!benefits_a_.contains(benefit) || !benefits_b_.contains(benefit));
    if (whole && known.key != benefit + ".visits") return;
    Direction direction = direction_of(a, b);
    // Where there was no share at all, any is better; its deductible and limit are part of it.
    const bool new_site = !known.slot.empty() && (!has_slot(a_, known.slot) || !has_slot(b_, known.slot));
    if (whole || new_site) direction = a == nullptr ? Direction::better : Direction::worse;
    out_.push_back({a, b, direction});
  }

  const Sheet &a_, &b_;
  std::map<Cell, const Entry*> in_a_, in_b_;
  std::set<std::string> benefits_a_, benefits_b_;
  std::vector<Change> out_;
};

std::map<std::string, const packs::DatedRow*> rows_on(const packs::PackSet& packs, const Sheet& sheet) {
  Day day = std::max(sheet.on, sheet.pack.first_day);
  if (sheet.pack.last_day.has_value()) day = std::min(day, *sheet.pack.last_day);
  std::map<std::string, const packs::DatedRow*> out;
  for (const packs::DatedRow& row : *packs.rows(sheet.pack.name)) {
    if (row.holds(day)) out.emplace(row.row.id, &row);
  }
  return out;
}

std::vector<RowChange> row_changes(const packs::PackSet& packs, const Sheet& a, const Sheet& b) {
  const auto was = rows_on(packs, a), is = rows_on(packs, b);
  std::set<std::string> ids;
  for (const auto* side : {&was, &is}) {
    for (const auto& [id, row] : *side) ids.insert(id);
  }
  std::vector<RowChange> out;
  for (const std::string& id : ids) {
    const auto old = was.find(id), now = is.find(id);
    RowChange change{id, old == was.end() ? nullptr : old->second, now == is.end() ? nullptr : now->second, true};
    if (change.a != nullptr && change.b != nullptr) {
      const settlement::Row &x = change.a->row, &y = change.b->row;
      change.value_changed = x.printed != y.printed || x.number != y.number || change.a->unit != change.b->unit;
      if (!change.value_changed && x.article == y.article && x.source == y.source) continue;
    }
    out.push_back(std::move(change));
  }
  return out;
}

}  // namespace

Diff diff_of(const packs::PackSet& packs, const packs::AccountLawBook& laws, std::string_view a, std::string_view b,
             Day on) {
  Diff diff;
  diff.a = std::make_unique<const Sheet>(sheet_of(packs, laws, a, on));
  diff.b = std::make_unique<const Sheet>(sheet_of(packs, laws, b, on));
  diff.changes = Comparison(*diff.a, *diff.b).changes();
  diff.rows = row_changes(packs, *diff.a, *diff.b);
  diff.examples = examples_of(*packs.find(a, on), *packs.find(b, on), on);
  return diff;
}

}  // namespace gongji::review
