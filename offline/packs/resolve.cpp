// resolve.cpp — from a pack's file to the policy of a day: names become indexes, tables are filled out.
#include <set>

#include "offline/packs/pack_file.h"
#include "offline/packs/resolve_names.h"
#include "offline/packs/supplement.h"

namespace gongji::packs {

namespace {

using namespace settlement;

class Resolver {
 public:
  Resolver(const PackFile& pack, Day day)
      : root_(pack.json, pack.origin), day_(day), policy_(std::make_unique<Policy>()), names_(pack, day, *policy_) {
    policy_->scheme = pack.info.scheme;
    policy_->version = pack.info.version;
    policy_->name = pack.info.name;
    policy_->digest = digest_on(pack, day);
  }

  std::unique_ptr<Policy> resolve() {
    policy_->in_force_row = names_.row(root_["in_force"], Unit::day);
    names_.read_counters(root_["counters"]);
    categories(root_["categories"]);
    policy_->entitlement_row = names_.row(root_["entitlement"], Unit::rule);
    waiting(root_["waiting"]);
    excluded_causes(root_["excluded_causes"]);
    sites(root_["sites"]);
    circumstances(root_["regions"], root_["late"]);
    lines(root_["lines"]);
    read_benefits(root_["benefits"], day_, names_, *policy_);
    accounts(root_["accounts"]);
    if (const std::string id = names_.unused(); !id.empty()) root_["rows"].fail("row " + id + " is used nowhere");
    return std::move(policy_);
  }

 private:
  void categories(const Node& node) {
    node.exactly({"change", "row", "rules"});
    policy_->retired_from = node["change"].one_of({"same_day", "first_of_next_month"}) == 0
                                ? RetiredFrom::same_day
                                : RetiredFrom::first_of_next_month;
    policy_->retired_row = names_.cited_or_none(node["row"]);
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

  void waiting(const Node& node) {
    if (node.is_null()) return;
    node.exactly({"first", "others", "until"});
    WaitingRule& rule = policy_->waiting.emplace();
    rule.first = names_.with_value(node["first"], Unit::count);
    rule.others = names_.with_value(node["others"], Unit::count);
    rule.until = names_.row(node["until"], Unit::day);
    rule.last_day_for_first = parse_day(policy_->row(rule.until).printed);
  }

  void excluded_causes(const Node& node) {
    if (node.is_null()) return;
    node.exactly({"row", "causes"});
    policy_->excluded_cause_row = names_.cited(node["row"]);
    // cause 0 is illness
    policy_->excluded_causes =
        static_cast<std::uint8_t>(bits(node["causes"], {"work_injury", "maternity", "traffic", "other_accident"}) << 1);
  }

  static Effect effect(const Node& node) {
    return static_cast<Effect>(node.one_of({"as_usual", "no_fund_share", "not_in_pack", "unset"}));
  }

  static std::uint8_t level_slot(const Node& node) {
    const std::size_t index = node.one_of({"1", "2", "3", "unranked"});
    return index == 3 ? slot_unranked : static_cast<std::uint8_t>(index);
  }

  void sites(const Node& node) {
    node.exactly({"place", "levels", "pharmacy", "undesignated"});
    policy_->place_row = names_.cited_or_none(node["place"]);
    node["levels"].exactly({"1", "2", "3", "4", "9"});
    for (const auto& [code, each] : node["levels"].members()) {
      each.exactly({"effect", "slot", "row", "first_parts"});
      LevelRule& rule = policy_->levels[static_cast<std::size_t>(code[0] - '0')];
      rule.effect = effect(each["effect"]);
      rule.row = names_.cited(each["row"]);
      rule.first_parts = each["first_parts"].flag();
      if (rule.effect == Effect::as_usual && policy_->place_row == no_row) {
        rule.slot = level_slot(each["slot"]);
        names_.use_slot(rule.slot);
      } else if (!each["slot"].is_null()) {
        each["slot"].fail("must be null where the level does not decide");
      }
    }
    if (policy_->place_row != no_row) {
      for (std::uint8_t place = 0; place < 3; ++place) names_.use_slot(place);
    }

    const Node pharmacy = node["pharmacy"];
    pharmacy.exactly({"row", "prescription", "dual_channel_only", "med_types"});
    policy_->pharmacy_row = names_.cited(pharmacy["row"]);
    policy_->prescription.row = policy_->pharmacy_row;
    policy_->prescription.mode = static_cast<PrescriptionRule::Mode>(
        pharmacy["prescription"].one_of({"does_not_count", "prescriber_level", "own_slot"}));
    policy_->prescription.dual_channel_only = pharmacy["dual_channel_only"].flag();
    policy_->prescription.med_types = pharmacy["med_types"].texts();
    if (policy_->prescription.mode == PrescriptionRule::Mode::own_slot) names_.use_slot(slot_pharmacy);

    const Node undesignated = node["undesignated"];
    undesignated.exactly({"fund", "accounts"});
    policy_->undesignated_row = names_.cited(undesignated["fund"]);
    policy_->undesignated_account_row = names_.cited(undesignated["accounts"]);
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
      rule.row = names_.cited_or_none(region["row"]);
      if (rule.effect != Effect::as_usual && rule.row == no_row) region["row"].fail("must name a row to cite");
      if (!region["first_part"].is_null()) rule.first_part = names_.with_value(region["first_part"], Unit::ppm);
      rule.first_parts = region["first_parts"].flag();

      const Node paper = late[names[i]];
      paper.exactly({"effect", "row", "deadline"});
      LateRule& late_rule = policy_->late[i];
      late_rule.effect = effect(paper["effect"]);
      late_rule.row = names_.cited(paper["row"]);
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
    policy_->own_cost_row = names_.cited(node["own_cost"]);
    policy_->never_row = names_.cited(node["never"]);
    policy_->over_limit_row = names_.cited(node["over_limit"]);
    policy_->code_row = names_.cited_or_none(node["code_required"]);
    node["first_part"].exactly({"drug", "device", "consumable", "service"});
    static constexpr std::string_view kinds[] = {"drug", "device", "consumable", "service"};
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
      const Node each = node["first_part"][kinds[i]];
      each.exactly({"mode", "row"});
      FirstPartRule& rule = policy_->first_part[i];
      rule.mode = static_cast<FirstPartRule::Mode>(each["mode"].one_of({"none", "fixed", "by_line"}));
      rule.row = rule.mode == FirstPartRule::Mode::fixed ? names_.with_value(each["row"], Unit::ppm)
                                                         : names_.cited(each["row"]);
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
                  "code_required_at_pharmacy", "family_insured_in", "first_kinds", "own_med_types", "counter", "rows"});
    AccountRules& rules = policy_->accounts;
    rules.institution_goods = bits(node["institution_goods"], {"drug", "device", "consumable", "service"});
    rules.pharmacy_goods = bits(node["pharmacy_goods"], {"drug", "device", "consumable", "service"});
    // relation 0 is the patient
    rules.relations = static_cast<std::uint8_t>(bits(node["relations"], {"spouse", "parent", "child"}) << 1);
    rules.own_kinds = bits(node["own_kinds"], {"current", "prior"});
    rules.family_kinds = bits(node["family_kinds"], {"current", "prior"});
    rules.code_required_at_pharmacy = node["code_required_at_pharmacy"].flag();
    rules.family_insured_in = node["family_insured_in"].texts();
    rules.first_kinds = bits(node["first_kinds"], {"current", "prior"});
    if ((rules.first_kinds & rules.own_kinds) != 0) node["first_kinds"].fail("pay first and also behind the fund");
    if (rules.first_kinds != 0) {
      for (const Benefit& benefit : policy_->benefits) {
        for (const Stage& stage : benefit.stages) {
          if (!std::holds_alternative<ClassRatioStage>(stage) && !std::holds_alternative<BandStage>(stage)) continue;
          node["first_kinds"].fail("cannot pay before benefit " + benefit.id + ", which pays by class or band");
        }
      }
    }
    rules.own_med_types = node["own_med_types"].texts();
    if (!node["counter"].is_null()) policy_->own_account_counter = names_.counter(node["counter"]);
    const Node rows = node["rows"];
    rows.exactly({"goods", "relation", "kind", "region", "listed", "owner_scheme", "first"});
    const auto copy = [&](const char* name) { return policy_->row(names_.cited(rows[name])); };
    rules.goods = copy("goods");
    rules.relation = copy("relation");
    rules.kind = copy("kind");
    rules.region = copy("region");
    rules.listed = copy("listed");
    rules.owner_scheme = copy("owner_scheme");
    if (rules.first_kinds != 0) {
      rules.first = copy("first");
    } else if (!rows["first"].is_null()) {
      rows["first"].fail("must be null where no account pays first");
    }
  }

  Node root_;
  Day day_;
  std::unique_ptr<Policy> policy_;
  Names names_;
};

}  // namespace

std::vector<Segment> resolve(const PackFile& pack) {
  std::set<Day> days{pack.info.first_day};
  for (const DatedRow& row : pack.rows) {
    if (row.first_day > pack.info.first_day) days.insert(row.first_day);
  }
  // A benefit may begin on the day that a row gives.
  for (const DatedRow& row : pack.rows) {
    if (row.unit != Unit::day) continue;
    const Day given = *parse_day(row.row.printed);
    if (given > pack.info.first_day) days.insert(given);
  }
  std::vector<Segment> segments;
  for (const Day day : days) {
    if (pack.info.last_day.has_value() && day > *pack.info.last_day) continue;
    segments.push_back({day, Resolver(pack, day).resolve()});
  }
  return segments;
}

}  // namespace gongji::packs
