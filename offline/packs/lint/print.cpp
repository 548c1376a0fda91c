// print.cpp — findings as lines for persons and as JSON for programs.
#include <nlohmann/json.hpp>

#include "offline/packs/lint/lint.h"

namespace gongji::packs {

namespace {

std::string days_of(const Place& place, Language language) {
  if (!place.first_day.has_value()) return {};
  const bool zh = language == Language::zh;
  std::string out = (zh ? "（" : " (") + to_string(*place.first_day);
  if (place.last_day.has_value()) {
    out += (zh ? "至" : " to ") + to_string(*place.last_day);
  } else {
    out += zh ? "起" : " on";
  }
  return out + (zh ? "）" : ")");
}

std::string_view word(Severity severity, Language language) {
  if (language == Language::en) return name_of(severity);
  switch (severity) {
    case Severity::error:
      return "错误";
    case Severity::warning:
      return "警告";
    case Severity::note:
      return "提示";
  }
  return {};
}

nlohmann::json day_or_null(const std::optional<Day>& day) {
  return day.has_value() ? nlohmann::json(to_string(*day)) : nlohmann::json();
}

}  // namespace

std::string to_line(const Finding& finding, Language language) {
  const bool zh = language == Language::zh;
  std::string out(word(finding.severity, language));
  out += ' ';
  out += finding.check;
  out += zh ? "：" : ": ";
  for (std::size_t i = 0; i < finding.places.size(); ++i) {
    const Place& place = finding.places[i];
    if (i != 0) out += " | ";
    out += place.file;
    if (!place.path.empty()) out += ' ' + place.path;
    if (!place.what.empty()) out += ' ' + place.what;
    out += days_of(place, language);
  }
  return out + (zh ? " —— " + finding.zh : " - " + finding.en);
}

std::string to_json(const LintReport& report) {
  nlohmann::ordered_json out;
  out["format"] = "gongji.lint.v1";
  out["on"] = to_string(report.on);
  out["errors"] = report.count(Severity::error);
  out["warnings"] = report.count(Severity::warning);
  out["notes"] = report.count(Severity::note);
  out["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : report.findings) {
    nlohmann::ordered_json each;
    each["check"] = finding.check;
    each["severity"] = name_of(finding.severity);
    each["places"] = nlohmann::ordered_json::array();
    for (const Place& place : finding.places) {
      each["places"].push_back({{"file", place.file},
                                {"path", place.path},
                                {"what", place.what},
                                {"first_day", day_or_null(place.first_day)},
                                {"last_day", day_or_null(place.last_day)}});
    }
    each["zh"] = finding.zh;
    each["en"] = finding.en;
    out["findings"].push_back(std::move(each));
  }
  return out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace gongji::packs
