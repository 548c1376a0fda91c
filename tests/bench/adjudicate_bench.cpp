// adjudicate_bench.cpp — what one settlement costs, by itself and from text to text.
#include <benchmark/benchmark.h>

#include "offline/base/check.h"
#include "offline/packs/packs.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "terminal/quote/quoter.h"

namespace {

using namespace gongji;
using namespace gongji::settlement;

Line line(const char* number, LineKind kind, LineClass line_class, std::int64_t price_fen, int count) {
  Line line;
  line.feedetl_sn = number;
  line.med_list_codg = "XC08CAB037A001020180517";
  line.name = "demo";
  line.kind = kind;
  line.chrgitm_lv = line_class;
  line.pric = {price_fen * 10'000};
  line.cnt = {count * 10'000};
  line.det_item_fee_sumamt = Money::fen(price_fen * count);
  return line;
}

// Two class-A lines, a class-B one, one above its upper price, one of own cost; deductible and both accounts at work.
Claim five_lines() {
  Claim claim;
  claim.id = "bench-1";
  claim.begntime = *parse_civil_time("2023-03-15 10:30:00");
  claim.site = {"H42010000001", 1, "420100", 3, true, false};
  claim.person.psn_no = "99999900000000000001";
  claim.person.insutype = "310";
  claim.person.psn_type = "11";
  claim.person.insuplc_admdvs = "420100";
  claim.visit.med_type = "11";
  claim.acct_used_flag = AccountUse::family;
  claim.lines = {line("1", LineKind::drug, LineClass::a, 1355, 2), line("2", LineKind::drug, LineClass::b, 2713, 3),
                 line("3", LineKind::drug, LineClass::c, 1200, 1), line("4", LineKind::drug, LineClass::b, 417, 10),
                 line("5", LineKind::service, LineClass::a, 1000, 1)};
  claim.lines[3].pric_uplmt_amt = Price{4'000'000};
  claim.ytd = {{"op.deductible", Money::yuan(650)}, {"op.fund", Money::yuan(120)}};
  claim.accounts.resize(2);
  claim.accounts[0].owner = "self";
  claim.accounts[0].balc = Money::yuan(30);
  claim.accounts[1].owner = "99999900000000000002";
  claim.accounts[1].relation = Relation::spouse;
  claim.accounts[1].balc = Money::yuan(100);
  return claim;
}

const packs::PackSet& all_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

void settle_five_lines(benchmark::State& state) {
  const Claim claim = five_lines();
  const auto chosen = std::get<packs::Chosen>(all_packs().choose(claim));
  const auto wish = state.range(0) == 0 ? TraceWish::none : TraceWish::steps;
  Settlement settlement;
  SettlementMemory memory;
  for (auto _ : state) {
    GONGJI_CHECK(!settle_into(claim, *chosen.policy, wish, settlement, memory).has_value());
    benchmark::DoNotOptimize(settlement.totals);
  }
}

void choose_pack(benchmark::State& state) {
  const Claim claim = five_lines();
  for (auto _ : state) benchmark::DoNotOptimize(all_packs().choose(claim));
}

void read_claim(benchmark::State& state) {
  std::string text = claim_to_json(five_lines());
  const std::size_t size = text.size();
  text.append(claim_padding_bytes, ' ');
  ClaimReader reader;
  Claim claim;
  for (auto _ : state) {
    GONGJI_CHECK(!reader.read_padded(std::string_view(text).substr(0, size), claim).has_value());
    benchmark::DoNotOptimize(claim.lines.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * static_cast<std::int64_t>(state.iterations()));
}

void quote_text(benchmark::State& state) {
  std::string text = claim_to_json(five_lines());
  const std::size_t size = text.size();
  text.append(claim_padding_bytes, ' ');
  AnswerStyle style;
  style.trace = state.range(0) != 0;
  terminal::Quoter quoter(all_packs(), style);
  std::string answer;
  for (auto _ : state) {
    answer.clear();
    GONGJI_CHECK(quoter.answer_padded(std::string_view(text).substr(0, size), answer) ==
                 terminal::Quoter::Kind::settled);
    benchmark::DoNotOptimize(answer.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void as_usual(benchmark::internal::Benchmark* bench) {
  bench->Repetitions(9)->ReportAggregatesOnly(true);
}

BENCHMARK(settle_five_lines)->ArgName("trace")->Arg(0)->Arg(1)->Apply(as_usual);
BENCHMARK(choose_pack)->Apply(as_usual);
BENCHMARK(read_claim)->Apply(as_usual);
BENCHMARK(quote_text)->ArgName("trace")->Arg(0)->Arg(1)->Apply(as_usual);

}  // namespace

BENCHMARK_MAIN();
