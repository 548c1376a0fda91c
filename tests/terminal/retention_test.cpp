#include "terminal/retention/retention.h"

#include <catch2/catch.hpp>

#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

const WallTime five_months_on{noon.ms + 150LL * 86'400'000};  // 19 April 2027

std::string terms_with(std::optional<std::uint32_t> months) {
  record::Terms terms;
  terms.terminal = "T-0001";
  terms.retention_months = months;
  return record::encode(terms);
}

}  // namespace

TEST_CASE("so many whole months are kept, over the turn of a year, too") {
  CHECK(terminal::first_month_kept(noon, 1) == "2026-10");
  CHECK(terminal::first_month_kept(noon, 2) == "2026-09");
  CHECK(terminal::first_month_kept(noon, 11) == "2025-12");
  CHECK(terminal::first_month_kept(noon, 24) == "2024-11");
  CHECK(terminal::first_month_kept(WallTime{noon.ms + 11LL * 86'400'000}, 1) == "2026-11");  // 1 December
  CHECK(terminal::first_month_kept(noon, record::retention_months_max) < "2000");
}

TEST_CASE("the authority's terms say how long personal data is kept, and newer terms count") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  sell(till, *journal, mother(), "m1", {10, 0, 0, 5});
  REQUIRE(journal->acknowledge(1, noon));
  const Shares told{10, 0, 0, 5};
  REQUIRE(journal->apply_feed(till.feed(1, {verdict(1, record::VerdictKind::accepted, told, told)}), noon));

  terminal::TerminalIdentity identity;
  identity.terms_bytes = terms_with(std::nullopt);
  CHECK(terminal::forget_past_retention(*journal, identity, five_months_on)->empty());
  identity.terms_bytes = terms_with(5);
  CHECK(terminal::forget_past_retention(*journal, identity, five_months_on)->empty());  // kept: November to March
  identity.terms_bytes = terms_with(1);
  REQUIRE(journal->apply_feed(
      till.feed(2, {record::TermsNotice{record::sign(till.keys(), record::terms_tag, terms_with(600))}}), noon));
  CHECK(terminal::forget_past_retention(*journal, identity, five_months_on)->empty());
  REQUIRE(journal->apply_feed(
      till.feed(3, {record::TermsNotice{record::sign(till.keys(), record::terms_tag, terms_with(4))}}), noon));
  CHECK(*terminal::forget_past_retention(*journal, identity, five_months_on) == std::vector<std::string>{"2026-11"});
  CHECK_FALSE(ask(*journal, [&](journal::Turn& turn) { return turn.find_person(till.person_key(mother())); }));
}
