#include "offline/audit/bundle_form.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "offline/audit/troubles.h"

namespace gongji::audit {

using nlohmann::json;

namespace {

// In the order of LawText::Kind.
constexpr std::array<std::string_view, 3> kind_names = {"pack", "supplement", "signed"};
constexpr std::size_t laws_max = 100, texts_max = 1'000;

json to_json(const BundleHead::LawHead& law) {
  json texts = json::array();
  for (const auto& text : law.texts) {
    texts.push_back(
        {{"kind", kind_names[static_cast<std::size_t>(text.kind)]}, {"origin", text.origin}, {"scheme", text.scheme}});
  }
  return {{"activate_reported", law.activate_reported}, {"texts", std::move(texts)}};
}

// Members are asked for by name and type; anything else in the object is refused.
class Members {
 public:
  Members(const json& object, std::size_t count) : object_(object) {
    good_ = object.is_object() && object.size() == count;
  }
  std::string text(const char* name) {
    const auto found = find(name);
    if (found == nullptr || !found->is_string()) return fail<std::string>();
    return found->get<std::string>();
  }
  Bytes hex(const char* name) {
    auto bytes = from_hex(text(name));
    return bytes ? std::move(*bytes) : fail<Bytes>();
  }
  std::int64_t integer(const char* name, std::int64_t min) {
    const auto found = find(name);
    if (found == nullptr || !found->is_number_integer()) return fail<std::int64_t>();
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX) return fail<std::int64_t>();
    const auto value = found->get<std::int64_t>();
    return value < min ? fail<std::int64_t>() : value;
  }
  bool flag(const char* name) {
    const auto found = find(name);
    if (found == nullptr || !found->is_boolean()) return fail<bool>();
    return found->get<bool>();
  }
  const json& list(const char* name, std::size_t count_max) {
    static const json empty = json::array();
    const auto found = find(name);
    if (found == nullptr || !found->is_array() || found->size() > count_max) {
      good_ = false;
      return empty;
    }
    return *found;
  }
  bool good() const { return good_; }

 private:
  const json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  template <class Value>
  Value fail() {
    good_ = false;
    return Value();
  }
  const json& object_;
  bool good_ = false;
};

}  // namespace

std::string encode(const BundleHead& head) {
  json laws = json::array();
  for (const auto& law : head.laws) laws.push_back(to_json(law));
  const json out = {{"from", head.from},
                    {"head_signature", to_hex(head.head_signature)},
                    {"laws", std::move(laws)},
                    {"made_ms", head.made.ms},
                    {"previous", to_hex(head.previous)},
                    {"registration", head.registration.bytes},
                    {"registration_signature", to_hex(head.registration.signature)},
                    {"to", head.to},
                    {"with_personal", head.with_personal}};
  return out.dump();
}

Result<BundleHead> decode_bundle_head(std::string_view bytes) {
  const auto broken = [] { return trouble(troubles::not_a_bundle, "head"); };
  const json value = json::parse(bytes, nullptr, false);
  Members members(value, 9);
  BundleHead head;
  head.from = static_cast<std::uint64_t>(members.integer("from", 1));
  head.to = static_cast<std::uint64_t>(members.integer("to", 1));
  head.head_signature = members.hex("head_signature");
  head.made = WallTime{members.integer("made_ms", 0)};
  const auto previous = digest_from_hex(members.text("previous"));
  head.registration = {members.text("registration"), members.hex("registration_signature")};
  head.with_personal = members.flag("with_personal");
  for (const json& each : members.list("laws", laws_max)) {
    Members law(each, 2);
    BundleHead::LawHead& out = head.laws.emplace_back();
    out.activate_reported = law.flag("activate_reported");
    for (const json& one : law.list("texts", texts_max)) {
      Members text(one, 3);
      const std::string kind = text.text("kind");
      const auto found = std::find(kind_names.begin(), kind_names.end(), kind);
      out.texts.push_back(
          {static_cast<packs::LawText::Kind>(found - kind_names.begin()), text.text("scheme"), text.text("origin")});
      if (!text.good() || found == kind_names.end()) return broken();
    }
    if (!law.good()) return broken();
  }
  if (!members.good() || !previous || head.to < head.from || head.to - head.from >= bundle_entries_max) return broken();
  head.previous = *previous;
  return head;
}

}  // namespace gongji::audit
