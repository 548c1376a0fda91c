"""Goods that come back: whole and in part, with the line and without it, on the local interface and on the national one."""

import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run, wait_until

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "4"), sales.line(2, sales.BENIDIPINE, "27.13", "2")]
KEPT = [sales.line(2, sales.BENIDIPINE, "27.13", "1")]
PAYERS = ("fund", "account", "family", "cash")
GRANTS = {"persons_max": 10, "share_ppm": 500000, "presences": ["declared", "card_read_here"]}


def shares(setlinfo):
    """What each payer paid, of a setlinfo."""
    family = sales.yuan(setlinfo["acct_mulaid_pay"])
    return {
        "fund": sales.yuan(setlinfo["fund_pay_sumamt"]),
        "account": sales.yuan(setlinfo["acct_pay"]) - family,
        "family": family,
        "cash": sales.yuan(setlinfo["psn_cash_pay"]),
    }


class RefundCase(WorldCase):
    def api(self, path, body, key):
        return self.till.api("POST", path, body, key)

    def refund(self, sale_id, key, **lines):
        return self.api(f"sales/{sale_id}/refund", {"opter": "01", **lines}, key)

    def drain(self):
        self.till.wait_drained()
        self.assert_books_agree()


class Refunds(RefundCase):
    def test_off_line_in_part_again_and_whole_and_the_books_agree_afterwards(self):
        psn_no = self.person("wang-fang")
        self.centre.stop()
        sold = self.sell("wang-fang", psn_no, BASKET, account="2")
        first = self.refund(sold["setl_id"], "back-1", kept=[{"feedetl_sn": "2", "cnt": "1"}])
        self.assertEqual(first.status, 200, first.json)
        answer = first.json
        kept = answer["kept"]
        # Each payer has the difference, and the cashier hands out cash for cash alone.
        before, after = shares(sold), shares(kept["setlinfo"])
        for payer in PAYERS:
            self.assertEqual(sales.yuan(answer["back"][payer]), before[payer] - after[payer], payer)
        self.assertEqual(answer["cash_out"], answer["back"]["cash"])
        self.assertEqual(sales.yuan(answer["back"]["total"]), sales.yuan("81.33"))
        self.assertEqual(kept["kept_from"], sold["setl_id"])
        self.assertIn(f"应退现金 {answer['cash_out']}", answer["slip"])

        # The same key: the same answer; another body: refused.
        again = self.refund(sold["setl_id"], "back-1", kept=[{"feedetl_sn": "2", "cnt": "1"}]).json
        self.assertTrue(again["replayed"])
        self.assertEqual({**again, "replayed": 0, "kept": 0}, {**answer, "replayed": 0, "kept": 0})
        other = self.refund(sold["setl_id"], "back-1", kept=[])
        self.assertEqual((other.status, other.json["error"]["code"]), (409, "G1211"))

        # The sale itself has gone; what is kept goes on.
        shown = self.till.sale(sold["setl_id"]).json
        self.assertEqual((shown["state"], shown["kept_as"]), ("cancelled", kept["sale_id"]))
        gone = self.refund(sold["setl_id"], "back-2", returned=[{"feedetl_sn": "2", "cnt": "1"}])
        self.assertEqual((gone.status, gone.json["error"]["code"]), (409, "G6216"))
        self.assertEqual(gone.json["error"]["detail"], kept["sale_id"])
        rest = self.refund(kept["sale_id"], "back-3", returned=[{"feedetl_sn": "2", "cnt": "1"}]).json
        self.assertIsNone(rest["kept"])
        totals = self.till.totals(sales.today())
        self.assertEqual(sales.yuan(totals["medfee"]), 0)

        # A wrong list is refused in words, and changes nothing.
        second = self.sell("wang-fang", psn_no, BASKET)
        for wrong in ([{"feedetl_sn": "2", "cnt": "3"}], [{"feedetl_sn": "9", "cnt": "1"}]):
            refused = self.refund(second["setl_id"], "wrong", kept=wrong)
            self.assertEqual((refused.status, refused.json["error"]["code"]), (400, "G6217"), refused.json)
        self.refund(second["setl_id"], "back-4", returned=[{"feedetl_sn": "1", "cnt": "1"}])
        self.till.kill()
        self.till.start()
        self.centre.start()
        self.drain()
        told = self.centre.totals(sales.today())
        self.assertEqual((told["adjusted"], told["refused"]), (0, 0))

    def test_the_national_interface_gives_the_same_numbers_by_2103_and_2102(self):
        psn_no = self.person("wang-fang")
        by_api = self.sell("wang-fang", psn_no, BASKET, account="2")
        refunded = self.refund(by_api["setl_id"], "back", kept=[{"feedetl_sn": "2", "cnt": "1"}]).json
        kept = shares(refunded["kept"]["setlinfo"])
        self.refund(refunded["kept"]["sale_id"], "rest", kept=[])

        by_fsi = self.sell("wang-fang", psn_no, BASKET, account="2")
        self.assertEqual(shares(by_fsi), shares(by_api))
        undone = self.till.fsi("2103", sales.cancel_input(by_fsi)).json
        self.assertEqual(undone["infcode"], 0, undone.get("err_msg"))
        anew = self.sell("wang-fang", psn_no, KEPT, account="2")
        self.assertEqual(shares(anew), kept)
        back = undone["output"]["setlinfo"]
        differences = {payer: -amount - shares(anew)[payer] for payer, amount in shares(back).items()}
        self.assertEqual({payer: str(amount) for payer, amount in differences.items()},
                         {payer: refunded["back"][payer] for payer in PAYERS})
        self.drain()


class OnGrants(RefundCase):
    grants = GRANTS

    def test_off_line_what_is_kept_stays_guaranteed_and_the_difference_can_be_sold_again(self):
        psn_no = self.person("li-jianguo")
        self.sell("li-jianguo", psn_no, BASKET)
        self.till.wait_drained()
        wait_until(lambda: self.till.status()["grants"] > 0, "the till was granted something", pause=0.1)
        self.centre.stop()
        sold = self.sell("li-jianguo", psn_no, BASKET)
        self.assertEqual(sales.state_of(sold)["state"], "guaranteed")
        refunded = self.refund(sold["setl_id"], "back", kept=[{"feedetl_sn": "2", "cnt": "1"}]).json
        self.assertEqual((refunded["kept"]["state"], refunded["kept"]["backing"]), ("guaranteed", "grant"))
        self.assertEqual(sales.state_of(self.sell("li-jianguo", psn_no, BASKET))["state"], "guaranteed")
        self.centre.start()
        self.drain()
        told = self.centre.totals(sales.today())
        self.assertEqual((told["adjusted"], told["refused"]), (0, 0))
        self.assertEqual(self.till.sale(refunded["kept"]["sale_id"]).json["state"], "confirmed")
        # The owner sees every debit at the centre; what came back shows as such.
        told = json.loads(run("gongji-centre", "statement", self.centre.folder, "--person", psn_no, "--json").stdout)
        self.assertEqual([debit["state"] for debit in told["debits"]].count("refunded"), 1)
        self.assertEqual({debit["place"] for debit in told["debits"]}, {"示范社区卫生服务站"})
        self.assertEqual(sum(debit["amount"] for debit in told["debits"] if debit["state"] == "confirmed"), told["sum"])
        self.assertNotIn("李建国", json.dumps(told, ensure_ascii=False))
        self.till.terminate()
        run("gongji", "audit", "verify", "--config", self.till.config)

    def test_a_lost_terminal_has_nothing_set_aside_any_more_and_is_refused(self):
        psn_no = self.person("li-jianguo")
        self.sell("li-jianguo", psn_no, BASKET)
        self.till.wait_drained()
        wait_until(lambda: self.till.status()["grants"] > 0, "the till was granted something", pause=0.1)
        said = run("gongji-centre", "terminal", "lost", self.centre.folder, "T-1").stdout
        self.assertIn("voided 1 grants", said)
        told = json.loads(run("gongji-centre", "statement", self.centre.folder, "--person", psn_no, "--json").stdout)
        self.assertEqual(told["set_aside"], [])
        self.till.fsi("2102", sales.sale_input("li-jianguo", psn_no, BASKET))  # whatever it still answers
        wait_until(lambda: "revoked" in self.till.status()["last_problem"], "the till hears that it is refused", pause=0.1)


if __name__ == "__main__":
    unittest.main()
