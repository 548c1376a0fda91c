// carried.h — a person's counters from one claim to the next, under one version.  Internal.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "offline/replay/persons.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"

namespace gongji::replay {

class Carried {
 public:
  // `side` keeps the counters of the two versions apart in the same book.
  Carried(Persons& persons, std::uint32_t side) : persons_(persons), side_(side) {}

  // Fills `ytd` with what the person's counters stand at before a claim on that day; `told` is the opening of those
  // that no claim was seen for in their span, and is kept as such.
  void before(Person& person, const settlement::Policy& policy, Day day, const std::vector<settlement::Counter>& told,
              std::vector<settlement::Counter>& ytd);
  // Keeps them as they stand after it: Settlement::ytd of the same policy and day as the last before().
  void after(Person& person, const settlement::Policy& policy, const std::vector<settlement::Counter>& ytd);

 private:
  struct Name {
    std::string name;
    std::string_view scheme;  // a policy's own text
    bool by_code = false;     // kept for a single drug code
  };
  // The counters of a policy on the day asked for last.
  struct Known {
    Day day = Day::from_number(std::numeric_limits<std::int32_t>::min());
    std::vector<std::uint32_t> numbers;
    std::vector<std::int32_t> since;
    std::int32_t code_since = 0;
  };
  Known& known(const settlement::Policy& policy, Day day);
  std::uint32_t number_of(const settlement::Policy& policy, std::string_view name, bool by_code);
  void before_codes(Person& person, const settlement::Policy& policy, std::int32_t since,
                    const std::vector<settlement::Counter>& told, std::vector<settlement::Counter>& ytd);

  Persons& persons_;
  std::uint32_t side_;
  std::vector<Name> names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  // "scheme name" -> index into names_
  std::unordered_map<const settlement::Policy*, Known> known_;
  std::string key_;  // working memory
};

}  // namespace gongji::replay
