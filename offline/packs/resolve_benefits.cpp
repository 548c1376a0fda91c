// resolve_benefits.cpp — the benefits of a pack: which visits they fit and the stages of their arithmetic.
#include <algorithm>
#include <set>

#include "offline/packs/resolve_names.h"

namespace gongji::packs {

using namespace settlement;

namespace {

class BenefitReader {
 public:
  BenefitReader(Day day, Names& names, Policy& policy) : day_(day), names_(names), policy_(policy) {}

  void read(const Node& node) {
    node.exactly({"row", "list"});
    policy_.benefit_row = names_.cited(node["row"]);
    for (const Node& each : node["list"].elements()) {
      each.exactly({"id", "med_types", "since", "diseases", "approval", "no_fund_share", "stages"});
      Benefit benefit = one(each);
      // a benefit that begins later is read, so that its faults are found, and left out
      const RowRef since = names_.row_or_none(each["since"], Unit::day);
      if (since != no_row && *parse_day(policy_.row(since).printed) > day_) continue;
      for (const Benefit& other : policy_.benefits) {
        if (other.id == benefit.id && other.diseases.empty()) each["id"].fail("stands behind one that always fits");
      }
      for (const Node& med_type : each["med_types"].elements()) {
        for (const auto& [known, index] : policy_.med_types) {
          if (known == med_type.text() && policy_.benefits[index].diseases.empty()) {
            med_type.fail("belongs to a benefit before this that always fits");
          }
        }
        policy_.med_types.emplace_back(med_type.text(), static_cast<std::uint8_t>(policy_.benefits.size()));
      }
      policy_.benefits.push_back(std::move(benefit));
    }
  }

 private:
  Benefit one(const Node& node) {
    Benefit benefit;
    benefit.id = node["id"].text();
    benefit.diseases = node["diseases"].texts();
    benefit.approval = names_.cited_or_none(node["approval"]);
    if (const Node barred = node["no_fund_share"]; !barred.is_null()) {
      barred.exactly({"at", "row"});
      benefit.barred_slots = names_.slot_bits(barred["at"]);
      benefit.barred_row = names_.cited(barred["row"]);
    }
    has_ratio_ = false;
    limits_ = 0;
    limit_counters_.clear();
    const auto parts = node["stages"].elements();
    for (const Node& part : parts) {
      benefit.stages.push_back(stage(part));
      must_follow(benefit.stages, part);
    }
    if (!parts.empty() && !has_share(benefit.stages)) node["stages"].fail("has no stage that gives a share");
    return benefit;
  }

  static bool is_deductible(const Stage& stage) { return std::holds_alternative<DeductibleStage>(stage); }
  static bool is_share(const Stage& stage) { return !is_deductible(stage) && !std::holds_alternative<CapStage>(stage); }
  static bool has_share(const std::vector<Stage>& stages) {
    return std::any_of(stages.begin(), stages.end(), is_share);
  }

  // The arithmetic has one order: deductibles, one stage that gives a share, limits.  Another order would be read, but
  // it would not mean anything.
  static void must_follow(const std::vector<Stage>& stages, const Node& node) {
    const Stage& last = stages.back();
    const std::vector<Stage> before(stages.begin(), stages.end() - 1);
    if (std::holds_alternative<CapStage>(last)) {
      if (!has_share(before)) node.fail("stands before a stage that gives a share");
      return;
    }
    if (has_share(before)) node.fail("stands behind a stage that gives a share");
    const auto by_code = std::find_if(before.begin(), before.end(), [](const Stage& stage) {
      return is_deductible(stage) && std::get<DeductibleStage>(stage).for_each_code;
    });
    if (is_deductible(last)) {
      const bool codes = std::get<DeductibleStage>(last).for_each_code;
      if (!before.empty() && (codes || by_code != before.end())) {
        node.fail("cannot be joined with another deductible where drugs have one each");
      }
      return;
    }
    if (std::holds_alternative<ClassRatioStage>(last) && !before.empty()) {
      node.fail("pays classes from the first fen: no deductible may stand before it");
    }
    if (std::holds_alternative<BandStage>(last) && by_code != before.end()) {
      node.fail("needs one deductible for the whole claim");
    }
  }

  Stage stage(const Node& node) {
    switch (node["stage"].one_of({"deductible", "ratio", "class_ratio", "bands", "cap"})) {
      case 0:
        return deductible(node);
      case 1:
        node.exactly({"stage", "by", "rows"});
        has_ratio_ = true;
        return RatioStage{names_.table(node["by"], node["rows"], Unit::ppm)};
      case 2:
        node.exactly({"stage", "class_a", "class_b"});
        return ClassRatioStage{class_ratio(node["class_a"]), class_ratio(node["class_b"])};
      case 3:
        return bands(node);
      default:
        return cap(node);
    }
  }

  // "year" and "day" need a counter of that span, "settlement" has none.
  CounterRef counter(const Node& node) {
    const std::size_t per = node["per"].one_of({"year", "day", "settlement"});
    if (per == 2) {
      if (!node["counter"].is_null()) node["counter"].fail("must be null where each settlement stands alone");
      return no_counter;
    }
    const CounterRef found = names_.counter(node["counter"]);
    const CounterSpan span = names_.span(found);
    const bool fits = per == 1 ? span == CounterSpan::day : span == CounterSpan::calendar || span == CounterSpan::july;
    if (!fits) node["counter"].fail("does not count by the " + node["per"].text());
    return found;
  }

  DeductibleStage deductible(const Node& node) {
    node.exactly({"stage", "by", "per", "counter", "rows", "part"});
    DeductibleStage out;
    out.rows = names_.table(node["by"], node["rows"], Unit::fen);
    out.part = names_.row_or_none(node["part"], Unit::ppm);
    if (node["per"].text() == "code") {
      if (!policy_.code_counter.has_value()) node["per"].fail("there is no counter for single codes");
      const auto& [prefix, suffix] = *policy_.code_counter;
      if (node["counter"].text() != prefix + "<code>" + suffix) node["counter"].fail("is not the counter for codes");
      if (out.part != no_row) node["part"].fail("must be null for single codes");
      out.for_each_code = true;
    } else {
      out.counter = counter(node);
    }
    return out;
  }

  // The lines' shares are weighed by the ratio to four decimals.
  RowRef class_ratio(const Node& node) {
    const RowRef found = names_.row(node, Unit::ppm);
    if (policy_.row(found).number.value_or(0) % 100 != 0) node.fail("is finer than a hundredth of a percent");
    return found;
  }

  BandStage bands(const Node& node) {
    node.exactly({"stage", "bands", "by", "minus", "class_b_drugs"});
    BandStage out;
    const auto list = node["bands"].elements();
    for (std::size_t i = 0; i < list.size(); ++i) {
      list[i].exactly({"upto", "ratio"});
      if (list[i]["upto"].is_null() != (i + 1 == list.size())) {
        list[i]["upto"].fail("must be null in the last band, and only there");
      }
      out.bands.push_back({names_.row_or_none(list[i]["upto"], Unit::fen), names_.row(list[i]["ratio"], Unit::ppm)});
    }
    if (out.bands.empty()) node["bands"].fail("is empty");
    out.minus = names_.table_with_gaps(node["by"], node["minus"], Unit::ppm);
    out.class_b_drugs = names_.row_or_none(node["class_b_drugs"], Unit::ppm);
    return out;
  }

  // What is paid counts once under a counter.
  CounterRef limit_counter(const Node& node) {
    const CounterRef found = counter(node);
    if (found == no_counter) return found;
    if (!limit_counters_.insert(found).second) node["counter"].fail("counts for another limit of this benefit");
    return found;
  }

  CapStage cap(const Node& node) {
    node.exactly({"stage", "by", "per", "counter", "rows", "diseases", "at_least", "beyond"});
    if (++limits_ > 4) node.fail("is the fifth limit of its benefit");
    CapStage out;
    out.rows = names_.table(node["by"], node["rows"], Unit::fen);
    out.counter = limit_counter(node);
    if (const Node diseases = node["diseases"]; !diseases.is_null()) {
      diseases.exactly({"further", "at_most"});
      out.for_each_disease = names_.row(diseases["further"], Unit::fen);
      out.at_most = names_.row(diseases["at_most"], Unit::fen);
    }
    if (!node["at_least"].is_null()) out.at_least = names_.with_value(node["at_least"], Unit::fen);
    if (const Node beyond = node["beyond"]; !beyond.is_null()) {
      if (!has_ratio_) beyond.fail("needs a stage \"ratio\" before it");
      if (limits_ > 1) beyond.fail("must be at the first limit");
      beyond.exactly({"fund", "by", "ratio", "limit"});
      Beyond& more = out.beyond.emplace();
      more.additional_fund = beyond["fund"].one_of({"hifp", "hifob"}) == 1;
      more.ratio = names_.table(beyond["by"], beyond["ratio"], Unit::ppm);
      if (const Node limit = beyond["limit"]; !limit.is_null()) {
        limit.exactly({"by", "per", "counter", "rows"});
        more.limit = names_.table(limit["by"], limit["rows"], Unit::fen);
        more.counter = limit_counter(limit);
      }
    }
    return out;
  }

  Day day_;
  Names& names_;
  Policy& policy_;
  bool has_ratio_ = false;
  std::size_t limits_ = 0;
  std::set<CounterRef> limit_counters_;
};

}  // namespace

void read_benefits(const Node& node, Day day, Names& names, Policy& policy) {
  BenefitReader(day, names, policy).read(node);
}

}  // namespace gongji::packs
