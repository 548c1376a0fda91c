// sale_instructions.cpp — sells the same twenty baskets every time, for callgrind to count.
//
//   valgrind --tool=callgrind --toggle-collect=one_sale bench-sale-instructions <empty folder>
//
// What is counted is one sale of five lines on a standing grant: from the journal's turn, through the settlement, to
// the commit.  Prints how many sales were counted; toolchain/instructions does the rest.
#include <cstdio>

#include "tests/bench_journal/busy_shop.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

constexpr int persons = 1'000;
constexpr std::uint64_t before = 3'000;
constexpr int sales = 200;

}  // namespace

extern "C" __attribute__((noinline)) void one_sale(journal::Journal& journal,
                                                   std::vector<journal::Journal::Work> works) {
  need(journal.commit(std::move(works)).front(), "a sale");
}

int main(int count, char** arguments) {
  if (count != 2) give_up("usage: bench-sale-instructions <empty folder>");
  BusyShop shop(arguments[1]);
  auto journal = shop.open();
  shop.know_persons(*journal, persons);
  shop.grant_persons(*journal, persons);
  shop.fill(*journal, before, persons);
  for (int i = 0; i < sales; ++i) {
    std::vector<journal::Journal::Work> works;
    works.push_back(shop.sale(static_cast<int>(before) + i, persons, BusyShop::On::grant));
    one_sale(*journal, std::move(works));
  }
  std::printf("%d sales\n", sales);
}
