#include "tests/state_machine/family.h"

#include <catch2/catch.hpp>

#include "offline/seal/sm3.h"
#include "tests/support/print_trouble.h"

namespace gongji::tests {

FamilyShop::FamilyShop(const centre::GrantPlan& grants) : centre(1, {}, grants, reserve) {
  spdlog::set_level(spdlog::level::off);
}

terminal::SaleDraft FamilyShop::draft(const std::string& psn_no, std::int64_t yuan) {
  centre.clock.advance(std::chrono::seconds(5));
  shop.machine().advance(std::chrono::seconds(5));
  const std::string msgid = "msg-" + std::to_string(++sales);
  const char* certno = psn_no == centre::chen_wei ? "999999198503120034" : "999999198005010027";
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
  return draft;
}

record::Sale FamilyShop::sold(const std::string& psn_no, std::int64_t yuan) {
  return sale_in(shop.sell(draft(psn_no, yuan)));
}

record::Sale sale_in(const Result<terminal::SaleOutcome>& outcome) {
  INFO((outcome ? std::string() : to_string(outcome.error(), Language::en)));
  REQUIRE(outcome);
  const auto& entry = std::get<terminal::Sold>(*outcome).entry;
  REQUIRE(std::holds_alternative<record::Sale>(entry.body));
  return std::get<record::Sale>(entry.body);
}

void FamilyShop::in_turn(journal::Journal::Work work) {
  shop.with_journal([&](journal::Journal& journal) {
    std::vector<journal::Journal::Work> works;
    works.push_back(std::move(work));
    REQUIRE(journal.commit(std::move(works)).front());
  });
}

journal::SaleState FamilyShop::state_of(const Id& sale) {
  std::optional<journal::SaleState> state;
  in_turn([&](journal::Turn& turn) -> Result<void> {
    const auto entry = turn.find_sale(sale);
    if (!entry) return entry.error();
    state = (*entry)->state;
    return {};
  });
  return state.value();
}

}  // namespace gongji::tests
