#include "offline/packs/supplement.h"

#include <algorithm>
#include <set>

#include "offline/base/check.h"
#include "offline/packs/troubles.h"
#include "offline/seal/sm3.h"

namespace gongji::packs {

namespace {

std::vector<std::string> read_prefixes(const Node& list) {
  const std::vector<Node> nodes = list.elements();
  if (nodes.empty()) list.fail("is empty");
  if (nodes.size() > prefixes_max) list.fail("has more than " + std::to_string(prefixes_max) + " places");
  std::vector<std::string> prefixes;
  for (const Node& each : nodes) {
    prefixes.push_back(each.text());
    const std::string& digits = prefixes.back();
    if (digits.size() > 6 || digits.find_first_not_of("0123456789") != std::string::npos) {
      each.fail("is not up to six digits");
    }
  }
  return prefixes;
}

bool ends_before(const std::optional<Day>& last, Day day) {
  return last.has_value() && *last < day;
}
bool overlap(const DatedRow& a, const DatedRow& b) {
  return !ends_before(a.last_day, b.first_day) && !ends_before(b.last_day, a.first_day);
}

// Takes the days of `given` away from the rows of its id.
void make_room(std::vector<DatedRow>& rows, const DatedRow& given) {
  std::vector<DatedRow> kept;
  kept.reserve(rows.size() + 1);
  for (DatedRow& row : rows) {
    if (row.row.id != given.row.id || !overlap(row, given)) {
      kept.push_back(std::move(row));
      continue;
    }
    if (row.first_day < given.first_day) {
      kept.push_back(row);
      kept.back().last_day = given.first_day.plus_days(-1);
    }
    if (given.last_day.has_value() && !ends_before(row.last_day, given.last_day->plus_days(1))) {
      kept.push_back(std::move(row));
      kept.back().first_day = given.last_day->plus_days(1);
    }
  }
  rows = std::move(kept);
}

struct Given {
  const Supplement* by;
  const DatedRow* row;
};

void check_overlaps(const std::vector<Given>& all) {
  for (auto a = all.begin(); a != all.end(); ++a) {
    for (auto b = std::next(a); b != all.end(); ++b) {
      if (a->row->row.id != b->row->row.id || !overlap(*a->row, *b->row)) continue;
      const Day day = std::max(a->row->first_day, b->row->first_day);
      throw Fault{&troubles::conflict, b->row->path,
                  "row " + b->row->row.id + " is also given by " + a->row->path + " for " + to_string(day)};
    }
  }
}

// A source's name in a trace must lead to one text.
void add_sources(SourceList& known, const SourceList& more, const std::string& origin) {
  for (const auto& [id, source] : more) {
    const auto [same, added] = known.emplace(id, source);
    if (added || same->second.written == source.written) continue;
    throw Fault{&troubles::conflict, origin + " · sources", "\"" + id + "\" already names another text"};
  }
}

}  // namespace

bool Supplement::holds_in(std::string_view place) const {
  return prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(),
                                         [place](const std::string& each) { return place.starts_with(each); });
}

Supplement read_supplement(std::string_view text, std::string_view origin) {
  Supplement supplement;
  supplement.origin = "supplement " + std::string(origin);
  supplement.digest = to_hex(seal::sm3(as_bytes(text)));
  const nlohmann::json json = parse_strictly(text, supplement.origin);
  const Node root(json, supplement.origin);
  const bool limited = json.is_object() && json.contains("admdvs_prefixes");
  if (limited) {
    root.exactly({"format", "scheme", "admdvs_prefixes", "sources", "rows"});
    supplement.prefixes = read_prefixes(root["admdvs_prefixes"]);
  } else {
    root.exactly({"format", "scheme", "sources", "rows"});
  }
  root["format"].one_of({"gongji.supplement.v1"});
  supplement.scheme = root["scheme"].text();
  supplement.sources = read_sources(root["sources"]);
  supplement.rows = read_rows(root["rows"], supplement.sources);
  for (DatedRow& row : supplement.rows) row.given_by = supplement.digest;
  return supplement;
}

Activation read_activation(std::string_view text, std::string_view origin) {
  Activation activation;
  activation.origin = "activation " + std::string(origin);
  const nlohmann::json json = parse_strictly(text, activation.origin);
  const Node root(json, activation.origin);
  root.exactly({"format", "pack", "pack_digest", "first_day", "admdvs_prefixes", "note"});
  root["format"].one_of({"gongji.activation.v1"});
  activation.pack = root["pack"].text();
  activation.pack_digest = root["pack_digest"].text();
  activation.first_day = root["first_day"].day();
  activation.prefixes = read_prefixes(root["admdvs_prefixes"]);
  root["note"].any_text();
  return activation;
}

void merge(PackFile& pack, const std::vector<const Supplement*>& supplements) {
  std::vector<Given> given;
  for (const Supplement* supplement : supplements) {
    bool any = false;
    for (const DatedRow& row : supplement->rows) {
      const auto own = std::find_if(pack.rows.begin(), pack.rows.end(),
                                    [&row](const DatedRow& each) { return each.row.id == row.row.id; });
      if (own == pack.rows.end()) continue;
      if (own->unit != row.unit) {
        throw Fault{&troubles::not_valid, row.path + ".unit", "is not the unit of row " + row.row.id};
      }
      given.push_back({supplement, &row});
      any = true;
    }
    if (any) add_sources(pack.sources, supplement->sources, supplement->origin);
  }
  check_overlaps(given);
  for (const Given& each : given) make_room(pack.rows, *each.row);
  for (const Given& each : given) pack.rows.push_back(*each.row);
}

void check_rows_exist(const Supplement& supplement, const std::vector<PackFile>& packs) {
  for (const DatedRow& row : supplement.rows) {
    const bool found = std::any_of(packs.begin(), packs.end(), [&](const PackFile& pack) {
      return pack.info.scheme == supplement.scheme &&
             std::any_of(pack.rows.begin(), pack.rows.end(),
                         [&row](const DatedRow& each) { return each.row.id == row.row.id; });
    });
    if (found) continue;
    throw Fault{&troubles::supplement_without_row, supplement.origin, "row " + row.row.id + " of " + supplement.scheme};
  }
}

std::string digest_on(const PackFile& pack, Day day) {
  std::set<std::string> digests;
  for (const DatedRow& row : pack.rows) {
    if (!row.given_by.empty() && row.holds(day)) digests.insert(row.given_by);
  }
  if (digests.empty()) return pack.info.digest;
  Bytes parts;
  const auto add = [&parts](std::string_view hex) {
    const auto digest = digest_from_hex(hex);
    GONGJI_CHECK(digest.has_value());
    parts.insert(parts.end(), digest->begin(), digest->end());
  };
  add(std::string_view(pack.info.digest).substr(std::string_view("sm3:").size()));
  for (const std::string& each : digests) add(each);
  return "sm3:" + to_hex(seal::sm3({as_bytes("gongji.supplemented.v1"), parts}));
}

}  // namespace gongji::packs
