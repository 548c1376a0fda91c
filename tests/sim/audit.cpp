#include "tests/sim/audit.h"

#include <sqlite3.h>

#include <set>

#include "offline/base/check.h"

namespace gongji::sim {

namespace {

constexpr const char* laws = R"sql(
SELECT 'live_promises_within_the_balance', account_id FROM hold_account h
GROUP BY account_id HAVING sum(amount) > (SELECT balance FROM account a WHERE a.account_id = h.account_id)
UNION ALL SELECT 'no_account_below_zero', account_id FROM account WHERE may_be_negative = 0 AND balance < 0
UNION ALL SELECT 'no_promise_below_zero', account_id FROM hold_account WHERE amount < 0
UNION ALL SELECT 'books_sum_to_zero', sum(balance) FROM account HAVING sum(balance) <> 0)sql";

// What they speak of, for whoever adds up for himself: a third of the time that SQL takes.
constexpr const char* every_account = "SELECT account_id, balance, may_be_negative FROM account ORDER BY account_id";
constexpr const char* every_promise = "SELECT account_id, amount FROM hold_account ORDER BY account_id";

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
  for (auto& [query, text] : {std::pair(&accounts_, every_account), std::pair(&promises_, every_promise)}) {
    GONGJI_CHECK_WHY(sqlite3_prepare_v2(connection_, text, -1, query, nullptr) == SQLITE_OK,
                     sqlite3_errmsg(connection_));
  }
}

void LedgerWatch::close() {
  sqlite3_finalize(std::exchange(accounts_, nullptr));
  sqlite3_finalize(std::exchange(promises_, nullptr));
  sqlite3_close(std::exchange(connection_, nullptr));
}

Broken LedgerWatch::law_broken() {
  sqlite3_stmt* query = nullptr;
  GONGJI_CHECK_WHY(sqlite3_prepare_v2(connection_, laws, -1, &query, nullptr) == SQLITE_OK,
                   sqlite3_errmsg(connection_));
  GONGJI_CHECK(sqlite3_step(query) == SQLITE_ROW);
  Broken broken(reinterpret_cast<const char*>(sqlite3_column_text(query, 0)), words_on(sqlite3_column_int64(query, 1)));
  sqlite3_finalize(query);
  return broken;
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
  if (!laws_hold()) throw law_broken();
}

bool LedgerWatch::laws_hold() {
  std::int64_t sum = 0;
  bool hold = true;
  int code = sqlite3_step(promises_);
  while (sqlite3_step(accounts_) == SQLITE_ROW) {
    const std::int64_t account = sqlite3_column_int64(accounts_, 0), balance = sqlite3_column_int64(accounts_, 1);
    sum += balance;
    hold = hold && (balance >= 0 || sqlite3_column_int(accounts_, 2) != 0);
    std::int64_t promised = 0;
    for (; code == SQLITE_ROW && sqlite3_column_int64(promises_, 0) <= account; code = sqlite3_step(promises_)) {
      const std::int64_t amount = sqlite3_column_int64(promises_, 1);
      hold = hold && amount >= 0;
      promised += amount;
    }
    hold = hold && (promised == 0 || promised <= balance);
  }
  GONGJI_CHECK_WHY(code == SQLITE_DONE, sqlite3_errmsg(connection_));
  sqlite3_reset(accounts_);
  sqlite3_reset(promises_);
  return hold && sum == 0;
}

namespace {

// Everything of a till's journal has gone up and was judged, and it holds what was answered and no more.
void audit_till(Till& till, const std::map<std::uint64_t, Wish>& wishes) {
  std::uint64_t entries = 0;
  bool put_back = false;  // then some of what was answered is not there
  for (const auto& [number, wish] : wishes) {
    if (wish.till != till.place() || !wish.answer || wish.answer->epoch != till.epoch()) continue;
    put_back = put_back || wish.is_adrift();
    entries += (wish.answer ? 1U : 0U) + (wish.taken_back ? 1U : 0U) + (wish.kept ? 1U : 0U);
  }
  const std::string name = "till " + std::to_string(till.place());
  must(!till.in_doubt() && till.last_problem().empty(), "no_log_is_refused", name + ": " + till.last_problem());
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
    must(put_back || *last == entries, "what_was_answered_is_kept",
         name + " holds " + std::to_string(*last) + " entries, answered were " + std::to_string(entries));
  });
}

using Rows = std::map<std::string, const centre::OutcomeRow*>;  // by id

Rows by_id(const Booked& booked) {
  Rows rows;
  for (const auto& row : booked) {
    must(rows.emplace(row.sale_id, &row).second, "exactly_once", "sale " + row.sale_id + " is booked twice");
  }
  return rows;
}

struct Told {
  std::string terminal;
  const Answer* answer = nullptr;
  bool taken_back = false, on_voucher = false;
};
using Answers = std::map<std::string, Told>;  // by id of the sale

void audit_outcomes(const Rows& rows, const Answers& answers) {
  for (const auto& [id, found_row] : rows) {
    const centre::OutcomeRow& row = *found_row;
    const std::string name = row.entry.terminal + " seq " + std::to_string(row.entry.seq);
    const auto found = answers.find(id);
    if (found == answers.end()) continue;  // asked for above
    const Told& told = found->second;
    must(row.entry.terminal == told.terminal && row.entry.epoch == told.answer->epoch &&
             row.entry.seq == told.answer->seq,
         "exactly_once", name + " is another sale");
    must(row.verdict != record::VerdictKind::refused || told.on_voucher, "no_honest_sale_is_refused",
         name + ": " + row.reason);
    if (told.answer->adrift) continue;
    // A relative's account pays what was asked of it at the counter, and no more: who owns it was told nothing else.
    must(row.stands.family <= told.answer->shares.family, "nobody_elses_account_pays_unasked",
         name + ": " + row.reason + ", " + to_string(row.stands.family) + ", answered " +
             to_string(told.answer->shares.family));
    // And the patient's own, too: what was paid in cash does not come back out of an account.
    must(row.stands.account <= told.answer->shares.account, "no_account_pays_what_was_paid_in_cash",
         name + ": " + row.reason + ", " + to_string(row.stands.account) + ", answered " +
             to_string(told.answer->shares.account));
    must(row.cancelled == told.taken_back, "what_comes_back_is_what_was_sold", name);
    const bool guaranteed =
        told.answer->backing == record::Backing::hold || told.answer->backing == record::Backing::grant;
    must(!guaranteed || (row.verdict == record::VerdictKind::accepted && row.stands == told.answer->shares),
         "what_was_guaranteed_stands", name + ": " + row.reason);
  }
  for (const auto& [id, told] : answers) {
    must(told.answer->adrift || rows.contains(id), "exactly_once",
         told.terminal + " seq " + std::to_string(told.answer->seq) + " is not at the centre");
  }
}

// Without somebody who set it aside, a voucher lets one sale promise something; whoever sold on a copy is paid, and the
// account is not charged.
// `lost`: there are sales that nobody heard of.
void audit_vouchers(const Rows& rows, const std::map<std::uint64_t, Wish>& wishes, bool lost) {
  std::map<std::pair<std::size_t, std::size_t>, std::vector<const centre::OutcomeRow*>> uses;
  std::set<std::pair<std::size_t, std::size_t>> on_reserve;
  for (const auto& [number, wish] : wishes) {
    if (wish.voucher == 0 || !wish.answer || wish.answer->paper) continue;
    const auto row = rows.find(to_string(wish.answer->sale_id));
    if (row == rows.end()) continue;
    const std::pair which(wish.card_of, wish.voucher);
    uses[which].push_back(row->second);
    if (wish.answer->backing != record::Backing::reserve || row->second->verdict == record::VerdictKind::refused)
      continue;
    must(on_reserve.insert(which).second, "a_voucher_lets_one_sale_promise",
         "voucher " + std::to_string(wish.voucher) + " of person " + std::to_string(wish.card_of + 1));
  }
  for (const auto& [which, sales] : uses) {
    for (const auto* row : sales) {
      if (row->verdict != record::VerdictKind::refused) continue;
      must(row->reason == "voucher_used_twice" && (sales.size() > 1 || lost), "no_honest_sale_is_refused",
           row->entry.terminal + " seq " + std::to_string(row->entry.seq) + ": " + row->reason);
    }
  }
}

}  // namespace

Booked sales_at_the_centre(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills) {
  Booked found;
  auto& ledger = centre.service().ledger();
  const auto read = ledger.transaction([&] {
    for (const auto& till : tills) {
      for (int back = -2; back < 60; ++back) {
        for (auto& row : ledger.outcomes_of_day(till->terminal(), centre.today().plus_days(-back))) {
          if (row.kind == 1) found.push_back(std::move(row));
        }
      }
    }
  });
  must(read.has_value(), "the_ledger_can_be_read", "");
  return found;
}

void audit(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills, Desk& desk,
           const std::vector<tests::OpeningCounter>& opening, const Booked& booked_sales) {
  const auto& wishes = desk.wishes();
  for (const auto& till : tills) audit_till(*till, wishes);
  const Rows rows = by_id(booked_sales);
  Answers answers;
  std::map<std::string, Money> owed;
  std::vector<bool> put_back(tills.size(), false);
  std::set<std::string> unsure;  // sites of entries that nobody heard of, lost with a disk behind what had gone up
  const auto booked_or_sure = [&](const Answer& answer) {
    const auto row = rows.find(to_string(answer.sale_id));
    return answer.adrift ? row != rows.end() && !row->second->cancelled : true;
  };
  std::vector<std::vector<tests::Printed>> printed_by(tills.size());
  for (const auto& [number, wish] : wishes) {
    if (!wish.answer) continue;
    const std::string& terminal = tills[wish.till]->terminal();
    const std::string& msgid = wish.draft.key.msgid;
    put_back[wish.till] = put_back[wish.till] || wish.is_adrift() || wish.answer->epoch != tills[wish.till]->epoch();
    printed_by[wish.till].push_back(printed(msgid, *wish.answer, wish.total()));
    if (!wish.answer->paper) {
      answers[to_string(wish.answer->sale_id)] = {terminal, &*wish.answer, wish.taken_back, wish.voucher != 0};
    }
    const bool stands = wish.answer->adrift || !wish.taken_back;
    if (stands && booked_or_sure(*wish.answer)) owed[wish.draft.key.fixmedins_code] += promised(wish.answer->shares);
    if (!wish.kept) continue;
    printed_by[wish.till].push_back(printed(wish.refund->key.msgid + "/kept", *wish.kept, medfee(*wish.kept)));
    answers[to_string(wish.kept->sale_id)] = {terminal, &*wish.kept, false, wish.voucher != 0};
    if (booked_or_sure(*wish.kept)) owed[wish.draft.key.fixmedins_code] += promised(wish.kept->shares);
  }
  for (const auto& till : tills) {
    for (const auto& [id, row] : rows) {
      if (row->entry.terminal != till->terminal() || answers.contains(id)) continue;
      must(desk.is_adrift(till->place(), row->entry.epoch, row->entry.seq), "exactly_once",
           till->terminal() + " seq " + std::to_string(row->entry.seq) + " was never answered");
      unsure.insert(till->terms().fixmedins_code);
    }
  }
  audit_outcomes(rows, answers);
  audit_vouchers(rows, wishes, !unsure.empty());
  tests::Invariants invariants(centre.ledger_file(), opening);
  for (const auto& till : tills) {
    if (put_back[till->place()]) continue;  // its file does not hold all that was answered
    const auto broken = invariants.broken(till->file(), printed_by[till->place()]);
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
    must(unsure.contains(site) || booked[site] == amount, "a_site_is_owed_what_it_answered",
         site + ": " + to_string(booked[site]) + ", answered " + to_string(amount));
  }
}

}  // namespace gongji::sim
