#include "card/vcard/person.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "card/gb18030.h"
#include "offline/base/bytes.h"

namespace gongji::card::vcard {
namespace {

using Json = nlohmann::json;

// Reads the members of one person; remembers the first that is wrong.
class Reader {
 public:
  Reader(const Json& from, std::string key) : from_(from), key_(std::move(key)) {}

  std::string text(const char* member, std::size_t size_min, std::size_t size_max) {
    const auto found = from_.find(member);
    if (found == from_.end() || !found->is_string()) return fail(member, "missing or no text");
    const auto& value = found->get_ref<const std::string&>();
    if (value.size() < size_min || value.size() > size_max) return fail(member, "wrong length");
    return value;
  }

  Day day(const char* member) {
    const std::optional<Day> out = parse_day(text(member, 10, 10));
    if (!out) fail(member, "no date YYYY-MM-DD");
    return out.value_or(Day());
  }

  void require(bool condition, const char* member, const char* why) {
    if (!condition) fail(member, why);
  }

  const std::optional<Trouble>& wrong() const { return wrong_; }

 private:
  std::string fail(const char* member, const char* why) {
    if (!wrong_) wrong_ = trouble(persons_unreadable, key_ + "." + member, why);
    return {};
  }

  const Json& from_;
  std::string key_;
  std::optional<Trouble> wrong_;
};

Result<Person> person_of(const Json& json, const std::string& key) {
  if (!json.is_object()) return trouble(persons_unreadable, key, "no object");
  Reader reader(json, key);
  Person out;
  out.name = reader.text("name", 1, 200);
  out.certno = reader.text("certno", 18, 18);
  out.gend = reader.text("gend", 1, 1);
  out.naty = reader.text("naty", 2, 2);
  out.brdy = reader.day("brdy");
  out.card_no = reader.text("card_no", 9, 9);
  out.card_identifier = reader.text("card_identifier", 32, 32);
  out.version = reader.text("version", 0, 4);
  out.issued = reader.day("issued");
  out.expires = reader.day("expires");
  const std::optional<Bytes> name = gb18030_of_utf8(out.name);
  reader.require(name && name->size() <= 50, "name", "more than 50 bytes of GB18030");
  reader.require(from_hex(out.card_identifier).has_value(), "card_identifier", "not hexadecimal");
  reader.require(from_hex(out.naty).has_value(), "naty", "no two digits");
  if (reader.wrong()) return *reader.wrong();
  return out;
}

}  // namespace

Result<Persons> load_persons(const std::string& file) {
  std::ifstream in(file);
  if (!in) return trouble(persons_unreadable, file, "cannot be opened");
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object() || !json.contains("persons") || !json["persons"].is_object()) {
    return trouble(persons_unreadable, file, "no object \"persons\"");
  }
  Persons out;
  for (const auto& [key, value] : json["persons"].items()) {
    Result<Person> person = person_of(value, key);
    if (!person) return person.error();
    out.emplace(key, std::move(*person));
  }
  return out;
}

}  // namespace gongji::card::vcard
