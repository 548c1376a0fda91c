// persons.h — what is remembered of a person between claims: counters, and the year's difference.  Internal.
//
// A person is known by a 128-bit hash of the key and by nothing else.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gongji::replay {

struct PersonKey {
  std::uint64_t high = 0, low = 0;
  bool operator==(const PersonKey&) const = default;
};
PersonKey key_of(std::string_view person);

// One counter of one person under one version, with the first day of the span that it counts.
struct Cell {
  std::int64_t fen = 0;
  std::uint32_t next = 0;     // index of the person's next cell
  std::uint32_t counter = 0;  // number of the counter's name
  std::int32_t since = 0;
};

struct Person {
  std::int64_t difference = 0;  // of the fund, in the year
  std::int32_t year = 0;        // 0 = none yet
  std::uint32_t cells = 0;
  std::uint8_t category = 0;  // at the last claim
};

class Persons {
 public:
  static constexpr std::uint32_t no_cell = std::numeric_limits<std::uint32_t>::max();

  Person& at(std::string_view person) {
    const auto [found, fresh] = persons_.try_emplace(key_of(person));
    if (fresh) found->second.cells = no_cell;
    return found->second;
  }
  // The person's cell of that counter; nullptr where there is none.  Valid until the next add().
  Cell* find(const Person& person, std::uint32_t counter) {
    for (std::uint32_t at = person.cells; at != no_cell; at = cells_[at].next) {
      if (cells_[at].counter == counter) return &cells_[at];
    }
    return nullptr;
  }
  void put(Person& person, std::uint32_t counter, std::int32_t since, std::int64_t fen) {
    if (Cell* cell = find(person, counter); cell != nullptr) {
      cell->since = since;
      cell->fen = fen;
      return;
    }
    cells_.push_back({fen, person.cells, counter, since});
    person.cells = static_cast<std::uint32_t>(cells_.size() - 1);
  }
  template <class Visit>
  void each_cell(const Person& person, Visit visit) const {
    for (std::uint32_t at = person.cells; at != no_cell; at = cells_[at].next) visit(cells_[at]);
  }
  template <class Visit>
  void each(Visit visit) {
    for (auto& [key, person] : persons_) visit(person);
  }
  std::size_t size() const { return persons_.size(); }
  std::size_t bytes() const {
    return persons_.size() * (sizeof(PersonKey) + sizeof(Person) + 2 * sizeof(void*)) +
           persons_.bucket_count() * sizeof(void*) + cells_.capacity() * sizeof(Cell);
  }

 private:
  struct Hash {
    std::size_t operator()(const PersonKey& key) const { return key.low; }
  };
  std::unordered_map<PersonKey, Person, Hash> persons_;
  std::vector<Cell> cells_;
};

}  // namespace gongji::replay
