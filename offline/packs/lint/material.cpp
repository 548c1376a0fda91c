#include "offline/packs/lint/material.h"

#include <algorithm>
#include <set>

namespace gongji::packs {

using nlohmann::json;

const json& member(const json& object, std::string_view name) {
  static const json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<Day> day_of(const json& value) {
  return value.is_string() ? parse_day(value.get<std::string>()) : std::nullopt;
}

std::string indexed(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

Place LintRow::place() const {
  Place out{file, path, id, {}, {}};
  if (has_days) {
    out.first_day = first_day;
    out.last_day = last_day;
  }
  return out;
}

std::vector<LintRow> read_lint_rows(const json& list, const std::string& file) {
  std::vector<LintRow> rows;
  if (!list.is_array()) return rows;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const json& each = list[i];
    LintRow row;
    row.file = file;
    row.path = indexed("rows", i);
    row.id = text_of(member(each, "id"));
    if (row.id.empty()) continue;
    row.unit = text_of(member(each, "unit"));
    const json& value = member(each, "value");
    row.text = text_of(value);
    row.unset = each.contains("value") && value.is_null();
    // a count of its own beyond 63 bits stays absent: the schema's business
    if (value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() >> 63 == 0)) {
      row.number = value.get<std::int64_t>();
    }
    row.article = text_of(member(each, "article"));
    row.source = text_of(member(each, "source"));
    row.confidence = text_of(member(each, "confidence"));
    row.note = text_of(member(each, "note"));
    const auto first = day_of(member(each, "first_day"));
    const json& last = member(each, "last_day");
    row.last_day = day_of(last);
    row.has_days = first.has_value() && (last.is_null() || row.last_day.has_value());
    row.first_day = first.value_or(Day());
    row.checked = day_of(member(each, "checked"));
    rows.push_back(std::move(row));
  }
  return rows;
}

const LintRow* LintFile::on(std::string_view id, Day day) const {
  for (const LintRow& row : effective) {
    if (row.id == id && row.holds(day)) return &row;
  }
  return nullptr;
}

std::vector<Day> LintFile::turning_days() const {
  std::set<Day> days;
  if (!first_day.has_value()) return {};
  days.insert(*first_day);
  for (const LintRow& row : effective) {
    if (row.has_days && row.first_day > *first_day && (!last_day.has_value() || row.first_day <= *last_day)) {
      days.insert(row.first_day);
    }
  }
  return {days.begin(), days.end()};
}

SourceList Material::sources_of(const LintFile& file) const {
  if (file.kind == FileKind::pack) return sources.at(file.sources_file);
  SourceList own;
  own.file = file.file;
  const json& list = member(file.json, "sources");
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    own.ids.emplace_back(text_of(member(list[i], "id")), indexed("sources", i));
  }
  return own;
}

Layout layout_of(const LintFile& pack) {
  Layout out;
  const json& sites = member(pack.json, "sites");
  out.by_place = member(sites, "place").is_string();
  if (out.by_place) {
    for (const char* place : {"district", "city", "outside"}) out.slots.emplace_back(place, "sites.place");
  } else if (const json& levels = member(sites, "levels"); levels.is_object()) {
    for (const auto& [code, level] : levels.items()) {
      const std::string slot = text_of(member(level, "slot"));
      if (text_of(member(level, "effect")) != "as_usual" || slot.empty()) continue;
      const bool known =
          std::any_of(out.slots.begin(), out.slots.end(), [&slot](const auto& each) { return each.first == slot; });
      if (!known) out.slots.emplace_back(slot, "sites.levels." + code);
    }
  }
  if (text_of(member(member(sites, "pharmacy"), "prescription")) == "own_slot") {
    out.slots.emplace_back("pharmacy", "sites.pharmacy");
  }
  const json& rules = member(member(pack.json, "categories"), "rules");
  for (std::size_t i = 0; rules.is_array() && i < rules.size(); ++i) {
    const std::string id = text_of(member(rules[i], "id"));
    out.categories.emplace_back(id, indexed("categories.rules", i));
    const std::string who = text_of(member(rules[i], "who"));
    if (who == "retired") out.retired.push_back(id);
    if (who == "on_job") out.on_job.push_back(id);
  }
  return out;
}

std::vector<Cell> cells_of(const json& by, const json& rows, const Layout& layout) {
  const std::string way = text_of(by);
  std::vector<Cell> cells;
  for (const auto& [slot, slot_path] : layout.slots) {
    for (const auto& [category, category_path] : layout.categories) {
      const json* row = &rows;
      if (way == "category") row = &member(rows, category);
      if (way == "level") row = &member(rows, slot);
      if (way == "level_category") row = &member(member(rows, slot), category);
      cells.push_back({slot, category, text_of(*row)});
    }
  }
  return cells;
}

std::vector<StageView> stages_of(const LintFile& pack) {
  std::vector<StageView> out;
  const json& list = member(member(pack.json, "benefits"), "list");
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const json& stages = member(list[i], "stages");
    for (std::size_t k = 0; stages.is_array() && k < stages.size(); ++k) {
      out.push_back({text_of(member(list[i], "id")), indexed(indexed("benefits.list", i) + ".stages", k),
                     text_of(member(stages[k], "stage")), &stages[k]});
    }
  }
  return out;
}

void Findings::add(std::string_view check, Severity severity, std::vector<Place> places, std::string zh,
                   std::string en) {
  for (const Finding& known : all_) {
    if (known.check == check && known.severity == severity && known.places == places) return;
  }
  all_.push_back({check, severity, std::move(places), std::move(zh), std::move(en)});
}

bool Findings::error_in(std::string_view file) const {
  return std::any_of(all_.begin(), all_.end(), [file](const Finding& each) {
    return each.severity == Severity::error && std::any_of(each.places.begin(), each.places.end(),
                                                           [file](const Place& place) { return place.file == file; });
  });
}

bool Findings::error_at(std::string_view file, std::string_view path) const {
  const auto around = [](std::string_view outer, std::string_view inner) {
    return inner.starts_with(outer) &&
           (outer.empty() || inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
  };
  return std::any_of(all_.begin(), all_.end(), [&](const Finding& each) {
    return each.severity == Severity::error &&
           std::any_of(each.places.begin(), each.places.end(), [&](const Place& place) {
             return place.file == file && (around(place.path, path) || around(path, place.path));
           });
  });
}

bool Findings::any_error() const {
  return std::any_of(all_.begin(), all_.end(), [](const Finding& each) { return each.severity == Severity::error; });
}

}  // namespace gongji::packs
