"""What an officer does with the centre's books from the command line, and that they hold."""

import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run

WANG, CHEN = "42010000000000000001", "42010000000000000004"


class Ledger(WorldCase):
    def ask(self, *words, check=True):
        group, action, *rest = words
        done = run("gongji-centre", group, action, self.centre.folder, *rest, "--json", check=check)
        return json.loads(done.stdout) if done.stdout else None

    def operation(self, *words, operation):
        return self.ask(*words, "--operation", operation, "--officer", "officer 1")

    def accounts(self):
        return {row["psn_no"]: (row["current"], row["prior"]) for row in self.ask("people", "list")}

    def test_operations_are_done_once_and_the_books_hold_beside_sales(self):
        psn_no = self.person("wang-fang")
        self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "12.00")])
        self.till.wait_drained()
        self.assertEqual(self.ask("ledger", "check"), {"holds": True, "faults": []})
        before = self.accounts()[WANG]

        (self.world.folder / "list.csv").write_text(f"psn_no,amount\n{WANG},10.50\n{CHEN},1.00\n")
        accrual = ("ledger", "accrue", "--file", self.world.folder / "list.csv")
        done = self.operation(*accrual, operation="2026-11")
        self.assertEqual((done["amount"], done["repeated"]), (1150, False))
        self.assertTrue(self.operation(*accrual, operation="2026-11")["repeated"])
        self.assertEqual(self.accounts()[WANG], (before[0] + 1050, before[1]))
        other = run("gongji-centre", "ledger", "accrue", self.centre.folder, "--person", WANG, "--amount", "1", "--operation", "2026-11",
                    "--officer", "officer 1", check=False)
        self.assertEqual(other.returncode, 1)
        self.assertIn("G5433", other.stderr)

        self.operation("ledger", "year-turn", operation="turn")
        self.assertEqual(self.accounts()[WANG], (0, before[0] + before[1] + 1050))
        self.operation("family", "unbind", "--member", WANG, "--owner", CHEN, operation="unbound")
        self.assertEqual([row["operation"] for row in self.ask("ledger", "operations")][-1], "2026-11")
        (terminal,) = self.ask("terminal", "show", "T-1")
        self.assertEqual((terminal["state"], terminal["risk_borne"]), ("active", 0))
        self.assertEqual([row["terminal"] for row in self.ask("terminal", "list")], ["T-1"])
        self.assertEqual(self.ask("grant", "list"), [])
        self.assertNotIn("王芳", json.dumps(self.ask("people", "list"), ensure_ascii=False))

        # The till sells on what stands now, and the books still hold.
        self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "7.00")])
        self.till.wait_drained()
        self.assertEqual(self.ask("ledger", "check")["holds"], True)
        self.assertIn("the books hold", run("gongji-centre", "ledger", "check", self.centre.folder).stdout)


if __name__ == "__main__":
    unittest.main()
