// diff.h — two versions side by side: what changes for whom, from which article to which, and what that means for a
// few visits.
//
// Thread safety: pure; any thread.  A diff owns all that it says.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "offline/review/examples.h"
#include "offline/review/sheet.h"

namespace gongji::review {

// For the patient.  unclear: it depends on the visit, or a figure is not in the texts.
enum class Direction : std::uint8_t { better, worse, unclear };

// One thing of one level and category.  Where a whole benefit is new or gone, its entry for the visits stands for all.
struct Change {
  const Entry* a = nullptr;  // in Diff::a, nullptr = says nothing about it
  const Entry* b = nullptr;  // in Diff::b; never both nullptr
  Direction direction = Direction::unclear;
};

// One row by its id.
struct RowChange {
  std::string id;
  const packs::DatedRow* a = nullptr;  // of the PackSet; nullptr = there is no such row
  const packs::DatedRow* b = nullptr;
  bool value_changed = false;  // otherwise only the article or the text has changed
};

struct Diff {
  // Behind pointers, so that the changes may point into them.
  std::unique_ptr<const Sheet> a, b;
  std::vector<Change> changes;    // in the order of the sheets
  std::vector<RowChange> rows;    // by id
  std::vector<Example> examples;  // all, also those that come out the same
};

// Each version as it stands on `on`, or on the nearest of its own days.  Requires loaded names (CHECK); `packs` must
// outlive the diff.
Diff diff_of(const packs::PackSet& packs, const packs::AccountLawBook& laws, std::string_view a, std::string_view b,
             Day on);

std::string diff_text(const Diff& diff, Language language);
// Every level and category by itself, every example (docs/PACKS.md); ends with a line feed.
std::string diff_json(const Diff& diff);

}  // namespace gongji::review
