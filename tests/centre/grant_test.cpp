// Standing grants at the centre: set aside for regulars, spent by their till, freed on its word.
#include <catch2/catch.hpp>

#include <algorithm>

#include "offline/packs/packs.h"
#include "offline/record/grant_use.h"
#include "offline/seal/key_store.h"
#include "tests/centre/fixture.h"
#include "tests/support/print_trouble.h"

namespace gongji::centre {
namespace {

GrantPlan generous() {
  GrantPlan plan;
  plan.persons_max = 10;
  plan.hours = 72;
  plan.visits_days = 10;
  plan.share_ppm = 500'000;
  plan.account_max = Money::yuan(400);
  plan.family_max = Money::yuan(300);
  plan.fund_max = Money::yuan(500);
  return plan;
}

// A till where chen-wei (1,000.00 of his own) has bought once on line and was granted something.
struct Regular {
  TestCentre centre{1, {}, generous()};
  TestTill till{centre, clinic};
  record::Grant grant;

  Regular() {
    auto first = till.sale(*till.person(chen_wei), {Money::yuan(10)});
    REQUIRE(till.hold(first).status == 200);
    till.append(first);
    till.sync();
    REQUIRE(till.grants.size() == 1);
    grant = till.grants[0];
  }

  std::string key(const std::string& psn_no) const {
    return seal::lookup_key(till.enrolled.site_key, "person", psn_no);
  }

  record::Sale sell(Money amount) {
    auto sale = till.sale(*till.person(chen_wei), {amount});
    sale.backing = record::Backing::grant;
    sale.backing_id = to_string(grant.id);
    return sale;
  }
};

Money shown_elsewhere(TestCentre& centre, const std::string& psn_no) {
  TestTill other(centre, pharmacy);
  return other.person(psn_no)->accounts.at(0).balc;
}

}  // namespace

TEST_CASE("a regular is granted a share of what is available, for this terminal and run, and it is set aside") {
  Regular r;
  CHECK(r.grant.terminal == r.till.enrolled.terminal);
  CHECK(r.grant.life == record::JournalLife{1, 1});
  CHECK(r.grant.person_key == r.key(chen_wei));
  CHECK(r.grant.expires == r.centre.clock.wall().plus(std::chrono::hours(72)));
  REQUIRE(r.grant.accounts.size() == 1);
  CHECK(r.grant.accounts[0].owner == "self");
  CHECK(r.grant.accounts[0].limit == Money::yuan(400));  // at most
  REQUIRE(r.grant.fund.size() >= 1);
  CHECK(r.grant.fund[0].limit == Money::yuan(500));

  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance - Money::yuan(400));
  CHECK(r.till.person(chen_wei)->accounts.at(0).balc == balance);  // this till's own money
  r.till.sync();
  CHECK(r.till.grants.size() == 1);  // one at a time
}

TEST_CASE("a sale on the grant stands as it was told, and takes what was set aside") {
  Regular r;
  const Money before = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const auto sale = r.sell(Money::yuan(150));  // less than half: it is not raised
  const Money own = sale.settlement.totals.acct_pay;
  REQUIRE(own > Money{});
  const Money elsewhere = shown_elsewhere(r.centre, chen_wei);
  r.till.append(sale);
  r.till.sync();
  CHECK(r.till.verdict_of(2).kind == record::VerdictKind::accepted);
  CHECK(r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior)) == before - own);
  CHECK(shown_elsewhere(r.centre, chen_wei) == elsewhere);  // nothing that others saw was taken
  CHECK(r.centre.balance(risk_reserve_account) == Money{});
  CHECK(r.centre.in_balance());
}

TEST_CASE("a cancelled sale's value stays set aside while the grant lives") {
  Regular r;
  const auto sale = r.sell(Money::yuan(300));
  const Money elsewhere = shown_elsewhere(r.centre, chen_wei);
  const auto entry = r.till.append(sale);
  r.till.append(r.till.cancel_of(entry, sale));
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == elsewhere);
  r.till.to_close = {{r.grant.id, r.till.log.size()}};
  r.till.opening.run = 2;
  r.till.sync();
  CHECK(r.centre.in_balance());
}

TEST_CASE("a grant is freed when its till closed it and the log is there, not by time alone") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const Money aside = balance - Money::yuan(400);
  r.centre.clock.advance(std::chrono::hours(24 * 20));  // long expired, and no regular any more
  r.centre.service->idle(r.centre.clock.wall());
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);

  r.till.to_close = {{r.grant.id, r.till.log.size() + 1}};  // an entry is still to come
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);

  r.till.to_close = {{r.grant.id, r.till.log.size()}};
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);  // told twice is freed once
}

TEST_CASE(
    "a silent till's grant is given up after the last day for late entries; what comes later is the site's risk") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const auto sale = r.sell(Money::yuan(300));
  r.till.append(sale);
  r.centre.clock.advance(std::chrono::hours(24 * 34));
  r.centre.service->idle(r.centre.clock.wall());
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
  const Money reserve = r.centre.balance(risk_reserve_account);
  r.till.sync();
  CHECK(r.centre.balance(risk_reserve_account) == reserve);  // the authority bears nothing of it
  CHECK(r.centre.in_balance());
}

TEST_CASE("a new epoch leaves the old grant set aside, and a till that is revoked loses it at once") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const Money aside = balance - Money::yuan(400);
  TestTill again(r.centre, clinic, r.till.enrolled.terminal);
  CHECK(again.enrolled.epoch == 2);
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);
  again.to_close = {{r.grant.id, 0}};  // the new journal's word says nothing of the old one
  again.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);
  REQUIRE(r.centre.service->revoke(r.till.enrolled.terminal).has_value());
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
}

TEST_CASE("a hold may take what its till was granted and gave up, and nobody else may") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  protocol::HoldRequest request;
  request.psn_no = chen_wei;
  request.accounts = {{"self", settlement::AccountKind::prior, balance}};
  const auto ask = [&](TestTill& till, std::vector<record::ClosedGrant> closed) {
    request.sale_id = make_id(r.centre.clock.wall(), r.centre.random);
    request.closed_grants = std::move(closed);
    return till.post("/v1/hold", protocol::encode(request));
  };
  const record::ClosedGrant given_up{r.grant.id, r.till.log.size()};
  CHECK(code_of(ask(r.till, {})) == "hold_insufficient");
  TestTill other(r.centre, pharmacy);
  CHECK(code_of(ask(other, {given_up})) == "hold_insufficient");
  CHECK(ask(r.till, {given_up}).status == 200);
}

TEST_CASE("two terminals' grants together never exceed the balance") {
  TestCentre centre(1, {}, generous());
  TestTill first(centre, clinic), second(centre, clinic);
  Money granted;
  for (TestTill* till : {&first, &second}) {
    auto sale = till->sale(*till->person(chen_wei), {Money::yuan(10)});
    REQUIRE(till->hold(sale).status == 200);
    till->append(sale);
    till->sync();
    REQUIRE(till->grants.size() == 1);
    granted += till->grants[0].accounts[0].limit;
  }
  CHECK(granted <= centre.balance(person_account(chen_wei, settlement::AccountKind::prior)));
  CHECK(second.grants[0].accounts[0].limit < first.grants[0].accounts[0].limit);
}

// Its till may know less than the centre: elsewhere the same account has paid meanwhile.
TEST_CASE("a sale on the reserve takes nothing of what is left of its own till's grant") {
  Regular r;
  const std::string account = person_account(chen_wei, settlement::AccountKind::prior);
  const auto before = *r.till.person(chen_wei);
  TestTill other(r.centre, pharmacy);
  auto elsewhere = other.sale(*other.person(wang_fang), {Money::yuan(1'000)});  // out of the same account
  REQUIRE(record::payer_shares(elsewhere.settlement).family > Money::yuan(200));
  REQUIRE(other.hold(elsewhere).status == 200);
  other.append(elsewhere);
  other.sync();

  const auto sale = r.till.sale(before, {Money::yuan(450)});  // as if it were all there still
  const Money wanted = record::payer_shares(sale.settlement).account;
  const Money there = r.centre.balance(account);
  REQUIRE(there - wanted < Money::yuan(400));
  r.till.append(sale);
  r.till.sync();
  CHECK(r.centre.balance(account) >= Money::yuan(400));
  CHECK(r.till.verdict_of(r.till.log.size()).kind == record::VerdictKind::adjusted);
  CHECK(r.centre.in_balance());
}

TEST_CASE("in the second half of its life a grant is extended, with the same id") {
  Regular r;
  r.centre.clock.advance(std::chrono::hours(30));
  r.till.sync();
  CHECK(r.till.grants.size() == 1);
  r.centre.clock.advance(std::chrono::hours(10));
  r.till.sync();
  REQUIRE(r.till.grants.size() == 2);
  CHECK(r.till.grants[1].id == r.grant.id);
  CHECK(r.till.grants[1].expires == r.centre.clock.wall().plus(std::chrono::hours(72)));
  CHECK(r.till.grants[1].accounts == r.grant.accounts);
}

TEST_CASE("a benefit with a daily limit is granted to one terminal at a time") {
  const std::string shan_xi = "14050000000000000001";
  TestCentre centre(1, "tests/centre/files/daily_people.json", generous());
  TestTill first(centre, clinic), second(centre, "H42010000002");
  for (TestTill* till : {&first, &second}) {
    auto sale = till->sale(*till->person(shan_xi), {Money::yuan(10)});
    REQUIRE(record::payer_shares(sale.settlement).fund > Money{});
    REQUIRE(till->hold(sale).status == 200);
    till->append(sale);
    till->sync();
  }
  const auto names_day = [](const record::Grant& grant) {
    return std::any_of(grant.fund.begin(), grant.fund.end(),
                       [](const auto& limit) { return limit.counter == "op.day_fund"; });
  };
  REQUIRE(first.grants.size() == 1);
  CHECK(names_day(first.grants[0]));
  CHECK(second.grants.empty());  // no limit of the year either: it would cover nothing

  // When the first has it no more, the second may have it.
  REQUIRE(centre.service->revoke(first.enrolled.terminal).has_value());
  second.append(second.sale(*second.person(shan_xi), {Money::yuan(10)}));
  second.sync();
  REQUIRE(second.grants.size() == 1);
  CHECK(names_day(second.grants[0]));
}

TEST_CASE("a share of the fund is not booked on a grant that does not name every limit that it counts toward") {
  const std::string shan_xi = "14050000000000000001";
  TestCentre centre(1, "tests/centre/files/daily_people.json", generous());
  TestTill till(centre, clinic);
  auto first = till.sale(*till.person(shan_xi), {Money::yuan(10)});
  REQUIRE(till.hold(first).status == 200);
  till.append(first);
  till.sync();
  REQUIRE(till.grants.size() == 1);
  record::Grant without_day = till.grants[0];
  std::erase_if(without_day.fund, [](const auto& limit) { return limit.counter == "op.day_fund"; });
  const std::vector<std::string> fund_counters{"op.fund", "op.day_fund"};
  auto sale = till.sale(*till.person(shan_xi), {Money::yuan(10)});
  CHECK(record::names_limits(till.grants[0], sale.counted, fund_counters));
  CHECK_FALSE(record::names_limits(without_day, sale.counted, fund_counters));
  // The next day's limit is not that of the grant.
  centre.clock.advance(std::chrono::hours(24));
  sale = till.sale(*till.person(shan_xi), {Money::yuan(10)});
  CHECK_FALSE(record::names_limits(till.grants[0], sale.counted, fund_counters));
  sale.backing = record::Backing::grant;
  sale.backing_id = to_string(till.grants[0].id);
  const Money owed = centre.balance(site_account(clinic));
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(2).kind == record::VerdictKind::accepted);  // by the law; the grant was not touched
  CHECK(centre.balance(site_account(clinic)) == owed + record::payer_shares(sale.settlement).fund);
  CHECK(centre.balance(risk_reserve_account) == Money{});
}

TEST_CASE("a grant of which half is spent is raised under the same id, out of what nobody was promised") {
  Regular r;
  const Money before = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  auto small = r.sell(Money::yuan(60));
  r.till.append(small);
  r.till.sync();
  CHECK(r.till.grants.size() == 1);  // enough is left
  auto sale = r.sell(Money::yuan(300));
  const Money own = small.settlement.totals.acct_pay + sale.settlement.totals.acct_pay;
  REQUIRE(own + own > Money::yuan(400));
  r.till.append(sale);
  r.till.sync();
  REQUIRE(r.till.grants.size() == 2);
  const record::Grant& raised = r.till.grants[1];
  CHECK(raised.id == r.grant.id);
  CHECK(raised.expires == r.grant.expires);
  const Money left = Money::yuan(400) - own;
  const Money available = before - own - left;  // what nobody was promised
  const Money share = multiply(available, Rate::ppm(500'000), Rounding::down);
  CHECK(raised.accounts[0].limit == Money::yuan(400) + min(share, Money::yuan(400)) - left);
  CHECK(shown_elsewhere(r.centre, chen_wei) == before - own - min(share, Money::yuan(400)));

  // What was raised is guaranteed like the rest.
  auto last = r.till.sale(*r.till.person(chen_wei), {left + Money::yuan(1), settlement::AccountUse::own});
  last.backing = record::Backing::grant;
  last.backing_id = to_string(r.grant.id);
  r.till.append(last);
  r.till.sync();
  CHECK(r.till.verdict_of(4).kind == record::VerdictKind::accepted);
  CHECK(r.centre.balance(risk_reserve_account) == Money{});
  CHECK(r.centre.in_balance());
}

TEST_CASE("a lost terminal's grants and holds are void at once, and what still comes of it is at its site's risk") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const auto as_known = r.till.person(chen_wei);
  const auto on_grant = r.sell(Money::yuan(300));
  auto held = r.till.sale(*r.till.person(chen_wei), {Money::yuan(20)});
  REQUIRE(r.till.hold(held).status == 200);
  const auto voided = r.centre.service->lost(r.till.enrolled.terminal, r.centre.clock.wall());
  REQUIRE(voided.has_value());
  CHECK(voided->grants == 1);
  CHECK(voided->holds == 1);
  CHECK(voided->accounts == Money::yuan(400) + held.settlement.totals.acct_pay);
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
  CHECK(r.till.send(r.till.sync_request()).status == 401);
  CHECK(r.centre.service->lost("T-9", r.centre.clock.wall()).has_error());

  // Found again, its old log is brought in by hand.
  TestTill other(r.centre, pharmacy);
  auto all = other.sale(*other.person(chen_wei), {balance, settlement::AccountUse::own});
  REQUIRE(other.hold(all).status == 200);
  auto reserve = r.till.sale(*as_known, {Money::yuan(40)});
  r.till.append(on_grant);
  r.till.append(held);
  r.till.append(reserve);
  const Money risk = r.centre.balance(risk_reserve_account);
  const Money owed = r.centre.balance(site_account(clinic));
  REQUIRE(r.centre.service->ledger()
              .transaction([&] {
                Ledger& ledger = r.centre.service->ledger();
                const auto site = ledger.find_site(clinic);
                static const packs::PackSet packs = packs::built_in_packs();
                Booking booking(ledger, packs);
                for (std::size_t i = 1; i < r.till.log.size(); ++i) {
                  const record::Entry& entry = r.till.log[i];
                  const EntryName name{r.till.enrolled.terminal, entry.head.epoch, entry.head.seq};
                  ledger.add_entry(name, entry, entry.hash, r.centre.clock.wall());
                  (void)booking.book(name, *site, entry, r.centre.clock.wall());
                }
              })
              .has_value());
  CHECK(r.centre.balance(risk_reserve_account) == risk);  // the authority bears nothing of it
  const Money told =
      on_grant.settlement.totals.acct_pay + held.settlement.totals.acct_pay + reserve.settlement.totals.acct_pay;
  CHECK(r.centre.balance(site_account(clinic)) < owed + told);
  CHECK(r.centre.in_balance());
}

namespace {

// One sync of version 2; the recalls that came with it.
std::vector<Id> recalls_with(TestTill& till) {
  http::Request request;
  request.method = "POST";
  request.target = "/v1/sync";
  request.body = protocol::encode(till.sync_request());
  request.headers.push_back({std::string(protocol::version_header), "1-2"});
  request.peer_name = till.enrolled.terminal;
  request.peer_fingerprint = till.fingerprint;
  const auto response = till.centre.service->handle(request, till.centre.clock.wall());
  INFO(response.body);
  REQUIRE(response.status == 200);
  const auto batch = record::decode_feed(protocol::decode_sync_answer(response.body)->feed.bytes);
  REQUIRE(batch.has_value());
  till.feed_cursor += batch->items.size();
  std::vector<Id> out;
  for (const auto& item : batch->items) {
    if (const auto* recall = std::get_if<record::GrantRecall>(&item)) out.push_back(recall->grant_id);
    if (const auto* grant = std::get_if<record::Grant>(&item)) till.grants.push_back(*grant);
  }
  return out;
}

void recall(TestCentre& centre, const Id& id) {
  bool asked = false;
  REQUIRE(centre.service->ledger().transaction(
      [&] { asked = centre.service->ledger().recall_grant(id, centre.clock.wall()); }));
  REQUIRE(asked);
}

}  // namespace

TEST_CASE("a recall is told once, frees nothing by itself, and what is left is free when the till has given it up") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const Money aside = shown_elsewhere(r.centre, chen_wei);
  recall(r.centre, r.grant.id);
  CHECK(recalls_with(r.till) == std::vector<Id>{r.grant.id});
  CHECK(recalls_with(r.till).empty());
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);

  // Sold on it before the till had heard of the recall: guaranteed all the same.
  const auto sale = r.sell(Money::yuan(100));
  r.till.append(sale);
  r.till.to_close = {{r.grant.id, r.till.log.size()}};
  recalls_with(r.till);
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance - sale.settlement.totals.acct_pay);
  CHECK(r.centre.balance(risk_reserve_account) == Money{});
  CHECK(r.centre.in_balance());
}

TEST_CASE("what was recalled is not given there again before it would have ended") {
  Regular r;
  recall(r.centre, r.grant.id);
  recalls_with(r.till);
  r.till.to_close = {{r.grant.id, r.till.log.size()}};
  recalls_with(r.till);
  r.till.to_close.clear();
  for (int i = 0; i < 7; ++i) {
    r.centre.clock.advance(std::chrono::hours(10));
    recalls_with(r.till);
    CHECK(r.till.grants.size() == 1);
  }
  r.centre.clock.advance(std::chrono::hours(3));
  recalls_with(r.till);
  CHECK(r.till.grants.size() == 2);
}

TEST_CASE("a recalled grant is neither extended nor raised, and off line it is good to its end") {
  Regular r;
  recall(r.centre, r.grant.id);
  r.centre.clock.advance(std::chrono::hours(60));  // in its second half, it would be extended
  r.till.sync();                                   // in the words of version 1: it is not told
  CHECK(r.till.grants.size() == 1);
  const auto sale = r.sell(Money::yuan(300));
  r.till.append(sale);
  r.till.sync();
  CHECK(r.till.verdict_of(2).kind == record::VerdictKind::accepted);
  CHECK(r.till.grants.size() == 1);
  CHECK(recalls_with(r.till) == std::vector<Id>{r.grant.id});
}

TEST_CASE("a sale elsewhere that takes the last of an account asks grants of it back; a smaller one does not") {
  Regular r;
  TestTill other(r.centre, pharmacy);
  const auto left = other.person(chen_wei)->accounts.at(0).balc;
  auto small = other.sale(*other.person(chen_wei), {left - Money::yuan(1)});
  REQUIRE(other.hold(small).status == 200);
  CHECK(recalls_with(r.till).empty());
  auto last = other.sale(*other.person(chen_wei), {Money::yuan(1)});
  REQUIRE(last.settlement.totals.acct_pay == Money::yuan(1));
  REQUIRE(other.hold(last).status == 200);
  CHECK(recalls_with(r.till) == std::vector<Id>{r.grant.id});
}

}  // namespace gongji::centre
