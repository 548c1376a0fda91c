// lint.h — what is wrong, doubtful or open in packs, supplements and account laws: everything, not the first fault.
//
// The loader (packs.h) stops at the first fault, as a till must.  Lint reads the same files with patience: every check
// looks at every file that can be read at all, and shows the places that belong together, both of them where two rows
// are at odds.  The loader has the last word: what only it refuses is told under the check `load`.
//
// Thread safety: a Linter belongs to one thread at a time.  Nothing here asks a clock: `on` is an argument.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/result.h"

namespace gongji::packs {

// error: sales could be settled wrongly, or the file is not loaded.  warning: a person should look at it before a day
// or a sale comes.  note: what a reader must know of the rules (reported values, decisions, what the texts leave open).
enum class Severity : std::uint8_t { error, warning, note };
std::string_view name_of(Severity severity);  // "error"

struct Place {
  std::string file;              // "wuhan-employee/2023-02-01.json", or the path that was given
  std::string path;              // inside it: "rows[12]", "benefits.list[0].stages[1].rows"; "" = the whole file
  std::string what;              // id of the row, "benefit op · level 2 · retired"; "" where the path says it all
  std::optional<Day> first_day;  // days that are meant; absent = the whole file's
  std::optional<Day> last_day;   // absent with a first_day = open
  bool operator==(const Place&) const = default;
};

struct Finding {
  std::string_view check;  // stable: "gap", "overlap", ...; docs/PACKS.md lists them all.  Static text.
  Severity severity = Severity::error;
  std::vector<Place> places;  // at least one
  std::string zh, en;         // one sentence
};

struct LintReport {
  Day on;
  std::vector<Finding> findings;  // errors first, then warnings, then notes; within these by check, then as found
  std::size_t count(Severity severity) const;
};

class Linter {
 public:
  Linter();
  ~Linter();
  Linter(const Linter&) = delete;
  Linter& operator=(const Linter&) = delete;

  // The packs and account laws compiled into this program.
  void add_built_in();
  // As PackSetBuilder::add_directory; account laws of DIR/benefits as well.  A version of the same name takes the place
  // of an earlier one.  Troubles: unreadable, nothing_there.
  Result<void> add_directory(const std::filesystem::path& directory);
  // Troubles: unreadable.
  Result<void> add_supplement_file(const std::filesystem::path& file);
  // Texts under the name that places show.
  void add_pack(std::string_view text, std::string_view sources_text, std::string_view file);
  void add_supplement(std::string_view text, std::string_view file);
  void add_account_law(std::string_view text, std::string_view file);

  // Days before and behind which a text counts as near its end, and a row as long unchecked, count from `on`.
  // Cost: below a second for the built-in packs.
  LintReport run(Day on) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "error gap: wuhan-employee/2023-02-01.json rows[12] cap.on_job (2023-02-01 to 2023-12-31) | … : <sentence>"
std::string to_line(const Finding& finding, Language language);
// The whole report as one JSON object (docs/PACKS.md); ends with a line feed.
std::string to_json(const LintReport& report);

// Text ends soon where its last day is at most this many days after the day of the report.
inline constexpr int expiry_warning_days = 60;
// A row was checked long ago where its `checked` is more than this many days before the day of the report.
inline constexpr int checked_days_max = 365;

}  // namespace gongji::packs
