// pack_file.cpp — reads what stands in a pack's file before it is resolved: its head and its rows.
#include "offline/packs/pack_file.h"

#include <algorithm>
#include <set>

#include "offline/base/bytes.h"
#include "offline/packs/troubles.h"
#include "offline/seal/sm3.h"

namespace gongji::packs {

SourceList read_sources(const Node& list) {
  SourceList sources;
  for (const Node& source : list.elements()) {
    source.exactly({"id", "title", "issuer", "document_number", "published", "note"});
    const std::string title = source["title"].text();
    for (const char* member : {"issuer", "document_number", "published"}) {
      if (!source[member].is_null()) source[member].text();
    }
    source["note"].any_text();
    if (!sources.emplace(source["id"].text(), Source{title, source.written()}).second)
      source["id"].fail("stands twice");
  }
  return sources;
}

namespace {

std::string percent(std::int64_t ppm) {
  std::string text = std::to_string(ppm / 10'000);
  if (ppm % 10'000 != 0) {
    std::string decimals = std::to_string(10'000 + ppm % 10'000).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    text += '.' + decimals;
  }
  return text + '%';
}

void read_value(const Node& value, DatedRow& out) {
  switch (out.unit) {
    case Unit::fen:
      if (value.is_null()) return;
      out.row.number = value.whole(0, amount_max.in_fen());
      out.row.printed = to_string(Money::fen(*out.row.number));
      return;
    case Unit::ppm:
      if (value.is_null()) return;
      out.row.number = value.whole(0, ppm_whole);
      out.row.printed = percent(*out.row.number);
      return;
    case Unit::count:
      if (value.is_null()) return;
      out.row.number = value.whole(0, 1'000);
      out.row.printed = std::to_string(*out.row.number);
      return;
    case Unit::rule:
      out.row.printed = value.text();
      return;
    case Unit::day:
      out.row.printed = to_string(value.day());
      return;
  }
}

}  // namespace

std::vector<DatedRow> read_rows(const Node& list, const SourceList& sources) {
  std::vector<DatedRow> rows;
  for (const Node& each : list.elements()) {
    each.exactly(
        {"id", "unit", "value", "article", "source", "first_day", "last_day", "checked", "confidence", "note"});
    DatedRow out;
    out.path = each.path();
    out.row.id = each["id"].text();
    out.unit = static_cast<Unit>(each["unit"].one_of({"fen", "ppm", "rule", "day", "count"}));
    read_value(each["value"], out);
    out.row.article = each["article"].text();
    out.row.source = each["source"].text();
    const auto source = sources.find(out.row.source);
    if (source == sources.end()) each["source"].fail("\"" + out.row.source + "\" is not in sources.json");
    out.source_title = source->second.title;
    out.first_day = each["first_day"].day();
    out.last_day = each["last_day"].day_or_null();
    if (out.last_day.has_value() && *out.last_day < out.first_day) each["last_day"].fail("is before first_day");
    out.row.holds_from = out.first_day;
    out.checked = each["checked"].day();
    out.confidence = static_cast<Confidence>(each["confidence"].one_of({"sourced", "reported", "decision"}));
    out.note = each["note"].any_text();
    if (out.confidence != Confidence::sourced && out.note.empty()) {
      each["note"].fail("is empty, but a row that is not sourced says why");
    }
    rows.push_back(std::move(out));
  }
  return rows;
}

namespace {

// Rows of one id follow each other without a gap or an overlap, from the pack's first day to its last.
void check_days(const PackFile& pack) {
  std::set<std::string> done;
  for (const DatedRow& first : pack.rows) {
    if (!done.insert(first.row.id).second) continue;
    std::vector<const DatedRow*> same;
    for (const DatedRow& row : pack.rows) {
      if (row.row.id == first.row.id) same.push_back(&row);
    }
    std::sort(same.begin(), same.end(),
              [](const DatedRow* a, const DatedRow* b) { return a->first_day < b->first_day; });
    const auto fail = [](const DatedRow& row, std::string detail) {
      throw Fault{&troubles::not_valid, row.path, "row " + row.row.id + " " + std::move(detail)};
    };
    if (same.front()->first_day > pack.info.first_day) {
      fail(*same.front(), "leaves a gap from the pack's first day " + to_string(pack.info.first_day));
    }
    for (std::size_t i = 0; i + 1 < same.size(); ++i) {
      if (!same[i]->last_day.has_value() || *same[i]->last_day >= same[i + 1]->first_day) {
        fail(*same[i + 1], "overlaps the row before it");
      }
      if (same[i]->last_day->plus_days(1) != same[i + 1]->first_day) {
        fail(*same[i + 1], "leaves a gap after " + to_string(*same[i]->last_day));
      }
    }
    const auto& end = same.back()->last_day;
    if (end.has_value() && (!pack.info.last_day.has_value() || *end < *pack.info.last_day)) {
      fail(*same.back(), "leaves a gap after " + to_string(*end));
    }
  }
}

void read_head(const Node& root, PackInfo& info) {
  info.status = static_cast<PackStatus>(root["status"].one_of({"sourced", "reported", "draft"}));
  info.title_zh = root["title"].exactly({"zh", "en"})["zh"].text();
  info.title_en = root["title"]["en"].text();
  info.insutype = root["insutype"].text();
  info.admdvs_prefixes = root["admdvs_prefixes"].texts();
  if (info.admdvs_prefixes.empty()) root["admdvs_prefixes"].fail("is empty");
  for (const Node& prefix : root["admdvs_prefixes"].elements()) {
    const std::string digits = prefix.text();
    if (digits.size() > 6 || digits.find_first_not_of("0123456789") != std::string::npos) {
      prefix.fail("is not up to six digits");
    }
  }
  info.first_day = root["first_day"].day();
  info.last_day = root["last_day"].day_or_null();
  if (info.last_day.has_value() && *info.last_day < info.first_day) root["last_day"].fail("is before first_day");
  for (const Node& note : root["notes"].elements()) {
    note.exactly({"article", "text"});
    note["article"].text();
    note["text"].text();
  }
}

}  // namespace

PackFile read_pack(std::string_view text, std::string_view sources_text, std::string_view origin) {
  const std::string sources_origin = std::string(origin) + " sources";
  const nlohmann::json sources_json = parse_strictly(sources_text, sources_origin);
  const Node sources(sources_json, sources_origin);
  sources.exactly({"format", "sources"})["format"].one_of({"gongji.sources.v1"});

  PackFile pack;
  pack.sources = read_sources(sources["sources"]);
  pack.json = parse_strictly(text, std::string(origin));
  const Node raw(pack.json, std::string(origin));
  raw.exactly({"format",
               "scheme",
               "version",
               "title",
               "status",
               "insutype",
               "admdvs_prefixes",
               "first_day",
               "last_day",
               "in_force",
               "rows",
               "counters",
               "categories",
               "entitlement",
               "waiting",
               "excluded_causes",
               "sites",
               "regions",
               "late",
               "lines",
               "benefits",
               "accounts",
               "notes"});
  raw["format"].one_of({"gongji.pack.v1"});
  pack.info.scheme = raw["scheme"].text();
  pack.info.version = raw["version"].text();
  pack.info.name = pack.info.scheme + "@" + pack.info.version;
  if (std::count(pack.info.name.begin(), pack.info.name.end(), '@') != 1) raw["scheme"].fail("may not contain @");
  pack.info.digest = "sm3:" + to_hex(seal::sm3(as_bytes(text)));
  pack.origin = "pack " + pack.info.name;

  const Node root(pack.json, pack.origin);
  read_head(root, pack.info);
  pack.rows = read_rows(root["rows"], pack.sources);
  check_days(pack);
  return pack;
}

}  // namespace gongji::packs
