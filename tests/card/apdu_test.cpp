#include "card/apdu.h"

#include <catch2/catch.hpp>

#include "card/troubles.h"
#include "staged_transport.h"
#include "tests/support/print_trouble.h"

namespace gongji::card {
namespace {

using test::ScriptedTransport;

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

}  // namespace

TEST_CASE("6Cxx: the command is sent again with the length that the card names") {
  ScriptedTransport card({hex("6C03"), hex("0101AA9000")});
  const auto answer = send_command(card, hex("00B2080000"));
  REQUIRE(answer);
  CHECK(answer->ok());
  CHECK(answer->data == hex("0101AA"));
  CHECK(card.sent == std::vector<Bytes>{hex("00B2080000"), hex("00B2080003")});
}

TEST_CASE("6Cxx on a command with data replaces or adds the expected length behind the data") {
  ScriptedTransport with({hex("6C02"), hex("9000")});
  REQUIRE(send_command(with, hex("00A4040002AABB00")));
  CHECK(with.sent[1] == hex("00A4040002AABB02"));
  ScriptedTransport without({hex("6C02"), hex("9000")});
  REQUIRE(send_command(without, hex("00A4040002AABB")));
  CHECK(without.sent[1] == hex("00A4040002AABB02"));
}

TEST_CASE("61xx: what waits is fetched, in as many rounds as it takes") {
  ScriptedTransport card({hex("6102"), hex("AABB6101"), hex("6C01"), hex("CC9000")});
  const auto answer = send_command(card, hex("00A4040002AABB"));
  REQUIRE(answer);
  CHECK(answer->data == hex("AABBCC"));
  CHECK(card.sent[1] == hex("00C0000002"));
  CHECK(card.sent[2] == hex("00C0000001"));
}

TEST_CASE("a card that never comes to an end is given up") {
  ScriptedTransport card(std::vector<Bytes>(1000, hex("6101")));
  const auto answer = send_command(card, hex("00B2010500"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().text == &troubles::card_malformed);
  CHECK(card.sent.size() == static_cast<std::size_t>(answer_rounds_max));

  Bytes long_answer(256, 0xAA);
  long_answer.push_back(0x61);
  long_answer.push_back(0x00);
  ScriptedTransport talker(std::vector<Bytes>(1000, long_answer));
  CHECK(send_command(talker, hex("00B2010500")).error().text == &troubles::card_malformed);
  CHECK(talker.sent.size() == answer_bytes_max / 256 + 1);
}

TEST_CASE("half an answer is a card that was pulled") {
  ScriptedTransport nothing(std::vector<Bytes>{Bytes{}});
  CHECK(send_command(nothing, hex("00B2010500")).error().text == &troubles::card_pulled);
  ScriptedTransport half({hex("90")});
  CHECK(send_command(half, hex("00B2010500")).error().text == &troubles::card_pulled);
}

TEST_CASE("each status word leads to the trouble that helps") {
  CHECK(trouble_of_status(0x6A82, "EF06").text == &troubles::card_pulled);
  CHECK(trouble_of_status(0x6986, "EF06").text == &troubles::card_pulled);
  CHECK(trouble_of_status(0x6A81, "EF06").text == &troubles::card_blocked);
  CHECK(trouble_of_status(0x9303, "EF06").text == &troubles::card_blocked);
  CHECK(trouble_of_status(0x6983, "EF06").text == &troubles::card_blocked);
  const Trouble other = trouble_of_status(0x6F00, "EF06");
  CHECK(other.text == &troubles::card_refused);
  CHECK(other.path == "EF06");
  CHECK(other.detail == "status 6F00");
}

TEST_CASE("the codes of this module are unique and complete") {
  for (const TroubleText* one : troubles::all) {
    CHECK(one->code.starts_with("G3"));
    CHECK_FALSE(one->zh.empty());
    CHECK_FALSE(one->next_zh.empty());
    CHECK_FALSE(one->en.empty());
    CHECK_FALSE(one->next_en.empty());
    CHECK(std::count_if(std::begin(troubles::all), std::end(troubles::all),
                        [&](const TroubleText* other) { return other->code == one->code; }) == 1);
  }
}

}  // namespace gongji::card
