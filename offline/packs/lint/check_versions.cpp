// check_versions.cpp — one version a day: the versions of a scheme by their days, as PackSet::choose takes them.
//
// Drafts are never chosen by day; reported versions only where they are activated, so both ways are looked at.  A
// version without a last day holds until the next one begins.
#include <algorithm>
#include <set>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

using Versions = std::vector<const LintFile*>;

Versions versions_of(const std::vector<LintFile>& files, const std::string& scheme, bool reported) {
  Versions out;
  for (const LintFile& file : files) {
    if (file.scheme != scheme || !file.first_day.has_value()) continue;
    if (file.status == "sourced" || (reported && file.status == "reported")) out.push_back(&file);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const LintFile* a, const LintFile* b) { return *a->first_day < *b->first_day; });
  return out;
}

void follow_each_other(const Versions& versions, Findings& out) {
  for (std::size_t i = 0; i + 1 < versions.size(); ++i) {
    const LintFile &a = *versions[i], &b = *versions[i + 1];
    if (a.first_day == b.first_day || (a.last_day.has_value() && *a.last_day >= *b.first_day)) {
      out.add("overlap", Severity::error, {a.days(a.name()), b.days(b.name())},
              "两个版本在同一天有效：" + a.name() + " 和 " + b.name() + "。",
              "Two versions hold on one day: " + a.name() + " and " + b.name() + ".");
    } else if (a.last_day.has_value() && a.last_day->plus_days(1) < *b.first_day) {
      // An open version before these two fills the days between them, which nobody expects of it.
      const bool filled = std::any_of(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(i),
                                      [](const LintFile* earlier) { return !earlier->last_day.has_value(); });
      if (!filled) {
        out.add("gap", Severity::error, {a.days(a.name()), b.days(b.name())},
                "两个版本之间有若干天没有规定：" + a.name() + " 和 " + b.name() + "。",
                "Days between two versions have no rule: " + a.name() + " and " + b.name() + ".");
      }
    }
    for (std::size_t k = i + 1; k < versions.size(); ++k) {
      const LintFile& later = *versions[k];
      const bool next_at_once = k + 1 < versions.size() && later.last_day.has_value() &&
                                *versions[k + 1]->first_day <= later.last_day->plus_days(1);
      if (a.last_day.has_value() || !later.last_day.has_value() || next_at_once || b.first_day == a.first_day) continue;
      out.add("revived", Severity::warning, {a.days(a.name()), later.days(later.name())},
              later.name() + " 到期后，未写明截止日的 " + a.name() + " 会重新适用。",
              "When " + later.name() + " ends, " + a.name() + ", which has no last day, holds again.");
    }
  }
}

// The longest prefix decides; two schemes may not share one.
void regions(const Material& material, Findings& out) {
  for (std::size_t i = 0; i < material.packs.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const LintFile &a = material.packs[k], &b = material.packs[i];
      if (a.scheme == b.scheme || a.status == "draft" || b.status == "draft") continue;
      if (text_of(member(a.json, "insutype")) != text_of(member(b.json, "insutype"))) continue;
      const nlohmann::json &mine = member(a.json, "admdvs_prefixes"), &other = member(b.json, "admdvs_prefixes");
      if (!mine.is_array() || !other.is_array()) continue;
      for (std::size_t n = 0; n < other.size(); ++n) {
        if (std::find(mine.begin(), mine.end(), other[n]) == mine.end()) continue;
        out.add("region_conflict", Severity::error,
                {a.place("admdvs_prefixes", a.name()), b.place(indexed("admdvs_prefixes", n), b.name())},
                "同一统筹区（" + text_of(other[n]) + "）属于两个方案。",
                "Region " + text_of(other[n]) + " belongs to two schemes.");
      }
    }
  }
}

}  // namespace

void check_versions(const Material& material, Findings& out) {
  for (const auto* files : {&material.packs, &material.laws}) {
    std::set<std::string> schemes;
    for (const LintFile& file : *files) schemes.insert(file.scheme);
    for (const std::string& scheme : schemes) {
      for (const bool reported : {false, true}) follow_each_other(versions_of(*files, scheme, reported), out);
    }
  }
  regions(material, out);
}

}  // namespace gongji::packs
