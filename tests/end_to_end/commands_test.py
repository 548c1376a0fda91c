"""`gongji doctor` and `gongji queue`: what a shop's manager and a field engineer look at."""

import json
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2")]


class Commands(WorldCase):
    needs_reader = True

    def test_the_doctor_finds_a_healthy_till_healthy(self):
        done = self.till.cli("doctor", "--lang", "en", check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for part in ("reader", "disk", "clock", "certificate", "centre"):
            self.assertIn(part, done.stdout.lower())

    def test_the_doctor_speaks_chinese_first(self):
        self.assertIn("读卡器", self.till.cli("doctor", check=False).stdout)

    def test_the_doctor_says_what_to_do_when_the_centre_is_away(self):
        self.centre.stop()
        done = self.till.cli("doctor", "--lang", "en", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\[G5\d{3}\]")

    def test_the_doctor_says_what_to_do_when_the_reader_is_away(self):
        self.reader.stop()
        done = self.till.cli("doctor", "--lang", "en", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"\[G30\d\d\]")

    def test_the_queue_is_told_while_the_daemon_runs_and_when_it_does_not(self):
        psn_no = self.person("wang-fang")
        self.centre.stop()
        self.sell("wang-fang", psn_no, BASKET)
        running = json.loads(self.till.cli("queue", "--json").stdout)
        self.till.terminate()
        stopped = json.loads(self.till.cli("queue", "--json").stdout)
        for told in (running, stopped):
            self.assertEqual(told["unsent"], 1, told)
        self.assertIn("1", self.till.cli("queue", "--lang", "en").stdout)

    def test_money_at_risk_and_what_is_left_are_told_by_command_and_by_path(self):
        psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.centre.stop()
        sold = self.sell("wang-fang", psn_no, BASKET)
        told = json.loads(self.till.cli("queue", "--json").stdout)["risk"]
        (line,) = told["days"]
        self.assertEqual((line["state"], line["sales"], line["persons"]), ("provisional", 1, 1))
        promised = sum(sales.yuan(line[payer]) for payer in ("fund", "account", "family"))
        self.assertEqual(promised, sales.yuan(sold["fund_pay_sumamt"]) + sales.yuan(sold["acct_pay"]))
        (declared,) = [left for left in told["reserve"] if left["presence"] == "declared"]
        self.assertEqual(sales.yuan(declared["total_left"]), 5000 - promised)
        self.assertEqual(declared["count_left"], 49)
        by_path = self.till.api("GET", "risk?days=2").json
        self.assertEqual(by_path["days"], told["days"])
        self.assertEqual(self.till.api("GET", "risk?days=32").status, 400)

    def test_a_code_enrols_one_terminal_only(self):
        code = self.centre.enrolment_code(sales.CLINIC, "T-2")
        config = self.world.folder / "second.toml"
        first = self.till.config.read_text(encoding="utf-8")
        config.write_text(first.replace(str(self.till.data), str(self.world.folder / "second")), encoding="utf-8")
        self.assertEqual(world.run("gongji", "enrol", "--config", config, "--code", code).returncode, 0)
        third = self.world.folder / "third.toml"
        third.write_text(first.replace(str(self.till.data), str(self.world.folder / "third")), encoding="utf-8")
        again = world.run("gongji", "enrol", "--config", third, "--code", code, check=False)
        self.assertNotEqual(again.returncode, 0)
        self.assertRegex(again.stdout + again.stderr, r"\[G\d{4}\]")


if __name__ == "__main__":
    unittest.main()
