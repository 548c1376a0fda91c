"""Standing grants: a regular is guaranteed what was set aside, also without the line, and no till spends it twice."""

import json
import shutil
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run, wait_until

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2"), sales.line(2, sales.BENIDIPINE, "27.13")]
# The tests have no card reader: here the terms let numbers that were typed in spend a grant.
GRANTS = {"persons_max": 10, "share_ppm": 500000, "presences": ["declared", "card_read_here"]}


class Granted(WorldCase):
    grants = GRANTS

    def setUp(self):
        super().setUp()
        self.psn_no = self.person("li-jianguo")
        self.sell("li-jianguo", self.psn_no, BASKET)
        self.till.wait_drained()
        self.wait_granted()

    def wait_granted(self):
        wait_until(lambda: self.till.status()["grants"] > 0, "the till was granted something", pause=0.1)

    def state(self, sold):
        return sales.state_of(sold)["state"]

    def test_a_regular_is_guaranteed_without_the_line_and_the_books_agree_afterwards(self):
        self.centre.stop()
        sold = self.sell("li-jianguo", self.psn_no, BASKET)
        self.assertEqual(self.state(sold), "guaranteed")
        self.centre.start()
        self.till.wait_drained()
        self.assertEqual(self.till.sale(sold["setl_id"]).json["state"], "confirmed")
        self.assert_books_agree()

    def test_beyond_the_grant_the_reserve_stands_behind_a_sale(self):
        self.centre.stop()
        states = []
        while "provisional" not in states and len(states) < 20:
            states.append(self.state(self.sell("li-jianguo", self.psn_no, BASKET)))
        self.assertEqual(states[0], "guaranteed")
        self.assertEqual(states[-1], "provisional")
        self.centre.start()
        self.till.wait_drained()
        self.assert_books_agree()

    def test_two_tills_never_promise_more_than_there_is(self):
        other = self.world.add_till(sales.CLINIC, "T-2")
        other.wait_for_line()
        self.person("li-jianguo", other)
        self.sell("li-jianguo", self.psn_no, BASKET, till=other)
        other.wait_drained()
        wait_until(lambda: other.status()["grants"] > 0, "the other till was granted something", pause=0.1)
        self.centre.stop()
        for till in (self.till, other):
            while self.state(self.sell("li-jianguo", self.psn_no, BASKET, till=till)) == "guaranteed":
                pass
        self.centre.start()
        for till in (self.till, other):
            till.wait_drained()
        told = self.centre.totals(sales.today())
        self.assertEqual(told["refused"], 0)

    def test_a_till_that_starts_without_the_line_does_not_spend_what_was_granted_before(self):
        self.centre.stop()
        self.till.terminate()
        self.till.start()
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "provisional")
        self.centre.start()
        self.till.wait_drained()
        self.wait_granted()
        self.centre.stop()
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "guaranteed")

    def recalled(self):
        rows = json.loads(run("gongji-centre", "grant", "list", self.centre.folder, "--json").stdout)
        return [row["recalled"] for row in rows]

    def test_a_grant_is_recalled_by_an_officer_and_free_when_the_till_has_given_it_up(self):
        self.assertEqual(self.recalled(), [""])
        self.centre.stop()
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "guaranteed")
        run("gongji-centre", "grant", "recall", self.centre.folder, "--person", self.psn_no)
        self.assertEqual(self.recalled(), ["asked"])
        # Off line it is good as before.
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "guaranteed")
        self.centre.start()
        self.till.wait_drained()
        wait_until(lambda: self.recalled() == [], "the grant was given back", pause=0.1)
        self.centre.stop()
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "provisional")
        self.centre.start()
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertEqual(self.centre.totals(sales.today())["refused"], 0)

    def test_a_till_that_is_restored_from_a_backup_cannot_spend_a_grant_again(self):
        self.centre.stop()
        self.till.terminate()
        copy = self.world.folder / "copy"
        shutil.copytree(self.till.data, copy)
        self.till.start()
        self.centre.start()
        self.till.wait_for_line()
        self.wait_granted()
        self.centre.stop()
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "guaranteed")
        self.till.kill()
        shutil.rmtree(self.till.data)
        shutil.copytree(copy, self.till.data)
        self.till.start()
        self.assertEqual(self.state(self.sell("li-jianguo", self.psn_no, BASKET)), "provisional")


if __name__ == "__main__":
    unittest.main()
