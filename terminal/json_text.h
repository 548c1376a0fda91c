// json_text.h — writes one JSON object, member by member, in the order of the calls.  Amounts are JSON numbers with two
// decimals, which no double ever touched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "offline/base/money.h"

namespace gongji::terminal {

class JsonText {
 public:
  JsonText& text(std::string_view name, std::string_view value);
  JsonText& money(std::string_view name, Money amount);       // 12.30
  JsonText& money_text(std::string_view name, Money amount);  // "12.30"
  JsonText& integer(std::string_view name, std::int64_t value);
  JsonText& flag(std::string_view name, bool value);
  JsonText& null(std::string_view name);
  JsonText& raw(std::string_view name, std::string_view json);  // `json` is JSON already
  std::string done() const { return "{" + members_ + "}"; }

 private:
  void name(std::string_view name);
  std::string members_;
};

std::string json_string(std::string_view text);  // with its quotes

}  // namespace gongji::terminal
