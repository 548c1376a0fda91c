#include "offline/packs/strict_json.h"

#include <algorithm>
#include <set>

#include "offline/base/bytes.h"
#include "offline/packs/troubles.h"

namespace gongji::packs {

namespace {

// Builds the value and stops at what JSON allows and we do not.
class Builder : public nlohmann::detail::json_sax_dom_parser<nlohmann::json> {
 public:
  using Base = nlohmann::detail::json_sax_dom_parser<nlohmann::json>;
  explicit Builder(nlohmann::json& target) : Base(target, false) {}

  bool start_object(std::size_t count) {
    names_.emplace_back();
    return Base::start_object(count);
  }
  bool end_object() {
    names_.pop_back();
    return Base::end_object();
  }
  bool key(nlohmann::json::string_t& name) {
    if (!names_.back().insert(name).second) {
      why = "member \"" + name + "\" stands twice";
      return false;
    }
    return Base::key(name);
  }
  bool number_float(nlohmann::json::number_float_t, const nlohmann::json::string_t& written) {
    why = written + " is not a whole number";
    return false;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    why = "broken at byte " + std::to_string(position);
    return false;
  }

  std::string why;

 private:
  std::vector<std::set<std::string>> names_;
};

}  // namespace

nlohmann::json parse_strictly(std::string_view text, const std::string& origin) {
  if (!is_utf8(text)) throw Fault{&troubles::not_json, origin, "not UTF-8"};
  nlohmann::json root;
  Builder builder(root);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    throw Fault{&troubles::not_json, origin, builder.why};
  }
  return root;
}

void Node::fail(std::string detail) const {
  throw Fault{&troubles::not_valid, path_, std::move(detail)};
}

Node Node::operator[](std::string_view name) const {
  if (!value_->is_object()) fail("is not an object");
  const auto found = value_->find(name);
  const std::string separator = path_.find(" · ") == std::string::npos ? " · " : ".";
  if (found == value_->end()) Node(*value_, path_ + separator + std::string(name)).fail("is missing");
  return {*found, path_ + separator + std::string(name)};
}

const Node& Node::exactly(std::initializer_list<std::string_view> names) const {
  if (!value_->is_object()) fail("is not an object");
  for (const auto& [name, value] : value_->items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) (*this)[name].fail("is not a known member");
  }
  for (const std::string_view name : names) (*this)[name];
  return *this;
}

std::vector<std::pair<std::string, Node>> Node::members() const {
  if (!value_->is_object()) fail("is not an object");
  std::vector<std::pair<std::string, Node>> all;
  for (const auto& [name, value] : value_->items()) all.emplace_back(name, (*this)[name]);
  return all;
}

std::vector<Node> Node::elements() const {
  if (!value_->is_array()) fail("is not an array");
  std::vector<Node> all;
  for (std::size_t i = 0; i < value_->size(); ++i)
    all.emplace_back((*value_)[i], path_ + "[" + std::to_string(i) + "]");
  return all;
}

std::string Node::any_text() const {
  if (!value_->is_string()) fail("is not a string");
  return value_->get<std::string>();
}

std::string Node::text() const {
  std::string text = any_text();
  if (text.empty()) fail("is empty");
  return text;
}

bool Node::flag() const {
  if (!value_->is_boolean()) fail("is not true or false");
  return value_->get<bool>();
}

std::int64_t Node::whole(std::int64_t least, std::int64_t most) const {
  if (!value_->is_number_integer()) fail("is not a whole number");
  if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    fail(value_->dump() + " is above " + std::to_string(most));
  }
  const auto number = value_->get<std::int64_t>();
  if (number > most) fail(value_->dump() + " is above " + std::to_string(most));
  if (number < least) fail(value_->dump() + " is below " + std::to_string(least));
  return number;
}

Day Node::day() const {
  const auto day = parse_day(text());
  if (!day.has_value()) fail(text() + " is not a day YYYY-MM-DD");
  return *day;
}

std::optional<Day> Node::day_or_null() const {
  if (is_null()) return std::nullopt;
  return day();
}

std::vector<std::string> Node::texts() const {
  std::vector<std::string> all;
  for (const Node& each : elements()) all.push_back(each.text());
  return all;
}

std::size_t Node::one_of(std::initializer_list<std::string_view> names) const {
  const std::string written = any_text();
  const auto found = std::find(names.begin(), names.end(), written);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string allowed;
  for (const std::string_view name : names) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  fail("\"" + written + "\" is not one of " + allowed);
}

}  // namespace gongji::packs
