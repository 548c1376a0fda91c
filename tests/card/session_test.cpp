#include "card/card_session.h"

#include <catch2/catch.hpp>

#include "card/card_reader.h"
#include "card/troubles.h"
#include "staged_transport.h"
#include "tests/support/print_trouble.h"

namespace gongji::card {
namespace {

using std::chrono::milliseconds;
using test::Desk;
using test::StagedTransport;

TransportFactory transports_of(Desk& desk) {
  return [&desk] { return std::make_unique<StagedTransport>(desk); };
}

template <class T>
const TroubleText* trouble_of(const Result<T>& result) {
  return result ? nullptr : result.error().text;
}

// How many commands a whole read takes.
int commands_of_a_read(bool strict) {
  Desk desk;
  if (strict) desk.stage().obey("strict-t0 on");
  desk.stage().obey("insert wang-fang");
  StagedTransport transport(desk);
  CardSession session(transport, "0");
  REQUIRE(session.read());
  return desk.commands;
}

}  // namespace

TEST_CASE("a card torn out at any command yields nothing but trouble, and is read whole next time") {
  const bool strict = GENERATE(false, true);
  const int commands = commands_of_a_read(strict);
  CHECK(commands == (strict ? 8 : 5));
  for (int n = 1; n <= commands; ++n) {
    CAPTURE(n, strict);
    Desk desk;
    if (strict) desk.stage().obey("strict-t0 on");
    desk.stage().obey("insert wang-fang");
    desk.stage().obey("tear-after " + std::to_string(n));
    StagedTransport transport(desk);
    CardSession session(transport, "0");
    CHECK(trouble_of(session.read()) == &troubles::card_pulled);
    CHECK_FALSE(session.connected());
    CHECK(desk.connections == 0);
    desk.stage().obey("insert chen-wei");
    CHECK(session.read()->name.reveal() == "陈伟");
  }
}

TEST_CASE("a card exchanged at any command of a read never yields a mixture") {
  const int commands = commands_of_a_read(false);
  for (int n = 1; n <= commands; ++n) {
    CAPTURE(n);
    Desk desk;
    desk.stage().obey("insert wang-fang");
    desk.stage().obey("swap-after " + std::to_string(n) + " chen-wei");
    StagedTransport transport(desk);
    CardSession session(transport, "0");
    const auto card = session.read();
    if (n < commands) {
      CHECK(trouble_of(card) == &troubles::card_pulled);
    } else {
      CHECK(card->name.reveal() == "王芳");  // it was read whole before it went
    }
  }
}

TEST_CASE("any error status at any command ends the read in trouble, never in half a person") {
  const int commands = commands_of_a_read(false);
  for (int n = 1; n <= commands; ++n) {
    for (const char* status :
         {"6283", "6581", "6700", "6982", "6983", "6985", "6986", "6A81", "6A82", "6F00", "9303"}) {
      CAPTURE(n, status);
      Desk desk;
      desk.stage().obey("insert wang-fang");
      desk.stage().obey("fail-after " + std::to_string(n) + " " + status);
      StagedTransport transport(desk);
      CardSession session(transport, "0");
      const auto card = session.read();
      if (card) {
        CHECK(card->name.reveal() == "王芳");  // a card that cannot read all at once is read record by record
        CHECK((std::string(status) == "6700" || std::string(status) == "6A81"));
      } else {
        CHECK_FALSE(session.connected());
      }
    }
  }
}

TEST_CASE("the reader waits for a card and reads it") {
  Desk desk;
  CardReader reader(transports_of(desk), desk.clock);
  CHECK(trouble_of(reader.read(milliseconds(0))) == &troubles::no_card);
  CHECK(trouble_of(reader.read(milliseconds(500))) == &troubles::no_card);
  desk.in_wait = [&desk] { desk.stage().obey("insert zhao-min"); };
  CHECK(reader.read(milliseconds(500))->name.reveal() == "赵敏");
}

TEST_CASE("without a reader the trouble says so") {
  Desk desk(0);
  CardReader reader(transports_of(desk), desk.clock);
  CHECK(trouble_of(reader.read(milliseconds(100))) == &troubles::no_reader);
}

TEST_CASE("the same card is confirmed, and stays connected until released") {
  Desk desk;
  desk.stage().obey("insert wang-fang");
  CardReader reader(transports_of(desk), desk.clock);
  const auto card = reader.read(milliseconds(0));
  REQUIRE(card);
  CHECK(desk.connections == 1);
  CHECK(reader.confirm(*card));
  CHECK(reader.confirm(*card));
  CHECK(desk.connections == 1);
  reader.release();
  CHECK(desk.connections == 0);
  CHECK(reader.confirm(*card));  // connects again
}

TEST_CASE("another card is never confirmed, at whatever command it comes") {
  for (int n = 0; n <= 4; ++n) {
    CAPTURE(n);
    Desk desk;
    desk.stage().obey("insert wang-fang");
    CardReader reader(transports_of(desk), desk.clock);
    const auto card = reader.read(milliseconds(0));
    REQUIRE(card);
    if (n == 0) {
      desk.stage().obey("swap chen-wei");
    } else {
      desk.stage().obey("swap-after " + std::to_string(n) + " chen-wei");
    }
    const auto same = reader.confirm(*card);
    if (n <= 2) {
      CHECK(trouble_of(same) == &troubles::card_changed);
    } else {
      CHECK(same);  // three commands: it had proved itself before it went
      CHECK(trouble_of(reader.confirm(*card)) == &troubles::card_changed);
    }
  }
}

TEST_CASE("a card that was pulled is not confirmed; put back in time it is") {
  Desk desk;
  desk.stage().obey("insert wang-fang");
  CardReader reader(transports_of(desk), desk.clock);
  const auto card = reader.read(milliseconds(0));
  REQUIRE(card);
  desk.stage().obey("remove");
  CHECK(trouble_of(reader.confirm(*card)) == &troubles::card_pulled);
  CHECK(desk.connections == 0);
  desk.in_wait = [&desk] { desk.stage().obey("insert wang-fang"); };
  CHECK(reader.confirm(*card));
}

TEST_CASE("a card that keeps dying is given up within the time") {
  Desk desk;
  desk.stage().obey("insert wang-fang");
  CardReader reader(transports_of(desk), desk.clock);
  const auto card = reader.read(milliseconds(0));
  REQUIRE(card);
  const SteadyTime start = desk.clock.steady();
  desk.in_wait = [&desk] {
    desk.stage().obey("insert wang-fang");
    desk.stage().obey("tear-after 1");
  };
  desk.stage().obey("tear-after 1");
  CHECK(trouble_of(reader.confirm(*card)) == &troubles::card_pulled);
  CHECK(desk.clock.steady() - start <= resettle_wait + milliseconds(100));
}

TEST_CASE("of several cards only one may be a social security card") {
  Desk desk(2);
  desk.stage(0).obey("insert wang-fang");
  desk.stage(1).obey("insert chen-wei");
  CardReader reader(transports_of(desk), desk.clock);
  CHECK(trouble_of(reader.read(milliseconds(0))) == &troubles::several_cards);
  CHECK(desk.connections == 0);
  desk.stage(0).obey("fail-after 1 6A82");  // say, a key card in its slot
  CHECK(reader.read(milliseconds(0))->name.reveal() == "陈伟");
}

TEST_CASE("a bank card is told apart from a broken one") {
  Desk desk;
  desk.stage().obey("insert wang-fang");
  desk.stage().obey("fail-after 1 6A82");
  CardReader reader(transports_of(desk), desk.clock);
  CHECK(trouble_of(reader.read(milliseconds(0))) == &troubles::not_social_security);
  desk.stage().obey("mute on");
  CHECK(trouble_of(reader.read(milliseconds(0))) == &troubles::card_mute);
}

}  // namespace gongji::card
