// check_expiry.cpp — what ends soon or has ended with nothing behind it, and what nobody has looked at for long.
#include <map>
#include <set>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

// The last of several stretches of days; open = no end.
struct End {
  bool open = false;
  Day last;
  Place place;

  void extend(const std::optional<Day>& last_day, const Place& from) {
    if (!last_day.has_value()) {
      open = true;
    } else if (place.file.empty() || *last_day > last) {
      last = *last_day;
      place = from;
    }
  }
};

void report(const End& end, Day on, const std::string& what, Findings& out) {
  if (end.open || end.place.file.empty()) return;
  const std::string day = to_string(end.last);
  if (end.last < on) {
    out.add("expired", Severity::warning, {end.place}, what + " 已于 " + day + " 到期，没有后续规定。",
            what + " ended on " + day + " and nothing follows it.");
  } else if (end.last <= on.plus_days(expiry_warning_days)) {
    const std::string left = std::to_string(end.last.number() - on.number());
    out.add("expires", Severity::warning, {end.place},
            what + " 将于 " + day + " 到期（还有 " + left + " 天），没有后续规定。",
            what + " ends on " + day + ", in " + left + " days, and nothing follows it.");
  }
}

// By scheme, as a till without activated reports has it.
void versions(const std::vector<LintFile>& files, Day on, Findings& out) {
  std::map<std::string, End> ends;
  for (const LintFile& file : files) {
    if (file.status != "sourced" || !file.first_day.has_value()) continue;
    ends[file.scheme].extend(file.last_day, file.days(file.name()));
  }
  for (const auto& [scheme, end] : ends) report(end, on, scheme, out);
}

// Amounts of an account law that end before the law does.
void law_rows(const LintFile& law, Day on, Findings& out) {
  std::map<std::string, End> ends;
  for (const LintRow& row : law.rows) {
    if (row.has_days && law.status == "sourced") ends[row.id].extend(row.last_day, row.place());
  }
  for (const auto& [id, end] : ends) {
    if (law.last_day.has_value() && end.last >= *law.last_day) continue;
    report(end, on, law.scheme + " " + id, out);
  }
}

void checked(const LintFile& file, Day on, Findings& out) {
  std::map<Day, std::vector<const LintRow*>> old;
  for (const LintRow& row : file.rows) {
    if (row.checked.has_value() && on.number() - row.checked->number() > checked_days_max) {
      old[*row.checked].push_back(&row);
    }
  }
  for (const auto& [day, rows] : old) {
    const std::string count = std::to_string(rows.size());
    out.add("stale", Severity::warning, {rows.front()->place()},
            "有 " + count + " 个参数自 " + to_string(day) + " 起未再核对原文。",
            count + (rows.size() == 1 ? " row was" : " rows were") + " last checked against the text on " +
                to_string(day) + ".");
  }
}

}  // namespace

void check_expiry(const Material& material, Day on, Findings& out) {
  versions(material.packs, on, out);
  versions(material.laws, on, out);
  for (const LintFile& law : material.laws) law_rows(law, on, out);
  for (const LintFile& pack : material.packs) checked(pack, on, out);
  for (const LintFile& file : material.supplements) checked(file, on, out);
}

}  // namespace gongji::packs
