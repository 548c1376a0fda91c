// material.h — the files under lint as far as they can be read, and what the checks ask of them; inside lint only.
//
// Nothing here throws or refuses: a member that is missing or of another type reads as empty, and the check whose
// business it is says so.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offline/base/day.h"
#include "offline/packs/lint/lint.h"

namespace gongji::packs {

// The member, or null where there is none.
const nlohmann::json& member(const nlohmann::json& object, std::string_view name);
std::string text_of(const nlohmann::json& value);  // "" where it is no string
std::optional<Day> day_of(const nlohmann::json& value);
std::string indexed(std::string_view list, std::size_t index);  // "rows[3]"

struct LintRow {
  std::string file, path;  // where it stands
  std::string id, unit, text, article, source, confidence, note;
  std::optional<std::int64_t> number;  // of fen, ppm and count
  bool unset = false;                  // value is null
  bool has_days = false;               // both days could be read
  Day first_day;
  std::optional<Day> last_day;
  std::optional<Day> checked;

  bool holds(Day day) const { return has_days && first_day <= day && (!last_day.has_value() || day <= *last_day); }
  Place place() const;
};
std::vector<LintRow> read_lint_rows(const nlohmann::json& list, const std::string& file);

enum class FileKind : std::uint8_t { pack, supplement, account_law };

struct LintFile {
  FileKind kind = FileKind::pack;
  std::string file, text;
  nlohmann::json json;
  std::string scheme, version, status;  // status "draft" also for drafts of account laws
  std::optional<Day> first_day, last_day;
  std::vector<LintRow> rows;  // as they stand in the file

  // Of a pack: the file of its sources, and its rows after supplements.
  std::string sources_file, sources_text;
  std::vector<LintRow> effective;

  std::string name() const { return scheme + "@" + version; }
  Place place(std::string path, std::string what = {}) const {
    return {file, std::move(path), std::move(what), {}, {}};
  }
  Place days(std::string what = {}) const { return {file, "first_day", std::move(what), first_day, last_day}; }
  // The row of that id on that day after supplements; nullptr = none.
  const LintRow* on(std::string_view id, Day day) const;
  // The days from the first on which some row changes, within the file's days.
  std::vector<Day> turning_days() const;
};

struct SourceList {
  std::string file;
  bool readable = true;
  std::vector<std::pair<std::string, std::string>> ids;  // id and path
};

struct Material {
  std::vector<LintFile> packs, supplements, laws;
  std::map<std::string, SourceList> sources;  // of packs, by the file's name
  // The sources that this file's rows may cite: of their folder for packs, their own for others.
  SourceList sources_of(const LintFile& file) const;
};

// Sites and persons that a pack's tables must have rows for.
struct Layout {
  bool by_place = false;
  std::vector<std::pair<std::string, std::string>> slots;       // name and the path that brings it in
  std::vector<std::pair<std::string, std::string>> categories;  // id and path
  std::vector<std::string> retired, on_job;                     // ids
};
Layout layout_of(const LintFile& pack);

// One cell of a table laid out `by` all, category, level or level_category; row "" = no row there.
struct Cell {
  std::string slot, category, row;
};
std::vector<Cell> cells_of(const nlohmann::json& by, const nlohmann::json& rows, const Layout& layout);

// One stage of one benefit.
struct StageView {
  std::string benefit;  // its id
  std::string path;     // "benefits.list[0].stages[1]"
  std::string kind;     // "ratio"
  const nlohmann::json* json = nullptr;
};
std::vector<StageView> stages_of(const LintFile& pack);

// Collects findings; the same finding is kept once.
class Findings {
 public:
  void add(std::string_view check, Severity severity, std::vector<Place> places, std::string zh, std::string en);
  // Whether an error names this file.
  bool error_in(std::string_view file) const;
  // Whether an error names this place, or one inside or around it.
  bool error_at(std::string_view file, std::string_view path) const;
  std::vector<Finding> take() { return std::move(all_); }
  bool any_error() const;

 private:
  std::vector<Finding> all_;
};

}  // namespace gongji::packs
