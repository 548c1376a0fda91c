#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using record::VerdictKind;

namespace {

WallTime at(const char* text) {
  return wall_time_of(*parse_civil_time(text));
}

// What a sale made at that moment would find.
std::int64_t counter_at(Till& till, journal::Journal& journal, std::string_view name, WallTime moment) {
  return counter(till, journal, mother(), civil_time_at(moment).day, name);
}

std::uint64_t sell_at(Till& till, journal::Journal& journal, const std::string& msgid, std::int64_t fund,
                      WallTime moment) {
  return sell(till, journal, mother(), msgid, {fund, 0, 0, 0}, record::Backing::reserve, civil_time_at(moment).day);
}

struct Edge {
  const char* name;
  const char* last_second;
  const char* first_second;
};

// A year from January, a year from July, a day.
const Edge edges[] = {{"op.fund", "2026-12-31 23:59:59", "2027-01-01 00:00:00"},
                      {"fund", "2027-06-30 23:59:59", "2027-07-01 00:00:00"},
                      {"op.day_fund", "2026-11-20 23:59:59", "2026-11-21 00:00:00"},
                      {"op.day_fund", "2027-02-28 23:59:59", "2027-03-01 00:00:00"}};

std::vector<settlement::Counted> counted(std::int64_t fund) {
  return {{scheme, "op.fund", this_year, Money::fen(fund)}};
}

}  // namespace

TEST_CASE("a window counts to its last second, and the next one is clean at its first") {
  for (const Edge& edge : edges) {
    INFO(edge.name << " at " << edge.first_second);
    const WallTime before = at(edge.last_second), after = at(edge.first_second);
    REQUIRE(after.ms - before.ms == 1'000);
    Till till;
    auto journal = till.open();
    store(till, *journal, mother());
    const std::int64_t known = counter_at(till, *journal, edge.name, before);
    const auto sale = sell_at(till, *journal, "a", 3'000, before);
    CHECK(counter_at(till, *journal, edge.name, before) == known + 3'000);
    CHECK(counter_at(till, *journal, edge.name, after) == 0);

    sell_at(till, *journal, "b", 700, after);
    CHECK(counter_at(till, *journal, edge.name, after) == 700);
    CHECK(counter_at(till, *journal, edge.name, before) == known + 3'000);

    SECTION("a sale that is entered late goes to the window of its service") {
      sell_at(till, *journal, "late", 50, before);
      CHECK(counter_at(till, *journal, edge.name, before) == known + 3'050);
      CHECK(counter_at(till, *journal, edge.name, after) == 700);
    }
    SECTION("a cancellation gives back to the window that was counted") {
      cancel(till, *journal, sale, "c");
      CHECK(counter_at(till, *journal, edge.name, before) == known);
      CHECK(counter_at(till, *journal, edge.name, after) == 700);
    }
    SECTION("a refusal gives back to the window that was counted") {
      REQUIRE(journal->apply_feed(
          till.feed(1, {verdict(sale, VerdictKind::refused, {3'000, 0, 0, 0}, {0, 0, 0, 3'000})}), noon));
      CHECK(counter_at(till, *journal, edge.name, before) == known);
      CHECK(counter_at(till, *journal, edge.name, after) == 700);
    }
    CHECK(journal->verify());
  }
}

TEST_CASE("a snapshot of 31 December is right on 1 January: what the centre did not count yet stands at 0") {
  Till till;
  auto journal = till.open();
  const WallTime fetched = at("2026-12-31 23:59:59");
  sell_at(till, *(store(till, *journal, mother()), journal), "a", 3'000, at("2026-12-31 12:00:00"));
  auto snapshot = till.snapshot(mother(), 1, fetched);  // contains the sale
  snapshot.counters = {{scheme, "op.fund", this_year, Money::fen(5'000)},
                       {scheme, "fund", *Day::from_civil(2026, 7, 1), Money::fen(3'000)}};
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) { return till.store(turn, mother(), snapshot); }));
  CHECK(counter_at(till, *journal, "op.fund", fetched) == 5'000);
  CHECK(counter_at(till, *journal, "op.fund", at("2027-01-01 00:00:00")) == 0);
  CHECK(counter_at(till, *journal, "fund", at("2027-01-01 00:00:00")) == 3'000);  // goes on until July
  CHECK(counter_at(till, *journal, "fund", at("2027-07-01 00:00:00")) == 0);
  // The window before is given back what the snapshot had counted, and nothing else is.
  cancel(till, *journal, 1, "c");
  CHECK(counter_at(till, *journal, "op.fund", fetched) == 2'000);
  CHECK(counter_at(till, *journal, "op.fund", at("2027-01-01 00:00:00")) == 0);
  CHECK(counter_at(till, *journal, "fund", at("2027-01-01 00:00:00")) == 0);
}

TEST_CASE("the counters of another scheme do not count") {
  Till till;
  auto journal = till.open();
  auto snapshot = till.snapshot(mother());
  snapshot.counters.push_back({"other-resident", "op.fund", this_year, Money::fen(90'000)});
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) { return till.store(turn, mother(), snapshot); }));
  CHECK(counter(till, *journal, mother()) == 2'000);
}

TEST_CASE("what a verdict changes moves counters and accounts at once, and never twice") {
  constexpr Shares told{3'000, 2'000, 0, 500}, stands{1'000, 2'400, 0, 2'100};
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  const auto sale = sell(till, *journal, mother(), "a", told);
  auto accepted = verdict(sale, VerdictKind::accepted, told, told);
  auto adjusted = verdict(sale, VerdictKind::adjusted, told, stands);
  adjusted.counted = counted(1'000);
  Patient later = mother();
  const auto store_later = [&](std::uint64_t feed, std::int64_t fund, std::int64_t account) {
    later.accounts = {own_account(account)};
    auto snapshot = till.snapshot(later, sale, noon.plus(std::chrono::hours(1)), feed);
    snapshot.counters = {{scheme, "op.fund", this_year, Money::fen(fund)}};
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) { return till.store(turn, later, snapshot); }));
  };

  SECTION("the stored snapshot knows neither the sale nor the verdict") {
    CHECK(counter(till, *journal, mother()) == 5'000);
    REQUIRE(journal->apply_feed(till.feed(1, {adjusted}), noon));
    CHECK(counter(till, *journal, mother()) == 3'000);
    CHECK(balance(till, *journal, mother()) == 47'600);
  }
  SECTION("it knows the sale and its first verdict, not the second") {
    store_later(1, 5'000, 48'000);
    REQUIRE(journal->apply_feed(till.feed(1, {accepted}), noon));
    CHECK(counter(till, *journal, mother()) == 5'000);
    REQUIRE(journal->apply_feed(till.feed(2, {adjusted}), noon));
    CHECK(counter(till, *journal, mother()) == 3'000);
    CHECK(balance(till, *journal, mother()) == 47'600);
    SECTION("a third that goes back") {
      REQUIRE(journal->apply_feed(till.feed(3, {accepted}), noon));
      CHECK(counter(till, *journal, mother()) == 5'000);
      CHECK(balance(till, *journal, mother()) == 48'000);
    }
    SECTION("a cancellation gives back what stands") {
      cancel(till, *journal, sale, "c");
      CHECK(counter(till, *journal, mother()) == 2'000);
      CHECK(balance(till, *journal, mother()) == 50'000);
    }
  }
  SECTION("it knows the sale and both verdicts, which come later") {
    store_later(2, 3'000, 47'600);
    REQUIRE(journal->apply_feed(till.feed(1, {accepted, adjusted}), noon));
    CHECK(counter(till, *journal, mother()) == 3'000);
    CHECK(balance(till, *journal, mother()) == 47'600);
  }
  SECTION("cancelled here before the second verdict came: the centre reverses what then stands") {
    store_later(1, 5'000, 48'000);
    cancel(till, *journal, sale, "c");
    REQUIRE(journal->apply_feed(till.feed(1, {accepted, adjusted}), noon));
    CHECK(counter(till, *journal, mother()) == 2'000);
    CHECK(balance(till, *journal, mother()) == 50'000);
    store_later(2, 3'000, 47'600);  // the centre has the verdict, not the cancellation
    CHECK(counter(till, *journal, mother()) == 2'000);
    CHECK(balance(till, *journal, mother()) == 50'000);
  }
  SECTION("a verdict that keeps the shares may still move the counters") {
    accepted.counted = counted(2'500);
    REQUIRE(journal->apply_feed(till.feed(1, {accepted}), noon));
    CHECK(counter(till, *journal, mother()) == 4'500);
    CHECK(balance(till, *journal, mother()) == 48'000);
  }
  const auto counted_now = counter(till, *journal, mother());
  CHECK(journal->verify());
  journal.reset();
  journal = till.open();
  CHECK(counter(till, *journal, mother()) == counted_now);
}
