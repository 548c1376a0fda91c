// sheet.h — one version of a scheme's rules on one day as a flat list: each entry says one thing, in Chinese and
// English, with its value and what it cites.
//
// An entry's `key` (with `slot` and `category`) is the same in every version that says something about the same thing,
// so two sheets can be laid side by side.
//
// Thread safety: pure; any thread.  A sheet owns all that it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offline/base/day.h"
#include "offline/packs/account_law.h"
#include "offline/packs/packs.h"
#include "offline/review/words.h"

namespace gongji::review {

enum class Section : std::uint8_t { persons, sites, regions, late, goods, benefits, accounts, premiums, accrual };
inline constexpr std::size_t sections = 9;

struct Citation {
  std::string row, article, source, source_title;  // id of the row, "第十四条", id and title of the text
  Day first_day;
  std::optional<Day> last_day;  // inclusive; absent = open
  packs::Confidence confidence = packs::Confidence::sourced;
  std::string note;  // "" where there is none
  bool operator==(const Citation&) const = default;
};

struct Entry {
  std::string key;  // "benefit.op.deductible.year"
  Section section = Section::persons;
  Words group;  // the benefit; empty elsewhere
  Words item;   // 起付标准（每年）
  Words who;    // whom it concerns, where that is no level or category; may be empty
  // Level or place, and category, where the value depends on them: ids of Sheet::slots and Sheet::categories.
  std::string slot, category;
  Words value;
  bool unset = false;                  // the texts do not give it
  std::optional<std::int64_t> number;  // fen, ppm or a count
  std::string unit;                    // "fen", "ppm", "count"; "" without a number
  // For telling better from worse for the patient; more is better.  Absent: it cannot be said.
  std::optional<std::int64_t> rank;
  // The rank of not being there at all, within a benefit that is there.
  std::optional<std::int64_t> absent_rank;
  // Instead of a rank: what is allowed, as bits; more of them is better.
  std::optional<std::uint32_t> allowed;
  std::optional<Citation> cites;  // absent where the pack has no row for it
};

struct Sheet {
  packs::PackInfo pack;
  Day on;                 // the day asked for
  bool in_force = false;  // the version's own days hold that day; otherwise the nearest of its days is shown
  std::string law;        // "scheme@version" of the account law, "" = none on that day
  std::vector<std::pair<std::string, Words>> slots, categories;  // in the pack's order
  std::vector<Entry> entries;
};

// Requires "scheme@version" of a loaded pack (CHECK).
Sheet sheet_of(const packs::PackSet& packs, const packs::AccountLawBook& laws, std::string_view name, Day on);

// Entries that say the same with the same citation, for different levels and categories, as one.
struct Merged {
  const Entry* entry = nullptr;  // the first of them
  Words who;                     // 一级 · 退休; empty = everybody
};
std::vector<Merged> merged(const Sheet& sheet);
// Whom these levels and categories stand for, where `slots` and `categories` are all that there are.
Words who_of(const std::vector<std::pair<std::string, std::string>>& cells, const Sheet& sheet);

}  // namespace gongji::review
