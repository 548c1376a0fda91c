#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

http::Response ask(TestTill& till, const std::string& kind, const std::string& number,
                   const std::string& card_sn = {}) {
  return till.post("/v1/person", protocol::encode(protocol::PersonRequest{{kind, Secret(number), Secret(card_sn)}}));
}

record::Snapshot snapshot_of(const http::Response& response) {
  REQUIRE(response.status == 200);
  return *record::decode_snapshot(protocol::decode_person_answer(response.body)->snapshot.bytes);
}

}  // namespace

TEST_CASE("a person is found by ID number, by card, and by e-voucher") {
  TestCentre centre;
  TestTill till(centre, clinic);
  CHECK(snapshot_of(ask(till, "02", "999999199208150040")).person.psn_no == zhao_min);
  CHECK(snapshot_of(ask(till, "03", "A42010031", "420100D15600000542010003FFFFFFFF")).person.psn_no == zhao_min);
  CHECK(snapshot_of(ask(till, "01", "4249007199254740993107420000")).person.psn_no == zhao_min);
}

TEST_CASE("an unknown credential, or a card whose identifier does not match, is unknown_person") {
  TestCentre centre;
  TestTill till(centre, clinic);
  for (const auto& response :
       {ask(till, "02", "999999199208150041"), ask(till, "03", "A42010031", "420100D15600000542010004FFFFFFFF"),
        ask(till, "03", "A42010031"), ask(till, "01", "999999199208150040"), ask(till, "01", "' OR 1=1 --")}) {
    CHECK(response.status == 404);
    CHECK(code_of(response) == "unknown_person");
  }
}

TEST_CASE("a snapshot has facts, counters of the year, own account, then family in binding order") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto snapshot = *till.person(wang_fang);
  CHECK(snapshot.person.psn_type == "11");
  CHECK(snapshot.person.insutype == "310");
  CHECK(snapshot.psn_name == "王芳");
  CHECK(snapshot.as_of == centre.clock.wall());
  REQUIRE(snapshot.counters.size() == 1);
  CHECK(snapshot.counters[0] ==
        settlement::Counted{"wuhan-employee", "op.deductible", *parse_day("2026-01-01"), Money::yuan(700)});
  CHECK(snapshot.applied_feed == 0);
  REQUIRE(snapshot.accounts.size() == 2);
  CHECK(snapshot.accounts[0].owner == "self");
  CHECK(snapshot.accounts[0].balc == Money::yuan(30));
  CHECK(snapshot.accounts[1].owner == chen_wei);
  CHECK(snapshot.accounts[1].relation == settlement::Relation::spouse);
  CHECK(snapshot.accounts[1].listed);
  CHECK(snapshot.accounts[1].balc == Money::yuan(1000));
  CHECK(till.person(li_jianguo)->person.retired_on == parse_day("2010-01-31"));
}

TEST_CASE("the invented people are those of the virtual cards") {
  const auto people = read_people(*read_text_file("sync/centre/people.json", people_bytes_max));
  REQUIRE(people.has_value());
  const auto cards = nlohmann::json::parse(*read_text_file("card/vcard/persons.json", people_bytes_max)).at("persons");
  CHECK(cards.size() == people->persons.size());
  for (const auto& person : people->persons) {
    INFO(person.key);
    REQUIRE(cards.contains(person.key));
    const auto& card = cards.at(person.key);
    CHECK(card.at("name") == person.name.reveal());
    CHECK(card.at("certno") == person.certno.reveal());
    CHECK(card.at("gend") == person.gend);
    CHECK(card.at("naty") == person.naty);
    CHECK(card.at("brdy") == to_string(*person.facts.brdy));
    REQUIRE(person.credentials.size() >= 2);
    CHECK(card.at("card_no") == person.credentials[1].number.reveal());
    CHECK(card.at("card_identifier") == person.credentials[1].card_sn.reveal());
    CHECK(person.certno.reveal().substr(0, 6) == "999999");
  }
}

TEST_CASE("a wrong file of people is refused by path") {
  const auto path_of = [](const std::string& text) {
    const auto outcome = read_people(text);
    REQUIRE(outcome.has_error());
    CHECK(std::string(outcome.error().text->code) == "G5405");
    return outcome.error().path;
  };
  CHECK(path_of("{\"about\":\"\",\"sites\":[],\"persons\":[{}]}") == "persons[0].key");
  CHECK(path_of("{\"about\":\"\",\"sites\":[],\"persons\":[],\"more\":1}") == "more");
  std::string text = *read_text_file("sync/centre/people.json", people_bytes_max);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  CHECK(path_of(replaced("\"30.00\"", "\"30.001\"")) == "persons[0].accounts[0].balance");
  CHECK(path_of(replaced(li_jianguo, wang_fang)) == "persons[1].psn_no");
  CHECK(path_of(replaced("\"owner\": \"" + chen_wei, "\"owner\": \"4201")) == "persons[0].family");
}

}  // namespace gongji::centre
