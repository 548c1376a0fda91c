// side_by_side_bench.cpp — our half of the comparison in side_by_side/.
//
//   side_by_side_bench CLAIMS.jsonl      each line a claim as `gongji quote` reads it
//
// Prints one JSON object: for each claim what the fund pays and what the deductible took, in fen, and the nanoseconds
// of one settlement as the mean over all claims, without and with a trace; pack choice included, reading not.
#include <algorithm>
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

// A claim and the rules that decide it.
struct Case {
  Claim claim;
  const Policy* policy = nullptr;
};

class Engine {
 public:
  const Settlement& settle(const Case& each, TraceWish wish) {
    GONGJI_CHECK(!settle_into(each.claim, *each.policy, wish, settlement_, memory_).has_value());
    return settlement_;
  }

  // The median over batches so short that other programs seldom interrupt one, as the others' single calls.
  std::int64_t nanoseconds_each(const std::vector<Case>& cases, TraceWish wish) {
    constexpr std::size_t batch = 50, passes = 20;
    std::vector<std::int64_t> samples;
    for (std::size_t pass = 0; pass < passes; ++pass) {
      for (std::size_t first = 0; first + batch <= cases.size(); first += batch) {
        const auto began = std::chrono::steady_clock::now();
        for (std::size_t i = first; i < first + batch; ++i) settle(cases[i], wish);
        const auto spent = std::chrono::steady_clock::now() - began;
        samples.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count());
      }
    }
    GONGJI_CHECK(!samples.empty());
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    return *middle / static_cast<std::int64_t>(batch);
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
  std::vector<Case> cases;
  std::ifstream file(words[1]);
  for (std::string text; std::getline(file, text);) {
    auto read = claim_from_json(text);
    GONGJI_CHECK(std::holds_alternative<Claim>(read));
    Case& each = cases.emplace_back(Case{std::move(std::get<Claim>(read))});
    each.policy = std::get<packs::Chosen>(all_packs().choose(each.claim)).policy;
  }
  GONGJI_CHECK(!cases.empty());

  Engine engine;
  std::cout << "{\"answers\":[";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Totals& totals = engine.settle(cases[i], TraceWish::none).totals;
    std::cout << (i == 0 ? "[" : ",[") << totals.hifp_pay.in_fen() << ',' << totals.act_pay_dedc.in_fen() << ']';
  }
  std::cout << "],\"nanoseconds\":" << engine.nanoseconds_each(cases, TraceWish::none)
            << ",\"nanoseconds_with_trace\":" << engine.nanoseconds_each(cases, TraceWish::steps) << "}\n";
  return 0;
}
