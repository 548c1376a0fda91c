#include "card/vcard/virtual_card.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "card/check_digits.h"
#include "staged_transport.h"
#include "tests/support/print_trouble.h"

namespace gongji::card::vcard {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

struct Card {
  explicit Card(CardHabits habits = {}, const char* name = "wang-fang") : card(test::persons().at(name), habits) {}
  std::string ask(std::string_view command) { return to_hex(card.answer(hex(command))); }
  std::string status(std::string_view command) {
    const std::string out = ask(command);
    return out.substr(out.size() - 4);
  }
  VirtualCard card;
};

constexpr char select_application[] = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";
constexpr char select_issue[] = "00A4020002EF05";
constexpr char select_holder[] = "00A4020002EF06";

}  // namespace

TEST_CASE("records are read by tag, by number, all at once and by short identifier") {
  Card card;
  CHECK(card.status(select_issue) == "6a82");  // not before the application
  CHECK(card.ask(select_application).starts_with("6f1c840f7378312e73682ec9e7bbe1b1a3d5cf"));
  CHECK(card.status("00B2010400") == "6986");
  CHECK(card.status(select_issue) == "9000");
  CHECK(card.ask("00B2020400") == "0201339000");
  CHECK(card.ask("00B2030000") == "0304322e30309000");
  CHECK(card.ask("00B2010500").size() == 2 * (64 + 2));
  CHECK(card.status("00B2090000") == "6a83");
  CHECK(card.status("00B2080400") == "6a83");
  CHECK(card.ask("00B2073400") == "0d04198005019000");  // EF06, record 7
  CHECK(card.ask("00B2010500").size() == 2 * (91 + 2));
  CHECK(card.status("00B0000000") == "6981");
}

TEST_CASE("at strict T=0 the length must be exact, and a selection announces its data") {
  Card card({.strict_t0 = true});
  CHECK(card.ask(select_application) == "611e");
  CHECK(card.ask("00C000001E").starts_with("6f1c"));
  CHECK(card.ask("00C000001E") == "6985");
  CHECK(card.ask(select_issue) == "9000");
  CHECK(card.ask("00B2020400") == "6c03");
  CHECK(card.ask("00B2020403") == "0201339000");
}

TEST_CASE("the holder's file of a third-generation card is shut") {
  Card card({}, "third-generation");
  card.ask(select_application);
  CHECK(card.status(select_issue) == "9000");
  CHECK(card.status("00B2010500") == "9000");
  CHECK(card.status(select_holder) == "9000");
  CHECK(card.status("00B2010500") == "6982");
}

TEST_CASE("a card of version 1.0 has no record for the rest of a name") {
  Card card({}, "chen-wei");
  card.ask(select_application);
  card.ask(select_holder);
  CHECK(card.status("00B24E0000") == "6a83");
}

TEST_CASE("three wrong PINs lock, a right one before that forgives") {
  Card card;
  CHECK(card.status("0020000000") == "63c3");
  CHECK(card.status("0020000003000000") == "63c2");
  CHECK(card.status("0020000003123456") == "9000");
  CHECK(card.status("0020000003000000") == "63c2");
  CHECK(card.status("0020000003000000") == "63c1");
  CHECK(card.status("0020000003000000") == "63c0");
  CHECK(card.status("0020000003123456") == "6983");
}

TEST_CASE("commands that make no sense are answered, not obeyed") {
  Card card;
  CHECK(card.ask("") == "6700");
  CHECK(card.ask("00A404") == "6700");
  CHECK(card.ask("00A4040005AA") == "6700");
  CHECK(card.ask("80B2010500") == "6e00");
  CHECK(card.ask("00FF0000") == "6d00");
  CHECK(card.ask("00A404000E315041592E5359532E4444463031") == "6a82");  // the bank's application
  CHECK(card.ask("0084000008").size() == 20);
  CHECK(card.ask("0084000009") == "6700");
}

TEST_CASE("the conductor's lines are obeyed or refused with a reason") {
  Stage stage(test::persons());
  CHECK(stage.obey("status") == "ok card=- reader=- commands=0 delay=0 strict-t0=off read-all=on mute=off");
  CHECK(stage.obey("remove").starts_with("error"));
  CHECK(stage.obey("swap wang-fang").starts_with("error"));
  CHECK(stage.obey("insert nobody").starts_with("error"));
  CHECK(stage.obey("insert wang-fang") == "ok wang-fang is in");
  CHECK(stage.obey("insert chen-wei").starts_with("error"));
  CHECK(stage.obey("swap chen-wei") == "ok chen-wei is in");
  CHECK(stage.obey("persons") == "ok chen-wei li-jianguo long-name third-generation tie wang-fang zhao-min");
  for (const char* wrong : {"", "dance", "insert", "insert a b", "tear-after", "tear-after 0", "tear-after x",
                            "fail-after 1", "fail-after 1 5000", "fail-after 1 zz", "swap-after 1 nobody", "delay -1",
                            "delay 10001", "mute", "mute maybe", "status now"}) {
    CAPTURE(wrong);
    CHECK(stage.obey(wrong).starts_with("error"));
  }
  CHECK_FALSE(stage.quitting());
  CHECK(stage.obey("quit") == "ok");
  CHECK(stage.quitting());
  CHECK_FALSE(stage.occupied());
}

TEST_CASE("a broken file of persons is refused with the place") {
  const std::string file = "/tmp/gongji-persons-" + std::to_string(::getpid()) + ".json";
  const auto load = [&file](const std::string& text) {
    std::ofstream(file) << text;
    return load_persons(file);
  };
  CHECK(load("{").error().path == file);
  CHECK(load("[]").error().path == file);
  CHECK(load(R"({"persons":{"a":[]}})").error().path == "a");
  CHECK(load(R"({"persons":{"a":{}}})").error().path == "a.name");
  CHECK(load(R"({"persons":{"a":{"name":"王芳","certno":"1"}}})").error().path == "a.certno");
  CHECK(load(R"({"persons":{}})")->empty());
  std::remove(file.c_str());
  CHECK(load_persons(file).error().path == file);
}

TEST_CASE("the invented persons are formally right and belong to nobody") {
  const Persons all = test::persons();
  CHECK(all.size() == 7);
  for (const auto& [key, person] : all) {
    CAPTURE(key);
    CHECK(person.certno.starts_with("999999"));
    const auto id = parse_id_number(person.certno);
    REQUIRE(id);
    CHECK(id->birth == person.brdy);
    CHECK(std::to_string(static_cast<int>(id->sex)) == person.gend);
    CHECK(card_number_check(person.card_no.substr(0, 8)) == person.card_no[8]);
  }
}

}  // namespace gongji::card::vcard
