"""Without the line: an emergency order from a stick, split sales, the fund's least share, and the paper for the rest."""

import datetime
import json
import re
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run, wait_until

SMALL = [sales.line(1, sales.ASPIRIN, "15.00", "10")]  # 150.00
LARGE = [sales.line(1, sales.ASPIRIN, "15.00", "18")]  # 270.00: above the terms' 200.00 of one sale


def moment(hours):
    return (datetime.datetime.now(sales.CHINA) + datetime.timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")


class WithoutLine(WorldCase):
    def order(self, name="order", **changes):
        """Issues an order at the centre; gives its id and its file."""
        slice_ = {"presence": "declared", "per_sale_max": "600.00", "per_person_day_max": "2000.00",
                  "total_max": "9000.00", "count_max": 90, "hours_max": 240}
        plan = {"areas": ["4201"], "reference": "应急〔2026〕1号", "start": moment(-1), "end": moment(2),
                "reserve": [slice_], **changes}
        file, out = self.world.folder / f"{name}.plan", self.world.folder / f"{name}.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        done = run("gongji-centre", "order", "issue", self.centre.folder, file, "--out", out)
        return done.stdout.strip(), out

    def orders(self, action, *arguments, check=True):
        command = ("gongji", "order", action, *arguments, "--config", self.till.config, "--lang", "en")
        return run(*command, environment=self.till.environment, check=check)

    def told(self, sold):
        return sales.state_of(sold)


class Order(WithoutLine):
    def test_an_order_from_a_stick_widens_the_reserve_and_ends_by_itself(self):
        psn_no = self.person("chen-wei")
        self.centre.stop()
        before = self.told(self.sell("chen-wei", psn_no, LARGE))
        self.assertEqual(before["paper_reasons"], ["over_sale_limit"])

        order_id, file = self.order()
        self.orders("import", file)
        self.assertIn(order_id, self.orders("list").stdout)
        sold = self.sell("chen-wei", psn_no, LARGE)
        self.assertEqual(self.told(sold)["state"], "provisional")
        self.assertEqual(self.till.sale(sold["setl_id"]).json["sale"]["order"], order_id)
        # What the terms' own reserve covers needs no order.
        small = self.sell("chen-wei", psn_no, [sales.line(1, sales.ASPIRIN, "1.00")])
        self.assertNotIn("order", self.till.sale(small["setl_id"]).json["sale"])
        (shown,) = self.till.api("GET", "risk").json["orders"]
        self.assertEqual((shown["id"], shown["starts_in_minutes"]), (order_id, 0))
        self.assertIn(shown["ends_in_minutes"], (118, 119, 120))
        self.assertIn(order_id, self.till.cli("queue").stdout)
        text = self.till.request("GET", f"/t/{self.till.token}/metrics").body.decode()
        self.assertRegex(text, rf'(?m)^gongji_order_ends_seconds{{order="{order_id}"}} 7[01]\d\d\.\d{{3}}$')
        self.assertEqual(self.till.request("GET", "/metrics").status, 401)

        # Three hours later by the machine's clock, still without the line.
        self.till.terminate()
        self.till.turn_clock("+3h")
        self.till.start()
        after = self.told(self.sell("chen-wei", psn_no, LARGE))
        self.assertEqual(after["paper_reasons"], ["over_sale_limit"])
        self.assertEqual(self.till.api("GET", "risk").json["orders"], [])
        # A dead battery opens nothing either.
        self.till.terminate()
        self.till.turn_clock("-10000d")
        self.till.start()
        self.assertEqual(self.told(self.sell("chen-wei", psn_no, LARGE))["paper_reasons"], ["clock_untrusted"])

        self.till.terminate()
        self.till.turn_clock(None)
        self.centre.start()
        self.till.start()
        self.till.wait_drained()
        self.assertEqual(self.till.sale(sold["setl_id"]).json["state"], "confirmed")
        self.assert_books_agree()

    def test_an_order_comes_by_line_and_is_withdrawn_by_line(self):
        order_id, _ = self.order()
        listed = lambda: self.orders("list").stdout
        wait_until(lambda: order_id in listed(), "the order came", pause=0.3)
        run("gongji-centre", "order", "withdraw", self.centre.folder, order_id)
        wait_until(lambda: "withdrawn" in listed(), "the order was withdrawn", pause=0.3)
        psn_no = self.person("chen-wei")
        self.centre.stop()
        self.assertEqual(self.told(self.sell("chen-wei", psn_no, LARGE))["paper_reasons"], ["over_sale_limit"])

    def test_a_file_that_was_changed_is_no_order(self):
        _, file = self.order()
        file.write_text(file.read_text().replace("60000", "90000"))
        done = self.orders("import", file, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("G6232", done.stdout + done.stderr)


class Paper(WithoutLine):
    def test_the_paper_of_a_cash_sale_is_checked_without_the_till(self):
        psn_no = self.person("chen-wei")
        self.centre.stop()
        told = self.told(self.sell("chen-wei", psn_no, LARGE))
        self.assertEqual(told["state"], "cash")
        paper_id = told["paper"].rsplit("/", 1)[1]
        shown = self.till.api("GET", f"papers/{paper_id}").json
        self.assertEqual(shown["total"], "270.00")
        self.assertEqual([reason["code"] for reason in shown["reasons"]], ["G4507"])
        self.assertIsNone(shown["last_day"])
        self.assertIn("ask the bureau", " ".join(shown["text_en"]))
        self.till.terminate()
        printed = self.till.cli("paper", paper_id, "--lang", "en").stdout
        self.assertIn("[G4507]", printed)
        self.assertIn("paid in cash 270.00", printed)
        data, key = self.world.folder / "paper.json", self.world.folder / "centre.key"
        data.write_text(self.till.cli("paper", paper_id, "--json").stdout)
        key.write_text(run("gongji-centre", "public-key", self.centre.folder).stdout)
        done = run("gongji", "audit", "verify-paper", data, "--centre-key", key, "--lang", "en")
        self.assertIn("The signature holds", done.stdout)
        paper = json.loads(data.read_text())
        digit = paper["qr"][100]
        paper["qr"] = paper["qr"][:100] + ("0" if digit != "0" else "1") + paper["qr"][101:]
        data.write_text(json.dumps(paper))
        done = run("gongji", "audit", "verify-paper", data, "--centre-key", key, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertNotRegex(printed + shown["text"][0], re.escape(sales.CARDS["chen-wei"]["certno"]))


class SplitSale(WithoutLine):
    terms = {"split_window_minutes": 60, "paper_days": 30}

    def test_the_same_person_again_adds_up_and_the_paper_says_until_when(self):
        psn_no = self.person("chen-wei")
        self.centre.stop()
        first = self.sell("chen-wei", psn_no, SMALL)
        self.assertEqual(self.told(first)["state"], "provisional")
        again = self.told(self.sell("chen-wei", psn_no, SMALL))
        self.assertEqual(again["paper_reasons"], ["split_sale"])
        last = datetime.date.fromisoformat(sales.today()) + datetime.timedelta(days=30)
        self.assertEqual(again["last_day"], last.isoformat())
        # What was cancelled does not count.
        self.assertEqual(self.till.fsi("2103", sales.cancel_input(first)).json["infcode"], 0)
        self.assertEqual(self.told(self.sell("chen-wei", psn_no, SMALL))["state"], "provisional")


class LeastShare(WorldCase):
    terms = {"fund_basis": "lowest"}

    def test_the_fund_promises_its_least_share_and_the_rest_comes_with_the_verdict(self):
        psn_no = self.person("wang-fang")
        line_up = self.sell("wang-fang", psn_no, SMALL, account="0")
        self.till.wait_drained()
        fund = sales.yuan(line_up["fund_pay_sumamt"])
        self.assertGreater(fund, 0)
        self.centre.stop()
        sold = self.sell("wang-fang", psn_no, SMALL, account="0")
        later = sales.state_of(sold)["fund_later"]
        told = sales.yuan(sold["fund_pay_sumamt"])
        self.assertEqual(told + sales.yuan(later["at_most"]), fund)
        self.assertEqual(told + sales.yuan(sold["psn_cash_pay"]), sales.yuan(sold["medfee_sumamt"]))
        self.assertIn(str(later["at_most"]), later["note"])
        lines = self.till.sale(sold["setl_id"]).json["receipt"]["lines"]
        self.assertIn(later["note"], lines)
        self.centre.start()
        self.till.wait_drained()
        after = self.till.sale(sold["setl_id"]).json
        self.assertEqual((after["state"], after["verdict"]["reason"]), ("adjusted", "fund_made_up"))
        self.assertEqual(sales.yuan(after["verdict"]["fund"]), fund)
        verified = run("gongji", "audit", "verify", "--config", self.till.config, "--lang", "en")
        self.assertIn("sales, each computed again: 2", verified.stdout)


if __name__ == "__main__":
    unittest.main()
