// law.h — the rules that decided a sale, found by the digest that the sale names.
//
// Two versions of one pack under the same name cannot stand in one PackSet; a journal that outlived an update needs
// both, so a library is a row of sets.
//
// Thread safety: a LawLibrary is immutable after building; any thread.  Policies live as long as it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/packs/law_texts.h"
#include "offline/packs/packs.h"
#include "offline/record/entry.h"

namespace gongji::audit {

// What one daemon had loaded.
struct Law {
  std::vector<packs::LawText> texts;
  bool activate_reported = false;  // which packs' account rules count for other schemes' members
};

class LawLibrary {
 public:
  // Errors: as packs::packs_of.
  Result<void> add(Law law);

  struct Found {
    const settlement::Policy* policy = nullptr;
    std::size_t law = 0;  // index into laws()
  };
  // The first set in which the sale's pack has the sale's digest.
  std::optional<Found> find(const record::Sale& sale) const;

  const std::vector<Law>& laws() const { return laws_; }

 private:
  std::vector<Law> laws_;
  std::vector<packs::PackSet> sets_;
};

}  // namespace gongji::audit
