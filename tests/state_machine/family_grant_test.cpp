// One account, several people at one till: what a relative was granted of it, and its owner who comes to buy.
#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include "offline/seal/sm3.h"
#include "tests/state_machine/shop.h"
#include "tests/support/print_trouble.h"

namespace gongji::tests {

namespace {

using centre::chen_wei;
using centre::wang_fang;

centre::GrantPlan plan() {
  centre::GrantPlan plan;
  plan.persons_max = 10;
  plan.hours = 24;
  plan.visits_days = 10;
  plan.share_ppm = 300'000;
  plan.account_max = plan.family_max = plan.fund_max = Money::yuan(400);
  plan.presences = {{record::Presence::id_number}};
  return plan;
}

// chen_wei has 1,000.00; wang_fang, his wife, has 30.00 and may use his.  Goods at the pharmacy, of which the fund pays
// nothing.
struct Family {
  Family() { spdlog::set_level(spdlog::level::off); }

  Result<terminal::SaleOutcome> sell(const std::string& psn_no, const char* certno, std::int64_t yuan) {
    centre.clock.advance(std::chrono::seconds(5));
    shop.machine().advance(std::chrono::seconds(5));
    const std::string msgid = "msg-" + std::to_string(++sales);
    terminal::SaleDraft draft;
    draft.key = {centre::pharmacy, msgid, "2102", seal::sm3(as_bytes(msgid))};
    draft.opter = "clerk";
    draft.psn_no = psn_no;
    draft.credential.numbers = {"02", Secret(certno), Secret()};
    draft.claim.id = msgid;
    draft.claim.begntime = civil_time_at(centre.clock.wall());
    draft.claim.visit.med_type = "41";
    draft.claim.acct_used_flag = settlement::AccountUse::family;
    draft.claim.lines.resize(1);
    auto& line = draft.claim.lines[0];
    line.feedetl_sn = "1";
    line.med_list_codg = "XC08CAB037A001020180517";
    line.name = "demo";
    line.pric = {yuan * 1'000'000};
    line.cnt = {10'000};
    line.det_item_fee_sumamt = Money::yuan(yuan);
    return shop.sell(std::move(draft));
  }
  record::Sale sold(const std::string& psn_no, const char* certno, std::int64_t yuan) {
    const auto outcome = sell(psn_no, certno, yuan);
    INFO((outcome ? std::string() : to_string(outcome.error(), Language::en)));
    REQUIRE(outcome);
    const auto& entry = std::get<terminal::Sold>(*outcome).entry;
    REQUIRE(std::holds_alternative<record::Sale>(entry.body));
    return std::get<record::Sale>(entry.body);
  }
  record::Sale husband(std::int64_t yuan) { return sold(chen_wei, "999999198503120034", yuan); }
  record::Sale wife(std::int64_t yuan) { return sold(wang_fang, "999999198005010027", yuan); }

  std::size_t grants() {
    std::size_t found = 0;
    shop.with_journal([&](journal::Journal& journal) {
      std::vector<journal::Journal::Work> works;
      works.push_back([&](journal::Turn& turn) -> Result<void> {
        const auto on = turn.grants_on(husband_key, centre.clock.wall());
        if (!on) return on.error();
        found = on->size();
        return {};
      });
      REQUIRE(journal.commit(std::move(works)).front());
    });
    return found;
  }
  // A long backlog, and behind it a grant that is given up.
  Id give_up_behind_papers(std::size_t count) {
    Id given_up{};
    shop.with_journal([&](journal::Journal& journal) {
      std::vector<journal::Journal::Work> works;
      works.push_back([&](journal::Turn& turn) -> Result<void> {
        for (std::size_t i = 0; i < count; ++i) {
          if (auto entry = turn.append(centre::paper(centre), centre.clock.wall()); !entry) return entry.error();
        }
        const auto on = turn.grants_on(husband_key, centre.clock.wall());
        if (!on) return on.error();
        given_up = on->front().id;
        const auto closed = turn.close_grant(given_up);
        return closed ? Result<void>() : Result<void>(closed.error());
      });
      REQUIRE(journal.commit(std::move(works)).front());
    });
    return given_up;
  }
  bool is_live_at_centre(const Id& grant) {
    bool live = false;
    REQUIRE(centre.service->ledger()
                .transaction([&] { live = centre.service->ledger().find_grant(grant)->live; })
                .has_value());
    return live;
  }
  journal::SaleState state_of(const Id& sale) {
    std::optional<journal::SaleState> state;
    shop.with_journal([&](journal::Journal& journal) {
      std::vector<journal::Journal::Work> works;
      works.push_back([&](journal::Turn& turn) -> Result<void> {
        const auto entry = turn.find_sale(sale);
        if (!entry) return entry.error();
        state = (*entry)->state;
        return {};
      });
      REQUIRE(journal.commit(std::move(works)).front());
    });
    return state.value();
  }
  Money balance() { return centre.balance(centre::person_account(chen_wei, settlement::AccountKind::prior)); }

  std::vector<record::ReserveSlice> reserve{
      {record::Presence::id_number, Money::yuan(2'000), Money::yuan(4'000), Money::yuan(20'000), 100, 72}};
  centre::TestCentre centre{1, {}, plan(), reserve};
  Shop shop{centre, centre::pharmacy, "family"};
  int sales = 0;
  std::string husband_key;

  // Both come once with the line up, and both are granted something of his account.
  void become_regulars() {
    husband_key = husband(1).person_key;
    (void)wife(31);
    shop.sync();
    REQUIRE(grants() == 2);
  }
};

}  // namespace

TEST_CASE("without the line an owner buys with all there is, and the till gives up what relatives were granted of it") {
  Family family;
  family.become_regulars();
  const Money before = family.balance();
  family.shop.line() = Line::down;
  REQUIRE(family.wife(1).backing == record::Backing::grant);  // and the line is known to be down
  const auto sale = family.husband(900);
  CHECK(sale.backing == record::Backing::reserve);
  CHECK(sale.settlement.totals.acct_pay == Money::yuan(900));
  CHECK(family.grants() == 0);
  // What is hers now is what he left.
  const auto hers = family.wife(200);
  CHECK(hers.backing != record::Backing::grant);

  family.shop.line() = Line::up;
  family.centre.clock.advance(std::chrono::minutes(1));
  family.shop.machine().advance(std::chrono::minutes(1));
  family.shop.sync();
  family.shop.sync();
  CHECK(family.state_of(sale.sale_id) == journal::SaleState::confirmed);
  CHECK(family.balance() == before - Money::yuan(901));
  CHECK(family.centre.balance(centre::risk_reserve_account) == Money{});
  CHECK(family.centre.in_balance());
}

TEST_CASE("an owner who takes no more than the grants of relatives leave keeps them as they are") {
  Family family;
  family.become_regulars();
  family.shop.line() = Line::down;
  (void)family.wife(1);
  const auto sale = family.husband(310);  // more than his own grant
  CHECK(sale.backing == record::Backing::reserve);
  CHECK(family.grants() == 2);
}

TEST_CASE("a grant that is given up behind a long backlog is free at the centre once the backlog is there") {
  Family family;
  family.become_regulars();
  const Id given_up = family.give_up_behind_papers(2 * protocol::sync_entries_max + 10);
  REQUIRE(family.is_live_at_centre(given_up));
  family.shop.sync();
  family.shop.sync();
  CHECK_FALSE(family.is_live_at_centre(given_up));
}

TEST_CASE("with the line up an owner is not refused because relatives were granted his money at this till") {
  Family family;
  family.become_regulars();
  const auto sale = family.husband(900);
  CHECK(sale.backing == record::Backing::hold);
  CHECK(sale.settlement.totals.acct_pay == Money::yuan(900));
  family.shop.sync();
  CHECK(family.state_of(sale.sale_id) == journal::SaleState::confirmed);
  CHECK(family.centre.in_balance());
}

TEST_CASE("with the line up a relative is not refused because the owner was granted his own money at this till") {
  Family family;
  family.become_regulars();
  const auto sale = family.wife(900);
  CHECK(sale.backing == record::Backing::hold);
  CHECK(sale.settlement.totals.acct_mulaid_pay > Money::yuan(850));
  family.shop.sync();
  CHECK(family.state_of(sale.sale_id) == journal::SaleState::confirmed);
  CHECK(family.centre.in_balance());
}

}  // namespace gongji::tests
