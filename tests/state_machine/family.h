// family.h — chen_wei with his account, and wang_fang, his wife, who may use it, at one till.
#pragma once

#include <spdlog/spdlog.h>

#include "tests/state_machine/shop.h"

namespace gongji::tests {

// He has 1,000.00; she has 30.00 and may use his.  Goods at the pharmacy, of which the fund pays nothing.
struct FamilyShop {
  explicit FamilyShop(const centre::GrantPlan& grants = {});

  terminal::SaleDraft draft(const std::string& psn_no, std::int64_t yuan);  // some seconds later
  record::Sale sold(const std::string& psn_no, std::int64_t yuan);
  record::Sale husband(std::int64_t yuan) { return sold(centre::chen_wei, yuan); }
  record::Sale wife(std::int64_t yuan) { return sold(centre::wang_fang, yuan); }
  // In a turn of the till's journal.
  void in_turn(journal::Journal::Work work);
  journal::SaleState state_of(const Id& sale);
  Money balance() { return centre.balance(centre::person_account(centre::chen_wei, settlement::AccountKind::prior)); }

  std::vector<record::ReserveSlice> reserve{
      {record::Presence::id_number, Money::yuan(2'000), Money::yuan(4'000), Money::yuan(20'000), 100, 72}};
  centre::TestCentre centre;
  Shop shop{centre, centre::pharmacy, "family"};
  int sales = 0;
};

// The sale of an outcome.
record::Sale sale_in(const Result<terminal::SaleOutcome>& outcome);

}  // namespace gongji::tests
