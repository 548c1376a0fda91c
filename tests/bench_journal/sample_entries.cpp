// sample_entries.cpp — writes entries of invented sales, one file each, for a dictionary to be trained on.
//
//   bench-sample-entries <empty folder> <count>
#include <cstdlib>
#include <fstream>

#include "offline/journal/raw_entries.h"
#include "tests/bench_journal/busy_shop.h"

using namespace gongji;
using namespace gongji::tests;

int main(int count, char** arguments) {
  if (count != 3) give_up("usage: bench-sample-entries <empty folder> <count>");
  const std::filesystem::path folder = arguments[1];
  const int wanted = std::atoi(arguments[2]);
  BusyShop shop(folder / "shop", Trade::of_everywhere);
  {
    auto journal = shop.open();
    shop.know_persons(*journal, wanted);
    for (int number = 0; number < wanted; ++number) {
      std::vector<journal::Journal::Work> works;
      works.push_back(shop.sale(number, wanted, number % 2 == 0 ? BusyShop::On::hold : BusyShop::On::reserve));
      need(journal->commit(std::move(works)).front(), "a sale");
    }
  }
  constexpr std::size_t all = 1U << 30U;
  const auto stretch =
      need(journal::read_raw(shop.file(), 1, static_cast<std::uint64_t>(wanted), all, &shop.keys()), "the entries");
  std::filesystem::create_directories(folder / "samples");
  for (std::size_t i = 0; i < stretch.entries.size(); ++i) {
    const std::string name = std::to_string(i);
    std::ofstream(folder / "samples" / (name + ".public")) << stretch.entries[i].public_bytes;
    std::ofstream(folder / "samples" / (name + ".personal")) << stretch.personal[i]->bytes;
  }
}
