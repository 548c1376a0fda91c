// allocations_test.cpp — a stream of claims takes no memory of its own, once the largest has passed.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "offline/packs/packs.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "terminal/quote/quoter.h"
#include "tests/allocations/counting_new.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;
using terminal::Quoter;

namespace {

const packs::PackSet& all_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

// A claim of `count` lines of every class, with texts too long for a string's own room, that uses deductible, ratio,
// limit, the own account and, where the count is odd, the family's.
Claim claim_of(std::size_t count) {
  Claim claim = plain_claim();
  claim.id = "a-claim-whose-id-is-not-short-" + std::to_string(count);
  claim.acct_used_flag = AccountUse::family;
  claim.lines.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = "line-number-" + std::to_string(100'000 + i);
    const auto line_class = static_cast<LineClass>(1 + i % 3);
    claim.lines.push_back(line(number.c_str(), Money::fen(1'050 + static_cast<std::int64_t>(i)), line_class));
    claim.lines.back().name = "阿莫西林胶囊（每粒 0.25 克）";
    if (i % 5 == 0) claim.lines.back().pric_uplmt_amt = Price{9'000'000};
  }
  claim.ytd = {{"op.deductible", Money::yuan(699)}, {"op.fund", Money::yuan(10)}};
  claim.accounts = {own_account(Money::yuan(3))};
  if (count % 2 == 1) claim.accounts.push_back(family_account("99999900000000000002", Money::yuan(1)));
  return claim;
}

std::vector<std::size_t> sizes() {
  std::vector<std::size_t> all;
  for (std::size_t count = 1; count <= lines_max; ++count) all.push_back(count);
  for (const std::size_t count : {200u, 1u, 5u, 199u, 2u}) all.push_back(count);
  return all;
}

std::uint64_t taken_by_settling(TraceWish wish, bool& settled) {
  std::vector<Claim> claims;
  for (const std::size_t count : sizes()) claims.push_back(claim_of(count));
  const Policy& policy = *std::get<packs::Chosen>(all_packs().choose(claims[0])).policy;
  Settlement settlement;
  SettlementMemory memory;
  std::uint64_t taken = 0;
  settled = true;
  for (int round = 0; round < 2; ++round) {
    const std::uint64_t before = allocations();
    for (const Claim& claim : claims) settled &= !settle_into(claim, policy, wish, settlement, memory).has_value();
    taken = allocations() - before;
  }
  return taken;
}

// Reads, settles and prints the same lines twice; what the second round took.
std::uint64_t taken_by_quoting(const std::vector<std::string>& texts, bool trace, Quoter::Kind expected) {
  AnswerStyle style;
  style.trace = trace;
  Quoter quoter(all_packs(), style);
  std::string answers;
  std::uint64_t taken = 0;
  for (int round = 0; round < 2; ++round) {
    const std::uint64_t before = allocations();
    for (const std::string& text : texts) {
      answers.clear();
      if (quoter.answer(text, answers) != expected) FAIL(answers);
    }
    taken = allocations() - before;
  }
  return taken;
}

std::vector<std::string> texts() {
  std::vector<std::string> all;
  for (const std::size_t count : sizes()) {
    Claim claim = claim_of(count);
    if (count % 3 == 0) claim.pack = "wuhan-employee@2023-02-01";
    if (count % 4 == 0) claim.visit.diseases = {"severe_psychosis", "a-disease-with-a-long-name"};
    all.push_back(claim_to_json(claim));
  }
  return all;
}

}  // namespace

TEST_CASE("allocations are counted") {
  const std::uint64_t before = allocations();
  const std::string text(100, 'x');
  CHECK(text.size() == 100);
  CHECK(allocations() == before + 1);
}

TEST_CASE("settling 1 to 200 lines into used memory allocates nothing, with or without a trace") {
  bool settled = false;
  CHECK(taken_by_settling(TraceWish::none, settled) == 0);
  CHECK(settled);
  CHECK(taken_by_settling(TraceWish::steps, settled) == 0);
  CHECK(settled);
}

TEST_CASE("reading, settling and printing 1 to 200 lines into used memory allocates nothing, with or without a trace") {
  CHECK(taken_by_quoting(texts(), false, Quoter::Kind::settled) == 0);
  CHECK(taken_by_quoting(texts(), true, Quoter::Kind::settled) == 0);
}

TEST_CASE("claims written with escapes allocate nothing either") {
  std::vector<std::string> escaped = texts();
  for (std::string& text : escaped) text.replace(text.find("\"id\":"), 5, "\"\\u0069d\":");
  CHECK(taken_by_quoting(escaped, false, Quoter::Kind::settled) == 0);
}
