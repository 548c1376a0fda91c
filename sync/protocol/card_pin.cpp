#include "sync/protocol/card_pin.h"

#include <string.h>

#include "sync/protocol/text_json.h"

namespace gongji::protocol {

using nlohmann::json;

namespace {

void wipe(std::string& text) {
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

Secret of_extension(json& extension) {
  if (!extension.is_object()) return {};
  const auto ours = extension.find("gongji");
  return ours == extension.end() ? Secret() : take_card_pin(*ours);
}

Secret of_node(json& node) {
  if (!node.is_object()) return {};
  const auto found = node.find("exp_content");
  if (found == node.end()) return {};
  if (found->is_object()) return of_extension(*found);
  if (!found->is_string()) return {};
  auto& text = found->get_ref<std::string&>();
  if (text.find("pin") == std::string::npos && text.find("\\u") == std::string::npos) return {};
  auto parsed = parse_text_json(text);
  if (!parsed) return {};  // somebody else's words
  Secret pin = of_extension(*parsed);
  if (pin.empty()) return pin;
  wipe(text);
  text = parsed->dump();
  return pin;
}

}  // namespace

Secret take_card_pin(json& object) {
  if (!object.is_object()) return {};
  const auto found = object.find("pin");
  if (found == object.end()) return {};
  Secret pin;
  if (found->is_string()) {
    auto& text = found->get_ref<std::string&>();
    pin = Secret(text);
    wipe(text);
  }
  object.erase(found);
  return pin;
}

Secret take_card_pin_of_fsi(json& input) {
  Secret pin;
  const auto take = [&](json& node) {
    Secret found = of_node(node);
    if (pin.empty()) pin = std::move(found);
  };
  for (json& member : input) {
    if (member.is_array()) {
      for (json& row : member) take(row);
    } else {
      take(member);
    }
  }
  return pin;
}

}  // namespace gongji::protocol
