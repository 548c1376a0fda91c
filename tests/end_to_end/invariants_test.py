"""Each invariant of tests/support/invariants.sql, broken on purpose: the check finds it, and says nothing before."""

import shutil
import sqlite3
import unittest

import gongji_case
import gongji_invariants as invariants
import gongji_sales as sales

# What is done to a copy of the journal, of the ledger, or of the answers.
JOURNAL = {
    "shares_add_up": "UPDATE entry SET cash = cash + 1 WHERE seq = 1",
    "no_account_below_zero": "UPDATE account SET balance = -1",
    "live_promises_within_the_balance": "UPDATE grant_limit SET used = granted + 1",
    "counters_move_by_entries_alone": "UPDATE movement SET fen = fen + 1 WHERE name <> ''",
    "one_answer_for_each_msgid": "DROP INDEX entry_request; UPDATE entry SET msgid = (SELECT min(msgid) FROM entry)",
    "what_was_printed_is_what_is_stored": "DELETE FROM entry WHERE seq = 2",
}
LEDGER = {
    "shares_add_up": "UPDATE outcome SET fund = fund + 1 WHERE kind = 1",
    "no_account_below_zero": "UPDATE account SET balance = -1 WHERE name LIKE 'person:%'",
    "live_promises_within_the_balance": "UPDATE hold_account SET amount = amount + 100000000",
    "books_sum_to_zero": "UPDATE account SET balance = balance + 1 WHERE account_id = 1",
    "counters_move_by_entries_alone": "UPDATE counter SET value = value + 1",
    "one_answer_for_each_msgid": "UPDATE outcome SET kind = 2, sale_id = 'x' WHERE seq <= 2",
    "what_was_printed_is_what_is_stored": "UPDATE entry SET hash = x'00' WHERE seq = 2",
}
ANSWERS = {
    "shares_add_up": lambda rows: rows[0].__setitem__(4, rows[0][4] + 1),
    "one_answer_for_each_msgid": lambda rows: rows.append([*rows[0][:2], "another", *rows[0][3:]]),
    "what_was_printed_is_what_is_stored": lambda rows: rows[0].__setitem__(2, "another"),
}


class Invariants(gongji_case.WorldCase):
    grants = {
        "persons_max": 10, "visits_days": 90, "visits_min": 1, "hours": 72, "share_ppm": 300000, "account_max": "60.00",
        "family_max": "40.00", "fund_max": "80.00", "presences": ["declared"],
    }

    def test_each_invariant_finds_what_breaks_it(self):
        opening = invariants.opening_counters(self.centre.ledger)
        answers = []
        for name in ("wang-fang", "zhao-min"):
            psn_no = self.person(name)
            for amount in ("30.00", "45.50"):
                msgid = self.till.message_id()
                told = self.sell(name, psn_no, [sales.line(1, sales.ASPIRIN, amount)], msgid=msgid, account="2")
                self.till.wait_drained()  # a grant comes with the answer to the first sale
                fen = [int(sales.yuan(told[each]) * 100) for each in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay")]
                medfee, fund, account, family, cash = fen
                seq = int(sales.state_of(told)["seq"])
                answers.append([msgid, 1, told["setl_id"], seq, medfee, fund, account - family, family, cash])
        self.assertEqual(self.till.terminate(), 0)
        self.centre.stop()
        journal, ledger = self.till.data / "journal.db", self.centre.ledger

        self.assertEqual(invariants.broken(journal, ledger, answers, opening), {})
        for place, file, tampering in (("journal", journal, JOURNAL), ("ledger", ledger, LEDGER)):
            for name, change in tampering.items():
                with self.subTest(place=place, name=name):
                    copy = file.with_name("copy-" + file.name)
                    shutil.copy(file, copy)
                    self.tamper(copy, change)
                    found = invariants.broken(*((copy, ledger) if place == "journal" else (journal, copy)), answers, opening)
                    self.assertIn(name, found)
        for name, change in ANSWERS.items():
            with self.subTest(place="answers", name=name):
                rows = [list(row) for row in answers]
                change(rows)
                self.assertIn(name, invariants.broken(journal, ledger, rows, opening))
        tried = {*JOURNAL, *LEDGER, *ANSWERS}
        self.assertEqual(tried, set(invariants.parts()[1]), "each invariant is broken on purpose")

    def tamper(self, file, change):
        database = sqlite3.connect(file)
        try:
            database.execute("PRAGMA ignore_check_constraints = ON")
            database.executescript("PRAGMA foreign_keys = OFF;" + change)
            self.assertGreater(database.total_changes, 0, change)
            database.commit()
        finally:
            database.close()


if __name__ == "__main__":
    unittest.main()
