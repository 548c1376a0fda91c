#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "sync/centre/report.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

std::string account_of(const std::string& psn_no) {
  return "person:" + psn_no + ":prior";
}

Money promised(const record::Sale& sale) {
  const auto shares = record::payer_shares(sale.settlement);
  return shares.fund + shares.account + shares.family;
}

}  // namespace

TEST_CASE("another's account that the till did not ask is not asked by the centre either") {
  TestCentre centre;
  TestTill till(centre, clinic);
  auto alone = *till.person(wang_fang);
  std::erase_if(alone.accounts, [](const settlement::Account& account) { return !account.is_own(); });
  const auto sale = till.sale(alone, {Money::yuan(200)});
  const auto shares = record::payer_shares(sale.settlement);
  REQUIRE(shares.family == Money{});
  REQUIRE(shares.cash > Money{});
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(till.verdict_of(1).stands == shares);
  CHECK(centre.balance(account_of(chen_wei)) == Money::yuan(1000));
  CHECK(centre.in_balance());
}

TEST_CASE("a provisional sale that the centre settles alike is accepted and booked to its payers") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto sale = till.sale(*till.person(wang_fang), {Money::yuan(200)});
  const auto shares = record::payer_shares(sale.settlement);
  REQUIRE(shares.fund > Money{});
  REQUIRE(shares.family > Money{});
  till.append(sale);
  till.sync();
  const auto& verdict = till.verdict_of(1);
  CHECK(verdict.kind == record::VerdictKind::accepted);
  CHECK(verdict.reason.empty());
  CHECK(verdict.stands == shares);
  CHECK(verdict.difference == record::PayerShares{});
  CHECK(centre.balance(fund_account("310")) == -shares.fund);
  CHECK(centre.balance(account_of(wang_fang)) == Money::yuan(30) - shares.account);
  CHECK(centre.balance(account_of(chen_wei)) == Money::yuan(1000) - shares.family);
  CHECK(centre.balance(site_account(clinic)) == promised(sale));
  CHECK(centre.counter(wang_fang, "op.fund") == shares.fund);
  CHECK(centre.in_balance());
}

TEST_CASE("what was paid in cash is not taken from an account afterwards, and the verdict says what was booked") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  const auto first = other.sale(*other.person(wang_fang), {Money::yuan(20), settlement::AccountUse::own});
  const auto entry = other.append(first);
  other.sync();
  const auto sale = till.sale(*till.person(wang_fang), {Money::yuan(200), settlement::AccountUse::own});
  const auto shares = record::payer_shares(sale.settlement);
  REQUIRE(shares == record::PayerShares{{}, Money::yuan(10), {}, Money::yuan(190)});
  other.append(other.cancel_of(entry, first));
  other.sync();
  REQUIRE(centre.balance(account_of(wang_fang)) == Money::yuan(30));
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(till.verdict_of(1).stands == shares);
  CHECK(centre.balance(account_of(wang_fang)) == Money::yuan(20));
  CHECK(centre.balance(due_to_patients_account) == Money{});
  CHECK(centre.in_balance());
}

TEST_CASE("where the account does not cover it any more, the sale is adjusted and the reserve bears the difference") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  const auto stale = *till.person(zhao_min);  // 120.50 of her own, 860.00 of her father's
  auto elsewhere = other.sale(*other.person(zhao_min), {Money::yuan(900)});
  other.append(elsewhere);
  other.sync();
  till.append(till.sale(stale, {Money::yuan(200)}));
  till.sync();
  const auto& verdict = till.verdict_of(1);
  CHECK(verdict.kind == record::VerdictKind::adjusted);
  CHECK(verdict.reason == "account_recomputed");
  CHECK_FALSE(verdict.article.empty());
  // The father's account pays no more than the till said, the site is owed all that it answered.
  CHECK(verdict.stands == record::PayerShares{{}, {}, Money::fen(7950), Money::fen(12050)});
  CHECK(verdict.difference == record::PayerShares{{}, Money::fen(-12050), {}, Money::fen(12050)});
  CHECK(centre.balance(account_of(li_jianguo)) == Money::fen(100));
  CHECK(centre.balance(account_of(zhao_min)) == Money{});
  CHECK(centre.balance(site_account(pharmacy)) == Money::yuan(1100));
  CHECK(centre.balance(risk_reserve_account) == Money::fen(-12050));
  CHECK(centre.in_balance());
}

TEST_CASE("where the benefit is used up, the fund's share is adjusted and the patient does not pay for it") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, clinic);
  const auto stale = *till.person(li_jianguo);
  auto big = other.sale(*other.person(li_jianguo), {Money::yuan(9'000), settlement::AccountUse::none});
  other.append(big);
  other.sync();
  const auto late = till.sale(stale, {Money::yuan(300), settlement::AccountUse::own});
  REQUIRE(late.settlement.totals.fund_pay_sumamt > Money{});
  const Money account_told = late.settlement.totals.acct_pay;
  till.append(late);
  till.sync();
  const auto& verdict = till.verdict_of(1);
  CHECK(verdict.kind == record::VerdictKind::adjusted);
  CHECK(verdict.reason == "fund_recomputed");
  CHECK_FALSE(verdict.article.empty());
  CHECK(verdict.stands.fund == Money{});
  CHECK(verdict.difference.fund == -late.settlement.totals.fund_pay_sumamt);
  CHECK(centre.balance(account_of(li_jianguo)) == Money::yuan(860) - account_told);
  CHECK(centre.balance(risk_reserve_account) == -late.settlement.totals.fund_pay_sumamt);
  CHECK(centre.in_balance());
}

TEST_CASE("what cannot be accepted is refused by name, and the patient pays nothing for it") {
  TestCentre centre;
  TestTill till(centre, clinic);
  auto sale = till.sale(*till.person(wang_fang), {Money::yuan(100)});
  std::string reason;
  bool reserve_bears = true;
  SECTION("a person whom nobody knows") {
    sale.claim.person.psn_no = "42010000000000000099";
    reason = "unknown_person";
  }
  SECTION("a pack of the same name with another content") {
    sale.pack_digest = "sm3:" + std::string(64, '0');
    reason = "pack_mismatch";
  }
  SECTION("another site") {
    sale.claim.site.fixmedins_code = pharmacy;
    reason = "site_mismatch";
    reserve_bears = false;
  }
  SECTION("shares that do not add up") {
    sale.settlement.totals.acct_pay += Money::fen(1);
    reason = "inconsistent";
    reserve_bears = false;
  }
  SECTION("a promise with nothing behind it") {
    sale.backing = record::Backing::nothing;
    reason = "not_backed";
    reserve_bears = false;
  }
  till.append(sale);
  till.sync();
  const auto& verdict = till.verdict_of(1);
  CHECK(verdict.kind == record::VerdictKind::refused);
  CHECK(verdict.reason == reason);
  CHECK(verdict.stands.fund + verdict.stands.account + verdict.stands.family == Money{});
  CHECK(centre.balance(account_of(wang_fang)) == Money::yuan(30));
  CHECK(centre.balance(account_of(chen_wei)) == Money::yuan(1000));
  CHECK(centre.balance(risk_reserve_account) == (reserve_bears ? -promised(sale) : Money{}));
  CHECK(centre.balance(site_account(clinic)) == (reserve_bears ? promised(sale) : Money{}));
  CHECK(centre.counter(wang_fang, "op.fund") == Money{});
  CHECK(centre.in_balance());
}

TEST_CASE("the same sale twice in one log is booked once") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  const auto sale = till.sale(*till.person(chen_wei), {Money::yuan(10)});
  till.append(sale);
  till.append(sale);
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(2).reason == "duplicate_sale");
  CHECK(till.verdict_of(3).reason == "duplicate_sale");
  CHECK(centre.balance(account_of(chen_wei)) == Money::yuan(990));
}

TEST_CASE("a sale above its hold is not covered by it") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  auto sale = till.sale(*till.person(chen_wei), {Money::yuan(100)});
  REQUIRE(till.hold(sale).status == 200);
  other.append(other.sale(*other.person(chen_wei), {Money::yuan(500)}));
  auto larger = till.sale(*till.person(chen_wei), {Money::yuan(900)});
  larger.sale_id = sale.sale_id;
  larger.backing = record::Backing::hold;
  larger.backing_id = sale.backing_id;
  other.sync();
  till.append(larger);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::adjusted);
  CHECK(till.verdict_of(1).stands.account == Money::yuan(500));
  CHECK(centre.balance(account_of(chen_wei)) == Money{});
}

TEST_CASE("a cancel gives everything back exactly, once") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, clinic);
  const auto stale = *till.person(wang_fang);
  other.append(other.sale(*other.person(chen_wei), {Money::yuan(5'000)}));  // drains the family account
  other.sync();
  const Money chen = centre.balance(account_of(chen_wei)), fund = centre.balance(fund_account("310"));
  const auto sale = till.sale(stale, {Money::yuan(200)});
  const auto entry = till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::adjusted);
  CHECK(centre.balance(risk_reserve_account) < Money{});
  CHECK(centre.counter(wang_fang, "op.fund") > Money{});

  till.append(till.cancel_of(entry, sale));
  till.append(till.cancel_of(entry, sale));
  auto unknown = sale;
  unknown.sale_id = make_id(centre.clock.wall(), centre.random);
  till.append(till.cancel_of(entry, unknown));
  till.sync();
  CHECK(till.verdict_of(2).kind == record::VerdictKind::accepted);
  CHECK(till.verdict_of(3).reason == "already_cancelled");
  CHECK(till.verdict_of(4).reason == "sale_unknown");
  CHECK(centre.balance(account_of(wang_fang)) == Money::yuan(30));
  CHECK(centre.balance(account_of(chen_wei)) == chen);
  CHECK(centre.balance(fund_account("310")) == fund);
  CHECK(centre.balance(risk_reserve_account) == Money{});
  CHECK(centre.counter(wang_fang, "op.fund") == Money{});
  CHECK(centre.counter(wang_fang, "op.deductible") == Money::yuan(700));
  CHECK(centre.in_balance());
}

TEST_CASE("a paper is kept without moving money") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto sale = till.sale(*till.person(wang_fang), {Money::yuan(100)});
  record::Paper paper;
  paper.paper_id = make_id(centre.clock.wall(), centre.random);
  paper.key = sale.key;
  paper.opter = "clerk";
  paper.reasons = {"no_snapshot"};
  paper.claim = sale.claim;
  till.append(paper);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(till.verdict_of(1).stands == record::PayerShares{});
  CHECK(centre.balance(site_account(clinic)) == Money{});
}

TEST_CASE("statement and totals tell what stands, the totals sum to zero, and names are masked") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto first = till.sale(*till.person(wang_fang), {Money::yuan(200)});
  const auto entry = till.append(first);
  const auto second = till.sale(*till.person(zhao_min), {Money::yuan(50)});
  till.append(second);
  till.append(till.cancel_of(entry, first));
  till.sync();
  const auto today = civil_time_at(centre.clock.wall()).day;
  const auto statement = protocol::decode_statement_answer(
      till.post("/v1/statement", protocol::encode(protocol::StatementRequest{today})).body);
  REQUIRE(statement.has_value());
  CHECK(statement->sales == 1);
  CHECK(statement->cancels == 1);
  CHECK(statement->medfee == Money::yuan(50));
  CHECK(statement->shares == record::payer_shares(second.settlement));
  REQUIRE(statement->lines.size() == 2);
  CHECK(statement->lines[0].state == "cancelled");
  CHECK(statement->lines[1].state == "accepted");
  const auto empty = protocol::decode_statement_answer(
      till.post("/v1/statement", protocol::encode(protocol::StatementRequest{today.plus_days(1)})).body);
  CHECK(empty->sales == 0);

  const auto totals = nlohmann::json::parse(*totals_report(centre.service->ledger(), today, true));
  CHECK(totals.at("balance_sum") == 0);
  CHECK(totals.at("all").at("sales") == 1);
  CHECK(totals.at("all").at("medfee") == 5'000);
  CHECK(totals.at("terminals").at(0).at("accepted") == 3);
  const auto person = *person_report(centre.service->ledger(), wang_fang, centre.today(), false);
  CHECK(person.find("王*") != std::string::npos);
  CHECK(person.find("王芳") == std::string::npos);
  CHECK(person_report(centre.service->ledger(), "0", centre.today(), false).has_error());
}

TEST_CASE("whatever tills do, in whatever order it arrives, the ledger sums to zero and nobody is overdrawn") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestCentre centre(seed);
    std::vector<std::unique_ptr<TestTill>> tills;
    tills.push_back(std::make_unique<TestTill>(centre, clinic));
    tills.push_back(std::make_unique<TestTill>(centre, pharmacy));
    tills.push_back(std::make_unique<TestTill>(centre, clinic));
    struct Sold {
      std::size_t till;
      record::Entry entry;
      record::Sale sale;
    };
    std::vector<Sold> sold;
    std::vector<record::Snapshot> stale;  // what tills may still believe
    SeededRandom random(seed * 7919);
    const auto below = [&](std::size_t count) {
      std::uint8_t bytes[2];
      random.fill(bytes);
      return (static_cast<std::size_t>(bytes[0]) * 256 + bytes[1]) % count;
    };
    const std::string persons[] = {wang_fang, li_jianguo, zhao_min, chen_wei};
    for (int step = 0; step < 80; ++step) {
      const std::size_t which = below(tills.size());
      TestTill& till = *tills[which];
      switch (below(6)) {
        case 0:
        case 1: {
          if (stale.empty() || below(2) == 0) stale.push_back(*till.person(persons[below(4)]));
          const auto accounts = static_cast<settlement::AccountUse>(below(3));
          auto sale = till.sale(stale[below(stale.size())],
                                {Money::fen(static_cast<std::int64_t>(1 + below(60'000))), accounts});
          if (below(2) == 0) (void)till.hold(sale);
          sold.push_back({which, till.append(sale), sale});
          break;
        }
        case 2:
          if (!sold.empty()) {
            const Sold& one = sold[below(sold.size())];
            tills[one.till]->append(tills[one.till]->cancel_of(one.entry, one.sale));
          }
          break;
        case 3:
          centre.clock.advance(std::chrono::minutes(below(30)));
          break;
        case 4: {  // the answer is lost
          const auto response = till.send(till.sync_request());
          CHECK(response.status == 200);
          break;
        }
        default:
          till.sync();
      }
      REQUIRE(centre.in_balance());
    }
    for (auto& till : tills) {
      till->sync();
      CHECK(till->acknowledged == till->log.size());
      for (std::uint64_t seq = 1; seq <= till->log.size(); ++seq) CHECK(till->verdict_count_of(seq) >= 1);
    }
    CHECK(centre.in_balance());
    for (const auto& psn_no : persons) CHECK(centre.balance(account_of(psn_no)) >= Money{});
    // Cancel all that still stands: everybody has again what they began with.
    for (const auto& one : sold) tills[one.till]->append(tills[one.till]->cancel_of(one.entry, one.sale));
    for (auto& till : tills) till->sync();
    CHECK(centre.balance(account_of(wang_fang)) == Money::yuan(30));
    CHECK(centre.balance(account_of(li_jianguo)) == Money::yuan(860));
    CHECK(centre.balance(account_of(zhao_min)) == Money::fen(12'050));
    CHECK(centre.balance(account_of(chen_wei)) == Money::yuan(1'000));
    CHECK(centre.balance(fund_account("310")) == Money{});
    CHECK(centre.balance(risk_reserve_account) == Money{});
    CHECK(centre.balance(due_to_patients_account) == Money{});
    CHECK(centre.counter(li_jianguo, "op.fund") == Money::yuan(1'200));
    CHECK(centre.in_balance());
  }
}

}  // namespace gongji::centre
