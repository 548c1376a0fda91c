// The engine against the oracle: a hundred thousand claims and more, every scheme and version, to the fen.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "offline/packs/packs.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "tests/oracle/oracle.h"
#include "tests/oracle/random_claims.h"
#include "tests/packs/pack_text.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;
using nlohmann::json;

namespace {

constexpr int claims_for_each = 20'000;

// A supplement of the region that gives the version's open figures.
std::string supplement_for(const KnownVersion& version) {
  json out = {{"format", "gongji.supplement.v1"}, {"scheme", version.pack.substr(0, version.pack.find('@'))}};
  out["sources"] = {{{"id", "region"},
                     {"title", "invented for this test"},
                     {"issuer", nullptr},
                     {"document_number", nullptr},
                     {"published", nullptr},
                     {"note", ""}}};
  out["rows"] = json::array();
  for (const auto& [id, value] : version.open) {
    out["rows"].push_back({{"id", id},
                           {"unit", id.find("ratio") == std::string::npos ? "fen" : "ppm"},
                           {"value", value},
                           {"article", "第一条"},
                           {"source", "region"},
                           {"first_day", version.first_day},
                           {"last_day", nullptr},
                           {"checked", "2026-11-21"},
                           {"confidence", "sourced"},
                           {"note", ""}});
  }
  return out.dump();
}

packs::PackSet packs_for(const KnownVersion& version, bool filled) {
  packs::PackSetBuilder builder;
  REQUIRE(builder.activate_reported().add_built_in().has_value());
  if (filled) REQUIRE(builder.add_supplement(supplement_for(version), "region").has_value());
  auto built = builder.build();
  if (built.has_error()) FAIL(to_string(built.error(), Language::en));
  return std::move(*built);
}

// What differs first, in words; "" where engine and oracle agree.
std::string difference(const Outcome& outcome, const OracleAnswer& by_hand) {
  const auto* refusal = std::get_if<Refusal>(&outcome);
  if (refusal != nullptr) {
    if (!by_hand.refused.has_value()) return "refused: " + std::string(name_of(refusal->code)) + " " + refusal->path;
    if (*by_hand.refused != refusal->code) return "refused by hand: " + std::string(name_of(*by_hand.refused));
    if (refusal->code == RefusalCode::parameter_unset && refusal->path != by_hand.unset) {
      return "unset: " + refusal->path + ", by hand " + by_hand.unset;
    }
    return "";
  }
  if (by_hand.refused.has_value()) return "settled, by hand " + std::string(name_of(*by_hand.refused));
  const auto& settled = std::get<Settlement>(outcome);
  const Totals &a = settled.totals, &b = by_hand.totals;
  const auto differs = [](const char* name, Money engine, Money oracle) {
    return std::string(name) + " " + to_string(engine) + ", by hand " + to_string(oracle);
  };
#define GONGJI_SAME(member) \
  if (a.member != b.member) return differs(#member, a.member, b.member)
  GONGJI_SAME(medfee_sumamt);
  GONGJI_SAME(fulamt_ownpay_amt);
  GONGJI_SAME(overlmt_selfpay);
  GONGJI_SAME(preselfpay_amt);
  GONGJI_SAME(inscp_scp_amt);
  GONGJI_SAME(act_pay_dedc);
  GONGJI_SAME(hifp_pay);
  GONGJI_SAME(hifob_pay);
  GONGJI_SAME(fund_pay_sumamt);
  GONGJI_SAME(psn_part_amt);
  GONGJI_SAME(acct_pay);
  GONGJI_SAME(acct_mulaid_pay);
  GONGJI_SAME(psn_cash_pay);
  GONGJI_SAME(balc);
#undef GONGJI_SAME
  if (a.pool_prop_selfpay != b.pool_prop_selfpay) {
    return "pool_prop_selfpay " + std::to_string(a.pool_prop_selfpay.in_ppm()) + ", by hand " +
           std::to_string(b.pool_prop_selfpay.in_ppm());
  }
  if (settled.accounts != by_hand.accounts) return "accounts";
  for (std::size_t i = 0; i < settled.lines.size(); ++i) {
    const LineShares &line = settled.lines[i], &hand = by_hand.lines[i];
    if (line.fund != hand.fund) return differs(("fund of line " + line.feedetl_sn).c_str(), line.fund, hand.fund);
    if (line != hand) return "line " + line.feedetl_sn;
  }
  std::map<std::string, std::int64_t> counters;
  for (const Counter& each : settled.ytd) counters[each.name] = each.value.in_fen();
  if (counters.size() != settled.ytd.size()) return "a counter stands twice";
  return counters == by_hand.counters ? "" : "counters";
}

std::string compare(const KnownVersion& version, const Claim& claim, const packs::PackSet& packs, bool filled) {
  const Policy& policy = *packs.find(version.pack, claim.begntime.day);
  return difference(settle(claim, policy, TraceWish::none),
                    by_hand(version.pack, claim, filled ? version.open : OpenFigures{}));
}

// The same difference with less: lines, accounts and counters that do not matter are taken away.
Claim smaller(const KnownVersion& version, Claim claim, const packs::PackSet& packs, bool filled) {
  const auto try_without = [&](auto member) {
    for (std::size_t i = 0; i < (claim.*member).size();) {
      Claim less = claim;
      (less.*member).erase((less.*member).begin() + static_cast<std::ptrdiff_t>(i));
      if (!less.lines.empty() && !compare(version, less, packs, filled).empty()) {
        claim = std::move(less);
      } else {
        ++i;
      }
    }
  };
  try_without(&Claim::lines);
  try_without(&Claim::accounts);
  try_without(&Claim::ytd);
  return claim;
}

struct Count {
  int with_share = 0, without = 0, with_additional = 0;
  std::map<std::string, int> refused;
  int refusals() const {
    int sum = 0;
    for (const auto& [code, times] : refused) sum += times;
    return sum;
  }
};

// Which benefit a visit asks for, as its forced id or its kind of visit.
std::string asked_for(const Claim& claim) {
  return claim.visit.benefit.has_value() ? *claim.visit.benefit : claim.visit.med_type;
}

std::uint64_t seed() {
  const char* given = std::getenv("GONGJI_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'701;
}

}  // namespace

TEST_CASE("every pack agrees with the articles done by hand, to the fen, on a hundred thousand claims and more") {
  int all = 0;
  std::ostringstream table;
  for (const KnownVersion& version : known_versions()) {
    for (const bool filled : {false, true}) {
      if (filled && version.open.empty()) continue;
      const packs::PackSet packs = packs_for(version, filled);
      Random random(seed() + static_cast<std::uint64_t>(all));
      Count count;
      std::map<std::string, int> shares_by_benefit;
      for (int i = 0; i < claims_for_each; ++i, ++all) {
        const Claim claim = random_claim(version, random);
        const Policy& policy = *packs.find(version.pack, claim.begntime.day);
        const Outcome outcome = settle(claim, policy, TraceWish::none);
        const std::string differs =
            difference(outcome, by_hand(version.pack, claim, filled ? version.open : OpenFigures{}));
        if (!differs.empty()) {
          const Claim less = smaller(version, claim, packs, filled);
          FAIL(version.pack << (filled ? " with its open figures" : "") << ", claim " << i
                            << " of GONGJI_SEED=" << seed() << ": " << differs
                            << "\nsmaller: " << compare(version, less, packs, filled) << "\n"
                            << claim_to_json(less));
        }
        if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
          ++count.refused[std::string(name_of(refusal->code))];
          continue;
        }
        const bool share = std::get<Settlement>(outcome).totals.fund_pay_sumamt > Money();
        ++(share ? count.with_share : count.without);
        if (std::get<Settlement>(outcome).totals.hifob_pay > Money()) ++count.with_additional;
        if (share) ++shares_by_benefit[asked_for(claim)];
      }
      table << version.pack << (filled ? " with its open figures" : "") << ": " << count.with_share
            << " with a fund share, " << count.without << " without, " << count.refusals() << " refused\n";
      INFO(table.str());
      CHECK(count.without > 0);
      CHECK(count.refusals() > 0);
      CHECK(count.refused["site_not_designated"] > 0);
      CHECK(count.refused["waiting_period"] > 0);
      CHECK(count.refused["benefit_not_in_pack"] > 0);
      CHECK((count.refused["excluded_cause"] > 0) == (version.pack == "suyu-resident@2007-07-01"));
      const bool unset = !filled && !version.open.empty();
      CHECK((count.refused["parameter_unset"] > 0) == unset);
      // Zaozhuang's text has no figure at all: only a supplement gives a share
      const bool no_figures = !filled && version.pack == "zaozhuang-resident@2023-01-01";
      CHECK((count.with_share > 0) == !no_figures);
      // of the 2026 medical year the ceiling is open, and nothing beyond it is decided
      const bool ceiling =
          version.pack.starts_with("shanghai") && (filled || version.pack.find("2026") == std::string::npos);
      CHECK((count.with_additional > 0) == ceiling);
      // with all figures every benefit pays, and so the generator reaches it
      if (filled || version.open.empty()) {
        for (const std::string& benefit : version.benefits) {
          INFO(benefit);
          CHECK((shares_by_benefit[benefit] > 0) == (version.pack != "suyu-resident@2007-07-01" || benefit != "op"));
        }
      }
    }
  }
  std::cout << table.str() << all << " claims\n";
  CHECK(all >= 100'000);
}

TEST_CASE("the oracle knows every version that is built in") {
  std::set<std::string> known, built_in;
  for (const KnownVersion& version : known_versions()) known.insert(version.pack);
  const packs::PackSet packs = packs::built_in_packs(true);
  for (const packs::PackInfo& info : packs.packs()) built_in.insert(info.name);
  CHECK(known == built_in);
}

TEST_CASE("the oracle names every figure that the texts leave open") {
  for (const std::string& path : pack_paths()) {
    const json pack = json::parse(file_text(path));
    const std::string name = pack["scheme"].get<std::string>() + "@" + pack["version"].get<std::string>();
    const auto version = std::find_if(known_versions().begin(), known_versions().end(),
                                      [&name](const KnownVersion& each) { return each.pack == name; });
    REQUIRE(version != known_versions().end());
    std::set<std::string> open, named;
    for (const json& row : pack["rows"]) {
      if (row["value"].is_null()) open.insert(row["id"]);
    }
    for (const auto& [id, value] : version->open) named.insert(id);
    INFO(name);
    CHECK(open == named);
  }
}
