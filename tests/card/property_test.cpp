// Arbitrary bytes from a card, a scanner or a conductor: never a crash, never a person that was not on the card.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "card/apdu.h"
#include "card/gb18030.h"
#include "card/scan.h"
#include "card/scanner/scan_framer.h"
#include "card/social_security_card.h"
#include "card/tlv.h"
#include "staged_transport.h"
#include "tests/support/print_trouble.h"

namespace gongji::card {
namespace {

using test::ScriptedTransport;

// The whole file as a real card gives it.
Bytes file_of(const char* person, const char* select) {
  vcard::VirtualCard card(test::persons().at(person), {});
  (void)card.answer(from_hex("00A404000F7378312E73682EC9E7BBE1B1A3D5CF").value());
  (void)card.answer(from_hex(select).value());
  Bytes out = card.answer(from_hex("00B2010500").value());
  out.resize(out.size() - 2);
  return out;
}

bool is_sound(const CardFields& card) {
  const auto upper = [](const std::string& text) {
    return text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  };
  return card.card_identifier.reveal().size() == 32 && upper(card.card_identifier.reveal()) &&
         card.card_no.reveal().size() == 9 && upper(card.card_no.reveal()) &&
         card.social_security_no.reveal().size() == 18 && upper(card.social_security_no.reveal()) &&
         !card.name.empty() && is_utf8(card.name.reveal()) && card.region.size() == 6 && card.nation.size() % 2 == 0;
}

}  // namespace

TEST_CASE("a card may answer anything at all") {
  CHECK(rc::check([](const std::vector<Bytes>& answers) {
    ScriptedTransport card(answers);
    const auto fields = read_fields(card);
    if (fields) RC_ASSERT(is_sound(*fields));
  }));
}

TEST_CASE("a card may put anything into its files") {
  CHECK(rc::check([](Bytes ef05, Bytes ef06) {
    ef05.insert(ef05.end(), {0x90, 0x00});
    ef06.insert(ef06.end(), {0x90, 0x00});
    const Bytes good{0x90, 0x00};
    ScriptedTransport card({good, good, ef05, good, ef06});
    const auto fields = read_fields(card);
    if (fields) RC_ASSERT(is_sound(*fields));
  }));
}

TEST_CASE("files with a few wrong bytes yield sound fields or trouble") {
  const Bytes right05 = file_of("long-name", "00A4020002EF05");
  const Bytes right06 = file_of("long-name", "00A4020002EF06");
  REQUIRE(parse_holder(right06, parse_issue(right05).value()));
  int read = 0;
  CHECK(rc::check([&] {
    Bytes ef05 = right05;
    Bytes ef06 = right06;
    const int changes = *rc::gen::inRange(0, 4);
    for (int i = 0; i < changes; ++i) {
      Bytes& file = *rc::gen::arbitrary<bool>() ? ef05 : ef06;
      file[*rc::gen::inRange<std::size_t>(0, file.size())] = *rc::gen::arbitrary<std::uint8_t>();
    }
    const auto cut = *rc::gen::inRange<std::size_t>(0, 8);
    if (cut > 4) ef06.resize(ef06.size() - cut);
    auto issue = parse_issue(ef05);
    if (!issue) return;
    const auto fields = parse_holder(ef06, std::move(*issue));
    if (!fields) return;
    ++read;
    RC_ASSERT(is_sound(*fields));
  }));
  CHECK(read > 0);  // otherwise this test looks at nothing
}

TEST_CASE("records that were found lie inside the file") {
  CHECK(rc::check([](const Bytes& file) {
    const auto records = Records::parse(file);
    if (!records) return;
    for (int tag = 0; tag < 256; ++tag) {
      const auto value = records->find(static_cast<std::uint8_t>(tag));
      if (!value) continue;
      RC_ASSERT(value->data() >= file.data() + 2);
      RC_ASSERT(value->data() + value->size() <= file.data() + file.size());
    }
  }));
}

TEST_CASE("what decodes as GB18030 encodes to the same text again") {
  CHECK(rc::check([](const Bytes& bytes) {
    const auto text = utf8_of_gb18030(bytes);
    if (!text) return;
    const auto back = gb18030_of_utf8(*text);
    RC_ASSERT(back.has_value());
    RC_ASSERT(utf8_of_gb18030(*back) == text);
  }));
}

TEST_CASE("a virtual card answers any command with a status word") {
  vcard::VirtualCard card(test::persons().at("tie"), {.strict_t0 = true});
  CHECK(rc::check([&card](Bytes command, std::uint8_t instruction) {
    if (command.size() > 1 && instruction % 2 == 0) {
      command[0] = 0x00;
      command[1] = instruction % 4 == 0 ? 0xB2 : 0xA4;
    }
    const Bytes answer = card.answer(command);
    RC_ASSERT(answer.size() >= 2U);
    RC_ASSERT(answer.size() <= 258U);
  }));
}

TEST_CASE("a conductor may say anything") {
  vcard::Stage stage(test::persons());
  CHECK(rc::check([&stage](const std::string& line) {
    const std::string answer = stage.obey(line);
    RC_ASSERT(answer.starts_with("ok") || answer.starts_with("error"));
  }));
}

TEST_CASE("codes do not depend on how their bytes were cut into fragments") {
  CHECK(rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789A\r\n")));
    ScanFramer whole;
    const std::vector<Secret> expected = whole.feed(as_bytes(text), SteadyTime{});
    ScanFramer cut;
    std::vector<Secret> got;
    for (std::size_t at = 0; at < text.size();) {
      const auto size = *rc::gen::inRange<std::size_t>(1, text.size() - at + 1);
      for (Secret& frame : cut.feed(as_bytes(std::string_view(text).substr(at, size)), SteadyTime{})) {
        got.push_back(std::move(frame));
      }
      at += size;
    }
    RC_ASSERT(got == expected);
  }));
}

TEST_CASE("a scanned text of any kind prints without its middle") {
  CHECK(rc::check([] {
    const auto digits = *rc::gen::container<std::string>(25, rc::gen::elementOf(std::string("0123456789")));
    const std::string printed = masked(classify(Secret("424" + digits)));
    RC_ASSERT(printed == "424…" + digits.substr(19));
  }));
  CHECK(rc::check([](const std::string& text) { (void)masked(classify(Secret(text))); }));
}

}  // namespace gongji::card
