// What a region adds: which supplement decides where and when, what an answer is known by, which version is chosen.
#include <catch2/catch.hpp>

#include "offline/base/bytes.h"
#include "offline/packs/packs.h"
#include "offline/packs/signed_file.h"
#include "offline/seal/sm3.h"
#include "offline/settlement/settle.h"
#include "tests/packs/signed_text.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::settlement;
using namespace gongji::testing;
using nlohmann::json;

namespace {

Result<PackSet> packs_with(const std::vector<json>& supplements) {
  PackSetBuilder builder;
  if (auto done = builder.add_built_in(); !done) return done.error();
  for (std::size_t i = 0; i < supplements.size(); ++i) {
    const std::string name = "file-" + std::to_string(i + 1);
    if (auto done = builder.add_supplement(supplements[i].dump(), name); !done) return done.error();
  }
  return builder.build();
}

Claim day_surgery(const char* when = "2023-05-01 10:00:00", const char* place = "530400") {
  Claim claim = plain_claim();
  claim.begntime = at(when);
  claim.person.insuplc_admdvs = place;
  claim.site.dedc_hosp_lv = 3;
  claim.visit.med_type = "28";
  claim.lines = {line("1", Money::yuan(1300))};
  return claim;
}

const Policy& policy_for(const PackSet& packs, const Claim& claim) {
  const Choice choice = packs.choose(claim);
  REQUIRE(std::holds_alternative<Chosen>(choice));
  return *std::get<Chosen>(choice).policy;
}
// What the fund pays of 1000 yuan behind half the deductible; -1 where the parameter is not set.
std::int64_t yuan_paid(const PackSet& packs, const Claim& claim) {
  const Outcome outcome = settle(claim, policy_for(packs, claim), TraceWish::none);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    CHECK(refusal->code == RefusalCode::parameter_unset);
    return -1;
  }
  return std::get<Settlement>(outcome).totals.hifp_pay.in_fen() / 100;
}

std::string hex_of(const json& supplement) {
  return to_hex(seal::sm3(as_bytes(supplement.dump())));
}

}  // namespace

TEST_CASE("without a supplement the refusal names the row that is missing") {
  const PackSet packs = built_in_packs();
  const Claim claim = day_surgery();
  const Outcome outcome = settle(claim, policy_for(packs, claim), TraceWish::none);
  REQUIRE(std::holds_alternative<Refusal>(outcome));
  CHECK(std::get<Refusal>(outcome).path == "inpatient.deductible.level_3");
}

TEST_CASE("a trace cites the supplement's own source beside the pack's") {
  const auto packs = packs_with({small_supplement()});
  REQUIRE(packs.has_value());
  const Claim claim = day_surgery();
  const auto settled = std::get<Settlement>(settle(claim, policy_for(*packs, claim), TraceWish::steps));
  std::string sources;
  for (const Step& step : settled.trace) sources += step.rule + "=" + step.source + " ";
  CHECK(sources.find("inpatient.ratio.level_3.on_job=region") != std::string::npos);
  CHECK(sources.find("inpatient.cap=region") != std::string::npos);
}

TEST_CASE("a supplement holds on its own days, and those behind each other hold each on theirs") {
  const auto packs = packs_with(
      {small_supplement(800'000, "2023-03-01", "2023-12-31"), small_supplement(900'000, "2024-02-01", nullptr)});
  REQUIRE(packs.has_value());
  CHECK(yuan_paid(*packs, day_surgery("2023-02-28 23:59:59")) == -1);
  CHECK(yuan_paid(*packs, day_surgery("2023-03-01 00:00:00")) == 800);
  CHECK(yuan_paid(*packs, day_surgery("2023-12-31 23:59:59")) == 800);
  CHECK(yuan_paid(*packs, day_surgery("2024-01-01 00:00:00")) == -1);
  CHECK(yuan_paid(*packs, day_surgery("2024-02-01 00:00:00")) == 900);
}

TEST_CASE("two supplements that give one row for one day are refused, and both are named") {
  const auto both = [](const json& a, const json& b) {
    const auto packs = packs_with({a, b});
    return packs.has_value() ? std::string("well") : to_string(packs.error(), Language::en);
  };
  const std::string said =
      both(small_supplement(800'000, "2023-01-01", "2023-12-31"), small_supplement(900'000, "2023-12-31", nullptr));
  CHECK(said.find("[G2005]") == 0);
  CHECK(said.find("file-1") != std::string::npos);
  CHECK(said.find("file-2") != std::string::npos);
  CHECK(said.find("2023-12-31") != std::string::npos);
  CHECK(both(small_supplement(800'000, "2023-01-01", "2023-12-31"), small_supplement(900'000, "2024-01-01", nullptr)) ==
        "well");
  // one file may contradict itself too
  json twice = small_supplement();
  twice["rows"].push_back(twice["rows"][0]);
  CHECK(packs_with({twice}).error().text->code == "G2005");
  // and a source's name must lead to one text
  json other = small_supplement(900'000, "2024-01-01");
  other["sources"][0]["title"] = "another text";
  CHECK(both(small_supplement(800'000, "2023-01-01", "2023-12-31"), other).find("[G2005]") == 0);
}

TEST_CASE("a supplement may be limited to persons insured in some places") {
  json here = small_supplement(800'000);
  here["admdvs_prefixes"] = {"530402", "530403"};
  json there = small_supplement(900'000);
  there["admdvs_prefixes"] = {"530421"};
  const auto packs = packs_with({here, there});
  REQUIRE(packs.has_value());
  CHECK(yuan_paid(*packs, day_surgery("2023-05-01 10:00:00", "530402")) == 800);
  CHECK(yuan_paid(*packs, day_surgery("2023-05-01 10:00:00", "530403")) == 800);
  CHECK(yuan_paid(*packs, day_surgery("2023-05-01 10:00:00", "530421")) == 900);
  CHECK(yuan_paid(*packs, day_surgery("2023-05-01 10:00:00", "530400")) == -1);
  const Day day = parse_day("2023-05-01").value();
  CHECK(packs->find("yuxi-employee@2023-01-01", day, "530402")->digest !=
        packs->find("yuxi-employee@2023-01-01", day)->digest);

  // wide and narrow limits meet where both hold
  json wide = small_supplement(700'000);
  wide["admdvs_prefixes"] = {"5304"};
  CHECK(packs_with({here, wide}).error().text->code == "G2005");
  for (const json& bad : {json::array(), json({"53x"}), json({"5304021"})}) {
    json limited = small_supplement();
    limited["admdvs_prefixes"] = bad;
    CHECK(packs_with({limited}).error().text->code == "G2002");
  }
}

TEST_CASE("an answer is known by its pack and by the supplements that are in force on its day") {
  const PackSet plain = built_in_packs();
  const json first = small_supplement(800'000, "2023-03-01", "2023-12-31"),
             second = small_supplement(900'000, "2024-01-01");
  const auto packs = packs_with({first, second});
  const auto turned = packs_with({second, first});
  REQUIRE((packs.has_value() && turned.has_value()));
  const auto digest = [](const PackSet& set, const char* when) {
    const Claim claim = day_surgery(when);
    return policy_for(set, claim).digest;
  };
  const std::string own = digest(plain, "2023-05-01 10:00:00");
  CHECK(own == info_of(plain, "yuxi-employee@2023-01-01").digest);
  CHECK(digest(*packs, "2023-02-28 10:00:00") == own);
  const auto combined = [&own](const json& supplement) {
    Bytes parts = *from_hex(own.substr(4));
    const Bytes more = *from_hex(hex_of(supplement));
    parts.insert(parts.end(), more.begin(), more.end());
    return "sm3:" + to_hex(seal::sm3({as_bytes("gongji.supplemented.v1"), parts}));
  };
  CHECK(digest(*packs, "2023-05-01 10:00:00") == combined(first));
  CHECK(digest(*packs, "2024-05-01 10:00:00") == combined(second));
  // the order of files is of no importance, other schemes are not touched, another number is another digest
  CHECK(digest(*turned, "2023-05-01 10:00:00") == combined(first));
  for (const PackInfo& info : packs->packs()) {
    if (info.scheme == "yuxi-employee") continue;
    CHECK(packs->find(info.name, info.first_day)->digest == info.digest);
  }
  const auto changed = packs_with({small_supplement(810'000, "2023-03-01", "2023-12-31")});
  CHECK(digest(*changed, "2023-05-01 10:00:00") != combined(first));
}

TEST_CASE("an activation makes a reported version decide from its day on, in its places, and only those very bytes") {
  const PackSet plain = built_in_packs();
  const PackInfo reported = info_of(plain, "wuhan-employee@2023-04-10");
  const auto key = seal::Sm2PrivateKey::generate();
  const auto with = [&key](const json& activation) -> Result<PackSet> {
    PackSetBuilder builder;
    builder.trust({key.public_key()});
    if (auto done = builder.add_built_in(); !done) return done.error();
    if (auto done = builder.add_signed(sign_file(key, SignedKind::activation, activation.dump()), "test"); !done) {
      return done.error();
    }
    return builder.build();
  };
  const auto chosen = [](const PackSet& packs, const char* place, const char* when) {
    Claim claim = plain_claim();
    claim.person.insuplc_admdvs = place;
    claim.begntime = at(when);
    const auto found = std::get<Chosen>(packs.choose(claim));
    CHECK_FALSE(found.what_if);
    return found.policy->version;
  };
  const auto packs = with(activation_of(reported, "2023-06-01", {"420102", "4201"}));
  REQUIRE(packs.has_value());
  CHECK(chosen(*packs, "420100", "2023-05-31 23:59:59") == "2023-02-01");
  CHECK(chosen(*packs, "420100", "2023-06-01 00:00:00") == "2023-04-10");
  CHECK(chosen(plain, "420100", "2023-06-01 00:00:00") == "2023-02-01");
  // never before its own first day
  const auto early = with(activation_of(reported, "2022-01-01", {"42"}));
  REQUIRE(early.has_value());
  CHECK(chosen(*early, "420100", "2023-04-09 23:59:59") == "2023-02-01");
  CHECK(chosen(*early, "420100", "2023-04-10 00:00:00") == "2023-04-10");
  // only there
  const auto there = with(activation_of(reported, "2023-06-01", {"420102"}));
  REQUIRE(there.has_value());
  CHECK(chosen(*there, "420102", "2023-06-01 00:00:00") == "2023-04-10");
  CHECK(chosen(*there, "420103", "2023-06-01 00:00:00") == "2023-02-01");

  json other = activation_of(reported, "2023-06-01", {"4201"});
  other["pack_digest"] = info_of(plain, "wuhan-employee@2023-02-01").digest;
  CHECK(with(other).error().text->code == "G2024");
  CHECK(with(activation_of(info_of(plain, "wuhan-employee@draft-2022"), "2023-06-01", {"4201"})).error().text->code ==
        "G2024");
  PackInfo absent = reported;
  absent.name = "wuhan-employee@2031-01-01";
  CHECK(with(activation_of(absent, "2023-06-01", {"4201"})).error().text->code == "G2024");
}

TEST_CASE("an activated version rules the accounts of its scheme's members from its day on") {
  const PackSet plain = built_in_packs();
  const auto key = seal::Sm2PrivateKey::generate();
  PackSetBuilder builder;
  builder.trust({key.public_key()});
  REQUIRE(builder.add_built_in().has_value());
  const json activation = activation_of(info_of(plain, "yuxi-employee@2024-11-01"), "2025-01-01", {"53"});
  REQUIRE(builder.add_signed(sign_file(key, SignedKind::activation, activation.dump()), "test").has_value());
  const auto packs = builder.build();
  REQUIRE(packs.has_value());
  Claim claim = plain_claim();
  claim.accounts = {own_account(Money::yuan(1))};
  const Policy& policy = policy_for(*packs, claim);
  const auto* before = policy.owners->find("yuxi-employee", parse_day("2024-12-31").value());
  const auto* after = policy.owners->find("yuxi-employee", parse_day("2025-01-01").value());
  REQUIRE((before != nullptr && after != nullptr));
  CHECK(before != after);
}
