// check_row_days.cpp — one value a day: rows of one id follow each other without a gap or an overlap.
#include <algorithm>
#include <map>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

using Rows = std::map<std::string, std::vector<const LintRow*>>;

Rows by_id(const std::vector<LintRow>& rows) {
  Rows out;
  for (const LintRow& row : rows) {
    if (row.has_days) out[row.id].push_back(&row);
  }
  for (auto& [id, same] : out) {
    std::stable_sort(same.begin(), same.end(),
                     [](const LintRow* a, const LintRow* b) { return a->first_day < b->first_day; });
  }
  return out;
}

bool overlap(const LintRow& a, const LintRow& b) {
  return (!a.last_day.has_value() || b.first_day <= *a.last_day) &&
         (!b.last_day.has_value() || a.first_day <= *b.last_day);
}

void report_overlap(const LintRow& a, const LintRow& b, Findings& out) {
  out.add("overlap", Severity::error, {a.place(), b.place()}, "参数 " + a.id + " 在同一天有两个值。",
          "Row " + a.id + " has two values on one day.");
}
void report_gap(const Place& a, const Place& b, const std::string& id, Findings& out) {
  out.add("gap", Severity::error, {a, b}, "参数 " + id + " 有若干天没有规定。",
          "Row " + id + " leaves days without a rule.");
}

// Within one file.
void follow_each_other(const LintFile& file, Findings& out) {
  for (const auto& [id, same] : by_id(file.rows)) {
    for (std::size_t i = 0; i + 1 < same.size(); ++i) {
      const LintRow &a = *same[i], &b = *same[i + 1];
      if (overlap(a, b)) {
        report_overlap(a, b, out);
      } else if (a.last_day->plus_days(1) < b.first_day) {
        report_gap(a.place(), b.place(), id, out);
      }
    }
    if (file.kind != FileKind::pack || !file.first_day.has_value()) continue;
    if (same.front()->first_day > *file.first_day) report_gap(file.days(), same.front()->place(), id, out);
    const auto longest = std::max_element(same.begin(), same.end(), [](const LintRow* a, const LintRow* b) {
      return a->last_day.has_value() && (!b->last_day.has_value() || *a->last_day < *b->last_day);
    });
    const auto& end = (*longest)->last_day;
    if (end.has_value() && (!file.last_day.has_value() || *end < *file.last_day)) {
      report_gap((*longest)->place(), file.days(), id, out);
    }
  }
}

}  // namespace

void check_row_days(const Material& material, Findings& out) {
  for (const auto* files : {&material.packs, &material.supplements, &material.laws}) {
    for (const LintFile& file : *files) follow_each_other(file, out);
  }
  // A supplement gives what the pack leaves open; a number that the pack has already would stand twice.
  for (std::size_t i = 0; i < material.supplements.size(); ++i) {
    const LintFile& supplement = material.supplements[i];
    for (const LintRow& given : supplement.rows) {
      if (!given.has_days) continue;
      for (const LintFile& pack : material.packs) {
        if (pack.scheme != supplement.scheme) continue;
        for (const LintRow& own : pack.rows) {
          if (own.id == given.id && own.has_days && !own.unset && overlap(own, given)) report_overlap(own, given, out);
        }
      }
      for (std::size_t k = 0; k < i; ++k) {
        if (material.supplements[k].scheme != supplement.scheme) continue;
        for (const LintRow& other : material.supplements[k].rows) {
          if (other.id == given.id && other.has_days && overlap(other, given)) report_overlap(other, given, out);
        }
      }
    }
  }
}

}  // namespace gongji::packs
