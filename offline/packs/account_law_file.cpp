// account_law_file.cpp — the strict reader of offline/packs/benefits.
#include "offline/packs/account_law_file.h"

#include <algorithm>
#include <map>
#include <set>

#include "offline/base/bytes.h"
#include "offline/base/money.h"
#include "offline/base/rate.h"
#include "offline/packs/strict_json.h"
#include "offline/seal/sm3.h"

namespace gongji::packs {

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

std::map<std::string, std::string> read_sources(const Node& list) {
  std::map<std::string, std::string> titles;
  for (const Node& source : list.elements()) {
    source.exactly({"id", "title"});
    const std::string title = source["title"].text();
    if (!titles.emplace(source["id"].text(), title).second) source["id"].fail("stands twice");
  }
  return titles;
}

LawRow read_row(const Node& node, const std::map<std::string, std::string>& sources) {
  node.exactly({"id", "unit", "value", "article", "source", "first_day", "last_day", "confidence", "note"});
  LawRow row;
  row.id = node["id"].text();
  row.unit = static_cast<RowUnit>(node["unit"].one_of({"fen", "ppm", "rule"}));
  const Node value = node["value"];
  if (row.unit == RowUnit::rule) {
    row.printed = value.text();
  } else if (!value.is_null()) {
    row.number = value.whole(0, row.unit == RowUnit::fen ? amount_max.in_fen() : ppm_whole);
    row.printed = row.unit == RowUnit::fen ? to_string(Money::fen(*row.number)) : percent(*row.number);
  }
  row.article = node["article"].text();
  row.source = node["source"].text();
  if (!sources.contains(row.source)) node["source"].fail("\"" + row.source + "\" is not among the sources");
  row.first_day = node["first_day"].day();
  row.last_day = node["last_day"].day_or_null();
  if (row.last_day.has_value() && *row.last_day < row.first_day) node["last_day"].fail("is before first_day");
  row.confidence = static_cast<RowConfidence>(node["confidence"].one_of({"sourced", "reported", "decision"}));
  row.note = node["note"].any_text();
  if (row.confidence != RowConfidence::sourced && row.note.empty()) node["note"].fail("is empty, but not sourced");
  return row;
}

bool overlap(const LawRow& a, const LawRow& b) {
  return (!a.last_day.has_value() || b.first_day <= *a.last_day) &&
         (!b.last_day.has_value() || a.first_day <= *b.last_day);
}

// Reads references to rows and remembers which rows are used.
class References {
 public:
  explicit References(const std::vector<LawRow>& rows) : rows_(rows) {}

  std::string read(const Node& node, std::initializer_list<RowUnit> units) {
    std::string id = node.text();
    bool found = false;
    for (const LawRow& row : rows_) {
      if (row.id != id) continue;
      found = true;
      if (std::find(units.begin(), units.end(), row.unit) == units.end()) node.fail("row " + id + " has another unit");
    }
    if (!found) node.fail("there is no row " + id);
    used_.insert(id);
    return id;
  }
  std::string read_or_null(const Node& node, std::initializer_list<RowUnit> units) {
    return node.is_null() ? std::string() : read(node, units);
  }
  void require_all_used(const Node& rows) const {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!used_.contains(rows_[i].id)) rows.elements()[i]["id"].fail("no rule uses row " + rows_[i].id);
    }
  }

 private:
  const std::vector<LawRow>& rows_;
  std::set<std::string> used_;
};

template <class Read>
auto list_of(const Node& node, Read read) {
  std::vector<decltype(read(node))> all;
  for (const Node& each : node.elements()) all.push_back(read(each));
  return all;
}

void read_premiums(const Node& node, References& references, AccountLaw& law) {
  node.exactly({"allowed", "otherwise"});
  for (const Node& each : node["allowed"].elements()) {
    each.exactly({"kinds", "relations", "insured_in", "row"});
    PremiumRule rule;
    rule.kinds = list_of(each["kinds"], [](const Node& kind) {
      return static_cast<PremiumKind>(kind.one_of({"resident", "large_amount", "long_term_care", "commercial"}));
    });
    rule.relations = list_of(each["relations"], [](const Node& relation) {
      return static_cast<settlement::Relation>(relation.one_of({"self", "spouse", "parent", "child"}));
    });
    rule.insured_in = each["insured_in"].texts();
    rule.row = references.read(each["row"], {RowUnit::rule});
    law.premiums.push_back(std::move(rule));
  }
  law.premium_otherwise = references.read(node["otherwise"], {RowUnit::rule});
}

void read_dues(const Node& node, References& references, AccountLaw& law) {
  node.exactly({"groups", "otherwise"});
  for (const Node& each : node["groups"].elements()) {
    each.exactly({"group", "premium", "aids", "subsidy"});
    DueRule rule;
    rule.group = each["group"].text();
    if (std::any_of(law.dues.begin(), law.dues.end(), [&](const DueRule& is) { return is.group == rule.group; })) {
      each["group"].fail("stands twice");
    }
    rule.premium = references.read(each["premium"], {RowUnit::fen});
    for (const Node& aid : each["aids"].elements()) {
      rule.aids.push_back(references.read(aid, {RowUnit::fen, RowUnit::ppm}));
    }
    rule.subsidy = references.read_or_null(each["subsidy"], {RowUnit::fen});
    law.dues.push_back(std::move(rule));
  }
  law.due_otherwise = references.read(node["otherwise"], {RowUnit::rule});
}

std::optional<int> age_or_null(const Node& node) {
  if (node.is_null()) return std::nullopt;
  return static_cast<int>(node.whole(0, 150));
}

void read_accruals(const Node& node, References& references, AccountLaw& law) {
  node.exactly({"rules", "otherwise"});
  for (const Node& each : node["rules"].elements()) {
    each.exactly({"insured_as", "retired", "youngest", "oldest", "amount", "factor", "per"});
    AccrualRule rule;
    rule.insured_as = list_of(each["insured_as"], [](const Node& as) {
      return static_cast<InsuredAs>(as.one_of({"unit", "flexible", "pool_only", "mixed", "veteran", "resident"}));
    });
    if (!each["retired"].is_null()) rule.retired = each["retired"].flag();
    rule.youngest = age_or_null(each["youngest"]);
    rule.oldest = age_or_null(each["oldest"]);
    rule.amount = references.read(each["amount"], {RowUnit::fen, RowUnit::ppm});
    rule.factor = references.read_or_null(each["factor"], {RowUnit::ppm});
    rule.per = static_cast<Period>(each["per"].one_of({"month", "year"}));
    law.accruals.push_back(std::move(rule));
  }
  law.accrual_otherwise = references.read(node["otherwise"], {RowUnit::rule});
}

}  // namespace

AccountLaw read_account_law(std::string_view text, std::string_view origin) {
  const std::string head = "account law " + std::string(origin);
  const nlohmann::json json = parse_strictly(text, head);
  const Node root(json, head);
  root.exactly({"format", "scheme", "version", "draft", "first_day", "last_day", "retired_from", "age_on", "sources",
                "rows", "premiums", "dues", "accruals"});
  root["format"].one_of({"gongji.account-law.v1"});
  AccountLaw law;
  law.scheme = root["scheme"].text();
  law.version = root["version"].text();
  law.name = law.scheme + "@" + law.version;
  law.digest = "sm3:" + to_hex(seal::sm3(as_bytes(text)));
  law.draft = root["draft"].flag();
  law.first_day = root["first_day"].day();
  law.last_day = root["last_day"].day_or_null();
  law.retired_from_next_month = root["retired_from"].one_of({"same_day", "first_of_next_month"}) == 1;
  if (!root["age_on"].is_null()) {
    root["age_on"].exactly({"month", "day"});
    law.age_month = static_cast<int>(root["age_on"]["month"].whole(1, 12));
    law.age_day = static_cast<int>(root["age_on"]["day"].whole(1, 28));
  }
  law.sources = read_sources(root["sources"]);
  for (const Node& each : root["rows"].elements()) {
    LawRow row = read_row(each, law.sources);
    for (const LawRow& other : law.rows) {
      if (other.id == row.id && overlap(other, row)) each["first_day"].fail("row " + row.id + " has two values then");
    }
    law.rows.push_back(std::move(row));
  }
  References references(law.rows);
  read_premiums(root["premiums"], references, law);
  read_dues(root["dues"], references, law);
  read_accruals(root["accruals"], references, law);
  references.require_all_used(root["rows"]);
  return law;
}

}  // namespace gongji::packs
