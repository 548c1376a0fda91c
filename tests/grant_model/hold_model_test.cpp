#include <catch2/catch.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include "tests/grant_model/hold_model.h"
#include "tests/grant_model/seen.h"

namespace gongji::hold_model {
namespace {

struct Visit {
  std::size_t states = 0;
  Broken broken = Broken::nothing;
  std::string path;  // to the broken state, one step a line
};

// Breadth first, up to the first state in which something is broken.
template <class Rules>
Visit visit_all(const Bounds& bounds) {
  struct Step {
    std::uint32_t parent;
    const char* name;
  };
  Visit visit;
  grant_model::Seen<World> seen;
  std::vector<Step> steps{{0, ""}};  // of every state, in the order of discovery
  std::vector<World> layer{World{}}, next;
  seen.insert(layer.front());
  std::size_t first = 0;  // number of layer[0]
  while (!layer.empty() && visit.broken == Broken::nothing) {
    const std::size_t first_of_next = steps.size();
    for (std::size_t i = 0; i < layer.size() && visit.broken == Broken::nothing; ++i) {
      Moves<Rules>::each(layer[i], bounds, [&](const World& after, const char* name) {
        if (visit.broken != Broken::nothing || !seen.insert(after)) return;
        next.push_back(after);
        steps.push_back({static_cast<std::uint32_t>(first + i), name});
        visit.broken = after.found;
      });
    }
    layer.swap(next);
    next.clear();
    first = first_of_next;
  }
  visit.states = steps.size();
  if (visit.broken != Broken::nothing) {
    for (std::size_t at = steps.size() - 1; at != 0; at = steps[at].parent) {
      visit.path = std::string(steps[at].name) + "\n" + visit.path;
    }
  }
  return visit;
}

}  // namespace

TEST_CASE("in every interleaving of two desks a sale on a hold is paid, and no sale is cut for a hold of nobody") {
  const Visit visit = visit_all<Rules>({});
  std::cout << "hold model: " << visit.states << " states\n";
  INFO(visit.path);
  CHECK(visit.broken == Broken::nothing);
  CHECK(visit.states > 2'000'000);
}

namespace {

struct OwnHoldsNotHeeded : Rules {
  static constexpr bool heeds_own_holds() { return false; }
};
struct AnyOtherRunIsEarlier : Rules {
  static constexpr bool is_earlier(const record::Opening& one, const record::Opening& here, std::uint64_t) {
    return one.run != here.run;
  }
};
struct ASameStartIsEarlier : Rules {
  static constexpr bool is_earlier(const record::Opening& one, const record::Opening& here, std::uint64_t) {
    return one.run != here.run && one.from <= here.from;
  }
};
struct NothingIsEarlier : Rules {
  static constexpr bool is_earlier(const record::Opening&, const record::Opening&, std::uint64_t) { return false; }
};
struct PartsAreTheWhole : Rules {
  static constexpr bool has_all_before(const record::Opening&, std::uint64_t) { return true; }
};
struct DoesNotLookAhead : Rules {
  static constexpr bool looks_ahead() { return false; }
};
struct FreesBehind : Rules {
  static constexpr bool frees_before_booking() { return false; }
};
struct GivesBackLater : Rules {
  static constexpr bool gives_back_at_once() { return false; }
};
struct DesksAlone : Rules {
  static constexpr bool desks_heed_each_other() { return false; }
};

}  // namespace

TEST_CASE("a mistake in any rule of holds is found") {
  CHECK(visit_all<OwnHoldsNotHeeded>({}).broken == Broken::promised_too_much);
  CHECK(visit_all<AnyOtherRunIsEarlier>({}).broken == Broken::guarantee_broken);
  CHECK(visit_all<ASameStartIsEarlier>({}).broken == Broken::guarantee_broken);
  CHECK(visit_all<PartsAreTheWhole>({}).broken == Broken::guarantee_broken);
  CHECK(visit_all<NothingIsEarlier>({}).broken == Broken::cut_for_nothing);
  CHECK(visit_all<DoesNotLookAhead>({}).broken == Broken::guarantee_broken);
  CHECK(visit_all<FreesBehind>({}).broken == Broken::cut_for_nothing);
  CHECK(visit_all<GivesBackLater>({}).broken == Broken::cut_for_nothing);
  CHECK(visit_all<DesksAlone>({}).broken == Broken::cut_for_nothing);
}

}  // namespace gongji::hold_model
