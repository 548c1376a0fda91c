#include <catch2/catch.hpp>

#include "offline/packs/packs.h"
#include "offline/packs/troubles.h"
#include "tests/packs/pack_text.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::testing;
using nlohmann::ordered_json;
using settlement::Claim;
using settlement::RefusalCode;

namespace {

// Wuhan's rules under other names, days and places: choosing looks at the head only.
struct Version {
  const char* scheme;
  const char* version;
  const char* status;
  const char* prefix;
  const char* first_day;
  const char* last_day;
};

Result<PackSet> packs_of(std::initializer_list<Version> versions, bool reported = false) {
  PackSetBuilder builder;
  if (reported) builder.activate_reported();
  for (const Version& version : versions) {
    ordered_json pack = wuhan_json();
    pack["scheme"] = version.scheme;
    pack["version"] = version.version;
    pack["status"] = version.status;
    pack["admdvs_prefixes"] = {version.prefix};
    pack["first_day"] = version.first_day;
    for (auto& row : pack["rows"]) row["first_day"] = version.first_day;
    if (version.last_day != nullptr) pack["last_day"] = version.last_day;
    if (auto added = builder.add_pack(pack.dump(), wuhan_sources(), "test"); added.has_error()) return added.error();
  }
  return builder.build();
}

Claim claim_of(const char* place, const char* when, std::optional<std::string> pack = std::nullopt) {
  Claim claim = plain_claim();
  claim.person.insuplc_admdvs = place;
  claim.begntime = at((std::string(when) + " 08:00:00").c_str());
  claim.pack = std::move(pack);
  return claim;
}

std::string chosen(const PackSet& packs, const Claim& claim) {
  const Choice choice = packs.choose(claim);
  if (const auto* none = std::get_if<NotChosen>(&choice)) {
    return std::string(name_of(none->refusal.code)) + " " + none->pack;
  }
  const auto& found = std::get<Chosen>(choice);
  return found.policy->name + (found.what_if ? " what_if" : "");
}

}  // namespace

TEST_CASE("the longest listed prefix of the place of insurance picks the scheme") {
  const auto packs = packs_of({{"province", "1", "sourced", "42", "2023-01-01", nullptr},
                               {"city", "1", "sourced", "4201", "2023-01-01", nullptr},
                               {"zone", "1", "sourced", "420199", "2023-01-01", nullptr}});
  REQUIRE(packs.has_value());
  CHECK(chosen(*packs, claim_of("420500", "2023-03-01")) == "province@1");
  CHECK(chosen(*packs, claim_of("420102", "2023-03-01")) == "city@1");
  CHECK(chosen(*packs, claim_of("420199", "2023-03-01")) == "zone@1");
  CHECK(chosen(*packs, claim_of("430100", "2023-03-01")) == "no_pack_for_scheme ");
  Claim resident = claim_of("420102", "2023-03-01");
  resident.person.insutype = "390";
  CHECK(chosen(*packs, resident) == "no_pack_for_scheme ");
}

TEST_CASE("the day picks the version, and its refusals name the version next to it") {
  const auto packs = packs_of({{"city", "b", "sourced", "4201", "2024-01-01", "2024-12-31"},
                               {"city", "a", "sourced", "4201", "2023-01-01", nullptr}});
  REQUIRE(packs.has_value());
  CHECK(chosen(*packs, claim_of("420100", "2022-12-31")) == "pack_not_yet_in_force city@a");
  CHECK(chosen(*packs, claim_of("420100", "2023-01-01")) == "city@a");
  CHECK(chosen(*packs, claim_of("420100", "2024-01-01")) == "city@b");
  CHECK(chosen(*packs, claim_of("420100", "2024-12-31")) == "city@b");

  const auto ended = packs_of({{"city", "a", "sourced", "4201", "2023-01-01", "2023-12-31"}});
  REQUIRE(ended.has_value());
  CHECK(chosen(*ended, claim_of("420100", "2023-12-31")) == "city@a");
  CHECK(chosen(*ended, claim_of("420100", "2024-01-01")) == "pack_expired city@a");
}

TEST_CASE("reported packs are chosen by day only when activated, drafts never; both can be forced") {
  const std::initializer_list<Version> versions = {{"city", "a", "sourced", "4201", "2023-01-01", nullptr},
                                                   {"city", "r", "reported", "4201", "2023-04-10", nullptr},
                                                   {"city", "d", "draft", "4201", "2022-01-01", nullptr}};
  const auto quiet = packs_of(versions);
  const auto activated = packs_of(versions, true);
  REQUIRE(quiet.has_value());
  REQUIRE(activated.has_value());
  CHECK(chosen(*quiet, claim_of("420100", "2023-05-01")) == "city@a");
  CHECK(chosen(*activated, claim_of("420100", "2023-05-01")) == "city@r");
  CHECK(chosen(*quiet, claim_of("420100", "2022-06-01")) == "pack_not_yet_in_force city@a");
  CHECK(chosen(*quiet, claim_of("420100", "2023-05-01", "city@r")) == "city@r what_if");
  CHECK(chosen(*activated, claim_of("420100", "2023-05-01", "city@r")) == "city@r");
  CHECK(chosen(*activated, claim_of("420100", "2023-05-01", "city@a")) == "city@a what_if");
  CHECK(chosen(*quiet, claim_of("420100", "2023-05-01", "city@d")) == "city@d what_if");
  CHECK(chosen(*quiet, claim_of("990100", "1990-05-01", "city@a")) == "city@a what_if");
  CHECK(chosen(*quiet, claim_of("420100", "2023-05-01", "city@a")) == "city@a");
  CHECK(chosen(*quiet, claim_of("420100", "2023-05-01", "city@z")) == "no_pack_for_scheme city@z");
}

TEST_CASE("two schemes cannot claim one place and kind of insurance") {
  const auto packs = packs_of(
      {{"one", "1", "sourced", "4201", "2023-01-01", nullptr}, {"two", "1", "sourced", "4201", "2023-01-01", nullptr}});
  REQUIRE(packs.has_error());
  CHECK(packs.error().text == &troubles::conflict);
}

TEST_CASE("every part of Wuhan is Wuhan") {
  const PackSet packs = built_in_packs();
  for (const char* place : {"420100", "420102", "420199"}) {
    CHECK(chosen(packs, claim_of(place, "2023-03-01")) == "wuhan-employee@2023-02-01");
  }
  CHECK(chosen(packs, claim_of("420200", "2023-03-01")) == "no_pack_for_scheme ");
}
