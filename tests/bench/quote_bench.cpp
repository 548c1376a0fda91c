// quote_bench.cpp — one claim's text in, one answer's text out, in memory.
#include <benchmark/benchmark.h>

#include "offline/base/check.h"
#include "offline/packs/packs.h"
#include "offline/settlement/claim_json.h"
#include "terminal/quote/quoter.h"
#include "tests/bench/bench_claims.h"

namespace {

using namespace gongji;
using namespace gongji::settlement;

// A claim's text with the bytes behind it that readers want.
class Text {
 public:
  explicit Text(int lines) : text_(claim_to_json(bench::wuhan_claim(lines))), size_(text_.size()) {
    text_.append(claim_padding_bytes, ' ');
  }
  std::string_view view() const { return std::string_view(text_).substr(0, size_); }

 private:
  std::string text_;
  std::size_t size_;
};

void count(benchmark::State& state, const Text& text) {
  const auto claims = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(claims);
  state.SetBytesProcessed(claims * static_cast<std::int64_t>(text.view().size()));
}

void read_claim(benchmark::State& state) {
  const Text text(static_cast<int>(state.range(0)));
  ClaimReader reader;
  Claim claim;
  for (auto _ : state) {
    GONGJI_CHECK(!reader.read_padded(text.view(), claim).has_value());
    benchmark::DoNotOptimize(claim.lines.data());
  }
  count(state, text);
}

void quote_text(benchmark::State& state) {
  const Text text(static_cast<int>(state.range(0)));
  static const packs::PackSet packs = packs::built_in_packs();
  AnswerStyle style;
  style.trace = state.range(1) != 0;
  terminal::Quoter quoter(packs, style);
  std::string answer;
  for (auto _ : state) {
    answer.clear();
    GONGJI_CHECK(quoter.answer_padded(text.view(), answer) == terminal::Quoter::Kind::settled);
    benchmark::DoNotOptimize(answer.data());
  }
  count(state, text);
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

BENCHMARK(read_claim)->ArgName("lines")->Arg(1)->Arg(5)->Arg(20)->Arg(200)->Apply(as_usual);
BENCHMARK(quote_text)->Apply(lines_and_trace);

}  // namespace

BENCHMARK_MAIN();
