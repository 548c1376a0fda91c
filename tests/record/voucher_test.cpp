// An offline voucher: what is read is what was signed, and nothing else is read.
#include "offline/record/voucher.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "card/scan.h"
#include "offline/base/decimal.h"
#include "offline/record/troubles.h"
#include "offline/seal/sm2.h"
#include "tests/record/generators.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::record;

namespace {

// A centre's key of one test.
struct Centre {
  tests::Scratch scratch;
  SeededRandom random{20'261'122};
  std::shared_ptr<const seal::KeyStore> keys = seal::KeyStore::open(scratch / "keys", random).value();
};

Voucher example() {
  Voucher voucher;
  voucher.from = WallTime{1'795'276'800'000};  // 2026-11-22 00:00 in UTC+8
  voucher.valid = std::chrono::hours(72);
  voucher.nonce = {0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE};
  voucher.psn_no = Secret("99999900000000000001");
  return voucher;
}

const TroubleText* trouble_of(const Result<Voucher>& result) {
  return result ? nullptr : result.error().text;
}

Voucher any_voucher() {
  Voucher voucher;
  voucher.from = WallTime{any::whole(0, 0xFFFF'FFFF) * 1000};
  voucher.valid = std::chrono::hours(any::whole(1, voucher_hours_max.count()));
  for (auto& octet : voucher.nonce) octet = any::octet();
  std::string psn_no(static_cast<std::size_t>(any::whole(1, voucher_psn_no_max)), '0');
  for (char& c : psn_no) c = static_cast<char>(any::whole(0x21, 0x7E));
  voucher.psn_no = Secret(psn_no);
  return voucher;
}

constexpr const char* vector_file = "tests/record/vectors/voucher.json";

nlohmann::json read_vector() {
  std::ifstream in(vector_file);
  REQUIRE(in.good());
  return nlohmann::json::parse(in);
}

}  // namespace

TEST_CASE("any voucher is read as it was issued, in 289 digits that scanners tell from every other code") {
  const Centre centre;
  CHECK(rc::check("read_voucher(issue_voucher(v)) == v", [&] {
    Voucher voucher = any_voucher();
    const Secret digits = issue_voucher(*centre.keys, voucher);
    RC_ASSERT(digits.reveal().size() == voucher_digits);
    RC_ASSERT(card::classify(digits).kind == card::ScanKind::offline_voucher);
    const auto read = read_voucher(digits, centre.keys->public_key());
    RC_ASSERT(read.has_value());
    voucher.key_id = voucher_key_id(centre.keys->public_key());
    RC_ASSERT(*read == voucher);
  }));
}

TEST_CASE("any other digit at any place is refused") {
  const Centre centre;
  const std::string digits = issue_voucher(*centre.keys, example()).reveal();
  const auto held = read_voucher(Secret(digits), centre.keys->public_key());
  REQUIRE(held);
  for (std::size_t place = 0; place < digits.size(); ++place) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (digit == digits[place]) continue;
      std::string changed = digits;
      changed[place] = digit;
      INFO("place " << place << " digit " << digit);
      REQUIRE_FALSE(read_voucher(Secret(changed), centre.keys->public_key()));
    }
  }
}

TEST_CASE("what is not 289 digits of one form is not a voucher") {
  const Centre centre;
  const Bytes key = centre.keys->public_key();
  const std::string digits = issue_voucher(*centre.keys, example()).reveal();
  for (const std::string& wrong :
       {std::string(), digits.substr(1), digits.substr(0, 288), digits + "0", " " + digits.substr(1),
        std::string(289, '0'), std::string(289, '9'), "x" + digits.substr(1), std::string(28, '4')}) {
    CHECK(trouble_of(read_voucher(Secret(wrong), key)) == &troubles::voucher_malformed);
  }
  // A group above seven bytes.
  std::string beyond = digits;
  beyond.replace(17, 17, "72057594037927936");
  CHECK(trouble_of(read_voucher(Secret(beyond), key)) == &troubles::voucher_malformed);
}

TEST_CASE("a voucher whose members have a second form is refused, even where the centre had signed it") {
  const Centre centre;
  const auto bytes = from_digits(issue_voucher(*centre.keys, example()).reveal());
  REQUIRE(bytes);
  const auto signed_anew = [&](std::size_t at, std::uint8_t value) {
    Bytes statement(bytes->begin(), bytes->begin() + 55);
    statement[at] = value;
    Bytes whole = statement;
    const Bytes signature = centre.keys->sign(voucher_tag, statement);
    whole.insert(whole.end(), signature.begin(), signature.end());
    return trouble_of(read_voucher(Secret(to_digits(whole)), centre.keys->public_key()));
  };
  CHECK(signed_anew(54, 0) == nullptr);                          // as it was
  CHECK(signed_anew(54, 'x') == &troubles::voucher_malformed);   // behind the zeros of psn_no
  CHECK(signed_anew(23, 0) == &troubles::voucher_malformed);     // no psn_no
  CHECK(signed_anew(24, ' ') == &troubles::voucher_malformed);   // not printable
  CHECK(signed_anew(24, 0x80) == &troubles::voucher_malformed);  // not ASCII
  CHECK(signed_anew(13, 0xFF) == &troubles::voucher_malformed);  // more hours than a year has
  CHECK(signed_anew(0, 'H') == &troubles::voucher_malformed);
  CHECK(signed_anew(3, 2) == &troubles::voucher_version_unknown);
  CHECK(signed_anew(4, 2) == &troubles::voucher_version_unknown);
}

TEST_CASE("a voucher of another centre, or one that names this centre's key without having it, is refused") {
  const Centre centre;
  const seal::Sm2PrivateKey stranger = seal::Sm2PrivateKey::generate();
  CHECK(trouble_of(read_voucher(issue_voucher(*centre.keys, example()), stranger.public_key())) ==
        &troubles::voucher_of_other_centre);

  const auto bytes = from_digits(issue_voucher(*centre.keys, example()).reveal());
  REQUIRE(bytes);
  const Bytes statement(bytes->begin(), bytes->begin() + 55);
  Bytes forged = statement;
  const Bytes signature = stranger.sign(voucher_tag, statement);
  forged.insert(forged.end(), signature.begin(), signature.end());
  CHECK(trouble_of(read_voucher(Secret(to_digits(forged)), centre.keys->public_key())) == &troubles::voucher_forged);
  // A signature of another kind of statement is none of a voucher.
  Bytes other_kind = statement;
  const Bytes of_feed = centre.keys->sign("gongji.feed.v1", statement);
  other_kind.insert(other_kind.end(), of_feed.begin(), of_feed.end());
  CHECK(trouble_of(read_voucher(Secret(to_digits(other_kind)), centre.keys->public_key())) ==
        &troubles::voucher_forged);
}

TEST_CASE("the published voucher is read, and each of its members is what the vector says") {
  const auto vector = read_vector();
  const Bytes key = from_hex(vector.at("public_key").get<std::string>()).value();
  const Secret digits(vector.at("digits").get<std::string>());
  CHECK(to_hex(from_digits(digits.reveal()).value()) == vector.at("hex").get<std::string>());
  const auto voucher = read_voucher(digits, key);
  REQUIRE(voucher);
  CHECK(to_hex(voucher->key_id) == vector.at("key_id").get<std::string>());
  CHECK(voucher->from.ms / 1000 == vector.at("from").get<std::int64_t>());
  CHECK(voucher->valid.count() == vector.at("hours").get<std::int64_t>());
  CHECK(to_hex(voucher->nonce) == vector.at("nonce").get<std::string>());
  CHECK(voucher->psn_no.reveal() == vector.at("psn_no").get<std::string>());
  CHECK(to_hex(voucher_digest(voucher->nonce)) == vector.at("nonce_digest").get<std::string>());
  for (const auto& refused : vector.at("refused")) {
    INFO(refused.at("why").get<std::string>());
    CHECK_FALSE(read_voucher(Secret(refused.at("digits").get<std::string>()), key));
  }
}

// Writes the vector, once: a signature is made with new randomness each time.  GONGJI_VECTOR names the file.
TEST_CASE("writes the published voucher", "[.write-vector]") {
  const char* file = std::getenv("GONGJI_VECTOR");
  REQUIRE(file != nullptr);
  const Centre centre;
  const Secret digits = issue_voucher(*centre.keys, example());
  const Bytes key = centre.keys->public_key();
  const Voucher voucher = read_voucher(digits, key).value();
  const auto changed = [&](std::size_t place) {
    std::string out = digits.reveal();
    out[place] = out[place] == '0' ? '1' : '0';
    return out;
  };
  std::string beyond = digits.reveal();
  beyond.replace(17, 17, "72057594037927936");
  const nlohmann::ordered_json vector = {
      {"about", "An offline voucher of an invented person; form: offline/record/voucher.h"},
      {"public_key", to_hex(key)},
      {"key_id", to_hex(voucher.key_id)},
      {"from", voucher.from.ms / 1000},
      {"hours", voucher.valid.count()},
      {"nonce", to_hex(voucher.nonce)},
      {"nonce_digest", to_hex(voucher_digest(voucher.nonce))},
      {"psn_no", voucher.psn_no.reveal()},
      {"hex", to_hex(from_digits(digits.reveal()).value())},
      {"digits", digits.reveal()},
      {"refused",
       {{{"why", "another digit in the nonce"}, {"digits", changed(40)}},
        {{"why", "another digit in the signature"}, {"digits", changed(250)}},
        {{"why", "a group beyond seven bytes"}, {"digits", beyond}},
        {{"why", "one digit too few"}, {"digits", digits.reveal().substr(0, 288)}}}}};
  std::ofstream out(file);
  out << vector.dump(2) << '\n';
  REQUIRE(out.good());
}
