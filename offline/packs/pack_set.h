// pack_set.h — what a PackSet holds; inside this module only.
#pragma once

#include <string>
#include <vector>

#include "offline/packs/pack_file.h"
#include "offline/packs/packs.h"

namespace gongji::packs {

// One version, resolved.
struct Loaded {
  // For persons insured in this place; the first one, with "", for all others.
  struct Variant {
    std::string prefix;
    std::vector<Segment> segments;
    std::vector<DatedRow> rows;
  };
  struct Use {
    Day from;
    std::vector<std::string> prefixes;
  };

  PackInfo info;
  bool in_use = false;         // chosen by day everywhere: sourced, or reported and activated by the caller
  std::vector<Use> activated;  // chosen by day from then on, there
  std::vector<Variant> variants;

  // The first day on which it decides for a person insured there.
  std::optional<Day> used_from(std::string_view place) const;
  // The same for its whole area.
  std::optional<Day> used_everywhere_from() const;
  // The segment of that day; before the first and behind the last day the nearest.
  const settlement::Policy* policy(Day day, std::string_view place) const;
};

struct PackSet::State {
  std::vector<PackInfo> infos;
  std::vector<Added> added;
  std::vector<Loaded> packs;
  settlement::AccountBook book;
};

}  // namespace gongji::packs
