// audit_bench.cpp — how long it takes to verify a journal of 100,000 sales, each of five lines, with keys and without.
//
//   build/bin/bench-audit
//
// Uses real time.
#include <chrono>
#include <cstdio>

#include "offline/audit/receipt.h"
#include "offline/audit/verify.h"
#include "tests/audit/shop.h"

using namespace gongji;
using namespace gongji::tests;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t entries = 100'000;
constexpr int batch = 500;
constexpr int persons = 5'000;

double seconds(Steady::duration span) {
  return std::chrono::duration<double>(span).count();
}

Patient person(int number) {
  Patient patient = mother();
  const std::string digits = std::to_string(10'000 + number % persons);
  patient.psn_no.replace(patient.psn_no.size() - 5, 5, digits);
  patient.certno.replace(patient.certno.size() - 5, 5, digits);
  return patient;
}

}  // namespace

TEST_CASE("verify a long journal") {
  Shop shop;
  const auto begun = Steady::now();
  for (int i = 0; i < persons; ++i) shop.know(person(i));
  int number = 0;
  while (number < static_cast<int>(entries)) {
    std::vector<journal::Journal::Work> works;
    for (int i = 0; i < batch; ++i, ++number) {
      works.push_back([&shop, number](journal::Turn& turn) -> Result<void> {
        const auto sale = shop.sale(turn, person(number), "b" + std::to_string(number),
                                    {12'345 + number % 1'000, 2'550, 7'777, 999, 4'321});
        const auto entry = turn.append(sale, noon);
        return entry ? Result<void>() : entry.error();
      });
    }
    for (const auto& done : shop.journal().commit(std::move(works))) REQUIRE(done);
    shop.journal().idle();
  }
  std::printf("made %d entries in %.1f s\n", number, seconds(Steady::now() - begun));
  const auto raw = ask(shop.journal(), [](journal::Turn& turn) { return turn.find_raw(77'777); });
  const auto digits = audit::to_qr_digits(audit::make_receipt(shop.till.keys(), shop.till.identity(), *raw));
  std::printf("a receipt of five lines: %zu digits, public part %zu bytes\n", digits.size(), raw->public_bytes.size());
  shop.close();
  std::printf("file: %.1f MB\n", static_cast<double>(std::filesystem::file_size(shop.till.file())) / 1e6);

  const auto law = built_in_law();
  for (const bool with_keys : {true, false}) {
    audit::Verification how;
    if (with_keys) how.keys = shop.keys();
    const auto start = Steady::now();
    const auto verified = audit::verify(shop.till.file(), law, how);
    REQUIRE(verified);
    const double took = seconds(Steady::now() - start);
    std::printf("verify %s: %.2f s, %.0f entries a second\n", with_keys ? "with keys" : "public parts only", took,
                static_cast<double>(verified->file.last_seq) / took);
  }
}
