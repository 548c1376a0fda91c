#include "tests/sim/audit.h"

#include <sqlite3.h>

#include "offline/base/check.h"

namespace gongji::sim {

namespace {

constexpr const char* laws = R"sql(
SELECT 'live_promises_within_the_balance', account_id FROM hold_account h
GROUP BY account_id HAVING sum(amount) > (SELECT balance FROM account a WHERE a.account_id = h.account_id)
UNION ALL SELECT 'no_account_below_zero', account_id FROM account WHERE may_be_negative = 0 AND balance < 0
UNION ALL SELECT 'no_promise_below_zero', account_id FROM hold_account WHERE amount < 0
UNION ALL SELECT 'books_sum_to_zero', sum(balance) FROM account HAVING sum(balance) <> 0)sql";

// Of one account, for whoever reads that a law is broken.
constexpr const char* account_in_words = R"sql(
SELECT 'balance ' || balance || coalesce((SELECT group_concat(' ' || hold.terminal || ' ' || h.amount ||
  iif(hold.state = 4, ' (grant)', ' (hold)')) FROM hold_account h JOIN hold USING (hold_id)
  WHERE h.account_id = account.account_id), '')
FROM account WHERE account_id = ?)sql";

tests::Printed printed(const std::string& msgid, const Answer& answer, Money total) {
  const auto& shares = answer.shares;
  return {msgid,
          answer.paper ? 3 : 1,
          to_string(answer.sale_id),
          answer.seq,
          total.in_fen(),
          shares.fund.in_fen(),
          shares.account.in_fen(),
          shares.family.in_fen(),
          answer.paper ? total.in_fen() : shares.cash.in_fen()};
}

Money medfee(const Answer& answer) {
  return promised(answer.shares) + answer.shares.cash;
}

}  // namespace

LedgerWatch::LedgerWatch(Centre& centre) : centre_(centre) {
  centre_.before_power_cut = [this] { close(); };
}

LedgerWatch::~LedgerWatch() {
  centre_.before_power_cut = [] {};
  close();
}

void LedgerWatch::open() {
  const auto file = centre_.ledger_file();
  GONGJI_CHECK(sqlite3_open_v2(file.c_str(), &connection_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  GONGJI_CHECK_WHY(sqlite3_prepare_v2(connection_, laws, -1, &query_, nullptr) == SQLITE_OK,
                   sqlite3_errmsg(connection_));
}

void LedgerWatch::close() {
  sqlite3_finalize(std::exchange(query_, nullptr));
  sqlite3_close(std::exchange(connection_, nullptr));
}

std::string LedgerWatch::words_on(std::int64_t account) {
  sqlite3_stmt* query = nullptr;
  GONGJI_CHECK(sqlite3_prepare_v2(connection_, account_in_words, -1, &query, nullptr) == SQLITE_OK);
  sqlite3_bind_int64(query, 1, account);
  std::string words = "centre, account " + std::to_string(account);
  if (sqlite3_step(query) == SQLITE_ROW) {
    words += std::string(": ") + reinterpret_cast<const char*>(sqlite3_column_text(query, 0));
  }
  sqlite3_finalize(query);
  return words;
}

void LedgerWatch::look() {
  if (centre_.commits() == seen_ || !centre_.is_up()) return;
  seen_ = centre_.commits();
  ++looks_;
  if (connection_ == nullptr) open();
  const int code = sqlite3_step(query_);
  std::string name, what;
  if (code == SQLITE_ROW) {
    name = reinterpret_cast<const char*>(sqlite3_column_text(query_, 0));
    what = words_on(sqlite3_column_int64(query_, 1));
  }
  sqlite3_reset(query_);
  if (code == SQLITE_ROW) throw Broken(name, what);
  GONGJI_CHECK_WHY(code == SQLITE_DONE, sqlite3_errmsg(connection_));
}

namespace {

// Everything of a till's journal has gone up and was judged, and it holds what was answered and no more.
void audit_till(Till& till, const std::map<std::uint64_t, Wish>& wishes) {
  std::uint64_t entries = 0;
  for (const auto& [number, wish] : wishes) {
    if (wish.till != till.place()) continue;
    entries += (wish.answer ? 1U : 0U) + (wish.taken_back ? 1U : 0U) + (wish.kept ? 1U : 0U);
  }
  const std::string name = "till " + std::to_string(till.place());
  must(!till.in_doubt(), "no_log_is_refused", name + ": " + till.last_problem());
  till.with_journal([&](journal::Journal& journal) {
    const auto last = journal.verify();
    must(last.has_value(), "the_chain_holds", name + (last ? "" : to_string(last.error(), Language::en)));
    journal::QueueSummary queue;
    std::vector<journal::Journal::Work> works;
    works.push_back([&](journal::Turn& turn) -> Result<void> {
      auto summary = turn.summary();
      if (!summary) return summary.error();
      queue = *summary;
      return {};
    });
    must(journal.commit(std::move(works)).front().has_value(), "the_chain_holds", name);
    must(queue.unsent_count == 0, "everything_goes_up", name + ": " + till.last_problem());
    must(queue.unjudged_count == 0, "everything_is_judged", name + ": " + till.last_problem());
    must(*last == entries, "what_was_answered_is_kept",
         name + " holds " + std::to_string(*last) + " entries, answered were " + std::to_string(entries));
  });
}

using ByPlace = std::map<std::pair<std::string, std::uint64_t>, std::pair<const Answer*, bool>>;  // bool: taken back

void audit_outcomes(Centre& centre, const Till& till, const ByPlace& answers) {
  std::vector<centre::OutcomeRow> rows;
  auto& ledger = centre.service().ledger();
  const auto read = ledger.transaction([&] {
    for (int back = -2; back < 60; ++back) {
      const auto of_day = ledger.outcomes_of_day(till.terminal(), centre.today().plus_days(-back));
      rows.insert(rows.end(), of_day.begin(), of_day.end());
    }
  });
  must(read.has_value(), "the_ledger_can_be_read", "");
  std::size_t sales = 0, expected = 0;
  for (const auto& row : rows) {
    if (row.kind != 1) continue;
    ++sales;
    const std::string name = till.terminal() + " seq " + std::to_string(row.entry.seq);
    const auto found = answers.find({row.entry.terminal, row.entry.seq});
    must(found != answers.end(), "exactly_once", name + " was never answered");
    const auto& [answer, taken_back] = found->second;
    must(row.sale_id == to_string(answer->sale_id), "exactly_once", name + " is another sale");
    must(row.cancelled == taken_back, "what_comes_back_is_what_was_sold", name);
    must(row.verdict != record::VerdictKind::refused, "no_honest_sale_is_refused", name + ": " + row.reason);
    if (answer->backing != record::Backing::hold && answer->backing != record::Backing::grant) continue;
    must(row.verdict == record::VerdictKind::accepted && row.stands == answer->shares, "what_was_guaranteed_stands",
         name + ": " + row.reason);
  }
  for (const auto& [place, answer] : answers) expected += place.first == till.terminal() ? 1U : 0U;
  must(sales == expected, "exactly_once",
       till.terminal() + ": " + std::to_string(sales) + " sales at the centre, " + std::to_string(expected) +
           " answered");
}

}  // namespace

Audited audit(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills,
              const std::map<std::uint64_t, Wish>& wishes, const std::vector<tests::OpeningCounter>& opening) {
  ByPlace answers;
  std::map<std::string, Money> owed;
  std::vector<std::vector<tests::Printed>> printed_by(tills.size());
  for (const auto& [number, wish] : wishes) {
    if (!wish.answer) continue;
    const std::string& terminal = tills[wish.till]->terminal();
    const std::string& msgid = wish.draft.key.msgid;
    printed_by[wish.till].push_back(printed(msgid, *wish.answer, wish.total()));
    if (!wish.answer->paper) answers[{terminal, wish.answer->seq}] = {&*wish.answer, wish.taken_back};
    if (!wish.taken_back) owed[wish.draft.key.fixmedins_code] += promised(wish.answer->shares);
    if (!wish.kept) continue;
    printed_by[wish.till].push_back(printed(wish.refund->key.msgid + "/kept", *wish.kept, medfee(*wish.kept)));
    answers[{terminal, wish.kept->seq}] = {&*wish.kept, false};
    owed[wish.draft.key.fixmedins_code] += promised(wish.kept->shares);
  }
  for (const auto& till : tills) audit_till(*till, wishes);
  for (const auto& till : tills) {
    audit_outcomes(centre, *till, answers);
    const auto broken =
        tests::broken_invariants(till->file(), centre.ledger_file(), printed_by[till->place()], opening);
    if (!broken.empty()) throw Broken(broken.front(), "till " + std::to_string(till->place()));
  }
  auto& ledger = centre.service().ledger();
  bool balanced = false;
  std::map<std::string, Money> booked;
  const auto read = ledger.transaction([&] {
    balanced = ledger.in_balance();
    for (const auto& [site, amount] : owed)
      booked[site] = ledger.balance(ledger.account(centre::site_account(site), false));
  });
  must(read.has_value() && balanced, "books_sum_to_zero", "the whole ledger");
  // Whoever sold by the rules is owed what was answered, whatever became of it later.
  for (const auto& [site, amount] : owed) {
    must(booked[site] == amount, "a_site_is_owed_what_it_answered",
         site + ": " + to_string(booked[site]) + ", answered " + to_string(amount));
  }
  return {};
}

}  // namespace gongji::sim
