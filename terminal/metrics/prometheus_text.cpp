#include "terminal/metrics/prometheus_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::terminal {

PrometheusText& PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
  GONGJI_CHECK(!name.empty() &&
               std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
  GONGJI_CHECK(help.find_first_of("\\\n") == std::string_view::npos);
  name_ = name;
  out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  return *this;
}

void PrometheusText::head(Labels labels, std::string_view suffix) {
  out_ += name_;
  out_ += suffix;
  if (labels.size() > 0) {
    char open = '{';
    for (const auto& [name, value] : labels) {
      out_ += open;
      out_ += name;
      out_ += "=\"";
      for (const char c : value) {
        if (c == '\n') {
          out_ += "\\n";
          continue;
        }
        if (c == '\\' || c == '"') out_ += '\\';
        out_ += c;
      }
      out_ += '"';
      open = ',';
    }
    out_ += '}';
  }
  out_ += ' ';
}

PrometheusText& PrometheusText::sample(std::int64_t value, Labels labels, std::string_view suffix) {
  head(labels, suffix);
  out_ += fmt::format("{}\n", value);
  return *this;
}

PrometheusText& PrometheusText::thousandths(std::int64_t value, Labels labels, std::string_view suffix) {
  head(labels, suffix);
  const std::uint64_t size = value < 0 ? 0u - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  out_ += fmt::format("{}{}.{:03}\n", value < 0 ? "-" : "", size / 1'000, size % 1'000);
  return *this;
}

}  // namespace gongji::terminal
