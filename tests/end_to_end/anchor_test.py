"""A restored backup: cash only until the centre was reached, then a new epoch by itself, and nothing is spent twice."""

import shutil
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_case import WorldCase
from gongji_process import run

BASKET = [sales.line(1, sales.ASPIRIN, "20.00")]


class RestoredTill(WorldCase):
    """What both kinds of till do; no test of its own."""

    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        self.old = self.sell("wang-fang", self.psn_no, BASKET)
        self.till.wait_drained()

    def back_up(self):
        self.till.terminate()
        shutil.copytree(self.till.data, self.world.folder / "backup")
        self.till.start()
        self.till.wait_for_line()

    def restore(self):
        self.till.terminate()
        shutil.rmtree(self.till.data)
        shutil.copytree(self.world.folder / "backup", self.till.data)

    def expect_cash_only(self, doubt):
        self.assertEqual(self.till.status()["doubt"], doubt)
        setlinfo = self.sell("wang-fang", self.psn_no, BASKET)
        self.assertEqual(sales.state_of(setlinfo)["state"], "cash")
        self.assertEqual(sales.yuan(setlinfo["fund_pay_sumamt"]), 0)
        told = self.till.cli("doctor", "--lang", "en", check=False).stdout
        self.assertIn(f"FAULT journal in doubt: it may be a restored backup ({doubt})", told)
        self.assertIn(doubt, self.till.cli("queue", "--lang", "en").stdout)

    def expect_new_epoch(self, epoch):
        def look():
            try:
                answer = self.till.api("GET", "status")
            except OSError:
                return False  # it starts again on the new journal
            if answer.status == 503:
                return False  # it ends on the old one
            status = answer.json
            return status["epoch"] == epoch and status["line"] == "up" and status["doubt"] == "none"

        world.wait_until(look, f"epoch {epoch} begins by itself")
        sold = self.sell("wang-fang", self.psn_no, BASKET)
        self.assertEqual(sales.state_of(sold)["state"], "guaranteed")
        self.assertEqual(sales.state_of(sold)["seq"], 1)
        self.till.wait_drained()


class WithAnchor(RestoredTill):
    settings = {"anchor": ['file = "{world}/second/anchor"']}

    def prepare(self):
        (self.world.folder / "second").mkdir()

    def setUp(self):
        super().setUp()
        self.wait_for_anchor()

    def wait_for_anchor(self):
        def look():
            status = self.till.status()
            return status["anchor"]["seq"] == status["last_seq"]

        # Off line it is written in a pause, which asking all the time would not leave.
        world.wait_until(look, "the anchor is written", pause=0.3)

    def test_a_restored_backup_takes_cash_only_until_one_sync_and_then_begins_a_new_epoch(self):
        self.back_up()
        lost = self.sell("wang-fang", self.psn_no, BASKET)
        self.till.wait_drained()
        self.wait_for_anchor()
        self.restore()
        self.centre.stop()
        self.till.start()
        self.expect_cash_only("behind_anchor")
        # A start later the doubt is still there.
        self.till.terminate()
        self.till.start()
        self.assertEqual(self.till.status()["doubt"], "behind_anchor")

        self.centre.start()
        self.expect_new_epoch(2)
        # What the lost entries took stands at the centre, and the log of before is kept and answers for itself.
        self.assertEqual(self.centre.totals(sales.today())["sales"], 3)
        self.assertTrue((self.till.data / "journal-epoch-1.db").exists())
        self.assertEqual(self.till.sale(self.old["setl_id"]).status, 200)
        self.assertEqual(self.till.sale(lost["setl_id"]).status, 404)
        refused = self.till.fsi("2103", sales.cancel_input(self.old)).json
        self.assertIn("[G6208]", refused["err_msg"])

    def test_entries_that_were_lost_are_put_back_from_receipts_and_brought_in_after_the_epoch(self):
        self.back_up()
        self.centre.stop()
        lost = self.sell("wang-fang", self.psn_no, BASKET)
        receipt = self.till.sale(lost["setl_id"]).json["receipt"]["qr"]
        self.wait_for_anchor()
        self.restore()
        self.centre.start()
        self.till.start()
        self.expect_new_epoch(2)
        self.assertEqual(self.centre.totals(sales.today())["sales"], 2)

        def gongji(*words):
            return run("gongji", *words, "--config", self.till.config, "--lang", "en", "--epoch", "1").stdout

        self.assertIn("put back: 1", run(
            "gongji", "audit", "rebuild", "--config", self.till.config, "--lang", "en", "--epoch", "1", receipt).stdout)
        self.assertIn("brought in: 1", gongji("journal", "bring-in"))
        self.assertIn("brought in: 0", gongji("journal", "bring-in"))
        self.assertEqual(self.centre.totals(sales.today())["sales"], 3)

    def test_a_journal_without_its_anchor_sends_what_it_has_and_begins_a_new_epoch(self):
        self.centre.stop()
        unsent = self.sell("wang-fang", self.psn_no, BASKET)
        self.till.terminate()
        (self.world.folder / "second" / "anchor").unlink()
        self.till.start()
        self.expect_cash_only("anchor_missing")
        self.centre.start()
        self.expect_new_epoch(2)
        told = self.centre.totals(sales.today())
        self.assertEqual((told["sales"], told["papers"]), (3, 1))
        self.assertEqual(self.till.sale(unsent["setl_id"]).status, 200)


class WithoutAnchor(RestoredTill):
    def test_the_centre_finds_a_restored_backup_and_the_till_begins_a_new_epoch(self):
        self.back_up()
        self.sell("wang-fang", self.psn_no, BASKET)
        self.till.wait_drained()
        self.restore()
        self.till.start()
        self.expect_new_epoch(2)
        self.assertEqual(self.centre.totals(sales.today())["sales"], 3)

    def test_a_journal_that_lost_its_end_behind_an_entry_without_acknowledgement_begins_a_new_epoch(self):
        self.centre.stop()
        self.sell("wang-fang", self.psn_no, BASKET)
        self.till.terminate()
        shutil.copytree(self.till.data, self.world.folder / "backup")
        self.till.start()
        self.sell("wang-fang", self.psn_no, BASKET)
        self.centre.start()
        self.till.wait_for_line()
        self.till.wait_drained()
        self.restore()  # what it sends again is what the centre has, and the centre has more
        self.till.start()
        self.expect_new_epoch(2)
        self.assertEqual(self.centre.totals(sales.today())["sales"], 4)

    def test_an_identity_of_an_earlier_epoch_begins_the_next(self):
        self.back_up()
        self.sell("wang-fang", self.psn_no, BASKET)
        self.till.wait_drained()
        for epoch in (2, 3):
            self.restore()
            self.till.start()
            self.expect_new_epoch(epoch)
        self.assertEqual(self.centre.totals(sales.today())["sales"], 4)


if __name__ == "__main__":
    unittest.main()
