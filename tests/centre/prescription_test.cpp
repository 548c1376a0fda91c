// The register of prescriptions: what it lets a hold and a sale take, and what becomes of that.
#include "sync/centre/prescription.h"

#include <catch2/catch.hpp>

#include "sync/centre/troubles.h"
#include "tests/centre/fixture.h"
#include "tests/support/print_trouble.h"

namespace gongji::centre {
namespace {

// The code of the fixture's goods, and a category that they are of.
const std::string goods = "XC08CAB037A001020180517", category = "XC08";

Prescription prescription(const std::string& number, std::int64_t packs, const std::string& code = goods) {
  Prescription out;
  out.number = number;
  out.psn_no = chen_wei;
  out.from = *Day::from_civil(2020, 1, 1);
  out.until = *Day::from_civil(2099, 12, 31);
  out.items = {{code, {packs * 10'000}}};
  return out;
}

struct Register {
  TestCentre centre;
  TestTill till{centre, clinic};

  explicit Register(bool registered = true) {
    auto plan = centre.service->plan();
    plan.registered_prescriptions = registered;
    REQUIRE(centre.service->publish_terms(to_json_text(plan), centre.clock.wall()).has_value());
    till.sync();
  }
  void add(const Prescription& one) { REQUIRE(centre.service->add_prescriptions({one}, centre.clock.wall())); }
  std::int64_t left() {
    const auto rows = centre.service->prescriptions_of(chen_wei);
    REQUIRE(rows.has_value());
    REQUIRE(rows->size() == 1);
    return rows->front().left.front().ten_thousandths;
  }
  record::Sale sale(const std::string& number, Money amount = Money::yuan(10)) {
    auto out = till.sale(*till.person(chen_wei), {amount});
    REQUIRE(out.claim.lines.at(0).med_list_codg == goods);
    out.prescription = record::Prescription{number, record::PrescriptionCheck::unverified};
    return out;
  }
  http::Response hold(const record::Sale& of) {
    auto request = till.hold_request(of);
    request.prescription = protocol::PrescriptionUse{Secret(of.prescription->number), goods_of(of.claim)};
    return till.post("/v1/hold", protocol::encode(request));
  }
};

}  // namespace

TEST_CASE("goods take the most exact item first, then their category, and never more than is left") {
  Prescription both = prescription("1", 2);
  both.items.push_back({category, {30'000}});
  const auto left = [](std::int64_t a, std::int64_t b) { return std::vector<settlement::Quantity>{{a}, {b}}; };
  const std::vector<protocol::Goods> four = {{goods, {40'000}}};
  CHECK(allot(both, left(20'000, 30'000), four).taken == left(20'000, 20'000));
  CHECK(allot(both, left(20'000, 30'000), four).reason.empty());
  CHECK(allot(both, left(0, 30'000), four).reason == "prescription_used_up");
  CHECK(allot(both, left(20'000, 30'000), {{"XA01", {10'000}}}).reason == "prescription_other_goods");
}

TEST_CASE("a prescription is of one person, one kind of site and a period") {
  Prescription one = prescription("1", 1);
  one.site_type = 2;
  CHECK(fault_of(one, chen_wei, 2, one.from).empty());
  CHECK(fault_of(one, chen_wei, 2, one.until).empty());
  CHECK(fault_of(one, chen_wei, 2, one.until.plus_days(1)) == "prescription_expired");
  CHECK(fault_of(one, chen_wei, 2, one.from.plus_days(-1)) == "prescription_expired");
  CHECK(fault_of(one, chen_wei, 1, one.from) == "prescription_not_here");
  CHECK(fault_of(one, wang_fang, 2, one.from) == "prescription_unknown");
  CHECK(fault_of(std::nullopt, chen_wei, 2, one.from) == "prescription_unknown");
  one.withdrawn = true;
  CHECK(fault_of(one, chen_wei, 2, one.from) == "prescription_unknown");
}

TEST_CASE("a hold sets aside of the prescription, the sale books it, and its cancellation gives it back") {
  Register r;
  r.add(prescription("RX-1", 2));
  auto sale = r.sale("RX-1");
  const auto answer = r.hold(sale);
  REQUIRE(answer.status == 200);
  const auto held = protocol::decode_hold_answer(answer.body);
  REQUIRE(held.has_value());
  CHECK(held->prescription_verified);
  CHECK(r.left() == 10'000);
  CHECK(protocol::decode_hold_answer(r.hold(sale).body)->prescription_verified);  // asked again
  CHECK(r.left() == 10'000);

  sale.backing = record::Backing::hold;
  sale.backing_id = held->hold_id;
  sale.prescription->check = record::PrescriptionCheck::verified;
  const auto entry = r.till.append(sale);
  r.till.sync();
  CHECK(r.till.last_verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(r.left() == 10'000);
  r.till.append(r.till.cancel_of(entry, sale));
  r.till.sync();
  CHECK(r.left() == 20'000);
  CHECK(r.centre.in_balance());
}

TEST_CASE("a hold that nobody used leaves the prescription as it was") {
  Register r;
  r.add(prescription("RX-1", 1));
  const auto sale = r.sale("RX-1");
  const auto held = protocol::decode_hold_answer(r.hold(sale).body);
  REQUIRE(held.has_value());
  CHECK(r.left() == 0);
  auto request = r.till.sync_request();
  request.released_holds = {held->hold_id};
  REQUIRE(r.till.send(request).status == 200);
  CHECK(r.left() == 10'000);
}

TEST_CASE("with the line up an unknown, withdrawn, expired or used-up prescription is refused, and nothing is held") {
  Register r;
  CHECK(code_of(r.hold(r.sale("RX-0"))) == "prescription_unknown");
  auto gone = prescription("RX-1", 1);
  gone.until = *Day::from_civil(2020, 2, 1);
  r.add(gone);
  CHECK(code_of(r.hold(r.sale("RX-1"))) == "prescription_expired");
  auto elsewhere = prescription("RX-2", 1);
  elsewhere.site_type = 2;
  r.add(elsewhere);
  CHECK(code_of(r.hold(r.sale("RX-2"))) == "prescription_not_here");
  r.add(prescription("RX-3", 1, "XA"));
  CHECK(code_of(r.hold(r.sale("RX-3"))) == "prescription_other_goods");
  r.add(prescription("RX-4", 1));
  REQUIRE(r.hold(r.sale("RX-4")).status == 200);
  CHECK(code_of(r.hold(r.sale("RX-4"))) == "prescription_used_up");
  REQUIRE(r.centre.service->withdraw_prescription("RX-4"));
  CHECK(code_of(r.hold(r.sale("RX-4"))) == "prescription_unknown");
  std::size_t live = 0;
  REQUIRE(r.centre.service->ledger().transaction(
      [&] { live = r.centre.service->ledger().live_holds(r.till.enrolled.terminal).size(); }));
  CHECK(live == 1);
}

TEST_CASE("what was sold without the line is judged when it comes: the reserve bears what was not prescribed") {
  Register r;
  r.add(prescription("RX-1", 1));
  for (const char* number : {"RX-1", "RX-1", "RX-0"}) {
    auto sale = r.sale(number);
    sale.backing = record::Backing::reserve;
    r.till.append(sale);
  }
  const Money before = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  r.till.sync();
  CHECK(r.till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(r.till.verdict_of(2).reason == "prescription_used_up");
  CHECK(r.till.verdict_of(3).reason == "prescription_unknown");
  CHECK(r.till.verdict_of(3).kind == record::VerdictKind::refused);
  CHECK(r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior)) >= before - Money::yuan(10));
  CHECK(r.centre.in_balance());
}

TEST_CASE("a region without a register asks nothing, and says that it verified nothing") {
  Register r(false);
  auto sale = r.sale("RX-0");
  const auto held = protocol::decode_hold_answer(r.hold(sale).body);
  REQUIRE(held.has_value());
  CHECK_FALSE(held->prescription_verified);
  sale.backing = record::Backing::reserve;
  r.till.append(sale);
  r.till.sync();
  CHECK(r.till.verdict_of(1).kind == record::VerdictKind::accepted);
}

TEST_CASE("a file of prescriptions is taken whole or not at all, and says what is wrong with it") {
  Register r;
  const std::string good = R"({"prescriptions":[{"number":"A","psn_no":"42010000000000000004","site_kind":"pharmacy",
    "from":"2026-01-01","until":"2026-12-31","items":[{"code":"XC08","quantity":"1.5"}]}]})";
  const auto read = read_prescriptions(good);
  REQUIRE(read.has_value());
  CHECK(read->front().items.front().quantity.ten_thousandths == 15'000);
  CHECK(read->front().site_type == 2);
  REQUIRE(r.centre.service->add_prescriptions(*read, r.centre.clock.wall()));
  const auto again = r.centre.service->add_prescriptions({prescription("B", 1), read->front()}, r.centre.clock.wall());
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().text == &troubles::prescription_known);
  CHECK(r.centre.service->prescriptions_of(chen_wei)->size() == 1);
  for (const auto& [from, to] : {std::pair("\"1.5\"", "\"0\""), std::pair("\"1.5\"", "\"1.00001\""),
                                 std::pair("2026-12-31", "2025-12-31"), std::pair("pharmacy", "shop")}) {
    std::string bad = good;
    bad.replace(bad.find(from), std::string(from).size(), to);
    CHECK_FALSE(read_prescriptions(bad).has_value());
  }
}

}  // namespace gongji::centre
