// clauses.h — what each clause moved, and at which clause two settlements of a claim part.  Internal.
#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "offline/replay/report.h"
#include "offline/replay/step_kinds.h"
#include "offline/settlement/settle.h"

namespace gongji::replay {

// One claim under one version, as it was settled or refused.
struct Judged {
  const settlement::Policy* policy = nullptr;   // nullptr where none was chosen
  std::optional<settlement::Refusal> refusal;   // else `movements` hold
  std::vector<settlement::Movement> movements;  // memory is used again
  Shares shares;
};

class Clauses {
 public:
  // `side`: 0 base, 1 other.
  void add(std::size_t side, const Judged& judged, Money medfee);
  void add_cause(const Judged& base, const Judged& other);
  void write(Report& report) const;

 private:
  using Row = settlement::Row;
  struct Moved {
    std::size_t rank = 0;
    std::array<std::uint64_t, 2> times{};
    std::array<std::int64_t, 2> fund{}, account{};
  };
  struct Key {
    const char* step;
    const Row* row;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<const void*>()(key.step) * 31 ^ std::hash<const void*>()(key.row) / 8;
    }
  };
  struct RefusedKey {
    settlement::RefusalCode code;
    std::string article;
    bool operator==(const RefusedKey&) const = default;
  };
  struct RefusedSum {
    RefusedKey key;
    std::array<std::uint64_t, 2> times{};
    std::array<std::int64_t, 2> fund{};
  };
  struct Parted {
    std::string step, rule;
    bool carried = false;
    std::array<std::vector<std::string>, 2> articles;
    std::uint64_t better = 0, worse = 0;
    std::int64_t gained = 0, lost = 0;
  };
  Moved& moved(std::string_view step, const Row* row);
  Parted& parted(std::string_view step, std::string_view rule, bool carried);

  std::unordered_map<Key, Moved, KeyHash> moved_;
  std::vector<Key> order_;  // of first use
  std::vector<RefusedSum> refused_;
  std::vector<Parted> parted_;
};

}  // namespace gongji::replay
