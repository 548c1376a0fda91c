#include "sync/protocol/json_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "sync/protocol/troubles.h"

namespace gongji::protocol {
namespace {

using nlohmann::json;

const json& empty_object() {
  static const json object = json::object();
  return object;
}

}  // namespace

Result<json> parse_object(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return trouble(troubles::too_large, {}, fmt::format("got {} bytes, limit {}", text.size(), bytes_max));
  }
  // The library keeps the last of two members with one name; two readers could then see two messages.
  std::vector<std::set<std::string>> names;
  std::string wrong;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    if (!wrong.empty()) return false;
    if (depth > json_depth_max) {
      wrong = fmt::format("deeper than {}", json_depth_max);
      return false;
    }
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end && !names.empty()) names.pop_back();
    if (event == json::parse_event_t::key && !names.empty() && !names.back().insert(parsed.get<std::string>()).second) {
      wrong = "a member occurs twice";
      return false;
    }
    return true;
  };
  json parsed = json::parse(text.begin(), text.end(), watch, false);
  if (!wrong.empty()) return trouble(troubles::not_json, {}, wrong);
  if (parsed.is_discarded()) return trouble(troubles::not_json, {}, fmt::format("{} bytes", text.size()));
  if (!parsed.is_object()) return trouble(troubles::not_json, {}, fmt::format("got {}", parsed.type_name()));
  return parsed;
}

JsonReader::JsonReader(const json& object, std::string path) : object_(&object), path_(std::move(path)) {
  if (!object.is_object()) {
    fail(troubles::value_invalid, path_, fmt::format("expected an object, got {}", object.type_name()));
    object_ = &empty_object();
  }
}

bool JsonReader::has(std::string_view name) const {
  return object_->find(name) != object_->end();
}

std::string JsonReader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

void JsonReader::fail(const TroubleText& text, std::string path, std::string detail) {
  if (!trouble_) trouble_ = trouble(text, std::move(path), std::move(detail));
}

void JsonReader::refuse(std::string_view name, std::string expected) {
  fail(troubles::value_invalid, path_of(name), std::move(expected));
}

void JsonReader::take(JsonReader& inner) {
  auto outcome = inner.finish();
  if (outcome.has_error() && !trouble_) trouble_ = outcome.error();
}

const json* JsonReader::find(std::string_view name) {
  asked_.emplace(name);
  if (trouble_) return nullptr;
  const auto found = object_->find(name);
  if (found == object_->end()) {
    fail(troubles::member_missing, path_of(name), {});
    return nullptr;
  }
  return &*found;
}

std::string JsonReader::text(std::string_view name, std::size_t bytes_max, std::size_t bytes_min) {
  const json* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    refuse(name, fmt::format("expected a string, got {}", value->type_name()));
    return {};
  }
  const auto& found = value->get_ref<const std::string&>();
  if (found.size() < bytes_min || found.size() > bytes_max) {
    refuse(name, fmt::format("expected {} to {} bytes, got {}", bytes_min, bytes_max, found.size()));
    return {};
  }
  if (found.find('\0') != std::string::npos) {
    refuse(name, "expected no NUL character");
    return {};
  }
  return found;
}

std::string JsonReader::one_of(std::string_view name, std::initializer_list<std::string_view> allowed) {
  std::string found = text(name, 64);
  if (!failed() && std::find(allowed.begin(), allowed.end(), found) == allowed.end()) {
    refuse(name, fmt::format("expected one of {}", fmt::join(allowed, ", ")));
  }
  return found;
}

Secret JsonReader::secret(std::string_view name, std::size_t bytes_max, std::size_t bytes_min) {
  return Secret(text(name, bytes_max, bytes_min));
}

std::int64_t JsonReader::integer(std::string_view name, std::int64_t smallest, std::int64_t largest) {
  const json* value = find(name);
  if (value == nullptr) return 0;
  const bool beyond =
      value->is_number_unsigned() &&
      value->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value->is_number_integer() || beyond) {
    refuse(name, fmt::format("expected an integer, got {}", beyond ? "a larger number" : value->type_name()));
    return 0;
  }
  const auto found = value->get<std::int64_t>();
  if (found < smallest || found > largest) {
    refuse(name, fmt::format("expected {} to {}, got {}", smallest, largest, found));
    return 0;
  }
  return found;
}

bool JsonReader::flag(std::string_view name) {
  const json* value = find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    refuse(name, fmt::format("expected true or false, got {}", value->type_name()));
    return false;
  }
  return value->get<bool>();
}

Money JsonReader::money(std::string_view name, Money smallest, Money largest) {
  return Money::fen(integer(name, smallest.in_fen(), largest.in_fen()));
}

Day JsonReader::day(std::string_view name) {
  const std::string found = text(name, 10);
  if (failed()) return {};
  const auto parsed = parse_day(found);
  if (!parsed) refuse(name, "expected YYYY-MM-DD");
  return parsed.value_or(Day{});
}

WallTime JsonReader::time(std::string_view name) {
  return WallTime{integer(name)};
}

Id JsonReader::id(std::string_view name) {
  const std::string found = text(name, 26);
  if (failed()) return {};
  const auto parsed = parse_id(found);
  if (!parsed) refuse(name, "expected an id of 26 characters");
  return parsed.value_or(Id{});
}

Bytes JsonReader::base64(std::string_view name, std::size_t bytes_max, std::size_t bytes_min) {
  const std::string found = text(name, (bytes_max + 2) / 3 * 4);
  if (failed()) return {};
  auto parsed = from_base64(found);
  if (!parsed) {
    refuse(name, "expected base64");
    return {};
  }
  if (parsed->size() < bytes_min || parsed->size() > bytes_max) {
    refuse(name, fmt::format("expected {} to {} bytes, got {}", bytes_min, bytes_max, parsed->size()));
    return {};
  }
  return *std::move(parsed);
}

Digest JsonReader::digest(std::string_view name) {
  const std::string found = text(name, 64);
  if (failed()) return {};
  const auto parsed = digest_from_hex(found);
  if (!parsed) refuse(name, "expected 64 hex digits");
  return parsed.value_or(Digest{});
}

std::vector<std::string> JsonReader::texts(std::string_view name, std::size_t count_max, std::size_t bytes_max) {
  const json* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_array() || value->size() > count_max) {
    refuse(name, fmt::format("expected an array of at most {}", count_max));
    return {};
  }
  std::vector<std::string> out;
  for (const json& element : *value) {
    if (!element.is_string() || element.get_ref<const std::string&>().size() > bytes_max) {
      refuse(fmt::format("{}[{}]", name, out.size()), fmt::format("expected a string of at most {} bytes", bytes_max));
      return {};
    }
    out.push_back(element.get<std::string>());
  }
  return out;
}

JsonReader JsonReader::object(std::string_view name) {
  const json* value = find(name);
  return JsonReader(value == nullptr ? empty_object() : *value, path_of(name));
}

std::vector<JsonReader> JsonReader::objects(std::string_view name, std::size_t count_max) {
  const json* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_array() || value->size() > count_max) {
    refuse(name, fmt::format("expected an array of at most {}", count_max));
    return {};
  }
  std::vector<JsonReader> out;
  for (const json& element : *value) out.emplace_back(element, fmt::format("{}[{}]", path_of(name), out.size()));
  return out;
}

void JsonReader::check_members() {
  for (auto member = object_->begin(); member != object_->end(); ++member) {
    if (!asked_.contains(member.key())) {
      // A foreign name is data of the peer: it is named only as far as it is plain.
      std::string name = member.key().substr(0, 64);
      for (char& c : name) {
        if (c < '!' || c > '~') c = '?';
      }
      fail(troubles::member_unknown, path_of(name), {});
      return;
    }
  }
}

Result<void> JsonReader::finish() {
  if (!trouble_) check_members();
  if (trouble_) return *trouble_;
  return {};
}

}  // namespace gongji::protocol
