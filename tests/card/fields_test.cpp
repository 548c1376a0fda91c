#include <catch2/catch.hpp>

#include "card/card_session.h"
#include "card/gb18030.h"
#include "card/social_security_card.h"
#include "card/tlv.h"
#include "card/troubles.h"
#include "staged_transport.h"
#include "tests/support/print_trouble.h"

namespace gongji::card {
namespace {

using test::Desk;
using test::StagedTransport;

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

Bytes record(std::uint8_t tag, ByteView value) {
  Bytes out;
  out.push_back(tag);
  out.push_back(static_cast<std::uint8_t>(value.size()));
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

// A file under construction: by tag, so that a test changes one thing.
struct File {
  std::map<std::uint8_t, Bytes> values;
  Bytes bytes() const {
    Bytes out;
    for (const auto& [tag, value] : values) {
      const Bytes one = record(tag, value);
      out.insert(out.end(), one.begin(), one.end());
    }
    return out;
  }
  File with(std::uint8_t tag, Bytes value) const {
    File out = *this;
    out.values[tag] = std::move(value);
    return out;
  }
  File without(std::uint8_t tag) const {
    File out = *this;
    out.values.erase(tag);
    return out;
  }
};

Bytes text(std::string_view value) {
  return to_bytes(as_bytes(value));
}

File issue() {
  return {{{0x01, hex("420100D15600000542010001FFFFFFFF")},
           {0x02, text("3")},
           {0x03, text("2.00")},
           {0x05, hex("20220301")},
           {0x06, hex("20320301")},
           {0x07, text("A42010015")}}};
}

File holder() {
  return {{{0x08, text("999999198005010027")},
           {0x09, hex("CDF5B7BC")},
           {0x0A, text("2")},
           {0x0B, hex("01")},
           {0x0D, hex("19800501")}}};
}

Result<CardFields> parse(const File& ef05, const File& ef06) {
  Result<CardFields> card = parse_issue(ef05.bytes());
  if (!card) return card;
  return parse_holder(ef06.bytes(), std::move(*card));
}

const TroubleText* trouble_of(const Result<CardFields>& result) {
  return result ? nullptr : result.error().text;
}

}  // namespace

TEST_CASE("every field of a card arrives as it was written") {
  const auto card = parse(issue(), holder());
  REQUIRE(card);
  CHECK(card->card_identifier.reveal() == "420100D15600000542010001FFFFFFFF");
  CHECK(card->region == "420100");
  CHECK(card->card_class == '3');
  CHECK(card->version == CardVersion::v2);
  CHECK(card->version_text == "2.00");
  CHECK(to_string(card->issued_on.value()) == "2022-03-01");
  CHECK(to_string(card->expires_on.value()) == "2032-03-01");
  CHECK(card->card_no.reveal() == "A42010015");
  CHECK(card->social_security_no.reveal() == "999999198005010027");
  CHECK(card->name.reveal() == "王芳");
  CHECK(card->sex == Sex::female);
  CHECK(card->nation == "01");
  CHECK(to_string(card->birth.value()) == "1980-05-01");
  CHECK(card->warnings.empty());
}

TEST_CASE("all persons read right from every kind of card") {
  const bool strict = GENERATE(false, true);
  const bool reads_all = GENERATE(false, true);
  for (const auto& [key, person] : test::persons()) {
    CAPTURE(key, strict, reads_all);
    Desk desk;
    if (strict) desk.stage().obey("strict-t0 on");
    if (!reads_all) desk.stage().obey("read-all off");
    REQUIRE(desk.stage().obey("insert " + key).starts_with("ok"));
    StagedTransport transport(desk);
    CardSession session(transport, "0");
    const auto card = session.read();
    if (key == "third-generation") {
      CHECK(trouble_of(card) == &troubles::needs_authentication);
      CHECK_FALSE(session.connected());
      continue;
    }
    REQUIRE(card);
    CHECK(card->name.reveal() == person.name);
    CHECK(card->social_security_no.reveal() == person.certno);
    CHECK(card->card_no.reveal() == person.card_no);
    CHECK(card->card_identifier.reveal() == person.card_identifier);
    CHECK(std::to_string(static_cast<int>(card->sex)) == person.gend);
    CHECK(card->nation == person.naty);
    CHECK(card->birth == person.brdy);
    CHECK(card->issued_on == person.issued);
    CHECK(card->expires_on == person.expires);
    CHECK(card->version_text == person.version);
    CHECK(card->warnings.empty());
  }
}

TEST_CASE("a name whose four-byte character lies across the border of two records is whole") {
  const Bytes name = gb18030_of_utf8(test::persons().at("long-name").name).value();
  REQUIRE(name.size() == 36);
  CHECK_FALSE(utf8_of_gb18030(ByteView(name).first(30)));  // it is cut there
}

TEST_CASE("padding is no part of a value") {
  CHECK(parse(issue(), holder().with(0x09, hex("CDF5B7BC0000000000")))->name.reveal() == "王芳");
  CHECK(parse(issue(), holder().with(0x09, hex("CDF5B7BC202020")))->name.reveal() == "王芳");
  CHECK(parse(issue(), holder().with(0x4E, Bytes(20, 0x00)))->name.reveal() == "王芳");
  CHECK(parse(issue(), holder().with(0x09, hex("CDF500")).with(0x4E, hex("B7BC00")))->name.reveal() == "王芳");
  CHECK(parse(issue().with(0x07, text("A42010015       ")), holder())->card_no.reveal() == "A42010015");
  const auto unset = parse(issue().with(0x05, hex("FFFFFFFF")).with(0x06, hex("00000000")),
                           holder().with(0x0A, hex("00")).with(0x0B, hex("FF")).with(0x0D, hex("FFFFFFFF")));
  REQUIRE(unset);
  CHECK_FALSE(unset->issued_on);
  CHECK_FALSE(unset->expires_on);
  CHECK_FALSE(unset->birth);
  CHECK(unset->sex == Sex::unspecified);
  CHECK(unset->nation.empty());
  CHECK(unset->warnings.empty());
}

TEST_CASE("only the first three characters of the version count, and none means 1.0x") {
  const auto version = [](const char* value) { return parse(issue().with(0x03, text(value)), holder()); };
  CHECK(version("1.00")->version == CardVersion::v1);
  CHECK(version("2.01")->version == CardVersion::v2);
  CHECK(version("3.09")->version == CardVersion::v3);
  CHECK(version("")->version == CardVersion::v1);
  CHECK(parse(issue().with(0x03, Bytes(4, 0x00)), holder())->version == CardVersion::v1);
  CHECK(parse(issue().without(0x03), holder())->version == CardVersion::v1);
  CHECK(trouble_of(version("2.10")) == &troubles::version_unknown);
  CHECK(trouble_of(version("4.00")) == &troubles::version_unknown);
  CHECK(trouble_of(version("2")) == &troubles::version_unknown);
}

TEST_CASE("a card without what is indispensable is malformed") {
  const auto broken = GENERATE(values<std::pair<File, File>>({
      {issue().without(0x01), holder()},
      {issue().with(0x01, hex("420100D156")), holder()},
      {issue().with(0x01, Bytes(16, 0xFF)), holder()},
      {issue().with(0x01, Bytes(16, 0x00)), holder()},
      {issue().without(0x07), holder()},
      {issue().with(0x07, text("A4201001")), holder()},
      {issue().with(0x07, text("A42010'15")), holder()},
      {issue().with(0x07, Bytes(9, 0x00)), holder()},
      {issue().with(0x03, text("2.000")), holder()},
      {issue(), holder().without(0x08)},
      {issue(), holder().with(0x08, text("999999800501002"))},
      {issue(), holder().with(0x08, text("99999919800501002\n"))},
      {issue(), holder().without(0x09)},
      {issue(), holder().with(0x09, {})},
      {issue(), holder().with(0x09, Bytes(30, 0x20))},
      {issue(), holder().with(0x09, hex("CDF5B7"))},
      {issue(), holder().with(0x09, hex("CD0AF5"))},
      {issue(), holder().with(0x09, hex("CDF50AB7BC"))},
      {issue(), holder().with(0x09, Bytes(31, 0x41))},
      {issue(), holder().with(0x4E, Bytes(21, 0x41))},
  }));
  CHECK(trouble_of(parse(broken.first, broken.second)) == &troubles::card_malformed);
}

TEST_CASE("an unreadable optional item is left out with a warning") {
  const auto card = parse(issue().with(0x02, text("9")).with(0x05, hex("20220230")),
                          holder().with(0x0A, text("3")).with(0x0B, hex("57")).with(0x0D, hex("1980050A")));
  REQUIRE(card);
  CHECK(card->card_class == ' ');
  CHECK_FALSE(card->issued_on);
  CHECK(card->sex == Sex::unspecified);
  CHECK(card->nation.empty());
  CHECK_FALSE(card->birth);
  REQUIRE(card->warnings.size() == 5);
  for (const Trouble& warning : card->warnings) CHECK(warning.text == &troubles::field_unreadable);
  CHECK(card->warnings[4].path == "EF06 tag 0d");
}

TEST_CASE("numbers that do not agree warn, and do not stop the read") {
  const auto only_warning = [](const File& ef05, const File& ef06) {
    const auto card = parse(ef05, ef06);
    return card && card->warnings.size() == 1 ? card->warnings[0].text : nullptr;
  };
  CHECK(only_warning(issue().with(0x07, text("A42010016")), holder()) == &troubles::card_no_deviates);
  CHECK(only_warning(issue(), holder().with(0x08, text("999999198005010028"))) == &troubles::id_number_deviates);
  CHECK(only_warning(issue(), holder().with(0x0D, hex("19800502"))) == &troubles::birth_deviates);
  CHECK(only_warning(issue(), holder().with(0x0A, text("1"))) == &troubles::sex_deviates);
}

TEST_CASE("a foreigner's number is taken without a check") {
  const auto card = parse(issue(), holder().with(0x08, text("CHN999919800501002")));
  REQUIRE(card);
  CHECK(card->warnings.empty());
}

TEST_CASE("the fields hide themselves when printed") {
  const auto card = parse(issue(), holder());
  std::ostringstream out;
  out << card->name << card->social_security_no << card->card_no << card->card_identifier;
  CHECK(out.str() == "王*9***7A***54***F");
}

TEST_CASE("records must fit their file exactly") {
  CHECK(Records::parse({})->find(0x01) == std::nullopt);
  CHECK(Records::parse(hex("0101AA"))->find(0x01).value()[0] == 0xAA);
  CHECK(Records::parse(hex("0101AA0000"))->find(0x01));  // unused space at the end
  CHECK(Records::parse(hex("0101AAFFFFFF"))->find(0x01));
  CHECK(Records::parse(hex("0100"))->find(0x01)->empty());
  CHECK_FALSE(Records::parse(hex("01")));
  CHECK_FALSE(Records::parse(hex("0102AA")));
  CHECK_FALSE(Records::parse(hex("0101AA0101AA")));  // twice
  CHECK_FALSE(Records::parse(hex("00000101AA")));
  CHECK_FALSE(Records::parse(hex("0101AA00FF")));
}

}  // namespace gongji::card
