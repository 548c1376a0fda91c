#include "offline/audit/paper_check.h"

#include "offline/audit/recompute.h"
#include "offline/audit/troubles.h"
#include "offline/settlement/bounds.h"
#include "tests/audit/shop.h"

namespace gongji::tests {

namespace {

std::string code_of(Shop& shop, std::uint64_t seq) {
  const auto raw = ask(shop.journal(), [&](journal::Turn& turn) { return turn.find_raw(seq); });
  REQUIRE(raw);
  return audit::to_qr_digits(audit::make_receipt(shop.till.keys(), shop.till.identity(), *raw));
}

}  // namespace

TEST_CASE("a bureau checks a paper with the centre's key alone, and every digit counts") {
  Shop shop;
  const auto seq = shop.paper(3'000);
  const std::string digits = code_of(shop, seq);
  const Bytes centre = shop.centre().public_key();
  const auto checked = audit::check_paper(digits, shop.registration(), centre);
  REQUIRE(checked);
  CHECK(checked->head.seq == seq);
  CHECK(checked->paper.reasons == std::vector<std::string>{"snapshot_absent"});
  CHECK(checked->paper.holder == record::Holder{});  // nobody's data in the code
  CHECK(audit::check_paper(digits, shop.till.keys().public_key()));

  for (std::size_t i = 0; i < digits.size(); i += 7) {
    std::string changed = digits;
    changed[i] = changed[i] == '9' ? '0' : static_cast<char>(changed[i] + 1);
    CHECK_FALSE(audit::check_paper(changed, shop.registration(), centre));
  }
}

TEST_CASE("a receipt is not a paper, and another centre's word or another till's key is none") {
  Shop shop;
  const auto paper = shop.paper(3'000);
  const auto sale = shop.sell(mother(), {12'345});
  const Bytes centre = shop.centre().public_key();
  const auto trouble_of = [&](const Result<audit::CheckedPaper>& checked) {
    REQUIRE_FALSE(checked);
    return checked.error().text;
  };
  const std::string digits = code_of(shop, paper);
  CHECK(trouble_of(audit::check_paper(code_of(shop, sale), shop.registration(), centre)) ==
        &audit::troubles::not_a_paper);
  CHECK(trouble_of(audit::check_paper("12345", shop.registration(), centre)) == &audit::troubles::not_a_receipt);
  CHECK(trouble_of(audit::check_paper(digits, shop.centre().public_key())) == &audit::troubles::receipt_not_ours);
  CHECK(trouble_of(audit::check_paper(digits, shop.registration(), shop.till.keys().public_key())) ==
        &audit::troubles::not_registered);
  // The centre vouches for the key, but of another terminal.
  const record::Registration other{"T-0002", 1, site_code, shop.till.keys().public_key(), noon};
  const auto word = record::sign(shop.centre(), record::registration_tag, record::encode(other));
  CHECK(trouble_of(audit::check_paper(digits, word, centre)) == &audit::troubles::not_registered);
}

TEST_CASE("a sale at the least share is computed again from the counters as last known") {
  Shop shop;
  const auto library = built_in_law();
  std::optional<record::Sale> made;
  REQUIRE(turn_on(shop.journal(), [&](journal::Turn& turn) -> Result<void> {
    made = shop.sale(turn, mother(), "low-1", {150'000});
    return {};
  }));
  record::Sale sale = *made;
  const auto law = library.find(sale);
  REQUIRE(law);
  const settlement::Policy& policy = *law->policy;
  const auto settle_again = [&](record::Sale& what) {
    what.settlement =
        std::get<settlement::Settlement>(settlement::settle(what.claim, policy, settlement::TraceWish::none));
    what.counted = settlement::counted_between(policy, what.claim.ytd, what.settlement.ytd, what.claim.begntime.day);
  };
  const auto bounds = std::get<settlement::ShareBounds>(settlement::share_bounds(sale.claim, policy));
  REQUIRE(bounds.lowest < bounds.last_known);
  sale.lowest = record::LowestShare{sale.claim.ytd, bounds.last_known};
  sale.claim.ytd = bounds.at_lowest;
  settle_again(sale);
  const record::Head head{"T-0001", 1, 17, noon};
  REQUIRE(audit::recompute({head, sale}, library));

  const auto detail_of = [&](const record::Sale& changed) {
    const auto done = audit::recompute({head, changed}, library);
    REQUIRE_FALSE(done);
    CHECK(done.error().text == &audit::troubles::settlement_differs);
    return done.error().detail;
  };
  record::Sale more = sale;
  more.lowest->last_known += Money::fen(1);
  CHECK(detail_of(more).find("lowest.last_known") == 0);
  record::Sale other = sale;
  other.lowest->known[0].value += Money::yuan(100);
  CHECK(detail_of(other).find("lowest") == 0);
  // The fund promises more than the least, with counters that are not those of the least share.
  record::Sale high = sale;
  high.claim.ytd = sale.lowest->known;
  settle_again(high);
  CHECK(detail_of(high) == "lowest: other counters than those of the least share");
}

}  // namespace gongji::tests
