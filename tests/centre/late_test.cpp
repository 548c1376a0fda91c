#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

using record::VerdictKind;

std::string account_of(const std::string& psn_no) {
  return "person:" + psn_no + ":prior";
}

CivilTime at(const char* text) {
  return *parse_civil_time(text);
}

constexpr auto no_accounts = settlement::AccountUse::none;

}  // namespace

TEST_CASE("a sale that arrives behind a later one is settled first, and the later one again") {
  TestCentre centre;
  TestTill early(centre, clinic), later(centre, clinic), third(centre, pharmacy);
  // 2,800 of the benefit are left; each till believes that they are its own.
  const auto stale = *early.person(li_jianguo);
  const auto first = early.sale(stale, {Money::yuan(9'000), no_accounts});
  const auto second = later.sale(stale, {Money::yuan(9'000), no_accounts});
  const auto other = third.sale(stale, {Money::yuan(20), settlement::AccountUse::own});
  REQUIRE(record::payer_shares(first.settlement).fund == Money::yuan(2'800));
  const auto entry = later.append(second);
  later.sync();
  third.append(other);
  third.sync();
  CHECK(later.verdict_of(1).kind == VerdictKind::accepted);

  early.append(first);
  early.sync();
  later.sync();
  third.sync();
  CHECK(early.verdict_of(1).kind == VerdictKind::accepted);
  const auto& verdict = later.last_verdict_of(1);
  CHECK(later.verdict_count_of(1) == 2);
  CHECK(verdict.kind == VerdictKind::adjusted);
  CHECK(verdict.reason == "fund_recomputed");
  CHECK_FALSE(verdict.article.empty());
  CHECK(verdict.stands == record::PayerShares{{}, {}, {}, Money::yuan(9'000)});
  CHECK(verdict.difference == record::PayerShares{Money::yuan(-2'800), {}, {}, Money::yuan(2'800)});
  REQUIRE(verdict.counted.has_value());
  CHECK(verdict.counted->empty());
  CHECK(third.verdict_count_of(1) == 1);  // what does not change is not told again

  CHECK(centre.counter(li_jianguo, "op.fund") == Money::yuan(4'000));
  CHECK(centre.balance(fund_account("310")) == Money::yuan(-2'800));
  CHECK(centre.balance(risk_reserve_account) == Money::yuan(-2'800));
  CHECK(centre.balance(site_account(clinic)) == Money::yuan(5'600));
  CHECK(centre.in_balance());

  SECTION("the adjusted one is cancelled: what stood is given back, once") {
    later.append(later.cancel_of(entry, second));
    later.sync();
    CHECK(centre.counter(li_jianguo, "op.fund") == Money::yuan(4'000));
    CHECK(centre.balance(risk_reserve_account) == Money{});
    CHECK(centre.balance(site_account(clinic)) == Money::yuan(2'800));
    CHECK(centre.in_balance());
  }
  SECTION("the same batch again changes nothing") {
    CHECK(early.send(early.sync_request(1)).status == 200);
    later.sync();
    CHECK(later.verdict_count_of(1) == 2);
    CHECK(centre.balance(fund_account("310")) == Money::yuan(-2'800));
  }
}

TEST_CASE("a family's account goes to the sale that was served first") {
  TestCentre centre;
  TestTill early(centre, pharmacy), later(centre, pharmacy);
  const auto stale = *early.person(wang_fang);  // 30.00 of her own, 1,000.00 of her husband's
  const auto first = early.sale(stale, {Money::yuan(800)});
  const auto second = later.sale(stale, {Money::yuan(600)});
  later.append(second);
  later.sync();
  CHECK(later.verdict_of(1).kind == VerdictKind::accepted);
  early.append(first);
  early.sync();
  later.sync();
  CHECK(early.verdict_of(1).kind == VerdictKind::accepted);
  CHECK(later.last_verdict_of(1).reason == "account_recomputed");
  CHECK(later.last_verdict_of(1).stands == record::PayerShares{{}, {}, Money::yuan(230), Money::yuan(370)});
  CHECK(centre.balance(account_of(chen_wei)) == Money{});
  CHECK(centre.balance(account_of(wang_fang)) == Money{});
  CHECK(centre.balance(risk_reserve_account) == Money::yuan(-370));
  CHECK(centre.in_balance());
}

TEST_CASE("what was guaranteed stands, whatever arrives late") {
  TestCentre centre;
  TestTill early(centre, clinic), later(centre, clinic);
  const auto stale = *early.person(li_jianguo);
  const auto first = early.sale(stale, {Money::yuan(9'000), no_accounts});
  auto second = later.sale(stale, {Money::yuan(9'000), no_accounts});
  REQUIRE(later.hold(second).status == 200);
  later.append(second);
  later.sync();
  early.append(first);
  early.sync();
  later.sync();
  CHECK(later.verdict_of(1).kind == VerdictKind::accepted);
  CHECK(early.verdict_of(1).kind == VerdictKind::adjusted);
  CHECK(early.verdict_of(1).stands.fund == Money{});
  CHECK(centre.counter(li_jianguo, "op.fund") == Money::yuan(4'000));
  CHECK(centre.in_balance());
}

TEST_CASE("in one batch every entry gets one verdict, that of the end") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto stale = *till.person(li_jianguo);
  const auto later = till.sale(stale, {Money::yuan(9'000), no_accounts, at("2026-11-21 12:00:00")});
  const auto early = till.sale(stale, {Money::yuan(9'000), no_accounts, at("2026-11-20 13:00:00")});
  till.append(later);
  till.append(early);
  till.sync();
  CHECK(till.verdict_of(1).kind == VerdictKind::adjusted);
  CHECK(till.verdict_of(2).kind == VerdictKind::accepted);
}

TEST_CASE("one till's sales of a day stand in the order of its log, whatever second two desks wrote on theirs") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, clinic);
  const auto stale = *till.person(li_jianguo);
  const auto first = till.sale(stale, {Money::yuan(9'000), no_accounts, at("2026-11-21 12:00:05")});
  const auto second = till.sale(stale, {Money::yuan(9'000), no_accounts, at("2026-11-21 12:00:04")});
  const auto between = other.sale(stale, {Money::yuan(9'000), no_accounts, at("2026-11-21 12:00:04")});
  till.append(first);
  till.append(second);
  till.sync();
  CHECK(till.verdict_of(1).kind == VerdictKind::accepted);
  CHECK(till.verdict_of(2).kind == VerdictKind::adjusted);
  CHECK(till.verdict_count_of(1) == 1);

  // Another till's sale of that second comes before both of them.
  other.append(between);
  other.sync();
  till.sync();
  CHECK(other.verdict_of(1).kind == VerdictKind::accepted);
  CHECK(till.last_verdict_of(1).kind == VerdictKind::adjusted);
  CHECK(till.verdict_count_of(2) == 1);
  CHECK(centre.in_balance());
}

TEST_CASE("a snapshot tells which verdicts it contains, also those that an entry of another till brought") {
  TestCentre centre;
  TestTill early(centre, clinic), later(centre, clinic);
  const auto stale = *early.person(li_jianguo);
  const auto first = early.sale(stale, {Money::yuan(9'000), no_accounts});
  later.append(later.sale(stale, {Money::yuan(9'000), no_accounts}));
  later.sync();
  CHECK(later.person(li_jianguo)->applied_feed == 1);
  early.append(first);
  early.sync();
  CHECK(later.person(li_jianguo)->applied_feed == 2);
  CHECK(later.person(li_jianguo)->applied_seq == 1);
  CHECK(early.person(li_jianguo)->applied_feed == 1);
}

TEST_CASE("a day's counter is clean at midnight, a medical year's on 1 July, and what is late goes back to its own") {
  TestCentre centre(1, "tests/centre/files/far_people.json");
  TestTill till(centre, clinic), other(centre, clinic);
  const std::string yu_xi = "53040000000000000001", shang_hai = "31010000000000000001";
  const auto yu = *till.person(yu_xi), shang = *till.person(shang_hai);
  const Day saturday = *parse_day("2026-11-21"), sunday = saturday.plus_days(1);
  const Money thirty = Money::yuan(30);

  SECTION("the day: opened with 30.00 on Saturday") {
    CHECK(centre.counter(yu_xi, "op.day_deductible", saturday) == thirty);
    CHECK(centre.counter(yu_xi, "op.day_deductible", sunday) == Money{});
    const auto before = till.sale(yu, {Money::yuan(100), no_accounts, at("2026-11-21 23:59:59")});
    const auto after = till.sale(yu, {Money::yuan(100), no_accounts, at("2026-11-22 00:00:00")});
    CHECK(record::payer_shares(before.settlement).fund == Money::yuan(60));
    CHECK(record::payer_shares(after.settlement).fund == Money::yuan(42));
    till.append(after);
    till.sync();
    const auto entry = other.append(before);
    other.sync();
    till.sync();
    CHECK(till.verdict_of(1).kind == VerdictKind::accepted);
    CHECK(other.verdict_of(1).kind == VerdictKind::accepted);
    CHECK(centre.counter(yu_xi, "op.day_deductible", saturday) == thirty);
    CHECK(centre.counter(yu_xi, "op.day_deductible", sunday) == thirty);
    CHECK(centre.counter(yu_xi, "op.fund", sunday) == Money::yuan(202));
    other.append(other.cancel_of(entry, before));
    other.sync();
    CHECK(centre.counter(yu_xi, "op.fund", sunday) == Money::yuan(142));
    CHECK(centre.counter(yu_xi, "op.day_deductible", sunday) == thirty);
  }
  SECTION("a second visit of the same day arrives first: the first one bears the deductible") {
    const auto first = till.sale(yu, {Money::yuan(20), no_accounts, at("2026-11-22 08:00:00")});
    const auto second = other.sale(yu, {Money::yuan(100), no_accounts, at("2026-11-22 09:00:00")});
    other.append(second);
    other.sync();
    CHECK(other.verdict_of(1).stands.fund == Money::yuan(42));
    till.append(first);
    till.sync();
    other.sync();
    CHECK(other.last_verdict_of(1).stands.fund == Money::yuan(54));  // 10.00 of the deductible are left
    CHECK(centre.counter(yu_xi, "op.day_deductible", sunday) == thirty);
    CHECK(centre.in_balance());
  }
  SECTION("the medical year: opened with 100.00 in the one that began on 1 July 2026") {
    const Day june = *parse_day("2026-06-30"), july = *parse_day("2026-07-01"), december = *parse_day("2026-12-31");
    CHECK(centre.counter(shang_hai, "op.deductible", june) == Money{});
    CHECK(centre.counter(shang_hai, "op.deductible", july) == Money::yuan(100));
    CHECK(centre.counter(shang_hai, "op.deductible", december) == Money::yuan(100));
    const auto before = till.sale(shang, {Money::yuan(50), no_accounts, at("2026-06-30 23:59:59")});
    const auto after = till.sale(shang, {Money::yuan(70), no_accounts, at("2026-07-01 00:00:00")});
    till.append(after);
    till.append(before);
    till.sync();
    CHECK(centre.counter(shang_hai, "op.deductible", june) == Money::yuan(50));
    CHECK(centre.counter(shang_hai, "op.deductible", july) == Money::yuan(170));
  }
  SECTION("a snapshot holds the windows that a late entry may still need, no others") {
    CHECK(yu.counters.size() == 2);
    centre.clock.advance(std::chrono::hours(24 * 60));  // 20 January 2027: both of last year
    CHECK(till.person(yu_xi)->counters.size() == 2);
    CHECK(centre.counter(yu_xi, "op.fund") == Money{});
    centre.clock.advance(std::chrono::hours(24 * 60));  // 21 March: the year still, the day no more
    CHECK(till.person(yu_xi)->counters.size() == 1);
    centre.clock.advance(std::chrono::hours(24 * 30));
    CHECK(till.person(yu_xi)->counters.empty());
  }
}

TEST_CASE("whatever the order of arrival, one person's sales end as if they had come in the order of service") {
  struct MadeSale {
    std::size_t till = 0;
    record::Sale sale;
  };
  struct End {
    std::vector<settlement::Counted> counters;
    std::map<std::string, Money> balances;
    std::map<std::string, record::Verdict> verdicts;  // by sale
    bool balanced = false;
  };
  const auto run = [](TestCentre& centre, std::vector<std::unique_ptr<TestTill>>& tills,
                      const std::vector<MadeSale>& made, const std::vector<std::size_t>& order,
                      const std::vector<bool>& sync, const std::string& psn_no) {
    std::vector<std::pair<std::size_t, std::string>> sold[2];
    for (std::size_t i = 0; i < order.size(); ++i) {
      const MadeSale& one = made[order[i]];
      sold[one.till].emplace_back(tills[one.till]->append(one.sale).head.seq, to_string(one.sale.sale_id));
      if (sync[i]) tills[one.till]->sync();
    }
    for (auto& till : tills) till->sync();
    for (auto& till : tills) till->sync();
    End end;
    for (std::size_t which = 0; which < 2; ++which) {
      for (const auto& [seq, sale_id] : sold[which]) {
        auto verdict = tills[which]->last_verdict_of(seq);
        verdict.at = {};
        verdict.seq = 1;
        end.verdicts[sale_id] = verdict;
      }
    }
    for (const auto& name : {account_of(wang_fang), account_of(li_jianguo), account_of(chen_wei), account_of(zhao_min),
                             fund_account("310"), std::string(risk_reserve_account),
                             std::string(due_to_patients_account), site_account(clinic), site_account(pharmacy)}) {
      end.balances[name] = centre.balance(name);
    }
    RC_ASSERT(
        centre.service->ledger()
            .transaction([&] { end.counters = centre.service->ledger().counters(psn_no, settlement::without_end); })
            .has_value());
    // A row that came and went stays as 0.
    std::erase_if(end.counters, [](const auto& row) { return row.value == Money{}; });
    end.balanced = centre.in_balance();
    return end;
  };

  std::size_t adjusted = 0, told_again = 0;
  const auto holds = rc::check("order of arrival", [&] {
    const std::string psn_no = *rc::gen::element(wang_fang, li_jianguo, zhao_min);
    const auto count = *rc::gen::inRange<std::size_t>(2, 7);
    TestCentre in_order(1), as_it_came(1);
    std::vector<std::unique_ptr<TestTill>> first, second;
    for (auto* tills : {&first, &second}) {
      TestCentre& centre = tills == &first ? in_order : as_it_came;
      tills->push_back(std::make_unique<TestTill>(centre, clinic));
      tills->push_back(std::make_unique<TestTill>(centre, pharmacy));
    }
    const auto stale = *first[0]->person(psn_no);
    std::vector<MadeSale> made;
    const WallTime edge = wall_time_of(at("2026-12-31 12:00:00"));
    for (std::size_t i = 0; i < count; ++i) {
      MadeSale one;
      one.till = *rc::gen::inRange<std::size_t>(0, 2);
      const auto amount =
          Money::fen(*rc::gen::element(100, 5'000, 30'000, 250'000, 900'000) + *rc::gen::inRange(0, 999));
      const auto accounts = static_cast<settlement::AccountUse>(*rc::gen::inRange(0, 3));
      const auto hours = *rc::gen::inRange(0, 24);  // into the next year
      const auto served = civil_time_at(edge.plus(std::chrono::hours(hours)).plus(std::chrono::seconds(i)));
      one.sale = first[one.till]->sale(stale, {amount, accounts, served});
      made.push_back(std::move(one));
    }
    std::vector<std::size_t> by_service(count);
    std::iota(by_service.begin(), by_service.end(), std::size_t{0});
    std::sort(by_service.begin(), by_service.end(),
              [&](std::size_t a, std::size_t b) { return made[a].sale.claim.begntime < made[b].sale.claim.begntime; });
    auto arrival = by_service;
    for (std::size_t i = count; i > 1; --i) std::swap(arrival[i - 1], arrival[*rc::gen::inRange<std::size_t>(0, i)]);
    // One till's sales of a day come in their order; everything else as it likes.
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count; ++j) {
        const MadeSale& a = made[arrival[i]];
        const MadeSale& b = made[arrival[j]];
        const bool together = a.till == b.till && a.sale.claim.begntime.day == b.sale.claim.begntime.day;
        if (together && b.sale.claim.begntime < a.sale.claim.begntime) std::swap(arrival[i], arrival[j]);
      }
    }
    std::vector<bool> sync;
    for (std::size_t i = 0; i < count; ++i) sync.push_back(*rc::gen::inRange(0, 3) != 0);

    const End wanted = run(in_order, first, made, by_service, std::vector<bool>(count, true), psn_no);
    const End got = run(as_it_came, second, made, arrival, sync, psn_no);
    RC_ASSERT(wanted.balanced);
    RC_ASSERT(got.balanced);
    RC_ASSERT(got.counters == wanted.counters);
    RC_ASSERT(got.balances == wanted.balances);
    RC_ASSERT(got.verdicts == wanted.verdicts);
    for (const auto& till : second) {
      told_again += till->verdicts.size() - till->log.size();
      for (std::uint64_t seq = 1; seq <= till->log.size(); ++seq) {  // nothing is told twice alike
        const record::Verdict* before = nullptr;
        for (const auto& verdict : till->verdicts) {
          if (verdict.seq != seq) continue;
          if (before != nullptr) {
            auto earlier = *before;
            earlier.at = verdict.at;
            RC_ASSERT(!(earlier == verdict));
          }
          before = &verdict;
        }
      }
    }
    for (const auto& [sale_id, verdict] : got.verdicts) adjusted += verdict.kind == VerdictKind::adjusted ? 1 : 0;
  });
  CHECK(holds);
  CHECK(adjusted > 20);   // the property reaches what it is about
  CHECK(told_again > 2);  // of 100 rounds some 15
}

}  // namespace gongji::centre
