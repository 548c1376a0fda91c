// linter.cpp — brings the files together, runs every check, and puts what they found in order.
#include <algorithm>
#include <array>
#include <set>

#include "offline/base/check.h"
#include "offline/packs/account_law_file.h"
#include "offline/packs/built_in.h"
#include "offline/packs/lint/checks.h"
#include "offline/packs/lint/lint.h"
#include "offline/packs/pack_folder.h"
#include "offline/packs/strict_json.h"

namespace gongji::packs {

using nlohmann::json;

namespace {

void replace(std::vector<LintRow>& rows, const std::vector<const LintRow*>& given) {
  const auto earlier = [](const LintRow* a, const LintRow* b) { return a->first_day < b->first_day; };
  const Day first = (*std::min_element(given.begin(), given.end(), earlier))->first_day;
  const auto last = (*std::max_element(given.begin(), given.end(), earlier))->last_day;
  std::vector<LintRow> kept;
  for (const LintRow& row : rows) {
    if (row.id != given.front()->id || !row.has_days) {
      kept.push_back(row);
      continue;
    }
    if (row.first_day < first) {
      kept.push_back(row);
      if (!row.last_day.has_value() || *row.last_day >= first) kept.back().last_day = first.plus_days(-1);
    }
    if (last.has_value() && (!row.last_day.has_value() || *row.last_day > *last)) {
      kept.push_back(row);
      kept.back().first_day = std::max(row.first_day, last->plus_days(1));
    }
  }
  for (const LintRow* row : given) kept.push_back(*row);
  rows = std::move(kept);
}

// As the loader applies supplements: rows of an id take the place of the pack's on their days.
void apply(const LintFile& supplement, LintFile& pack) {
  std::set<std::string> ids;
  for (const LintRow& row : supplement.rows) {
    if (row.has_days) ids.insert(row.id);
  }
  for (const std::string& id : ids) {
    const bool known =
        std::any_of(pack.rows.begin(), pack.rows.end(), [&id](const LintRow& row) { return row.id == id; });
    if (!known) continue;
    std::vector<const LintRow*> given;
    for (const LintRow& row : supplement.rows) {
      if (row.id == id && row.has_days) given.push_back(&row);
    }
    replace(pack.effective, given);
  }
}

}  // namespace

std::string_view name_of(Severity severity) {
  static constexpr std::array<std::string_view, 3> names{"error", "warning", "note"};
  return names[static_cast<std::size_t>(severity)];
}

std::size_t LintReport::count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [severity](const Finding& each) { return each.severity == severity; }));
}

struct Linter::State {
  Material material;
  Findings unreadable;  // files that are no JSON

  // nullopt where the text is no JSON, which is told.
  std::optional<json> parsed(std::string_view text, const std::string& file) {
    auto result = reading([&] { return parse_strictly(text, file); });
    if (result.has_value()) return std::move(*result);
    unreadable.add("json", Severity::error, {{file, "", "", {}, {}}},
                   std::string(result.error().text->zh) + "（" + result.error().detail + "）",
                   std::string(result.error().text->en) + " (" + result.error().detail + ")");
    return std::nullopt;
  }

  LintFile* add(FileKind kind, std::vector<LintFile>& files, std::string_view text, const std::string& name) {
    auto root = parsed(text, name);
    if (!root.has_value()) return nullptr;
    LintFile file;
    file.kind = kind;
    file.file = name;
    file.text = text;
    file.json = std::move(*root);
    file.scheme = text_of(member(file.json, "scheme"));
    file.version = text_of(member(file.json, "version"));
    file.status = text_of(member(file.json, "status"));
    if (kind == FileKind::account_law) file.status = member(file.json, "draft") == true ? "draft" : "sourced";
    file.first_day = day_of(member(file.json, "first_day"));
    file.last_day = day_of(member(file.json, "last_day"));
    file.rows = read_lint_rows(member(file.json, "rows"), name);
    file.effective = file.rows;
    if (kind != FileKind::supplement) {
      std::erase_if(files, [&file](const LintFile& other) { return other.name() == file.name(); });
    }
    files.push_back(std::move(file));
    return &files.back();
  }

  void pack(std::string_view text, std::string_view sources_text, const std::string& name,
            const std::string& sources_name) {
    LintFile* file = add(FileKind::pack, material.packs, text, name);
    SourceList list;
    list.file = sources_name;
    if (const auto sources = parsed(sources_text, sources_name); sources.has_value()) {
      const json& all = member(*sources, "sources");
      for (std::size_t i = 0; all.is_array() && i < all.size(); ++i) {
        list.ids.emplace_back(text_of(member(all[i], "id")), indexed("sources", i));
      }
    } else {
      list.readable = false;
    }
    material.sources.insert_or_assign(sources_name, std::move(list));
    if (file == nullptr) return;
    file->sources_file = sources_name;
    file->sources_text = sources_text;
  }
};

Linter::Linter() : state_(std::make_unique<State>()) {}
Linter::~Linter() = default;

void Linter::add_built_in() {
  for (const BuiltInPack& pack : built_in_texts()) add_pack(pack.text, pack.sources, pack.origin);
  for (const AccountLawBook::File& law : built_in_account_laws()) add_account_law(law.text, law.origin);
}

Result<void> Linter::add_directory(const std::filesystem::path& directory) {
  return reading([&] {
    for (const PackText& pack : read_pack_folder(directory)) {
      state_->pack(pack.text, pack.sources, pack.origin, pack.sources_origin);
    }
    const auto laws = directory / "benefits";
    if (!std::filesystem::is_directory(laws)) return;
    for (const auto& path : sorted_entries(laws)) {
      if (path.extension() == ".json") add_account_law(read_file(path), path.string());
    }
  });
}

Result<void> Linter::add_supplement_file(const std::filesystem::path& file) {
  return reading([&] { add_supplement(read_file(file), file.string()); });
}

void Linter::add_pack(std::string_view text, std::string_view sources_text, std::string_view file) {
  const std::string name(file);
  const auto slash = name.rfind('/');
  state_->pack(text, sources_text, name,
               slash == std::string::npos ? name + " sources" : name.substr(0, slash) + "/sources.json");
}

void Linter::add_supplement(std::string_view text, std::string_view file) {
  state_->add(FileKind::supplement, state_->material.supplements, text, std::string(file));
}

void Linter::add_account_law(std::string_view text, std::string_view file) {
  state_->add(FileKind::account_law, state_->material.laws, text, std::string(file));
}

LintReport Linter::run(Day on) const {
  Material material = state_->material;
  for (const LintFile& supplement : material.supplements) {
    for (LintFile& pack : material.packs) {
      if (pack.scheme == supplement.scheme) apply(supplement, pack);
    }
  }
  Findings found = state_->unreadable;
  check_row_days(material, found);
  check_versions(material, found);
  check_tables(material, found);
  check_names(material, found);
  check_fit(material, found);
  check_ranges(material, found);
  check_bands(material, found);
  check_limits(material, found);
  check_retired(material, found);
  check_citations(material, found);
  check_schema(material, found);
  check_load(material, found);  // behind all that find errors
  check_expiry(material, on, found);
  check_confidence(material, found);

  LintReport report{on, found.take()};
  std::stable_sort(report.findings.begin(), report.findings.end(), [](const Finding& a, const Finding& b) {
    return a.severity != b.severity ? a.severity < b.severity : a.check < b.check;
  });
  return report;
}

}  // namespace gongji::packs
