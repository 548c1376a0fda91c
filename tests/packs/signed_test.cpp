// Signed files: what is damaged, unsigned or somebody else's does not load.
#include "offline/packs/signed_file.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "offline/packs/packs.h"
#include "offline/packs/sign_rules.h"
#include "tests/packs/pack_text.h"
#include "tests/packs/signed_text.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::testing;
using nlohmann::json;

namespace {

const seal::Sm2PrivateKey& authority() {
  static const seal::Sm2PrivateKey key = seal::Sm2PrivateKey::generate();
  return key;
}

std::string code_of(const Result<void>& result) {
  return result.has_value() ? "well" : std::string(result.error().text->code);
}

// What a till does with one file.
Result<PackSet> till_with(const std::string& text, const Bytes& trusted = authority().public_key()) {
  PackSetBuilder builder;
  builder.trust({trusted});
  if (auto done = builder.add_built_in(); !done) return done.error();
  if (auto done = builder.add_signed(text, "test"); !done) return done.error();
  return builder.build();
}
std::string till_says(const std::string& text, const Bytes& trusted = authority().public_key()) {
  const auto built = till_with(text, trusted);
  return built.has_value() ? "well" : std::string(built.error().text->code);
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a signed file carries its bytes unchanged, and names its kind and its authority") {
  const std::string content = small_supplement().dump(2);
  const auto read = read_signed(sign_file(authority(), SignedKind::supplement, content), "test");
  REQUIRE(read.has_value());
  CHECK(read->content == content);
  CHECK(read->kind == SignedKind::supplement);
  CHECK(read->authority == key_name(authority().public_key()));
}

TEST_CASE("whatever bit of a signed file is flipped, it is refused") {
  const json good = json::parse(sign_file(authority(), SignedKind::supplement, small_supplement().dump()));
  REQUIRE(till_says(good.dump()) == "well");
  for (const char* part : {"public_key", "content", "signature"}) {
    const Bytes bytes = *from_base64(good[part].get<std::string>());
    const std::size_t step = bytes.size() > 200 ? 37 : 1;
    for (std::size_t i = 0; i < bytes.size(); i += step) {
      Bytes flipped = bytes;
      flipped[i] = static_cast<std::uint8_t>(flipped[i] ^ (1u << (i % 8)));
      json bad = good;
      bad[part] = to_base64(flipped);
      INFO(part << " byte " << i);
      const auto read = read_signed(bad.dump(), "test");
      REQUIRE(read.has_error());
      // a point off the curve, or a name that no longer fits the key, is seen before the signature
      CHECK(read.error().text->code == (part == std::string("public_key") ? "G2002" : "G2023"));
    }
  }
  for (const char* kind : {"pack", "activation"}) {
    json bad = good;
    bad["kind"] = kind;
    CHECK(till_says(bad.dump()) == "G2023");
  }
  json bad = good;
  bad["authority"] = key_name(seal::Sm2PrivateKey::generate().public_key());
  CHECK(till_says(bad.dump()) == "G2002");
  for (const char* part : {"format", "kind", "authority", "public_key", "content", "signature"}) {
    INFO(part);
    bad = good;
    bad.erase(part);
    CHECK(till_says(bad.dump()) == (part == std::string("format") ? "G2021" : "G2002"));
  }
  bad = good;
  bad["more"] = 1;
  CHECK(till_says(bad.dump()) == "G2002");
  bad = good;
  bad["signature"] = good["signature"].get<std::string>() + "\n";
  CHECK(till_says(bad.dump()) == "G2002");
  // the last digit of base64 has bits that say nothing: they must be zero
  bad = good;
  std::string text = good["public_key"];
  REQUIRE(text.ends_with("="));
  char& last = text[text.find('=') - 1];
  last = static_cast<char>(last + 1);
  bad["public_key"] = text;
  CHECK(till_says(bad.dump()) == "G2002");
}

TEST_CASE("a till takes neither an unsigned file nor one of another authority") {
  const auto other = seal::Sm2PrivateKey::generate();
  const std::string supplement = small_supplement().dump();
  CHECK(till_says(supplement) == "G2021");
  CHECK(till_says(sign_file(other, SignedKind::supplement, supplement)) == "G2022");
  CHECK(till_says(sign_file(authority(), SignedKind::supplement, supplement)) == "well");
  // signed, but as something else
  CHECK(till_says(sign_file(authority(), SignedKind::activation, supplement)) == "G2002");

  const tests::Scratch folder;
  write(folder / "good.json", sign_file(authority(), SignedKind::supplement, supplement));
  const auto load = [&folder] {
    PackSetBuilder builder;
    builder.trust({authority().public_key()});
    REQUIRE(builder.add_built_in().has_value());
    return code_of(builder.add_signed_directory(folder.path()));
  };
  CHECK(load() == "well");
  write(folder / "plain.json", supplement);
  CHECK(load() == "G2021");
}

TEST_CASE("without a list of authorities a signed file must still be whole, and tells whose it is") {
  const tests::Scratch folder;
  const std::string text = sign_file(authority(), SignedKind::supplement, small_supplement().dump());
  write(folder / "signed.json", text);
  write(folder / "plain.json", small_supplement(700'000, "2024-01-01").dump());
  std::string damaged = text;
  damaged[damaged.find("\"content\": \"") + 40] ^= 1;
  write(folder / "damaged.json", damaged);

  PackSetBuilder builder;
  REQUIRE(builder.add_built_in().has_value());
  REQUIRE(builder.add_supplement_file(folder / "signed.json").has_value());
  CHECK(code_of(builder.add_supplement_file(folder / "damaged.json")) == "G2023");
  auto second = small_supplement(700'000, "2024-01-01", "2024-12-31");
  const auto built = builder.build();
  REQUIRE(built.has_value());
  REQUIRE(built->added().size() == 1);
  CHECK(built->added()[0].kind == "supplement");
  CHECK(built->added()[0].authority == key_name(authority().public_key()));

  PackSetBuilder plain;
  REQUIRE(plain.add_built_in().has_value());
  REQUIRE(plain.add_supplement_file(folder / "plain.json").has_value());
  CHECK(plain.build()->added()[0].authority.empty());
}

TEST_CASE("a signed pack is the pack's own bytes, and takes the place of the built-in version") {
  json pack = json::parse(file_text(wuhan_path));
  pack["version"] = "2099-01-01";
  const std::string text = pack.dump();
  const auto built = till_with(sign_file(authority(), SignedKind::pack, pack_with_sources(text, wuhan_sources())));
  REQUIRE(built.has_value());
  const PackInfo& info = info_of(*built, "wuhan-employee@2099-01-01");
  PackSetBuilder builder;
  REQUIRE(builder.add_pack(text, wuhan_sources(), "test").has_value());
  CHECK(info.digest == builder.build()->packs()[0].digest);
}

TEST_CASE("an authority's keys are made once, kept private, and sign only what loads") {
  const tests::Scratch folder;
  const auto made = make_authority_keys(folder / "keys");
  REQUIRE(made.has_value());
  CHECK(code_of([&]() -> Result<void> {
          auto again = make_authority_keys(folder / "keys");
          if (!again) return again.error();
          return {};
        }()) == "G2025");
  CHECK(*read_public_key(folder / "keys/authority.pub") == *made);
  const auto key = read_authority_key(folder / "keys/authority.pem");
  REQUIRE(key.has_value());
  CHECK(key->public_key() == *made);
  CHECK(read_authority_key(folder / "keys/authority.pub").error().text->code == "G2026");
  CHECK(read_public_key(folder / "keys/authority.pem").error().text->code == "G2027");

  write(folder / "good.json", small_supplement().dump());
  CHECK(code_of(sign_rules(*key, SignedKind::supplement, folder / "good.json", {}, folder / "signed.json")) == "well");
  CHECK(read_signed_file(folder / "signed.json")->content == small_supplement().dump());
  json unknown = small_supplement();
  unknown["rows"][0]["id"] = "inpatient.ratio.level_7";
  write(folder / "bad.json", unknown.dump());
  CHECK(code_of(sign_rules(*key, SignedKind::supplement, folder / "bad.json", {}, folder / "never.json")) == "G2006");
  CHECK_FALSE(std::filesystem::exists(folder / "never.json"));
  CHECK(code_of(sign_rules(*key, SignedKind::pack, wuhan_path, {}, folder / "pack.json")) == "well");

  std::filesystem::permissions(folder / "keys/authority.pem",
                               std::filesystem::perms::owner_all | std::filesystem::perms::group_read);
  CHECK(read_authority_key(folder / "keys/authority.pem").error().text->code == "G4102");
}
