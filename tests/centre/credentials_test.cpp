// Vouchers issued ahead, the stop list, and who bears a sale whose credential did not hold.
#include <catch2/catch.hpp>

#include "offline/record/voucher.h"
#include "sync/centre/troubles.h"
#include "tests/centre/fixture.h"
#include "tests/support/print_trouble.h"

namespace gongji::centre {
namespace {

using record::StopKind;
using record::StopReason;

constexpr std::chrono::hours three_days{72};

struct Bureau {
  TestCentre centre;
  CentreService& service = *centre.service;
  WallTime now() const { return centre.clock.wall(); }
  WallTime second() const { return WallTime{now().ms / 1000 * 1000}; }

  std::vector<Secret> issue(const std::string& psn_no, std::size_t count = 1) {
    auto made = service.issue_vouchers(psn_no, second(), three_days, count, now());
    REQUIRE(made.has_value());
    return *made;
  }
  record::Voucher read(const Secret& digits) const {
    return record::read_voucher(digits, centre.service->public_key()).value();
  }
  Result<void> stop(StopKind kind, const std::string& number, bool lifted = false,
                    std::optional<WallTime> until = std::nullopt) {
    return service.stop({kind, number, StopReason::lost, now(), until, lifted, {}, 0}, now());
  }
  std::vector<std::string> used_again() {
    std::vector<std::string> out;
    REQUIRE(service.ledger().transaction([&] { out = service.ledger().vouchers_used_again(); }).has_value());
    return out;
  }
};

std::string digest_of(const record::Voucher& voucher) {
  return to_hex(record::voucher_digest(voucher.nonce));
}

http::Response ask(TestTill& till, const std::string& kind, const std::string& number,
                   const std::string& card_sn = {}) {
  return till.post("/v1/person", protocol::encode(protocol::PersonRequest{{kind, Secret(number), Secret(card_sn)}}));
}

record::Sale on_voucher(TestTill& till, const record::Snapshot& snapshot, const record::Voucher& voucher,
                        Money amount = Money::yuan(1'500)) {
  record::Sale sale = till.sale(snapshot, {amount});
  sale.presence = record::Presence::voucher_signed;
  sale.voucher = voucher.nonce;
  return sale;
}

std::vector<record::Stop> stops_of(const TestTill& till, StopKind kind) {
  std::vector<record::Stop> out;
  for (const auto& stop : till.stops) {
    if (stop.kind == kind) out.push_back(stop);
  }
  return out;
}

std::string key_at(const TestTill& till, StopKind kind, const std::string& number) {
  return seal::lookup_key(till.enrolled.site_key, record::stop_domain(kind), number);
}

const std::string card_no = "A42010031";
const std::string card_sn = "420100D15600000542010003FFFFFFFF";  // of zhao_min

}  // namespace

TEST_CASE("a voucher that was issued names its person, and is issued to nobody else and for no other time") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic);
  const auto made = bureau.issue(zhao_min, 3);
  REQUIRE(made.size() == 3);
  CHECK_FALSE(made[0] == made[1]);
  const record::Voucher voucher = bureau.read(made[0]);
  CHECK(voucher.psn_no.reveal() == zhao_min);
  CHECK(voucher.until() == bureau.second().plus(three_days));
  CHECK(ask(till, "01", made[0].reveal()).status == 200);

  std::string changed = made[0].reveal();
  changed[100] = changed[100] == '0' ? '1' : '0';
  CHECK(code_of(ask(till, "01", changed)) == "voucher_invalid");
  bureau.centre.clock.advance(three_days);
  CHECK(code_of(ask(till, "01", made[0].reveal())) == "voucher_expired");
}

TEST_CASE("vouchers are issued to known persons, for a period that has not ended, and not without end") {
  Bureau bureau;
  const auto issue = [&](const std::string& psn_no, std::chrono::hours valid, std::size_t count) {
    const auto made = bureau.service.issue_vouchers(psn_no, bureau.second(), valid, count, bureau.now());
    return made ? nullptr : made.error().text;
  };
  CHECK(issue("42010000000000000999", three_days, 1) == &troubles::person_unknown);
  CHECK(issue(zhao_min, std::chrono::hours(0), 1) == &troubles::voucher_period_invalid);
  CHECK(issue(zhao_min, record::voucher_hours_max + std::chrono::hours(1), 1) == &troubles::voucher_period_invalid);
  CHECK(issue(zhao_min, three_days, 0) == &troubles::voucher_period_invalid);
  CHECK(issue(zhao_min, three_days, vouchers_of_person_max) == nullptr);
  CHECK(issue(zhao_min, three_days, 1) == &troubles::vouchers_too_many);
  CHECK(issue(wang_fang, three_days, 1) == nullptr);
  bureau.centre.clock.advance(three_days);
  CHECK(issue(zhao_min, three_days, 1) == nullptr);
}

TEST_CASE("the centre keeps no digits and no nonce of what it issued") {
  Bureau bureau;
  const auto voucher = bureau.read(bureau.issue(zhao_min).front());
  REQUIRE(bureau.service.ledger()
              .transaction([&] {
                const auto rows = bureau.service.ledger().vouchers_of(zhao_min, bureau.now());
                REQUIRE(rows.size() == 1);
                CHECK(rows[0].digest == digest_of(voucher));
                CHECK(rows[0].digest.find(to_hex(voucher.nonce)) == std::string::npos);
              })
              .has_value());
}

TEST_CASE("a used voucher comes down to every other terminal under its own site's key, and is taken nowhere again") {
  Bureau bureau;
  TestTill seller(bureau.centre, clinic), neighbour(bureau.centre, clinic), far(bureau.centre, pharmacy);
  const Secret digits = bureau.issue(li_jianguo).front();
  const auto voucher = bureau.read(digits);
  seller.append(on_voucher(seller, *seller.person(li_jianguo), voucher));
  seller.sync();
  CHECK(seller.verdict_of(1).kind == record::VerdictKind::accepted);
  for (TestTill* till : {&neighbour, &far}) {
    till->sync();
    const auto stops = stops_of(*till, StopKind::voucher);
    REQUIRE(stops.size() == 1);
    CHECK(stops[0].key == key_at(*till, StopKind::voucher, digest_of(voucher)));
    CHECK(stops[0].reason == StopReason::used);
    CHECK(stops[0].until == voucher.until());
  }
  CHECK(neighbour.stops[0].key != far.stops[0].key);
  // Its own log says so to the seller.
  seller.sync();
  CHECK(seller.stops.empty());
  for (TestTill* till : {&seller, &neighbour, &far})
    CHECK(code_of(ask(*till, "01", digits.reveal())) == "voucher_used");
  // A terminal that begins anew has no log that says it.
  TestTill anew(bureau.centre, clinic, seller.enrolled.terminal);
  anew.sync();
  CHECK(stops_of(anew, StopKind::voucher).size() == 1);
  // Whoever comes after its period has ended need not know.
  bureau.centre.clock.advance(three_days);
  TestTill late(bureau.centre, pharmacy);
  late.sync();
  CHECK(late.stops.empty());
  CHECK(bureau.used_again().empty());
}

TEST_CASE(
    "a voucher used at two tills without the line: the second on the reserve is refused, borne by nobody who may not "
    "have been there") {
  Bureau bureau;
  TestTill first(bureau.centre, clinic), second(bureau.centre, clinic);
  const auto voucher = bureau.read(bureau.issue(li_jianguo).front());
  const auto sale = on_voucher(first, *first.person(li_jianguo), voucher);
  const auto copy = on_voucher(second, *second.person(li_jianguo), voucher);
  const auto told = record::payer_shares(copy.settlement);
  REQUIRE(told.fund + told.account > Money());
  first.append(sale);
  second.append(copy);
  first.sync();
  const Money account = bureau.centre.balance(person_account(li_jianguo, settlement::AccountKind::prior));
  const Money reserve = bureau.centre.balance(risk_reserve_account);
  second.sync();
  CHECK(second.verdict_of(1).kind == record::VerdictKind::refused);
  CHECK(second.verdict_of(1).reason == "voucher_used_twice");
  CHECK(bureau.centre.balance(person_account(li_jianguo, settlement::AccountKind::prior)) == account);
  CHECK(bureau.centre.balance(risk_reserve_account) == reserve - (told.fund + told.account + told.family));
  CHECK(bureau.centre.in_balance());
  CHECK(bureau.used_again() == std::vector{digest_of(voucher)});
  // What comes later, or late, does not bring it back.
  bureau.centre.clock.advance(std::chrono::hours(1));
  auto earlier = first.sale(*first.person(li_jianguo), {Money::yuan(300)});
  earlier.claim.begntime.second = 0;
  first.append(earlier);
  first.sync();
  second.sync();
  CHECK(second.verdict_count_of(1) == 1);
}

TEST_CASE("a second use that a grant or hold had set money aside for stands, and is listed") {
  Bureau bureau;
  TestTill first(bureau.centre, clinic), second(bureau.centre, clinic);
  const auto voucher = bureau.read(bureau.issue(li_jianguo).front());
  auto held = on_voucher(second, *second.person(li_jianguo), voucher);
  REQUIRE(second.hold(held).status == 200);
  first.append(on_voucher(first, *first.person(li_jianguo), voucher));
  second.append(held);
  first.sync();
  second.sync();
  CHECK(second.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(bureau.used_again() == std::vector{digest_of(voucher)});
  CHECK(bureau.centre.in_balance());
}

TEST_CASE(
    "a sale on a voucher of nobody, of another person, taken back or out of its period is refused, and the site is "
    "paid") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic);
  const auto snapshot = *till.person(li_jianguo);
  auto voucher = bureau.read(bureau.issue(li_jianguo).front());
  std::string reason;
  SECTION("never issued") {
    voucher.nonce[0] = static_cast<std::uint8_t>(voucher.nonce[0] ^ 1U);
    reason = "voucher_unknown";
  }
  SECTION("of another person") {
    voucher = bureau.read(bureau.issue(wang_fang).front());
    reason = "voucher_unknown";
  }
  SECTION("taken back before") {
    REQUIRE(bureau.stop(StopKind::voucher, digest_of(voucher)));
    reason = "voucher_revoked";
  }
  SECTION("after its period") {
    bureau.centre.clock.advance(three_days);
    reason = "voucher_expired";
  }
  bool named = true;
  SECTION("without one") {
    named = false;
    reason = "voucher_unknown";
  }
  auto sale = on_voucher(till, snapshot, voucher);
  if (!named) sale.voucher.reset();
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::refused);
  CHECK(till.verdict_of(1).reason == reason);
  const auto told = record::payer_shares(sale.settlement);
  CHECK(bureau.centre.balance(site_account(clinic)) == told.fund + told.account + told.family);
  CHECK(bureau.centre.in_balance());
}

TEST_CASE(
    "what is stopped is refused at the centre, comes down to every terminal, and is free again when it is lifted") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic), other(bureau.centre, pharmacy);
  const auto till_knows = [&](StopKind kind, const std::string& number, bool lifted) {
    till.stops.clear();
    till.sync();
    REQUIRE(till.stops.size() == 1);
    CHECK(till.stops[0].kind == kind);
    CHECK(till.stops[0].key == key_at(till, kind, number));
    CHECK(till.stops[0].lifted == lifted);
  };
  SECTION("a card") {
    REQUIRE(ask(till, "03", card_no, card_sn).status == 200);
    REQUIRE(bureau.stop(StopKind::card, card_no));
    CHECK(code_of(ask(till, "03", card_no, card_sn)) == "card_stopped");
    CHECK(ask(till, "02", "999999199208150040").status == 200);  // the person may show something else
    till_knows(StopKind::card, card_sn, false);
    REQUIRE(bureau.stop(StopKind::card, card_no, true));
    CHECK(ask(till, "03", card_no, card_sn).status == 200);
    till_knows(StopKind::card, card_sn, true);
  }
  SECTION("a person") {
    const auto snapshot = *till.person(zhao_min);
    REQUIRE(bureau.stop(StopKind::person, zhao_min));
    CHECK(code_of(ask(till, "02", "999999199208150040")) == "person_stopped");
    auto sale = till.sale(snapshot, {Money::yuan(1'500)});
    CHECK(code_of(till.hold(sale)) == "person_stopped");
    till_knows(StopKind::person, zhao_min, false);
    REQUIRE(bureau.stop(StopKind::person, zhao_min, true));
    CHECK(ask(till, "02", "999999199208150040").status == 200);
    CHECK(till.hold(sale).status == 200);
    till_knows(StopKind::person, zhao_min, true);
  }
  SECTION("a voucher") {
    const Secret digits = bureau.issue(zhao_min).front();
    const std::string number = digest_of(bureau.read(digits));
    REQUIRE(bureau.stop(StopKind::voucher, number));
    CHECK(code_of(ask(till, "01", digits.reveal())) == "voucher_stopped");
    till_knows(StopKind::voucher, number, false);
    REQUIRE(bureau.stop(StopKind::voucher, number, true));
    CHECK(ask(till, "01", digits.reveal()).status == 200);
    till_knows(StopKind::voucher, number, true);
  }
  // A terminal that was not there meanwhile hears the last word only.
  other.sync();
  REQUIRE(other.stops.size() == 1);
  CHECK(other.stops[0].lifted);
}

TEST_CASE("a stop holds until its last moment, and is not told after it") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic), late(bureau.centre, clinic);
  REQUIRE(bureau.stop(StopKind::card, card_no, false, bureau.now().plus(three_days)));
  bureau.centre.clock.advance(three_days - std::chrono::milliseconds(1));
  CHECK(code_of(ask(till, "03", card_no, card_sn)) == "card_stopped");
  till.sync();
  CHECK(till.stops.size() == 1);
  bureau.centre.clock.advance(std::chrono::milliseconds(1));
  CHECK(ask(till, "03", card_no, card_sn).status == 200);
  late.sync();
  CHECK(late.stops.empty());
  bureau.centre.clock.advance(std::chrono::hours(48));
  bureau.service.idle(bureau.now());
  REQUIRE(bureau.service.ledger()
              .transaction([&] { CHECK_FALSE(bureau.service.ledger().find_stop(StopKind::card, card_sn)); })
              .has_value());
}

TEST_CASE("what the list does not know cannot be lifted, and a used voucher stays used") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic);
  const auto trouble_of = [](const Result<void>& result) { return result ? nullptr : result.error().text; };
  CHECK(trouble_of(bureau.stop(StopKind::card, "A99999999")) == &troubles::card_unknown);
  CHECK(trouble_of(bureau.stop(StopKind::person, "1")) == &troubles::person_unknown);
  CHECK(trouble_of(bureau.stop(StopKind::voucher, std::string(64, '0'))) == &troubles::voucher_unknown);
  CHECK(trouble_of(bureau.stop(StopKind::card, card_no, true)) == &troubles::not_stopped);
  const auto voucher = bureau.read(bureau.issue(li_jianguo).front());
  till.append(on_voucher(till, *till.person(li_jianguo), voucher));
  till.sync();
  CHECK(trouble_of(bureau.stop(StopKind::voucher, digest_of(voucher), true)) == &troubles::not_stopped);
}

TEST_CASE("a card that was reported lost before a sale on the reserve: refused, and its owner pays nothing") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic);
  auto sale = till.sale(*till.person(zhao_min), {Money::yuan(1'500)});
  sale.holder.card_sn = card_sn;
  REQUIRE(sale.backing == record::Backing::reserve);
  const Money account = bureau.centre.balance(person_account(zhao_min, settlement::AccountKind::prior));
  SECTION("after the report") {
    REQUIRE(bureau.stop(StopKind::card, card_no));
    bureau.centre.clock.advance(std::chrono::minutes(1));
    till.append(sale);
    till.sync();
    CHECK(till.verdict_of(1).kind == record::VerdictKind::refused);
    CHECK(till.verdict_of(1).reason == "card_stopped");
    CHECK(bureau.centre.balance(person_account(zhao_min, settlement::AccountKind::prior)) == account);
  }
  SECTION("before the report") {
    till.append(sale);
    bureau.centre.clock.advance(std::chrono::minutes(1));
    REQUIRE(bureau.stop(StopKind::card, card_no));
    till.sync();
    CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  }
  CHECK(bureau.centre.in_balance());
}

TEST_CASE("a list longer than one answer comes down in several, each line once") {
  Bureau bureau;
  TestTill till(bureau.centre, clinic);
  constexpr std::size_t lines = 900;
  REQUIRE(bureau.service.ledger()
              .transaction([&] {
                for (std::size_t i = 0; i < lines; ++i) {
                  bureau.service.ledger().put_stop(
                      {StopKind::card, std::to_string(i), StopReason::lost, bureau.now(), {}, false, {}, 0});
                }
              })
              .has_value());
  for (int i = 0; i < 4; ++i) till.sync();
  CHECK(till.stops.size() == lines);
  CHECK(till.stops.back().key == key_at(till, StopKind::card, std::to_string(lines - 1)));
}

}  // namespace gongji::centre
