// plan_lines.cpp — what a single line is, and how several share one fen.
#include "offline/vectors/plan.h"

namespace gongji::vectors {

using namespace settlement;

namespace {

constexpr Money amount = Money::fen(100'003);

struct Word {
  const char *name, *zh, *en;
};
constexpr Word kinds[] = {{"drug", "药品", "a drug"},
                          {"device", "医疗器械", "a device"},
                          {"consumable", "医用耗材", "a consumable"},
                          {"service", "诊疗服务", "a service"},
                          {"other", "其他商品", "other goods"}};
constexpr Word classes[] = {{"a", "甲类", "class A"}, {"b", "乙类", "class B"}, {"c", "丙类", "class C"}};

}  // namespace

void plan_lines(Planner& planner) {
  const Setting setting = planner.usual();
  const Claim plain = planner.plain(setting, Money::yuan(3'000));
  const auto add = [&planner](const Claim& claim, const std::string& name, const std::string& zh,
                              const std::string& en) { planner.add(claim, "lines/" + name, zh, en); };
  // A first line uses up the deductible; the second is the one that is looked at.
  const auto beside = [&plain](const Line& line) {
    Claim claim = plain;
    claim.lines.push_back(line);
    return claim;
  };
  for (std::size_t kind = 0; kind < std::size(kinds); ++kind) {
    for (std::size_t each = 0; each < std::size(classes); ++each) {
      Line line = drug_line("2", amount, static_cast<LineClass>(each + 1));
      line.kind = static_cast<LineKind>(kind);
      add(beside(line), std::string(kinds[kind].name) + "-class-" + classes[each].name,
          std::string("第 2 行是") + classes[each].zh + kinds[kind].zh,
          std::string("line 2 is ") + kinds[kind].en + " of " + classes[each].en);
    }
  }
  Line line = drug_line("2", amount, LineClass::b);
  line.selfpay_prop = Rate::ppm(50'000);
  add(beside(line), "class-b-own-first-part", "乙类药品自带先行自付比例 5%",
      "a class-B drug with its own first part of 5 %");
  line = drug_line("2", amount);
  line.pric_uplmt_amt = Price{line.pric.millionths - 110'000'000};
  add(beside(line), "over-limit", "单价超过医保支付上限 110 元", "the price is 110 yuan above what insurance counts");
  line.chrgitm_lv = LineClass::b;
  line.selfpay_prop = Rate::ppm(100'000);
  add(beside(line), "over-limit-class-b", "先扣超限价，再扣乙类先行自付",
      "first what is over the limit, then the first part");
  line = drug_line("2", amount);
  line.excluded = true;
  add(beside(line), "excluded", "国家规定医保不予支付的项目", "an item that insurance must not pay");
  line = drug_line("2", amount);
  line.med_list_codg.clear();
  add(beside(line), "without-code", "没有国家编码的商品", "goods without a national code");
  line = drug_line("2", amount);
  line.pric = Price{333'333'333};
  line.cnt = Quantity{30'002};
  line.det_item_fee_sumamt = *line_amount(line.pric, line.cnt);
  add(beside(line), "price-times-quantity", "单价六位小数、数量四位小数，乘积四舍五入到分",
      "price with six decimals times quantity with four, rounded to the fen");

  Claim shares = plain;
  for (int i = 2; i <= 5; ++i) shares.lines.push_back(drug_line(std::to_string(i), Money::fen(33 * i + 1)));
  add(shares, "allocation", "统筹支付按最大余数法分摊到各行", "the fund's share is divided by the largest remainder");
  for (int i = 2; i <= 5; ++i) {
    shares.lines[static_cast<std::size_t>(i - 1)].chrgitm_lv = static_cast<LineClass>(i % 3 + 1);
  }
  add(shares, "allocation-mixed-classes", "甲乙丙类混合的分摊", "the same with mixed classes");
  for (Line& each : shares.lines) each.chrgitm_lv = LineClass::c;
  add(shares, "all-own-cost", "全部自费", "everything is own cost");
  Claim nothing = plain;
  nothing.lines = {drug_line("1", Money())};
  add(nothing, "nothing-to-pay", "金额为零", "an amount of zero");
}

}  // namespace gongji::vectors
