// any_case.h — any claim of any version of any scheme, as the texts leave it and with its open figures filled in.
#pragma once

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "offline/packs/packs.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::testing {

// A version on a day; `filled`: its open figures have numbers.
struct AnyPack {
  const packs::PackInfo* info = nullptr;
  bool filled = false;

  const settlement::Policy& on(Day day) const;
  // Inside a property: a claim on one of the version's days.  Every benefit is asked for, also by force.
  settlement::Claim any_claim() const;
  std::string name() const { return info->name + (filled ? " with its open figures" : ""); }
};

// Every built-in version, with reported ones.
const packs::PackSet& all_packs();
std::vector<AnyPack> any_packs();

// One property for each version: `law` gets the AnyPack.
template <class Law>
void for_every_pack(Law law) {
  for (const AnyPack& pack : any_packs()) {
    rc::prop(pack.name(), [&pack, &law] { law(pack); });
  }
}

Money used(const std::vector<settlement::Counter>& counters, const std::string& name);

}  // namespace gongji::testing
