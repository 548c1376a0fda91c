#include "sync/protocol/text_json.h"

#include <set>
#include <vector>

#include "offline/base/bytes.h"
#include "sync/protocol/fsi_troubles.h"

namespace gongji::protocol {
namespace {

using nlohmann::json;

// Builds the value; numbers become strings of their own text.
class Builder final : public nlohmann::json_sax<json> {
 public:
  json root;
  std::optional<Trouble> fault;

  bool null() override { return put(json()); }
  bool boolean(bool value) override { return put(json(value)); }
  bool number_integer(number_integer_t value) override { return put(json(std::to_string(value))); }
  bool number_unsigned(number_unsigned_t value) override { return put(json(std::to_string(value))); }
  bool number_float(number_float_t, const string_t& text) override { return put(json(text)); }
  bool string(string_t& value) override { return put(json(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) {
      fault = trouble(fsi_troubles::member_twice, name);
      return false;
    }
    keys_.back() = std::move(name);
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
    fault = trouble(fsi_troubles::text_not_json, {}, "byte " + std::to_string(at));
    return false;
  }

 private:
  json* place(json value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    json& slot = parent[keys_.back()];
    slot = std::move(value);
    return &slot;
  }
  bool put(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json value) {
    if (open_.size() >= text_json_depth_max) {
      fault = trouble(fsi_troubles::text_too_deep, {}, "depth > " + std::to_string(text_json_depth_max));
      return false;
    }
    open_.push_back(place(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  std::vector<json*> open_;  // pointers into root: a parent does not move while a child is open
  std::vector<std::string> keys_;
};

}  // namespace

Result<json> parse_text_json(std::string_view text) {
  if (!is_utf8(text)) return trouble(fsi_troubles::text_not_utf8);
  Builder builder;
  if (!json::sax_parse(text, &builder)) {
    return builder.fault ? *builder.fault : trouble(fsi_troubles::text_not_json);
  }
  return std::move(builder.root);
}

}  // namespace gongji::protocol
