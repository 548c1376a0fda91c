// audit.h — what must hold of the books: after every commit of the centre, and at the end of all of a world.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/sim/centre.h"
#include "tests/sim/desk.h"
#include "tests/support/invariants.h"

struct sqlite3;
struct sqlite3_stmt;

namespace gongji::sim {

// The laws of money, asked of the ledger itself beside the centre's processes.
class LedgerWatch {
 public:
  explicit LedgerWatch(Centre& centre);
  ~LedgerWatch();
  LedgerWatch(const LedgerWatch&) = delete;
  LedgerWatch& operator=(const LedgerWatch&) = delete;

  // Looks where anything was committed since the last time.  Throws Broken.
  void look();
  std::uint64_t looks() const { return looks_; }

 private:
  void open();
  void close();
  bool laws_hold();
  Broken law_broken();
  std::string words_on(std::int64_t account);

  Centre& centre_;
  sqlite3* connection_ = nullptr;
  sqlite3_stmt* accounts_ = nullptr;
  sqlite3_stmt* promises_ = nullptr;
  std::uint64_t seen_ = 0;
  std::uint64_t looks_ = 0;
};

// What the centre booked of sales, of all tills.
using Booked = std::vector<centre::OutcomeRow>;
Booked sales_at_the_centre(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills);

// At the end, everything confirmed: journals, ledger and what was answered agree.  Throws Broken.
void audit(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills, Desk& desk,
           const std::vector<tests::OpeningCounter>& opening, const Booked& booked);

// recompute.cpp: every person's counters against a recomputation in the perfect order of service, where nobody else
// held anything of theirs meanwhile.  The number of persons compared.
std::size_t recompute(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills,
                      const std::map<std::uint64_t, Wish>& wishes, std::size_t persons, const Booked& booked);

}  // namespace gongji::sim
