// invariants.h — the invariants of invariants.sql, checked on a till's journal and its centre's ledger.
//
// tests/end_to_end/gongji_invariants.py is the same for real processes; tests/end_to_end/invariants_test.py breaks each
// on purpose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gongji::tests {

// One row of `answered`, amounts in fen.
struct Printed {
  std::string msgid;
  int kind = 1;  // 1 sale, 3 paper
  std::string id;
  std::uint64_t seq = 0;
  std::int64_t medfee = 0, fund = 0, account = 0, family = 0, cash = 0;
};

// One row of `opening_counter`.
struct OpeningCounter {
  std::string person, scheme, name;  // person: the keyed hash
  std::int64_t since = 0, value = 0;
};
std::vector<OpeningCounter> opening_counters(const std::filesystem::path& ledger);

// Of several tills of one centre, one after the other.  The files may be in use; while this lives nobody writes to the
// centre's: what the queries ask of it alone is asked once, with the first till, and told with each.
class Invariants {
 public:
  Invariants(const std::filesystem::path& ledger, const std::vector<OpeningCounter>& opening);
  ~Invariants();
  Invariants(const Invariants&) = delete;
  Invariants& operator=(const Invariants&) = delete;

  // "name: what does not hold", one for each finding; empty where everything holds.
  std::vector<std::string> broken(const std::filesystem::path& journal, const std::vector<Printed>& printed);

  class Database;  // invariants.cpp

 private:
  std::unique_ptr<Database> database_;
  std::map<std::string, std::vector<std::string>> of_the_centre_;  // what does not hold there, by name
  bool centre_asked_ = false;
};

// Of one till.
std::vector<std::string> broken_invariants(const std::filesystem::path& journal, const std::filesystem::path& ledger,
                                           const std::vector<Printed>& printed,
                                           const std::vector<OpeningCounter>& opening);

}  // namespace gongji::tests
