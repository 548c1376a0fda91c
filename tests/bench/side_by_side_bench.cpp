// side_by_side_bench.cpp — our half of the comparison in side_by_side/.
//
//   side_by_side_bench CLAIMS.jsonl      each line a claim as `gongji quote` reads it
//
// Prints one JSON object: for each claim what the fund pays and what the deductible took, in fen, and the nanoseconds
// of one settlement as the mean over all claims, without and with a trace; pack choice included, reading not.
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "offline/base/check.h"
#include "offline/packs/packs.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"

namespace {

using namespace gongji;
using namespace gongji::settlement;

const packs::PackSet& all_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

class Engine {
 public:
  const Settlement& settle(const Claim& claim, TraceWish wish) {
    const auto chosen = std::get<packs::Chosen>(all_packs().choose(claim));
    GONGJI_CHECK(!settle_into(claim, *chosen.policy, wish, settlement_, memory_).has_value());
    return settlement_;
  }

  std::int64_t nanoseconds_each(const std::vector<Claim>& claims, TraceWish wish) {
    constexpr std::int64_t passes = 20;
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t pass = 0; pass < passes; ++pass) {
      for (const Claim& claim : claims) settle(claim, wish);
    }
    const auto spent = std::chrono::steady_clock::now() - began;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count() /
           (passes * static_cast<std::int64_t>(claims.size()));
  }

 private:
  Settlement settlement_;
  SettlementMemory memory_;
};

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "side_by_side_bench CLAIMS.jsonl\n";
    return 2;
  }
  std::vector<Claim> claims;
  std::ifstream file(words[1]);
  for (std::string text; std::getline(file, text);) {
    auto read = claim_from_json(text);
    GONGJI_CHECK(std::holds_alternative<Claim>(read));
    claims.push_back(std::move(std::get<Claim>(read)));
  }
  GONGJI_CHECK(!claims.empty());

  Engine engine;
  std::cout << "{\"answers\":[";
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Totals& totals = engine.settle(claims[i], TraceWish::none).totals;
    std::cout << (i == 0 ? "[" : ",[") << totals.hifp_pay.in_fen() << ',' << totals.act_pay_dedc.in_fen() << ']';
  }
  std::cout << "],\"nanoseconds\":" << engine.nanoseconds_each(claims, TraceWish::none)
            << ",\"nanoseconds_with_trace\":" << engine.nanoseconds_each(claims, TraceWish::steps) << "}\n";
  return 0;
}
