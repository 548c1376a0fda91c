// plan_benefits.cpp — each benefit at the edges of its own numbers.
#include <algorithm>
#include <optional>

#include "offline/base/rate.h"
#include "offline/settlement/settle.h"
#include "offline/vectors/plan.h"

namespace gongji::vectors {

using namespace settlement;

namespace {

// An odd amount, so that shares have to be rounded.
constexpr Money odd = Money::fen(123'457);
constexpr Money small = Money::fen(2'317);
constexpr Money huge = Money::yuan(2'000'000);

// Lays out one setting.  What was laid out for a row already is not laid out again where another setting, or a later
// stretch of days, has the same row.
class Edges {
 public:
  Edges(Planner& planner, const Setting& setting, std::set<std::string>& laid_out)
      : planner_(planner),
        policy_(planner.policy()),
        setting_(setting),
        benefit_(policy_.benefits[setting.benefit]),
        laid_out_(laid_out) {}

  void lay_out() {
    for (const Stage& stage : benefit_.stages) {
      if (const auto* deductible = std::get_if<DeductibleStage>(&stage)) due_ = due_of(*deductible);
    }
    const Claim usual = claim(due_ + odd);
    const Outcome outcome = settle(usual, policy_, TraceWish::none);
    const bool refused = std::holds_alternative<Refusal>(outcome);
    const bool new_setting = laid_out_.insert(planner_.name_of(setting_)).second;
    bool any = false;
    for (const Stage& stage : benefit_.stages) {
      // what is refused settles all the same up to its deductible
      const bool deductible = std::holds_alternative<DeductibleStage>(stage);
      if (barred() || (refused && !deductible) || !laid_out_.insert(key_of(stage)).second) continue;
      any = true;
      if (deductible) deductibles();
      if (!refused) std::visit([this](const auto& each) { edges(each); }, stage);
    }
    if (any || new_setting) add(usual, "usual", "通常的一次就诊", "a usual visit");
  }

 private:
  Claim claim(Money amount) const { return planner_.plain(setting_, amount); }
  void add(Claim claim, const std::string& name, const std::string& zh, const std::string& en) {
    planner_.add(std::move(claim), planner_.name_of(setting_) + "/" + name, planner_.words_zh(setting_) + "：" + zh,
                 planner_.words_en(setting_) + ": " + en);
  }
  std::optional<Money> number(const RowTable& table) const {
    const RowRef ref = table.at(setting_.slot, setting_.category);
    if (ref == no_row || !policy_.row(ref).number.has_value()) return std::nullopt;
    return Money::fen(*policy_.row(ref).number);
  }

  // No fund share here, whatever the stages say.
  bool barred() const { return (benefit_.barred_slots >> setting_.slot & 1u) != 0; }

  // A row with the day from which it holds; "-" where there is none.
  std::string row_key(RowRef ref) const {
    if (ref == no_row) return "-";
    const Row& row = policy_.row(ref);
    return row.id + "@" + (row.holds_from.has_value() ? to_string(*row.holds_from) : "");
  }
  std::string table_key(const RowTable& table) const { return row_key(table.at(setting_.slot, setting_.category)); }
  // The rows by which this stage works here.
  std::string key_of(const Stage& stage) const {
    if (const auto* deductible = std::get_if<DeductibleStage>(&stage)) {
      return "deductible " + table_key(deductible->rows) + " " + row_key(deductible->part);
    }
    if (const auto* ratio = std::get_if<RatioStage>(&stage)) return "ratio " + table_key(ratio->rows);
    if (const auto* ratios = std::get_if<ClassRatioStage>(&stage)) {
      return "classes " + row_key(ratios->class_a) + " " + row_key(ratios->class_b);
    }
    if (const auto* bands = std::get_if<BandStage>(&stage)) {
      return "bands " + row_key(bands->bands.front().ratio) + " " + table_key(bands->minus);
    }
    const auto& cap = std::get<CapStage>(stage);
    return "cap " + table_key(cap.rows) + (cap.beyond.has_value() ? " " + table_key(cap.beyond->ratio) : "");
  }

  Money due_of(const DeductibleStage& stage) {
    const auto whole = number(stage.rows);
    if (!whole.has_value()) return Money();
    if (stage.for_each_code) {
      counter_ = policy_.code_counter->prefix + claim(odd).lines[0].med_list_codg + policy_.code_counter->suffix;
    } else if (stage.counter != no_counter) {
      counter_ = policy_.counters[stage.counter];
    }
    if (stage.part == no_row) return *whole;
    const auto part = policy_.row(stage.part).number;
    return part.has_value() ? multiply(*whole, Rate::ppm(*part), Rounding::half_up) : Money();
  }

  void deductibles() {
    if (due_ == Money()) return;
    add(claim(due_ - Money::fen(1)), "deductible-1-fen-less", "比起付标准少一分", "one fen below the deductible");
    add(claim(due_), "deductible-exact", "正好等于起付标准", "exactly the deductible");
    add(claim(due_ + Money::fen(1)), "deductible-1-fen-more", "比起付标准多一分", "one fen above the deductible");
    if (counter_.empty()) return;
    Claim used = claim(odd);
    set_counter(used, counter_, due_ - Money::fen(1'001));
    add(used, "deductible-mostly-used", "起付标准还差 10.01 元", "10.01 of the deductible are still missing");
    set_counter(used, counter_, due_);
    add(used, "deductible-used", "起付标准已经用完", "the deductible is used up");
  }

  void edges(const DeductibleStage& stage) {
    if (!stage.for_each_code) return;
    Claim two = claim(due_ + odd);
    two.lines.push_back(drug_line("2", due_ + small));
    two.lines[1].med_list_codg = "XC08CAB037A001020180517";
    two.lines.push_back(drug_line("3", odd));
    add(two, "two-drugs", "两种药品各有起付标准，同种药品合并", "each of two drugs has its own deductible");
  }

  void edges(const RatioStage&) {
    for (const int fen : {3, 7}) {
      add(claim(due_ + Money::fen(fen)), "rounding-" + std::to_string(fen) + "-fen", "按比例后四舍五入到分",
          "the share is rounded half up to the fen");
    }
  }

  void edges(const ClassRatioStage&) {
    for (const auto& [a, b] : {std::pair{1'001, 0}, std::pair{0, 1'001}, std::pair{1'001, 1'003}, std::pair{3, 5}}) {
      Claim mixed = claim(odd);
      mixed.lines.clear();
      if (a > 0) mixed.lines.push_back(drug_line("1", Money::fen(a)));
      if (b > 0) mixed.lines.push_back(drug_line("2", Money::fen(b), LineClass::b));
      add(mixed, "class-a-" + std::to_string(a) + "-class-b-" + std::to_string(b) + "-fen",
          "甲类和乙类各按自己的比例，各自四舍五入", "class A and class B by their own ratios, each rounded");
    }
  }

  void edges(const BandStage& stage) {
    for (std::size_t i = 0; i < stage.bands.size(); ++i) {
      const RowRef ref = stage.bands[i].upto;
      if (ref == no_row || !policy_.row(ref).number.has_value()) continue;
      const Money upto = Money::fen(*policy_.row(ref).number);
      const std::string band = "band-" + std::to_string(i + 1);
      add(claim(upto), band + "-exact", "正好到本段上限", "exactly the end of the band");
      add(claim(upto + Money::fen(1)), band + "-1-fen-more", "超过本段上限一分", "one fen into the next band");
      Claim mixed = claim(upto);
      mixed.lines.push_back(drug_line("2", odd, LineClass::b));
      add(mixed, band + "-class-b", "含乙类药品，按比例降低", "class-B drugs lower the ratio in proportion");
    }
    add(claim(Money::yuan(45'000)), "last-band", "最后一段", "the last band");
  }

  // A claim that no limit touches, and its share.
  std::optional<std::pair<Claim, Money>> below_limits() const {
    for (const Money more : {odd, small, Money::fen(101)}) {
      Claim each = claim(due_ + more);
      const auto paid = planner_.paid(each);
      if (paid.has_value() && !paid->capped && paid->fund > Money()) return std::pair{each, paid->fund};
    }
    return std::nullopt;
  }

  void edges(const CapStage& stage) {
    auto limit = number(stage.rows);
    if (!limit.has_value() && stage.at_least != no_row) limit = Money::fen(*policy_.row(stage.at_least).number);
    const auto start = below_limits();
    if (!limit.has_value() || !start.has_value()) return;
    if (stage.counter == no_counter) return add(claim(huge), "cap", "超过支付限额", "above the limit");
    const std::string& counter = policy_.counters[stage.counter];
    const std::string name = "cap-" + counter;
    auto [at_edge, share] = *start;
    const auto with_used = [&](Money used, const std::string& suffix, const char* zh, const char* en) {
      set_counter(at_edge, counter, used);
      add(at_edge, name + suffix, std::string(zh) + "（" + counter + "）", std::string(en) + " (" + counter + ")");
    };
    const bool first = laid_out_.insert("limit " + table_key(stage.rows)).second;
    if (first && *limit > share) {
      with_used(*limit - share - Money::fen(1), "-1-fen-left", "支付后限额还剩一分", "one fen of the limit is left");
      with_used(*limit - share, "-exact", "正好用完支付限额", "the limit is used up exactly");
      with_used(*limit - share + Money::fen(1), "-1-fen-short", "支付限额差一分", "the limit is one fen short");
    }
    with_used(*limit, "-used", "支付限额已经用完", "the limit was used up before");
    if (first && stage.for_each_disease != no_row) diseases(stage, counter, *limit);
    if (stage.beyond.has_value()) beyond(stage, counter, *limit);
  }

  void diseases(const CapStage& stage, const std::string& counter, Money limit) {
    std::vector<std::string> named;
    for (const char* disease : {"disease_1", "disease_2", "disease_3", "disease_4", "disease_5"}) {
      named.emplace_back(disease);
      Claim more = claim(due_ + odd);
      more.visit.diseases = named;
      set_counter(more, counter, limit);
      add(more, "diseases-" + std::to_string(named.size()), "病种增加，支付限额提高",
          "the limit grows with the diseases");
      set_counter(more, counter, Money::fen(*policy_.row(stage.at_most).number));
      if (named.size() == 5) add(more, "diseases-at-most", "支付限额不再提高", "the limit grows no further");
    }
  }

  void beyond(const CapStage& stage, const std::string& counter, Money limit) {
    Claim more = claim(due_ + odd);
    set_counter(more, counter, limit - Money::fen(10'001));
    add(more, "beyond-partly", "一部分在限额内，其余按限额外比例", "part within the limit, the rest beyond it");
    if (stage.beyond->counter == no_counter) return;
    const auto further = number(stage.beyond->limit);
    if (!further.has_value()) return;
    set_counter(more, policy_.counters[stage.beyond->counter], *further);
    add(more, "beyond-used", "限额外的限额也已用完", "the limit beyond is used up as well");
  }

  Planner& planner_;
  const Policy& policy_;
  const Setting setting_;
  const Benefit& benefit_;
  Money due_;
  std::string counter_;  // of the deductible, "" where it has none
  std::set<std::string>& laid_out_;
};

}  // namespace

void plan_benefits(Planner& planner, std::set<std::string>& laid_out) {
  for (const Setting& setting : planner.settings()) Edges(planner, setting, laid_out).lay_out();
}

}  // namespace gongji::vectors
