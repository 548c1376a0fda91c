// Cards that are pulled, exchanged, broken or mute, at every moment: clear trouble, and never the wrong person.
#include "virtual_desk.h"

namespace gongji::card {
namespace {

using std::chrono::milliseconds;
using test::patience;
using test::trouble_of;
using test::VirtualDesk;

constexpr int commands_of_a_read = 5;
constexpr int commands_of_a_read_strict = 8;
constexpr int commands_of_a_confirm = 3;

}  // namespace

TEST_CASE("a card torn out at any command yields trouble, and nothing of it is left afterwards") {
  VirtualDesk desk;
  const bool strict = GENERATE(false, true);
  if (strict) desk.tell("strict-t0 on");
  const int commands = strict ? commands_of_a_read_strict : commands_of_a_read;
  CardReader reader(test::pcsc(), system_clock());
  for (int n = 1; n <= commands; ++n) {
    CAPTURE(n, strict);
    desk.insert("wang-fang");
    desk.tell("tear-after " + std::to_string(n));
    CHECK(trouble_of(reader.read(milliseconds(0))) == &troubles::card_pulled);
    desk.wait_for_card(false);
    desk.insert("chen-wei");
    const auto next = reader.read(patience);
    REQUIRE(next);
    CHECK(next->name.reveal() == "陈伟");
    reader.release();
    desk.clear();
  }
}

TEST_CASE("a card exchanged at any command of a read is never mixed with the other") {
  VirtualDesk desk;
  const auto all = test::persons();
  for (int n = 1; n <= commands_of_a_read; ++n) {
    CAPTURE(n);
    desk.insert("wang-fang");
    desk.tell("swap-after " + std::to_string(n) + " chen-wei");
    CardReader reader(test::pcsc(), system_clock());
    const auto card = reader.read(patience);
    REQUIRE(card);  // either of them, whole
    const bool first = card->name.reveal() == "王芳";
    const auto& person = all.at(first ? "wang-fang" : "chen-wei");
    CHECK(first == (n == commands_of_a_read));
    CHECK(card->name.reveal() == person.name);
    CHECK(card->card_no.reveal() == person.card_no);
    CHECK(card->card_identifier.reveal() == person.card_identifier);
    CHECK(card->social_security_no.reveal() == person.certno);
    reader.release();
    desk.clear();
  }
}

TEST_CASE("another card is never confirmed, however quickly it was exchanged") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  for (int n = 0; n <= commands_of_a_confirm; ++n) {
    CAPTURE(n);
    desk.insert("wang-fang");
    const auto card = reader.read(patience);
    REQUIRE(card);
    // Far quicker than the service looks: only the open connection and the comparison can notice.
    desk.tell(n == 0 ? "swap chen-wei" : "swap-after " + std::to_string(n) + " chen-wei");
    auto same = reader.confirm(*card);
    if (n == commands_of_a_confirm) {
      CHECK(same);  // it answered all three commands itself, and went then
      same = reader.confirm(*card);
    }
    CHECK(trouble_of(same) == &troubles::card_changed);
    reader.release();
    desk.clear();
  }
}

TEST_CASE("another card is not confirmed after the first was let go either") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  desk.insert("wang-fang");
  const auto card = reader.read(patience);
  REQUIRE(card);
  reader.release();
  CHECK(reader.confirm(*card));
  reader.release();
  desk.tell("swap chen-wei");
  CHECK(trouble_of(reader.confirm(*card)) == &troubles::card_changed);
}

TEST_CASE("a card pulled before or during the confirmation is not confirmed") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  for (int n = 0; n <= commands_of_a_confirm; ++n) {
    CAPTURE(n);
    desk.insert("wang-fang");
    const auto card = reader.read(patience);
    REQUIRE(card);
    desk.tell(n == 0 ? "remove" : "tear-after " + std::to_string(n));
    CHECK(trouble_of(reader.confirm(*card)) == &troubles::card_pulled);
    desk.clear();
  }
}

TEST_CASE("the same card pulled and put back is confirmed") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  desk.insert("wang-fang");
  const auto card = reader.read(patience);
  REQUIRE(card);
  desk.clear();
  desk.insert("wang-fang");
  CHECK(reader.confirm(*card));
  desk.tell("swap wang-fang");
  CHECK(reader.confirm(*card));
}

TEST_CASE("what a card answers instead of data is told apart") {
  VirtualDesk desk;
  CardReader reader(test::pcsc(), system_clock());
  desk.insert("wang-fang");
  const auto trouble_after = [&](int n, const char* status) {
    desk.tell("fail-after " + std::to_string(n) + " " + status);
    return trouble_of(reader.read(milliseconds(0)));
  };
  CHECK(trouble_after(1, "6A82") == &troubles::not_social_security);
  CHECK(trouble_after(1, "6283") == &troubles::card_blocked);
  CHECK(trouble_after(2, "9303") == &troubles::card_blocked);
  CHECK(trouble_after(3, "6F00") == &troubles::card_refused);
  CHECK(trouble_after(4, "6A82") == &troubles::card_pulled);
  CHECK(trouble_after(5, "6982") == &troubles::card_refused);
  CHECK(trouble_after(5, "6986") == &troubles::card_pulled);
  CHECK(reader.read(milliseconds(0))->name.reveal() == "王芳");
}

TEST_CASE("a mute card is told apart from an empty reader") {
  VirtualDesk desk;
  desk.tell("mute on");
  desk.tell("insert wang-fang");
  CardReader reader(test::pcsc(), system_clock());
  const auto card = reader.read(patience);
  CHECK(trouble_of(card) == &troubles::card_mute);
}

}  // namespace gongji::card
