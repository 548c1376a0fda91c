#include "offline/audit/bundle.h"

#include "offline/audit/troubles.h"
#include "tests/audit/shop.h"

namespace gongji::tests {

namespace {

Result<audit::Exported> export_all(Shop& shop, bool with_personal = false, std::uint64_t from = 1,
                                   std::uint64_t to = 8) {
  return audit::export_bundle(shop.till.file(), shop.till.keys(), shop.registration(), built_in_law(),
                              {from, to, with_personal}, noon);
}

const TroubleText* trouble_of(const Result<audit::VerifiedBundle>& verified) {
  return verified ? nullptr : verified.error().text;
}

}  // namespace

TEST_CASE("a bundle is verified on another machine with the centre's public key alone") {
  Bytes centre_key;
  std::string bundle;
  {
    Shop shop;
    shop.open_for_a_day();
    const auto exported = export_all(shop);
    REQUIRE(exported);
    CHECK(exported->entries == 8);
    CHECK(exported->personal == 0);
    bundle = exported->bytes;
    centre_key = shop.centre().public_key();
  }  // the till, its journal, its keys and its centre are gone
  const auto verified = audit::verify_bundle(bundle, centre_key);
  REQUIRE(verified);
  CHECK(verified->terminal.terminal == "T-0001");
  CHECK(verified->terminal.fixmedins_code == site_code);
  CHECK(verified->from == 1);
  CHECK(verified->to == 8);
  CHECK(verified->sales == 6);
  CHECK(verified->cancels == 1);
  CHECK(verified->papers == 1);
  CHECK(verified->personal == 0);
  CHECK(verified->medfee.in_fen() == 12'345 + 110'327 + 88'000 + 19'321 + 65'432 + 999);
  REQUIRE(verified->laws.size() >= 1);
  CHECK(verified->laws.front().find("wuhan-employee/") == 0);
}

TEST_CASE("a bundle carries personal parts only where they are asked for") {
  Shop shop;
  shop.open_for_a_day();
  const std::string name = mother().name, number = mother().psn_no;
  const auto without = export_all(shop);
  REQUIRE(without);
  CHECK(without->bytes.find(name) == std::string::npos);
  CHECK(without->bytes.find(number) == std::string::npos);
  const auto with = export_all(shop, true);
  REQUIRE(with);
  CHECK(with->personal == 8);
  CHECK(with->bytes.find(name) != std::string::npos);
  const auto verified = audit::verify_bundle(with->bytes, shop.centre().public_key());
  REQUIRE(verified);
  CHECK(verified->personal == 8);

  REQUIRE(shop.till.keys().destroy_month("2026-11"));
  const auto erased = export_all(shop, true);
  REQUIRE(erased);
  CHECK(erased->personal == 0);
  CHECK(audit::verify_bundle(erased->bytes, shop.centre().public_key()));
}

TEST_CASE("a stretch from the middle of the log is verified from the chain value before it") {
  Shop shop;
  shop.open_for_a_day();
  const auto exported = export_all(shop, false, 3, 5);
  REQUIRE(exported);
  const auto verified = audit::verify_bundle(exported->bytes, shop.centre().public_key());
  REQUIRE(verified);
  CHECK(verified->sales == 2);
  CHECK(verified->cancels == 1);
  CHECK(verified->head == journal::read_raw(shop.till.file(), 5, 5, 1 << 20, nullptr)->entries.at(0).hash);
}

TEST_CASE("a bundle with any byte changed is refused") {
  Shop shop;
  shop.sell(mother(), {12'345});
  shop.sell(mother(), {2'000});
  const bool with_personal = GENERATE(false, true);
  const auto exported = export_all(shop, with_personal, 1, 2);
  REQUIRE(exported);
  const Bytes key = shop.centre().public_key();
  // Every byte of the parts, and every 97th of the long texts of the law.
  const std::size_t parts = exported->bytes.size() < 12'000 ? exported->bytes.size() : 12'000;
  std::size_t held = 0;
  const auto flip = [&](std::size_t at) {
    std::string changed = exported->bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x01);
    if (audit::verify_bundle(changed, key)) ++held;
  };
  for (std::size_t at = 0; at < parts; at += 7) flip(at);
  for (std::size_t at = parts; at < exported->bytes.size(); at += 997) flip(at);
  for (std::size_t at = exported->bytes.size() - 64; at < exported->bytes.size(); ++at) flip(at);
  CHECK(held == 0);
}

TEST_CASE("a bundle that ends early, or goes on, is refused") {
  Shop shop;
  shop.sell(mother(), {12'345});
  const auto exported = export_all(shop, false, 1, 1);
  REQUIRE(exported);
  const Bytes key = shop.centre().public_key();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{10}, std::size_t{40}, exported->bytes.size() / 2, exported->bytes.size() - 1}) {
    CHECK_FALSE(audit::verify_bundle(exported->bytes.substr(0, size), key));
  }
  CHECK_FALSE(audit::verify_bundle(exported->bytes + std::string(64, 'x'), key));
}

TEST_CASE("a bundle of a terminal that this centre did not register is refused") {
  Shop shop;
  shop.open_for_a_day();
  const auto exported = export_all(shop);
  REQUIRE(exported);
  CHECK(trouble_of(audit::verify_bundle(exported->bytes, shop.till.keys().public_key())) ==
        &audit::troubles::not_registered);
  CHECK(trouble_of(audit::verify_bundle(exported->bytes, Bytes(65, 4))) == &audit::troubles::key_unreadable);

  // The terminal vouches for itself.
  const record::Registration own{"T-0001", 1, site_code, shop.till.keys().public_key(), noon};
  const auto signed_by_itself = record::sign(shop.till.keys(), record::registration_tag, record::encode(own));
  const auto forged =
      audit::export_bundle(shop.till.file(), shop.till.keys(), signed_by_itself, built_in_law(), {1, 8, false}, noon);
  REQUIRE(forged);
  CHECK(trouble_of(audit::verify_bundle(forged->bytes, shop.centre().public_key())) ==
        &audit::troubles::not_registered);
}

TEST_CASE("a bundle under the registration of another terminal or another key is refused") {
  Shop shop;
  shop.open_for_a_day();
  const auto with = [&](const record::Registration& registration) {
    const auto exported =
        audit::export_bundle(shop.till.file(), shop.till.keys(),
                             record::sign(shop.centre(), record::registration_tag, record::encode(registration)),
                             built_in_law(), {1, 8, false}, noon);
    REQUIRE(exported);
    return audit::verify_bundle(exported->bytes, shop.centre().public_key());
  };
  const Bytes key = shop.till.keys().public_key();
  CHECK(with({"T-0001", 1, site_code, key, noon}));
  const auto other_terminal = with({"T-0002", 1, site_code, key, noon});
  CHECK(trouble_of(other_terminal) == &audit::troubles::bundle_not_signed);
  CHECK(other_terminal.error().path == "seq 1");
  CHECK(trouble_of(with({"T-0001", 2, site_code, key, noon})) == &audit::troubles::bundle_not_signed);
  CHECK(trouble_of(with({"T-0001", 1, site_code, shop.centre().public_key(), noon})) ==
        &audit::troubles::bundle_not_signed);
}

TEST_CASE("what cannot be exported says why") {
  Shop shop;
  shop.open_for_a_day();
  CHECK(export_all(shop, false, 1, 9).error().text == &audit::troubles::range_not_there);
  CHECK(export_all(shop, false, 0, 3).error().text == &audit::troubles::range_not_there);
  CHECK(export_all(shop, false, 5, 4).error().text == &audit::troubles::range_not_there);
  CHECK(export_all(shop, false, 1, audit::bundle_entries_max + 1).error().text == &audit::troubles::too_large);
  const auto unregistered =
      audit::export_bundle(shop.till.file(), shop.till.keys(), {}, built_in_law(), {1, 8, false}, noon);
  CHECK(unregistered.error().text == &audit::troubles::no_registration);
  const auto lawless =
      audit::export_bundle(shop.till.file(), shop.till.keys(), shop.registration(), {}, {1, 8, false}, noon);
  CHECK(lawless.error().text == &audit::troubles::law_absent);
}

}  // namespace gongji::tests
