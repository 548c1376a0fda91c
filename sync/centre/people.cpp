#include "sync/centre/people.h"

#include <fmt/format.h>

#include <set>

#include "sync/centre/troubles.h"
#include "sync/protocol/json_reader.h"

namespace gongji::centre {
namespace {

using protocol::JsonReader;

Money read_yuan(JsonReader& reader, std::string_view name) {
  const std::string text = reader.text(name, 32);
  const auto amount = parse_money(text);
  if (!amount && !reader.failed()) reader.refuse(name, "expected an amount in yuan, \"1234.50\"");
  return amount.value_or(Money{});
}

std::optional<Day> read_optional_day(JsonReader& reader, std::string_view name) {
  if (!reader.has(name)) return std::nullopt;
  return reader.day(name);
}

settlement::AccountKind read_kind(JsonReader& reader) {
  return reader.one_of("kind", {"current", "prior"}) == "current" ? settlement::AccountKind::current
                                                                  : settlement::AccountKind::prior;
}

settlement::Relation read_relation(JsonReader& reader) {
  const std::string text = reader.one_of("relation", {"spouse", "parent", "child", "other"});
  if (text == "spouse") return settlement::Relation::spouse;
  if (text == "parent") return settlement::Relation::parent;
  return text == "child" ? settlement::Relation::child : settlement::Relation::other;
}

Site read_site(JsonReader& reader) {
  Site site;
  site.facts.fixmedins_code = reader.text("fixmedins_code", 12, 1);
  site.name = reader.text("fixmedins_name", 200, 1);
  site.facts.fixmedins_type = static_cast<std::uint8_t>(reader.integer("fixmedins_type", 1, 5));
  site.facts.admdvs = reader.text("admdvs", 6, 6);
  site.facts.dedc_hosp_lv = static_cast<std::uint8_t>(reader.integer("dedc_hosp_lv", 1, 9));
  site.facts.designated = reader.flag("designated");
  site.facts.dual_channel = reader.flag("dual_channel");
  return site;
}

void read_credentials(JsonReader& reader, Person& person) {
  person.credentials.push_back({"02", person.certno, Secret()});
  const Secret card_no = reader.secret("card_no", 32, 1);
  person.credentials.push_back({"03", card_no, reader.secret("card_identifier", 32, 1)});
  for (const auto& voucher : reader.texts("evouchers", 16, 64)) {
    person.credentials.push_back({"01", Secret(voucher), Secret()});
  }
}

Person read_person(JsonReader& reader) {
  Person person;
  person.key = reader.text("key", 64, 1);
  settlement::Person& facts = person.facts;
  facts.psn_no = reader.text("psn_no", 30, 1);
  facts.insutype = reader.text("insutype", 6, 1);
  facts.psn_type = reader.text("psn_type", 6, 1);
  facts.insuplc_admdvs = reader.text("insuplc_admdvs", 6, 6);
  facts.brdy = reader.day("brdy");
  facts.retired_on = read_optional_day(reader, "retired_on");
  facts.entitled_from = read_optional_day(reader, "entitled_from");
  facts.entitled_to = read_optional_day(reader, "entitled_to");
  person.name = reader.secret("name", 200, 1);
  person.certno = reader.secret("certno", 50, 1);
  person.gend = reader.one_of("gend", {"1", "2"});
  person.naty = reader.text("naty", 3, 1);
  read_credentials(reader, person);
  for (JsonReader& inner : reader.objects("accounts", 2)) {
    const auto kind = read_kind(inner);
    person.accounts.push_back({kind, read_yuan(inner, "balance")});
    reader.take(inner);
  }
  for (JsonReader& inner : reader.objects("family", 16)) {
    Family family;
    family.owner = inner.text("owner", 30, 1);
    family.relation = read_relation(inner);
    family.listed = inner.flag("listed");
    reader.take(inner);
    person.family.push_back(std::move(family));
  }
  for (JsonReader& inner : reader.objects("counters", 64)) {
    settlement::Counter counter;
    counter.name = inner.text("name", 64, 1);
    counter.value = read_yuan(inner, "value");
    reader.take(inner);
    person.counters.push_back(std::move(counter));
  }
  return person;
}

Trouble wrong(const std::string& path, const std::string& detail) {
  return trouble(troubles::people_invalid, path, detail);
}

Result<void> check_references(const People& people) {
  std::set<std::string> numbers, credentials;
  for (std::size_t i = 0; i < people.persons.size(); ++i) {
    const Person& person = people.persons[i];
    if (!numbers.insert(person.facts.psn_no).second) return wrong(fmt::format("persons[{}].psn_no", i), "occurs twice");
    for (const auto& credential : person.credentials) {
      if (!credentials.insert(credential.kind + credential.number.reveal()).second) {
        return wrong(fmt::format("persons[{}]", i), "a credential of another person");
      }
    }
  }
  for (std::size_t i = 0; i < people.persons.size(); ++i) {
    for (const auto& family : people.persons[i].family) {
      if (!numbers.contains(family.owner))
        return wrong(fmt::format("persons[{}].family", i), "owner is not in the file");
    }
  }
  return {};
}

}  // namespace

Result<People> read_people(std::string_view text) {
  auto parsed = protocol::parse_object(text, people_bytes_max);
  if (parsed.has_error()) return wrong(parsed.error().path, parsed.error().detail);
  JsonReader reader(*parsed);
  (void)reader.text("about", 2000);
  People people;
  for (JsonReader& inner : reader.objects("sites", 10'000)) {
    people.sites.push_back(read_site(inner));
    reader.take(inner);
  }
  for (JsonReader& inner : reader.objects("persons", 1'000'000)) {
    people.persons.push_back(read_person(inner));
    reader.take(inner);
  }
  if (auto outcome = reader.finish(); outcome.has_error()) {
    const Trouble& found = outcome.error();
    return wrong(found.path, found.detail.empty() ? std::string(found.text->en) : found.detail);
  }
  if (auto outcome = check_references(people); outcome.has_error()) return outcome.error();
  return people;
}

}  // namespace gongji::centre
