// prometheus_text.h — writes the text format of Prometheus, version 0.0.4: families one after the other, each with its
// help and type, then its samples.  Values are whole numbers, or thousandths written as decimals; no floating point.
//
// Thread safety: one thread an object.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gongji::terminal {

inline constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

class PrometheusText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Names are [a-z_]+ (GONGJI_CHECK) and occur once.  `type`: "gauge", "counter", "histogram".
  PrometheusText& family(std::string_view name, std::string_view type, std::string_view help);
  // Of the family begun last; `suffix` "_bucket", "_sum", "_count" for a histogram.
  PrometheusText& sample(std::int64_t value, Labels labels = {}, std::string_view suffix = {});
  PrometheusText& thousandths(std::int64_t value, Labels labels = {}, std::string_view suffix = {});

  const std::string& text() const { return out_; }

 private:
  void head(Labels labels, std::string_view suffix);

  std::string out_;
  std::string name_;
};

}  // namespace gongji::terminal
