// The holder's PIN: shown to the card once, and nowhere else.
#include <catch2/catch.hpp>

#include "card/card_reader.h"
#include "staged_transport.h"
#include "tests/support/print_trouble.h"

namespace gongji::card {
namespace {

using test::Desk;
using test::ScriptedTransport;
using test::StagedTransport;

const Secret right("123456"), wrong("000000");

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

const TroubleText* trouble_of(const Result<void>& result) {
  return result ? nullptr : result.error().text;
}

// What a card makes of its answer to VERIFY.
Result<void> told(std::string_view answer) {
  ScriptedTransport card({hex(answer), hex("9000")});
  const auto out = verify_pin(card, right);
  CHECK(card.sent == std::vector<Bytes>{hex("0020000003123456")});
  return out;
}

struct AtTheDesk {
  Desk desk;
  CardReader reader{[this] { return std::make_unique<StagedTransport>(desk); }, desk.clock};
  CardFields card;
  AtTheDesk() {
    REQUIRE(desk.stage().obey("insert wang-fang").starts_with("ok"));
    auto fields = reader.read(std::chrono::milliseconds(0));
    REQUIRE(fields);
    card = *fields;
  }
};

}  // namespace

TEST_CASE("digits are packed two a byte, an odd last one filled with F") {
  for (const auto& [digits, command] : {std::pair("1234", "00200000021234"), std::pair("12345", "002000000312345f"),
                                        std::pair("1234567890123456", "00200000081234567890123456")}) {
    ScriptedTransport card({hex("9000")});
    CHECK(verify_pin(card, Secret(digits)));
    CHECK(card.sent == std::vector<Bytes>{hex(command)});
  }
}

TEST_CASE("what is no PIN by its form is not shown to the card") {
  for (const char* digits : {"", "123", "12345678901234567", "12a4", "12 4", "１２３４"}) {
    ScriptedTransport card({hex("9000")});
    CHECK(trouble_of(verify_pin(card, Secret(digits))) == &troubles::pin_malformed);
    CHECK(card.sent.empty());
  }
}

TEST_CASE("each answer of the card is told, and the PIN goes out exactly once whatever it is") {
  CHECK(told("9000"));
  CHECK(trouble_of(told("63C2")) == &troubles::pin_wrong);
  CHECK(told("63C2").error().detail == "2");
  CHECK(told("63C1").error().detail == "1");
  CHECK(trouble_of(told("63C0")) == &troubles::pin_locked);
  CHECK(trouble_of(told("6983")) == &troubles::pin_locked);
  CHECK(trouble_of(told("6A88")) == &troubles::pin_absent);
  CHECK(trouble_of(told("6984")) == &troubles::pin_absent);
  // "Ask again with another length", "fetch the answer": never with a PIN.
  CHECK(trouble_of(told("6C10")) == &troubles::card_refused);
  CHECK(trouble_of(told("6110")) == &troubles::card_refused);
  CHECK(trouble_of(told("90")) == &troubles::card_pulled);
  CHECK(trouble_of(told("6A82")) == &troubles::card_pulled);
}

TEST_CASE("no trouble holds the PIN") {
  for (const char* answer : {"63C2", "63C0", "6A88", "6C10", "90"}) {
    const auto out = told(answer);
    REQUIRE_FALSE(out);
    for (const Language language : {Language::zh, Language::en}) {
      CHECK(to_string(out.error(), language).find(right.reveal()) == std::string::npos);
    }
  }
}

TEST_CASE("a right PIN leaves the card connected, a wrong one counts one try, the third locks") {
  AtTheDesk at;
  CHECK(at.reader.verify_pin(at.card, right));
  CHECK(at.reader.confirm(at.card));
  const auto once = at.reader.verify_pin(at.card, wrong);
  REQUIRE(trouble_of(once) == &troubles::pin_wrong);
  CHECK(once.error().detail == "2");
  // The card was let go: the next try begins with reading it.
  CHECK(trouble_of(at.reader.verify_pin(at.card, right)) == &troubles::card_pulled);
  for (const auto* expected : {&troubles::pin_wrong, &troubles::pin_locked, &troubles::pin_locked}) {
    REQUIRE(at.reader.read(std::chrono::milliseconds(0)));
    CHECK(trouble_of(at.reader.verify_pin(at.card, wrong)) == expected);
  }
  REQUIRE(at.reader.read(std::chrono::milliseconds(0)));
  CHECK(trouble_of(at.reader.verify_pin(at.card, right)) == &troubles::pin_locked);
}

TEST_CASE("a PIN is not shown to another card than the one that was read") {
  AtTheDesk at;
  CardFields other = at.card;
  other.card_identifier = Secret(std::string(32, '9'));
  CHECK(trouble_of(at.reader.verify_pin(other, wrong)) == &troubles::card_changed);
  REQUIRE(at.reader.read(std::chrono::milliseconds(0)));
  const auto first = at.reader.verify_pin(at.card, wrong);
  REQUIRE(trouble_of(first) == &troubles::pin_wrong);
  CHECK(first.error().detail == "2");
}

TEST_CASE("a card that is torn out while it looks at the PIN is not asked again by itself") {
  AtTheDesk at;
  // Identity: select, select EF05, read; the fourth command is the PIN.
  REQUIRE(at.desk.stage().obey("tear-after 4").starts_with("ok"));
  const int before = at.desk.commands;
  CHECK(trouble_of(at.reader.verify_pin(at.card, wrong)) == &troubles::card_pulled);
  CHECK(at.desk.commands == before + 4);
}

}  // namespace gongji::card
