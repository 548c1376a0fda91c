// adjudicate_bench.cpp — what one settlement costs, and what must be there before the first.
#include <benchmark/benchmark.h>

#include "offline/base/check.h"
#include "offline/packs/packs.h"
#include "offline/settlement/settle.h"
#include "tests/bench/bench_claims.h"

namespace {

using namespace gongji;
using namespace gongji::settlement;

const packs::PackSet& all_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

TraceWish wish_of(const benchmark::State& state) {
  return state.range(1) == 0 ? TraceWish::none : TraceWish::steps;
}

void settle_into_used_memory(benchmark::State& state) {
  const Claim claim = bench::wuhan_claim(static_cast<int>(state.range(0)));
  const auto chosen = std::get<packs::Chosen>(all_packs().choose(claim));
  Settlement settlement;
  SettlementMemory memory;
  for (auto _ : state) {
    GONGJI_CHECK(!settle_into(claim, *chosen.policy, wish_of(state), settlement, memory).has_value());
    benchmark::DoNotOptimize(settlement.totals);
  }
}

void settle_into_new_memory(benchmark::State& state) {
  const Claim claim = bench::wuhan_claim(static_cast<int>(state.range(0)));
  const auto chosen = std::get<packs::Chosen>(all_packs().choose(claim));
  for (auto _ : state) benchmark::DoNotOptimize(settle(claim, *chosen.policy, wish_of(state)));
}

void choose_pack(benchmark::State& state) {
  const Claim claim = bench::wuhan_claim(5);
  for (auto _ : state) benchmark::DoNotOptimize(all_packs().choose(claim));
}

void load_built_in_packs(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(packs::built_in_packs());
}

void as_usual(benchmark::internal::Benchmark* bench) {
  bench->Repetitions(9)->ReportAggregatesOnly(true);
}
void lines_and_trace(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"lines", "trace"});
  for (const int lines : {1, 5, 20, 200}) {
    for (const int trace : {0, 1}) bench->Args({lines, trace});
  }
  as_usual(bench);
}

BENCHMARK(settle_into_used_memory)->Apply(lines_and_trace);
BENCHMARK(settle_into_new_memory)->Apply(lines_and_trace);
BENCHMARK(choose_pack)->Apply(as_usual);
BENCHMARK(load_built_in_packs)->Unit(benchmark::kMillisecond)->Apply(as_usual);

}  // namespace

BENCHMARK_MAIN();
