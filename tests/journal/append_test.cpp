#include <fstream>
#include <iterator>

#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using journal::SaleState;

TEST_CASE("an appended sale is found by request, by id and by seq, as it was written") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  record::Sale sale;
  record::Entry written;
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
    sale = till.sale(turn, mother(), "m-1", {3'000, 2'000, 0, 500});
    auto entry = turn.append(sale, noon);
    if (!entry) return entry.error();
    written = *entry;
    // The same turn sees it already: a second request in the same transaction is recognised.
    CHECK(turn.find_request(site_code, "m-1").value().has_value());
    return {};
  }));
  const auto check = [&](journal::Journal& in) {
    const auto by_request = ask(in, [](journal::Turn& turn) { return turn.find_request(site_code, "m-1"); });
    REQUIRE(by_request);
    CHECK(std::get<record::Sale>(by_request->body) == sale);
    CHECK(by_request->head == record::Head{"T-0001", 1, 1, noon});
    CHECK(by_request->hash == written.hash);
    CHECK(by_request->state == SaleState::provisional);
    CHECK_FALSE(by_request->verdict);
    CHECK(ask(in, [&](journal::Turn& turn) { return turn.find_sale(sale.sale_id); })->hash == written.hash);
    CHECK(entry_at(in, 1).hash == written.hash);
    CHECK_FALSE(ask(in, [](journal::Turn& turn) { return turn.find_request(site_code, "m-2"); }));
    CHECK_FALSE(ask(in, [](journal::Turn& turn) { return turn.find_request("P99999900002", "m-1"); }));
    CHECK_FALSE(ask(in, [](journal::Turn& turn) { return turn.find_seq(2); }));
    CHECK_FALSE(ask(in, [&](journal::Turn& turn) { return turn.find_cancel_of(sale.sale_id); }));
  };
  check(*journal);
  const auto at_once = journal::as_stored(written, sale);
  const auto read_back = entry_at(*journal, 1);
  CHECK(at_once.head == read_back.head);
  CHECK(at_once.body == read_back.body);
  CHECK(at_once.state == read_back.state);
  CHECK(at_once.hash == read_back.hash);
  journal.reset();
  journal = till.open();
  check(*journal);
}

TEST_CASE("the first state says what stands behind a sale") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  CHECK(entry_at(*journal, sell(till, *journal, mother(), "a", {100, 0, 0, 0}, record::Backing::hold)).state ==
        SaleState::guaranteed);
  CHECK(entry_at(*journal, sell(till, *journal, mother(), "c", {100, 0, 0, 0}, record::Backing::reserve)).state ==
        SaleState::provisional);
  CHECK(entry_at(*journal, sell(till, *journal, mother(), "d", {0, 0, 0, 100}, record::Backing::nothing)).state ==
        SaleState::cash);
}

TEST_CASE("a work that fails undoes itself and nobody else") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  std::vector<journal::Journal::Work> works;
  const auto append = [&](const std::string& msgid, bool fails) {
    works.push_back([&till, msgid, fails](journal::Turn& turn) -> Result<void> {
      auto entry = turn.append(till.sale(turn, mother(), msgid, {0, 1'000, 0, 0}), noon);
      if (!entry) return entry.error();
      if (fails) return trouble(journal::troubles::writer_busy);
      return {};
    });
  };
  append("a", false);
  append("b", true);
  append("c", false);
  const auto results = journal->commit(std::move(works));
  CHECK(results[0]);
  REQUIRE_FALSE(results[1]);
  CHECK(results[1].error().text == &journal::troubles::writer_busy);
  CHECK(results[2]);
  CHECK(std::get<record::Sale>(entry_at(*journal, 2).body).key.msgid == "c");
  CHECK(balance(till, *journal, mother()) == 48'000);
  CHECK(journal->verify().value() == 2);
}

TEST_CASE("a cancellation gives back exactly what the sale took, and is found from the sale") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  store(till, *journal, son());
  const auto sale = sell(till, *journal, son(), "s", {3'000, 2'000, 1'500, 500});
  CHECK(balance(till, *journal, son(), 0) == 8'000);
  CHECK(balance(till, *journal, son(), 1) == 48'500);
  CHECK(counter(till, *journal, son()) == 5'000);
  const auto seq = cancel(till, *journal, sale, "c");
  CHECK(balance(till, *journal, son(), 0) == 10'000);
  CHECK(balance(till, *journal, son(), 1) == 50'000);
  CHECK(balance(till, *journal, mother(), 0) == 50'000);
  CHECK(counter(till, *journal, son()) == 2'000);
  CHECK(entry_at(*journal, sale).state == SaleState::cancelled);
  CHECK(entry_at(*journal, seq).state == SaleState::cancelled);
  const Id sale_id = std::get<record::Sale>(entry_at(*journal, sale).body).sale_id;
  CHECK(ask(*journal, [&](journal::Turn& turn) { return turn.find_cancel_of(sale_id); })->head.seq == seq);
}

TEST_CASE("sums of the day leave out what was cancelled; papers are counted, their cash is not") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  sell(till, *journal, son(), "a", {3'000, 2'000, 1'000, 500});
  const auto second = sell(till, *journal, son(), "b", {100, 200, 0, 0});
  cancel(till, *journal, second, "c");
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
    auto entry = turn.append(till.paper("p", 700), noon);
    if (!entry) return entry.error();
    return {};
  }));
  const auto day = ask(*journal, [](journal::Turn& turn) { return turn.day_totals(today); });
  CHECK(day.sales == 1);
  CHECK(day.cancels == 1);
  CHECK(day.papers == 1);
  CHECK(day.medfee == Money::fen(6'500));
  CHECK(day.fund == Money::fen(3'000));
  CHECK(day.account == Money::fen(2'000));
  CHECK(day.family == Money::fen(1'000));
  CHECK(day.cash == Money::fen(500));
  const auto other = ask(*journal, [](journal::Turn& turn) { return turn.day_totals(today.plus_days(1)); });
  CHECK(other.sales + other.cancels + other.papers == 0);
  CHECK(entry_at(*journal, 4).state == SaleState::cash);

  const auto queue = summary(*journal);
  CHECK(queue.last_seq == 4);
  CHECK(queue.unsent_count == 4);
  CHECK(queue.unjudged_count == 1);
  CHECK(queue.unsent_fund == Money::fen(3'000));
  CHECK(queue.unsent_account == Money::fen(3'000));
  CHECK(queue.unsent_cash == Money::fen(500));
  CHECK(queue.provisional == Money::fen(6'000));
  CHECK(queue.oldest_unsent == noon);
  CHECK_FALSE(queue.last_contact);
}

TEST_CASE("exposure sums what is promised on the reserve, by presence, person and day") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  store(till, *journal, son());
  const auto exposure = [&](const Patient& patient, Day day, record::Presence presence) {
    return ask(*journal, [&](journal::Turn& turn) {
      return turn.exposure(presence, till.person_key(patient), day, std::nullopt);
    });
  };
  sell(till, *journal, mother(), "a", {3'000, 2'000, 0, 500});
  const auto second = sell(till, *journal, son(), "b", {100, 200, 300, 0});
  sell(till, *journal, son(), "c", {100, 0, 0, 0}, record::Backing::hold);  // nobody's risk
  const auto here = record::Presence::card_read_here;
  CHECK(exposure(mother(), today, here).total == Money::fen(5'600));
  CHECK(exposure(mother(), today, here).count == 2);
  CHECK(exposure(mother(), today, here).person_today == Money::fen(5'000));
  CHECK(exposure(son(), today, here).person_today == Money::fen(600));
  CHECK(exposure(mother(), today.plus_days(1), here).person_today == Money());
  CHECK(exposure(mother(), today, record::Presence::declared).count == 0);
  cancel(till, *journal, second, "x");
  CHECK(exposure(mother(), today, here).total == Money::fen(5'000));
  REQUIRE(journal->apply_feed(
      till.feed(1, {verdict(1, record::VerdictKind::accepted, {3'000, 2'000, 0, 500}, {3'000, 2'000, 0, 500})}), noon));
  CHECK(exposure(mother(), today, here).count == 0);
}

TEST_CASE(
    "what one person was promised since a moment adds up whatever they showed, without what was cancelled or judged") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  store(till, *journal, son());
  const auto sell_at = [&](const Patient& patient, const std::string& msgid, std::int64_t fund, WallTime at,
                           record::Presence presence) {
    std::uint64_t seq = 0;
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      auto sale = till.sale(turn, patient, msgid, {fund, 0, 0, 100});
      sale.presence = presence;
      auto entry = turn.append(sale, at);
      if (!entry) return entry.error();
      seq = entry->head.seq;
      return {};
    }));
    return seq;
  };
  using record::Presence;
  const auto first = sell_at(mother(), "m-1", 1'000, noon, Presence::card_read_here);
  sell_at(mother(), "m-2", 200, noon.plus(std::chrono::minutes(10)), Presence::declared);
  sell_at(son(), "m-3", 40, noon.plus(std::chrono::minutes(10)), Presence::card_read_here);
  const auto since = [&](std::chrono::milliseconds after) {
    return ask(*journal, [&](journal::Turn& turn) {
      return turn.exposure(Presence::card_read_here, till.person_key(mother()), today, noon.plus(after));
    });
  };
  using namespace std::chrono_literals;
  CHECK(since(-1ms).person_window == Money::fen(1'200));
  CHECK(since(0ms).person_window == Money::fen(200));  // the moment itself is outside
  CHECK(since(10min - 1ms).person_window == Money::fen(200));
  CHECK(since(10min).person_window == Money());
  CHECK(since(-1ms).person_today == Money::fen(1'000));  // of this presence, as before
  // A clock that was set back since: what is later than now is not earlier than the window.
  CHECK(since(-24h * 365).person_window == Money::fen(1'200));

  cancel(till, *journal, first, "m-4");
  CHECK(since(-1ms).person_window == Money::fen(200));
  const Shares told{200, 0, 0, 100};
  REQUIRE(journal->apply_feed(till.feed(1, {verdict(2, record::VerdictKind::accepted, told, told)}), noon));
  CHECK(since(-1ms).person_window == Money());
}

TEST_CASE("a stretch that is read in several tasks is the one that is read at once") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  for (int i = 0; i < 7; ++i) sell(till, *journal, mother(), "m-" + std::to_string(i), {0, 10, 0, 0});
  const auto whole = journal->unsent(6, 1'000'000);
  REQUIRE(whole);
  for (const std::size_t step : {1U, 2U, 4U, 6U}) {
    auto parts = journal->unsent(step, 1'000'000);
    REQUIRE(parts);
    for (std::size_t wanted = step; wanted < 6;) {
      wanted = std::min<std::size_t>(wanted + step, 6);
      sell(till, *journal, mother(), "between-" + std::to_string(step) + "-" + std::to_string(wanted), {0, 1, 0, 0});
      REQUIRE(journal->lengthen(*parts, wanted, 1'000'000));
      CHECK(parts->entries.size() == wanted);
    }
    CHECK(parts->entries == whole->entries);
    CHECK(parts->head_hash == whole->head_hash);
    CHECK(record::verify_head(till.keys().public_key(), "T-0001", 1, 6, parts->head_hash, parts->head_signature));
  }
  auto full = *whole;
  REQUIRE(journal->lengthen(full, 100, 1));  // beyond its bytes: as it was
  CHECK(full.entries == whole->entries);
  CHECK(full.head_seq == 6);
}

TEST_CASE("what was not acknowledged goes up in stretches, each with a signed head") {
  Till till;
  auto journal = till.open();
  {
    const auto empty = journal->unsent(10, 1'000'000);
    REQUIRE(empty);
    CHECK(empty->from == 1);
    CHECK(empty->head_seq == 0);
    CHECK(empty->head_signature.empty());
  }
  store(till, *journal, mother());
  for (int i = 0; i < 5; ++i) sell(till, *journal, mother(), "m-" + std::to_string(i), {0, 10, 0, 0});

  const auto first = journal->unsent(3, 1'000'000);
  REQUIRE(first);
  CHECK(first->from == 1);
  CHECK(first->entries.size() == 3);
  CHECK(first->head_seq == 3);
  CHECK(record::verify_head(till.keys().public_key(), "T-0001", 1, 3, first->head_hash, first->head_signature));
  Digest chain{};
  for (const auto& entry : first->entries) {
    chain = record::chain_hash(chain, entry.head.seq, entry.public_bytes, entry.salt, entry.personal_bytes);
    CHECK(chain == entry.hash);
    CHECK(record::decode(entry.public_bytes, entry.personal_bytes).has_value());
  }
  CHECK(chain == first->head_hash);
  CHECK(journal->unsent(10, 1)->entries.size() == 1);  // one always fits

  REQUIRE(journal->acknowledge(3, noon));
  REQUIRE(journal->acknowledge(2, noon));  // late, and older: no way back
  CHECK(journal->unsent(10, 1'000'000)->from == 4);
  CHECK(summary(*journal).unsent_count == 2);
  CHECK(summary(*journal).last_contact == noon);
  REQUIRE(journal->acknowledge(5, noon));
  const auto rest = journal->unsent(10, 1'000'000);
  REQUIRE(rest);
  CHECK(rest->from == 6);
  CHECK(rest->entries.empty());
  CHECK(rest->head_seq == 5);
  CHECK(record::verify_head(till.keys().public_key(), "T-0001", 1, 5, rest->head_hash, rest->head_signature));
  const auto beyond = journal->acknowledge(6, noon);
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().text == &journal::troubles::log_behind);
}

TEST_CASE("no personal data stands in any file of the journal") {
  Till till;
  {
    auto journal = till.open();
    store(till, *journal, mother());
    store(till, *journal, son());
    const auto sale = sell(till, *journal, son(), "m-leak-probe", {3'000, 2'000, 1'500, 500});
    sell(till, *journal, mother(), "m-2", {1, 2, 0, 3});
    cancel(till, *journal, sale, "m-3");
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      auto entry = turn.append(till.paper("m-4", 700), noon);
      if (!entry) return entry.error();
      return {};
    }));
    REQUIRE(journal->apply_feed(till.feed(1, {verdict(2, record::VerdictKind::refused, {1, 2, 0, 3}, {0, 0, 0, 6})}),
                                noon));
    journal->idle();
  }
  bool probe_found = false;
  for (const auto& place : std::filesystem::directory_iterator(till.file().parent_path())) {
    if (!place.is_regular_file()) continue;
    std::ifstream in(place.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    probe_found = probe_found || content.find("m-leak-probe") != std::string::npos;
    for (const Patient& patient : {mother(), son()}) {
      for (const std::string& secret : {patient.name, patient.psn_no, patient.certno, "Z" + patient.certno.substr(9)}) {
        INFO(place.path() << " holds " << secret);
        CHECK(content.find(secret) == std::string::npos);
        CHECK(content.find(to_hex(as_bytes(secret))) == std::string::npos);
      }
    }
  }
  CHECK(probe_found);  // the search does find what stands there
}

TEST_CASE("a file of another terminal, another epoch or a running daemon is refused") {
  Till till;
  auto journal = till.open();
  {
    const auto second = till.try_open();
    REQUIRE_FALSE(second);
    CHECK(second.error().text == &journal::troubles::in_use);
  }
  journal.reset();
  SeededRandom random(1);
  auto keys = seal::KeyStore::open(till.file().parent_path() / "keys", random);
  REQUIRE(keys);
  const auto stranger = journal::Journal::open(till.file(), {"T-0002", 1}, *keys, random);
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().text == &journal::troubles::other_terminal);
  const auto later = journal::Journal::open(till.file(), {"T-0001", 2}, *keys, random);
  REQUIRE_FALSE(later);
  CHECK(later.error().text == &journal::troubles::other_terminal);
  CHECK(till.try_open());
}

TEST_CASE("every trouble of the journal says what happened and what to do next") {
  for (const TroubleText* text : journal::troubles::all) {
    CHECK(text->code.substr(0, 3) == "G44");
    for (const auto sentence : {text->zh, text->next_zh, text->en, text->next_en}) CHECK_FALSE(sentence.empty());
  }
}
