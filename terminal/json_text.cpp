#include "terminal/json_text.h"

#include "offline/settlement/answer_json.h"

namespace gongji::terminal {

void JsonText::name(std::string_view name) {
  if (!members_.empty()) members_ += ',';
  settlement::append_json_string(members_, name);
  members_ += ':';
}

JsonText& JsonText::text(std::string_view key, std::string_view value) {
  name(key);
  settlement::append_json_string(members_, value);
  return *this;
}

JsonText& JsonText::money(std::string_view key, Money amount) {
  name(key);
  append_to(members_, amount);
  return *this;
}

JsonText& JsonText::money_text(std::string_view key, Money amount) {
  return text(key, to_string(amount));
}

JsonText& JsonText::integer(std::string_view key, std::int64_t value) {
  name(key);
  members_ += std::to_string(value);
  return *this;
}

JsonText& JsonText::flag(std::string_view key, bool value) {
  return raw(key, value ? "true" : "false");
}
JsonText& JsonText::null(std::string_view key) {
  return raw(key, "null");
}

JsonText& JsonText::raw(std::string_view key, std::string_view json) {
  name(key);
  members_ += json;
  return *this;
}

std::string json_string(std::string_view text) {
  std::string out;
  settlement::append_json_string(out, text);
  return out;
}

}  // namespace gongji::terminal
