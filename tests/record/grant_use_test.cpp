// What a sale takes of a grant: only what the grant names, and never more than is left.
#include "offline/record/grant_use.h"

#include <catch2/catch.hpp>

#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

std::string hash_of(const std::string& psn_no) {
  return std::string(64, psn_no == "mother" ? 'c' : 'd');
}

Grant small_grant() {
  Grant grant = fixtures::grant();
  grant.accounts[1].owner = hash_of("mother");
  return grant;
}

struct Sold {
  std::vector<settlement::AccountPayment> accounts;
  std::vector<settlement::Counted> rises;
  Money fund;
  Promised promised() const { return {fund, accounts, rises}; }
};

const Day january = *Day::from_civil(2026, 1, 1);
constexpr auto prior = settlement::AccountKind::prior;

}  // namespace

TEST_CASE("a sale takes of each account and counter what it takes of them") {
  const Grant grant = small_grant();
  const Sold sold{{{"self", prior, Money::fen(700)}, {"mother", prior, Money::fen(30)}},
                  {{"invented-employee", "op.deductible", january, Money::fen(999)},
                   {"invented-employee", "op.fund", january, Money::fen(1'234)}},
                  Money::fen(1'234)};
  const auto use = use_of(grant, sold.promised(), hash_of);
  REQUIRE(use);
  CHECK(use->accounts == std::vector<Money>{Money::fen(700), Money::fen(30)});
  CHECK(use->fund == std::vector<Money>{Money::fen(1'234)});
  CHECK(covers(grant, *use));
}

TEST_CASE("nothing is taken of an account or a benefit that the grant does not name") {
  const Grant grant = small_grant();
  CHECK_FALSE(use_of(grant, Sold{{{"father", prior, Money::fen(1)}}, {}, {}}.promised(), hash_of));
  CHECK_FALSE(
      use_of(grant, Sold{{{"self", settlement::AccountKind::current, Money::fen(1)}}, {}, {}}.promised(), hash_of));
  const auto rise = [&](const char* scheme, const char* counter, Day since) {
    return Sold{{}, {{scheme, counter, since, Money::fen(1)}}, Money::fen(1)};
  };
  CHECK(use_of(grant, rise("invented-employee", "op.fund", january).promised(), hash_of));
  CHECK_FALSE(use_of(grant, rise("invented-employee", "op.other", january).promised(), hash_of));
  CHECK_FALSE(use_of(grant, rise("invented-resident", "op.fund", january).promised(), hash_of));
  CHECK_FALSE(use_of(grant, rise("invented-employee", "op.fund", *Day::from_civil(2027, 1, 1)).promised(), hash_of));
}

TEST_CASE("each limit covers up to its last fen and not one more") {
  const Grant grant = small_grant();
  const GrantUse all{{Money::yuan(60), Money::yuan(25)}, {Money::yuan(300)}};
  CHECK(covers(grant, all));
  GrantUse more = all;
  more.accounts[0] += Money::fen(1);
  CHECK_FALSE(covers(grant, more));
  more = all;
  more.accounts[1] += Money::fen(1);
  CHECK_FALSE(covers(grant, more));
  more = all;
  more.fund[0] += Money::fen(1);
  CHECK_FALSE(covers(grant, more));
}
