// resolve.cpp — from a pack's file to the policy of a day: names become indexes, tables are filled out.
#include <algorithm>
#include <map>
#include <set>

#include "offline/packs/pack_file.h"

namespace gongji::packs {

namespace {

using namespace settlement;

class Resolver {
 public:
  Resolver(const PackFile& pack, Day day) : root_(pack.json, pack.origin), policy_(std::make_unique<Policy>()) {
    policy_->scheme = pack.info.scheme;
    policy_->version = pack.info.version;
    policy_->name = pack.info.name;
    policy_->digest = pack.info.digest;
    for (const DatedRow& row : pack.rows) {
      if (row.first_day > day || (row.last_day.has_value() && *row.last_day < day)) continue;
      index_[row.row.id] = {static_cast<RowRef>(policy_->rows.size()), row.unit};
      policy_->rows.push_back(row.row);
    }
  }

  std::unique_ptr<Policy> resolve() {
    policy_->in_force_row = row(root_["in_force"], Unit::day);
    counters(root_["counters"]);
    categories(root_["categories"]);
    policy_->entitlement_row = row(root_["entitlement"], Unit::rule);
    sites(root_["sites"]);
    circumstances(root_["regions"], root_["late"]);
    lines(root_["lines"]);
    benefits(root_["benefits"]);
    accounts(root_["accounts"]);
    for (const auto& [id, entry] : index_) {
      if (!used_.contains(id)) root_["rows"].fail("row " + id + " is used nowhere");
    }
    return std::move(policy_);
  }

 private:
  struct Entry {
    RowRef ref = no_row;
    Unit unit = Unit::rule;
  };

  RowRef row(const Node& name, Unit unit) {
    const auto found = index_.find(name.text());
    if (found == index_.end()) name.fail("there is no row \"" + name.text() + "\"");
    if (found->second.unit != unit) name.fail("row \"" + name.text() + "\" has another unit");
    used_.insert(found->first);
    return found->second.ref;
  }
  // A row of any unit, for citing.
  RowRef cited(const Node& name) {
    const auto found = index_.find(name.text());
    if (found == index_.end()) name.fail("there is no row \"" + name.text() + "\"");
    used_.insert(found->first);
    return found->second.ref;
  }
  RowRef cited_or_none(const Node& name) { return name.is_null() ? no_row : cited(name); }
  // A row that must have a value: rates taken line by line cannot wait for a supplement.
  RowRef rate_with_value(const Node& name) {
    const RowRef ref = row(name, Unit::ppm);
    if (!policy_->row(ref).number.has_value()) name.fail("row \"" + name.text() + "\" has no value");
    return ref;
  }

  void counters(const Node& list) {
    for (const Node& each : list.elements()) {
      each.exactly({"name", "year"});
      each["year"].one_of({"calendar", "none"});
      const std::string name = each["name"].text();
      if (std::count(policy_->counters.begin(), policy_->counters.end(), name) != 0) each["name"].fail("stands twice");
      policy_->counters.push_back(name);
    }
    if (policy_->counters.size() > 16) list.fail("has more than 16 counters");
  }
  CounterRef counter(const Node& name) {
    const auto found = std::find(policy_->counters.begin(), policy_->counters.end(), name.text());
    if (found == policy_->counters.end()) name.fail("\"" + name.text() + "\" is not a declared counter");
    return static_cast<CounterRef>(found - policy_->counters.begin());
  }

  void categories(const Node& node) {
    node.exactly({"change", "row", "rules"});
    policy_->retired_from = node["change"].one_of({"same_day", "first_of_next_month"}) == 0
                                ? RetiredFrom::same_day
                                : RetiredFrom::first_of_next_month;
    policy_->retired_row = cited_or_none(node["row"]);
    for (const Node& each : node["rules"].elements()) {
      each.exactly({"id", "who", "retired_on_or_before"});
      CategoryRule rule;
      rule.id = each["id"].text();
      rule.who = static_cast<CategoryRule::Who>(each["who"].one_of({"anybody", "on_job", "retired"}));
      rule.retired_on_or_before = each["retired_on_or_before"].day_or_null();
      for (const CategoryRule& other : policy_->categories) {
        if (other.id == rule.id) each["id"].fail("stands twice");
      }
      policy_->categories.push_back(std::move(rule));
    }
    if (policy_->categories.empty() || policy_->categories.size() > categories_max) {
      node["rules"].fail("must have 1 to " + std::to_string(categories_max) + " categories");
    }
  }

  static Effect effect(const Node& node) {
    return static_cast<Effect>(node.one_of({"as_usual", "no_fund_share", "not_in_pack", "unset"}));
  }

  void sites(const Node& node) {
    node.exactly({"levels", "pharmacy", "undesignated"});
    node["levels"].exactly({"1", "2", "3", "4", "9"});
    for (const auto& [code, each] : node["levels"].members()) {
      each.exactly({"effect", "slot", "row", "first_parts"});
      LevelRule& rule = policy_->levels[static_cast<std::size_t>(code[0] - '0')];
      rule.effect = effect(each["effect"]);
      rule.row = cited(each["row"]);
      rule.first_parts = each["first_parts"].flag();
      if (rule.effect == Effect::as_usual) {
        rule.slot = static_cast<std::uint8_t>(each["slot"].whole(1, 3) - 1);
        slots_.insert(rule.slot);
      } else if (!each["slot"].is_null()) {
        each["slot"].fail("must be null where the effect is not as_usual");
      }
    }

    const Node pharmacy = node["pharmacy"];
    pharmacy.exactly({"row", "prescription", "dual_channel_only"});
    policy_->pharmacy_row = cited(pharmacy["row"]);
    policy_->prescription.row = policy_->pharmacy_row;
    policy_->prescription.mode = static_cast<PrescriptionRule::Mode>(
        pharmacy["prescription"].one_of({"does_not_count", "prescriber_level", "own_slot"}));
    policy_->prescription.dual_channel_only = pharmacy["dual_channel_only"].flag();
    if (policy_->prescription.mode == PrescriptionRule::Mode::own_slot) slots_.insert(slot_pharmacy);

    const Node undesignated = node["undesignated"];
    undesignated.exactly({"fund", "accounts"});
    policy_->undesignated_row = cited(undesignated["fund"]);
    policy_->undesignated_account_row = cited(undesignated["accounts"]);
  }

  void circumstances(const Node& regions, const Node& late) {
    static constexpr std::string_view names[] = {"local", "filed", "referred", "temporary"};
    regions.exactly({"local", "filed", "referred", "temporary"});
    late.exactly({"local", "filed", "referred", "temporary"});
    for (std::size_t i = 0; i < std::size(names); ++i) {
      const Node region = regions[names[i]];
      region.exactly({"effect", "row", "first_part", "first_parts"});
      RegionRule& rule = policy_->regions[i];
      rule.effect = effect(region["effect"]);
      rule.row = cited_or_none(region["row"]);
      if (rule.effect != Effect::as_usual && rule.row == no_row) region["row"].fail("must name a row to cite");
      if (!region["first_part"].is_null()) rule.first_part = rate_with_value(region["first_part"]);
      rule.first_parts = region["first_parts"].flag();

      const Node paper = late[names[i]];
      paper.exactly({"effect", "row", "deadline"});
      LateRule& late_rule = policy_->late[i];
      late_rule.effect = effect(paper["effect"]);
      late_rule.row = cited(paper["row"]);
      if (!paper["deadline"].is_null()) {
        paper["deadline"].exactly({"month", "day"});
        late_rule.deadline_month = static_cast<std::uint8_t>(paper["deadline"]["month"].whole(1, 12));
        late_rule.deadline_day = static_cast<std::uint8_t>(paper["deadline"]["day"].whole(1, 28 + 3));
        if (!Day::from_civil(2001, late_rule.deadline_month, late_rule.deadline_day).has_value()) {
          paper["deadline"].fail("is not a day of every year");
        }
      }
    }
  }

  void lines(const Node& node) {
    node.exactly({"own_cost", "never", "over_limit", "code_required", "first_part"});
    policy_->own_cost_row = cited(node["own_cost"]);
    policy_->never_row = cited(node["never"]);
    policy_->over_limit_row = cited(node["over_limit"]);
    policy_->code_row = cited_or_none(node["code_required"]);
    node["first_part"].exactly({"drug", "device", "consumable", "service"});
    static constexpr std::string_view kinds[] = {"drug", "device", "consumable", "service"};
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
      const Node each = node["first_part"][kinds[i]];
      each.exactly({"mode", "row"});
      FirstPartRule& rule = policy_->first_part[i];
      rule.mode = static_cast<FirstPartRule::Mode>(each["mode"].one_of({"none", "fixed", "by_line"}));
      rule.row = rule.mode == FirstPartRule::Mode::fixed ? rate_with_value(each["row"]) : cited(each["row"]);
    }
  }

  std::size_t category(const Node& node, const std::string& id) const {
    for (std::size_t i = 0; i < policy_->categories.size(); ++i) {
      if (policy_->categories[i].id == id) return i;
    }
    node.fail("\"" + id + "\" is not a category");
  }

  // One row for each category.
  void by_category(const Node& rows, Unit unit, std::array<RowRef, categories_max>& out) {
    for (const auto& [id, name] : rows.members()) out[category(rows, id)] = row(name, unit);
    for (std::size_t i = 0; i < policy_->categories.size(); ++i) {
      if (out[i] == no_row) rows.fail("has no row for " + policy_->categories[i].id);
    }
  }

  std::uint8_t slot(const Node& node, const std::string& name) const {
    static constexpr std::string_view names[] = {"1", "2", "3", "pharmacy"};
    const auto found = std::find(std::begin(names), std::end(names), name);
    if (found == std::end(names)) node.fail("\"" + name + "\" is not one of 1, 2, 3, pharmacy");
    const auto index = static_cast<std::uint8_t>(found - std::begin(names));
    if (!slots_.contains(index)) node.fail("no site settles as \"" + name + "\"");
    return index;
  }

  RowTable table(const Node& stage, Unit unit) {
    RowTable out;
    const Node rows = stage["rows"];
    switch (stage["by"].one_of({"all", "category", "level", "level_category"})) {
      case 0:
        for (auto& each : out.rows) each.fill(row(rows, unit));
        break;
      case 1:
        by_category(rows, unit, out.rows[0]);
        for (auto& each : out.rows) each = out.rows[0];
        break;
      case 2:
        for (const auto& [name, each] : rows.members()) out.rows[slot(rows, name)].fill(row(each, unit));
        break;
      default:
        for (const auto& [name, each] : rows.members()) by_category(each, unit, out.rows[slot(rows, name)]);
    }
    for (const std::uint8_t index : slots_) {
      if (out.rows[index][0] == no_row) {
        rows.fail("has no row for " + (index == slot_pharmacy ? std::string("pharmacy") : std::to_string(index + 1)));
      }
    }
    return out;
  }

  Stage stage(const Node& node) {
    switch (node["stage"].one_of({"deductible", "ratio", "cap"})) {
      case 0:
        node.exactly({"stage", "by", "counter", "rows"});
        return DeductibleStage{table(node, Unit::fen), counter(node["counter"])};
      case 1:
        node.exactly({"stage", "by", "rows"});
        return RatioStage{table(node, Unit::ppm)};
      default:
        node.exactly({"stage", "by", "counter", "rows"});
        return CapStage{table(node, Unit::fen), counter(node["counter"])};
    }
  }

  void benefits(const Node& node) {
    node.exactly({"row", "list"});
    policy_->benefit_row = cited(node["row"]);
    for (const Node& each : node["list"].elements()) {
      each.exactly({"id", "med_types", "stages"});
      Benefit benefit;
      benefit.id = each["id"].text();
      for (const Benefit& other : policy_->benefits) {
        if (other.id == benefit.id) each["id"].fail("stands twice");
      }
      for (const Node& med_type : each["med_types"].elements()) {
        for (const auto& known : policy_->med_types) {
          if (known.first == med_type.text()) med_type.fail("belongs to two benefits");
        }
        policy_->med_types.emplace_back(med_type.text(), static_cast<std::uint8_t>(policy_->benefits.size()));
      }
      for (const Node& part : each["stages"].elements()) benefit.stages.push_back(stage(part));
      policy_->benefits.push_back(std::move(benefit));
    }
  }

  static std::uint8_t bits(const Node& list, std::initializer_list<std::string_view> names) {
    unsigned all = 0;
    for (const Node& each : list.elements()) {
      const unsigned bit = 1u << each.one_of(names);
      if ((all & bit) != 0) each.fail("stands twice");
      all |= bit;
    }
    return static_cast<std::uint8_t>(all);
  }

  void accounts(const Node& node) {
    node.exactly({"institution_goods", "pharmacy_goods", "relations", "own_kinds", "family_kinds",
                  "code_required_at_pharmacy", "family_insured_in", "rows"});
    AccountRules& rules = policy_->accounts;
    rules.institution_goods = bits(node["institution_goods"], {"drug", "device", "consumable", "service"});
    rules.pharmacy_goods = bits(node["pharmacy_goods"], {"drug", "device", "consumable", "service"});
    // relation 0 is the patient
    rules.relations = static_cast<std::uint8_t>(bits(node["relations"], {"spouse", "parent", "child"}) << 1);
    rules.own_kinds = bits(node["own_kinds"], {"current", "prior"});
    rules.family_kinds = bits(node["family_kinds"], {"current", "prior"});
    rules.code_required_at_pharmacy = node["code_required_at_pharmacy"].flag();
    rules.family_insured_in = node["family_insured_in"].texts();
    const Node rows = node["rows"];
    rows.exactly({"goods", "relation", "kind", "region", "listed", "owner_scheme"});
    const auto copy = [&](const char* name) { return policy_->row(cited(rows[name])); };
    rules.goods = copy("goods");
    rules.relation = copy("relation");
    rules.kind = copy("kind");
    rules.region = copy("region");
    rules.listed = copy("listed");
    rules.owner_scheme = copy("owner_scheme");
  }

  Node root_;
  std::unique_ptr<Policy> policy_;
  std::map<std::string, Entry> index_;
  std::set<std::string> used_;
  std::set<std::uint8_t> slots_;
};

}  // namespace

std::vector<Segment> resolve(const PackFile& pack) {
  std::set<Day> days{pack.info.first_day};
  for (const DatedRow& row : pack.rows) {
    if (row.first_day > pack.info.first_day) days.insert(row.first_day);
  }
  std::vector<Segment> segments;
  for (const Day day : days) {
    if (pack.info.last_day.has_value() && day > *pack.info.last_day) continue;
    segments.push_back({day, Resolver(pack, day).resolve()});
  }
  return segments;
}

}  // namespace gongji::packs
