#include "tests/oracle/oracle.h"

#include "tests/oracle/sale.h"

namespace gongji::testing {

using namespace settlement;

namespace {

// Suyu 六.1: a month after payment for those who enrolled at once, six for the others; newborns do not wait.
bool is_waiting(const Claim& claim) {
  const Person& person = claim.person;
  if (!person.paid_on.has_value() || person.enrol_kind == EnrolKind::newborn) return false;
  const bool later = person.enrol_kind == EnrolKind::late || person.enrol_kind == EnrolKind::gap;
  const int months = later || *person.paid_on > *Day::from_civil(2007, 12, 31) ? 6 : 1;
  const int month = person.paid_on->year() * 12 + person.paid_on->month() - 1 + months;
  const Day now = claim.begntime.day;
  const int now_month = now.year() * 12 + now.month() - 1;
  if (now_month != month) return now_month < month;
  // in the month itself: the same day of the month, or its last day where it has no such day
  const bool last_day = now.plus_days(1).month() != now.month();
  return now.day_of_month() < person.paid_on->day_of_month() && !last_day;
}

void at_the_door(const std::string& scheme, const Claim& claim) {
  if (!claim.site.designated && claim.acct_used_flag != AccountUse::none) {
    throw Refused{RefusalCode::site_not_designated, ""};
  }
  if (scheme == "suyu-resident" && claim.visit.cause != Cause::illness) {
    throw Refused{RefusalCode::excluded_cause, ""};
  }
  const Day today = claim.begntime.day;
  const bool too_early = claim.person.entitled_from.has_value() && today < *claim.person.entitled_from;
  const bool too_late = claim.person.entitled_to.has_value() && today > *claim.person.entitled_to;
  if (too_early || too_late || (scheme == "suyu-resident" && is_waiting(claim))) {
    throw Refused{RefusalCode::waiting_period, ""};
  }
}

}  // namespace

OracleAnswer by_hand(const std::string& pack, const Claim& claim, const OpenFigures& figures) {
  const std::string scheme = pack.substr(0, pack.find('@')), version = pack.substr(pack.find('@') + 1);
  Sale sale(scheme, claim, figures);
  try {
    at_the_door(scheme, claim);
    if (scheme == "wuhan-employee") {
      settle_wuhan(sale, version);
    } else if (scheme == "shanghai-employee") {
      settle_shanghai(sale, version);
    } else if (scheme == "yuxi-employee") {
      settle_yuxi(sale, version);
    } else if (scheme == "shanxi-resident") {
      settle_shanxi(sale);
    } else if (scheme == "suyu-resident") {
      settle_suyu(sale);
    } else {
      GONGJI_CHECK(scheme == "zaozhuang-resident");
      settle_zaozhuang(sale);
    }
  } catch (const Refused& refused) {
    OracleAnswer answer;
    answer.refused = refused.code;
    answer.unset = refused.unset;
    return answer;
  }
  sale.pay_from_accounts();
  if (scheme == "suyu-resident") {
    for (const AccountPayment& each : sale.payments) {
      if (each.owner == "self") sale.counters["op.account"] += each.paid.in_fen();
    }
  }
  return sale.answer();
}

const std::vector<KnownVersion>& known_versions() {
  static const std::vector<KnownVersion> all = [] {
    const std::vector<std::string> op_counters{"op.deductible", "op.fund"};
    OpenFigures yuxi{{"inpatient.ratio.level_1.on_job", 900'000},
                     {"inpatient.ratio.level_1.retired", 920'000},
                     {"inpatient.ratio.level_2.on_job", 850'000},
                     {"inpatient.ratio.level_2.retired", 873'300},
                     {"inpatient.ratio.level_3.on_job", 800'000},
                     {"inpatient.ratio.level_3.retired", 821'100},
                     {"inpatient.ratio.other", 700'000},
                     {"inpatient.deductible.level_1", 20'000},
                     {"inpatient.deductible.level_2", 40'000},
                     {"inpatient.deductible.level_3", 60'001},
                     {"inpatient.deductible.other", 70'000},
                     {"inpatient.cap", 2'000'000},
                     {"op.deductible.other", 12'000},
                     {"op.ratio.other", 450'000}};
    const std::vector<std::string> yuxi_benefits{"op", "chronic", "special", "emergency", "negotiated", "day_surgery"};
    const std::vector<std::string> yuxi_types{"11", "14", "1301", "18", "28"};
    const std::vector<std::string> yuxi_counters{"op.fund",      "op.day_deductible",  "chronic.deductible",
                                                 "chronic.fund", "special.deductible", "inpatient.fund"};
    const OpenFigures unranked{{"ratio.unranked", 650'000}};
    std::vector<KnownVersion> list;
    list.push_back({"wuhan-employee@2023-02-01", "2023-02-01", 400, "420106", {"op"}, {"11"}, op_counters, {}});
    list.push_back({"wuhan-employee@2023-04-10", "2023-04-10", 400, "420106", {"op"}, {"11"}, op_counters, {}});
    list.push_back({"wuhan-employee@draft-2022", "2022-01-01", 700, "420106", {"op"}, {"11"}, op_counters, {}});
    for (const char* day : {"2023-07-01", "2024-07-01", "2025-07-01", "2026-07-01"}) {
      list.push_back({std::string("shanghai-employee@") + day,
                      day,
                      180,
                      "310101",
                      {"op"},
                      {"11", "13"},
                      {"op.deductible", "fund"},
                      unranked});
    }
    list.back().open["ceiling"] = 66'000'000;
    for (const char* day : {"2023-01-01", "2024-11-01"}) {
      list.push_back(
          {std::string("yuxi-employee@") + day, day, 300, "530402", yuxi_benefits, yuxi_types, yuxi_counters, yuxi});
    }
    list.push_back({"shanxi-resident@2021-01-01",
                    "2021-01-01",
                    160,
                    "140105",
                    {"op", "two_disease", "chronic", "special_drug"},
                    {"11", "9901", "14", "18"},
                    {"op.fund", "op.day_fund", "two_disease.deductible"},
                    {{"two_disease.ratio", 500'000},
                     {"two_disease.cap", 26'000},
                     {"chronic.ratio", 600'000},
                     {"special_drug.ratio", 700'000}}});
    list.push_back({"suyu-resident@2007-07-01",
                    "2007-07-01",
                    400,
                    "321311",
                    {"inpatient", "op"},
                    {"21", "21", "11", "12", "13", "14", "1301", "9901"},
                    {"inpatient.fund", "op.account"},
                    {}});
    list.push_back({"zaozhuang-resident@2023-01-01",
                    "2023-01-01",
                    300,
                    "370402",
                    {"op", "chronic", "two_disease", "inpatient"},
                    {"11", "12", "13", "1301", "14", "9901", "21"},
                    {},
                    {{"op.deductible", 10'000},
                     {"op.ratio", 500'000},
                     {"chronic.ratio", 650'000},
                     {"two_disease.ratio", 500'000},
                     {"inpatient.ratio", 700'000}}});
    return list;
  }();
  return all;
}

}  // namespace gongji::testing
