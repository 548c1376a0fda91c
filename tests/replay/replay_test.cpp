#include "offline/replay/replay.h"

#include "offline/replay/troubles.h"
#include "tests/replay/fixtures.h"

using namespace gongji;
using namespace gongji::tests;
using gongji::testing::at;
using gongji::testing::day;
using gongji::testing::line;
using gongji::testing::own_account;
using gongji::testing::plain_claim;
using settlement::Claim;
using settlement::LineClass;

namespace {

// On-job, third level: deductible 700, the fund pays 50 %, at most 3500 a year, in the draft and in the final text.
Claim sale(const char* when, Money amount, LineClass line_class = LineClass::a) {
  Claim claim = plain_claim();
  claim.begntime = at(when);
  claim.lines = {line("1", amount, line_class)};
  return claim;
}
Claim of(const char* person, Claim claim) {
  claim.person.psn_no = person;
  return claim;
}
Claim class_b(const char* when, Money amount, std::int64_t own_share_ppm) {
  Claim claim = sale(when, amount, LineClass::b);
  claim.lines[0].selfpay_prop = Rate::ppm(own_share_ppm);
  return claim;
}

}  // namespace

TEST_CASE("a replay carries the deductible from sale to sale, under each version by what it counted itself") {
  // Class B, the line says 30 %: the draft takes 30 % first, the final text 10 %.
  const auto report = replayed(
      draft, final_text,
      {class_b("2024-01-10 09:00:00", Money::yuan(600), 300'000),
       class_b("2024-02-10 09:00:00", Money::yuan(600), 300'000), sale("2024-03-10 09:00:00", Money::yuan(100))});
  // draft: 420 + 420 in scope use up the deductible of 700, 140 left: 70.00; then 100: 50.00
  CHECK(report.total.base.shares.fund == Money::yuan(120));
  // final: 540 + 540, 380 left: 190.00; then 50.00
  CHECK(report.total.other.shares.fund == Money::yuan(240));
  CHECK(report.total.difference() == Money::yuan(120));
  CHECK(report.total.better == 1);
  CHECK(report.total.worse == 0);
  CHECK(report.persons == 1);
  CHECK(report.person_years.gain == 1);
  CHECK(report.person_years.gained == Money::yuan(120));
  CHECK(report.total.base.shares.cash == Money::yuan(1'180));

  // 1200 - 360 of the first part - 700 - half of 140; 1200 - 120 - 700 - half of 380
  CHECK(clause(report, "class_b_first_part", "first_part.class_b").base_moved == Money::yuan(-360));
  CHECK(clause(report, "class_b_first_part", "first_part.class_b").other_moved == Money::yuan(-120));
  CHECK(clause(report, "deductible", "deductible.on_job").base_moved == Money::yuan(-700));
  CHECK(clause(report, "deductible", "deductible.on_job").other_moved == Money::yuan(-700));
  CHECK(clause(report, "deductible", "deductible.on_job").base_article == "第十五条");
  CHECK(clause(report, "deductible", "deductible.on_job").other_article == "第十四条");
  CHECK(clause(report, "fund_ratio", "ratio.level_3.on_job").base_moved == Money::yuan(-120));
  CHECK(clause(report, "fund_ratio", "ratio.level_3.on_job").other_moved == Money::yuan(-240));
  CHECK(cause(report, "class_b_first_part", "first_part.class_b").gained == Money::yuan(120));
  require_sums(report);
}

TEST_CASE("what earlier sales used up differently is told as carried") {
  // The first sale stays below the deductible in both, and uses 420 of it under the draft and 540 under the final text.
  const auto report = replayed(
      draft, final_text,
      {class_b("2024-01-10 09:00:00", Money::yuan(600), 300'000), sale("2024-02-10 09:00:00", Money::yuan(300))});
  // draft: 280 still missing, 20 left: 10.00; final: 160 missing, 140 left: 70.00
  CHECK(report.total.base.shares.fund == Money::yuan(10));
  CHECK(report.total.other.shares.fund == Money::yuan(70));
  REQUIRE(report.causes.size() == 1);
  CHECK(report.causes[0].step == "deductible");
  CHECK(report.causes[0].carried);
  CHECK(report.causes[0].difference() == Money::yuan(60));
  require_sums(report);
}

TEST_CASE("a year's turn begins the counters anew, and a person counts once for each year") {
  const auto report =
      replayed(draft, final_text,
               {sale("2024-06-01 09:00:00", Money::yuan(700)), sale("2024-12-31 23:59:59", Money::yuan(100)),
                sale("2025-01-01 00:00:00", Money::yuan(700)), sale("2025-01-02 00:00:00", Money::yuan(100))});
  CHECK(report.total.base.shares.fund == Money::yuan(100));  // 50 in each year
  CHECK(report.persons == 1);
  CHECK(report.person_years.unchanged == 2);
  REQUIRE(report.by_month.size() == 3);
  CHECK(report.by_month[0].key == "2024-06");
  CHECK(report.by_month[2].key == "2025-01");
  CHECK(report.by_month[2].base.shares.fund == Money::yuan(50));
}

TEST_CASE("a claim's own counters open a span that no sale was seen in, and are passed over afterwards") {
  Claim first = sale("2024-06-01 09:00:00", Money::yuan(100));
  first.ytd = {{"op.deductible", Money::yuan(700)}};
  Claim second = sale("2024-06-02 09:00:00", Money::yuan(100));
  second.ytd = {{"op.deductible", Money::yuan(0)}, {"op.fund", Money::yuan(3'500)}};
  Claim next_year = sale("2025-06-02 09:00:00", Money::yuan(100));
  next_year.ytd = {{"op.deductible", Money::yuan(640)}};
  const auto report = replayed(draft, final_text, {first, second, next_year});
  CHECK(report.total.base.shares.fund == Money::yuan(50 + 50 + 20));
}

TEST_CASE("the opening stands even where the sale that brought it is refused") {
  // Handed in late: the draft settles without a share, the final text has no rule and refuses.
  Claim late = sale("2024-06-01 09:00:00", Money::yuan(100));
  late.visit.settled = settlement::Settled::late;
  late.ytd = {{"op.deductible", Money::yuan(700)}};
  const auto report = replayed(draft, final_text, {late, sale("2024-06-02 09:00:00", Money::yuan(100))});
  CHECK(report.total.base.shares.fund == Money::yuan(50));
  CHECK(report.total.other.shares.fund == Money::yuan(50));
}

TEST_CASE("the yearly limit binds under a replay as it does at the till") {
  std::vector<Claim> claims;
  for (int month = 1; month <= 9; ++month) {
    const std::string when = "2024-0" + std::to_string(month) + "-01 09:00:00";
    claims.push_back(sale(when.c_str(), Money::yuan(1'000)));
  }
  const auto report = replayed(draft, final_text, claims);
  CHECK(report.total.base.shares.fund == Money::yuan(3'500));  // half of 8300 would be 4150
  CHECK(clause(report, "cap", "cap.on_job").base_moved == Money::yuan(-650));
}

TEST_CASE("refused claims are counted by code and by version, as fund nothing and all cash") {
  Claim late = sale("2024-06-01 09:00:00", Money::yuan(900));
  late.visit.settled = settlement::Settled::late;
  late.visit.region = settlement::Region::filed;
  late.visit.presented_on = day("2024-12-01");
  late.accounts = {own_account(Money::yuan(50))};
  late.acct_used_flag = settlement::AccountUse::own;
  Claim chronic = of("99999900000000000002", sale("2024-06-02 09:00:00", Money::yuan(900)));
  chronic.visit.med_type = "14";
  const auto report = replayed(draft, final_text, {late, chronic});
  // filed care handed in within the first quarter of the next year: 200 above the deductible, half of it
  CHECK(report.total.base.shares.fund == Money::yuan(100));
  CHECK(report.total.base.shares.own == Money::yuan(50));
  CHECK(report.total.base.settled == 1);
  CHECK(report.total.base.refused == 1);
  CHECK(report.total.other.shares.fund == Money());
  CHECK(report.total.other.shares.cash == Money::yuan(1'800));
  CHECK(report.total.other.refused == 2);
  REQUIRE(report.refused.size() == 1);
  CHECK((report.refused[0] == replay::Refused{"benefit_not_in_pack", 1, 2}));
  CHECK(report.refused_by_base_only == 0);
  CHECK(report.refused_by_other_only == 1);
  CHECK(cause(report, "refused", "benefit_not_in_pack").lost == Money::yuan(100));
  require_sums(report);
}

TEST_CASE("groups tell who, where, for what and when") {
  Claim pharmacy = of("99999900000000000002", sale("2024-06-01 10:00:00", Money::yuan(900)));
  pharmacy.person.psn_type = "12";
  pharmacy.site.fixmedins_type = 2;
  pharmacy.site.dedc_hosp_lv = 9;
  pharmacy.visit.rx_circ_flag = true;
  pharmacy.visit.rx_hosp_lv = 1;
  const auto report = replayed(draft, final_text, {sale("2024-06-01 09:00:00", Money::yuan(900)), pharmacy});
  // the draft pays the prescription at the prescriber's level: 84 % of 400; the final text names no pharmacy
  CHECK(group(report.by_category, "retired").base.shares.fund == Money::yuan(336));
  CHECK(group(report.by_category, "retired").other.shares.fund == Money());
  CHECK(group(report.by_category, "on_job").difference() == Money());
  CHECK(group(report.by_site, "pharmacy").worse == 1);
  CHECK(group(report.by_site, "level_3").claims == 1);
  CHECK(group(report.by_benefit, "op").claims == 2);
  const auto& why = cause(report, "no_fund_share", "site.pharmacy");
  CHECK(why.lost == Money::yuan(336));
  CHECK(why.other_article == "第十三条");
  REQUIRE(report.person_years_by_category.size() == 2);
  CHECK((report.person_years_by_category[1] == replay::PersonGroup{"retired", 0, 1, 0, Money(), Money::yuan(336)}));
  for (const replay::Bucket& bucket : report.histogram) {
    CHECK(bucket.persons == (!bucket.gain && bucket.over == Money::yuan(200) ? 1 : 0));
  }
}

TEST_CASE("in force is chosen for each claim by its day, whatever pack the claim forces") {
  Claim early = sale("2023-01-31 09:00:00", Money::yuan(900));
  Claim later = sale("2023-02-01 09:00:00", Money::yuan(900));
  later.pack = draft;
  const auto report = replayed("in-force", final_text, {early, later});
  CHECK(report.total.base.settled == 1);
  REQUIRE(report.refused.size() == 1);
  CHECK((report.refused[0] == replay::Refused{"pack_not_yet_in_force", 1, 0}));
  require_sums(report);
  const auto unknown = replay::Version::of(all_packs(), "nowhere@1999");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().text == &replay::troubles::unknown_version);
}

TEST_CASE("versions of two schemes each keep the counters of their own scheme") {
  Claim first = sale("2024-06-01 09:00:00", Money::yuan(900));
  first.ytd = {{"op.deductible", Money::yuan(700)}, {"op.fund", Money()}, {"fund", Money()}};
  const replay::Version base = version("wuhan-employee@2023-02-01"), other = version("shanghai-employee@2023-07-01");
  {
    replay::Replay replay(base, other);
    Claim both = first;
    const auto row = replay.add(both, "p");
    REQUIRE(row);
    CHECK_FALSE(row->has_value());  // op.fund is a word of one, fund of the other
    CHECK(replay.fault().fault == settlement::ClaimFault::unknown_member);
    CHECK(replay.finish().total.claims == 0);
  }
  first.ytd.pop_back();
  const auto report = replayed(base.name().c_str(), other.name().c_str(), {first});
  CHECK(report.total.base.shares.fund == Money::yuan(450));
  CHECK(report.total.other.settled == 1);
  require_sums(report);
}

TEST_CASE("a claim before the one that came last is trouble, and does not count") {
  const replay::Version base = version(draft), other = version(final_text);
  replay::Replay replay(base, other);
  Claim later = sale("2024-06-01 09:00:00", Money::yuan(100)), earlier = sale("2024-06-01 08:59:59", Money::yuan(100));
  REQUIRE(replay.add(later, "a"));
  const auto row = replay.add(earlier, "b");
  REQUIRE_FALSE(row);
  CHECK(row.error().text == &replay::troubles::not_in_order);
  CHECK(replay.finish().total.claims == 1);
}

TEST_CASE("sums that would leave 64 bits are trouble, not a stop") {
  const replay::Version base = version(draft), other = version(final_text);
  replay::Replay replay(base, other);
  Claim huge = sale("2024-06-01 09:00:00", amount_max);
  huge.lines.resize(settlement::lines_max, huge.lines[0]);
  bool stopped = false;
  for (int i = 0; i < 2'000 && !stopped; ++i) {
    Claim claim = huge;
    const auto row = replay.add(claim, "a");
    stopped = !row;
    if (stopped) CHECK(row.error().text == &replay::troubles::too_much_money);
  }
  CHECK(stopped);
  require_sums(replay.finish());
}
