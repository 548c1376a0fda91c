"""A till and its centre over the years: syncing by hand, new terms and rules, the next root, and the end of a till."""

import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run, wait_until
from signed_rules_test import GOODS, SUPPLEMENT


class Upkeep(WorldCase):
    def gongji(self, *words, check=True):
        return run("gongji", *words, "--config", self.till.config, "--lang", "en", environment=self.till.environment, check=check)

    def state(self):
        return json.loads(self.gongji("sync", "status", "--json").stdout)

    def operator(self, *words):
        """A command of gongji-centre on the centre's folder; the server runs on."""
        return run("gongji-centre", *words[:2], self.centre.folder, *words[2:]).stdout


class Sync(Upkeep):
    def test_sync_is_paused_resumed_and_asked_for(self):
        psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.assertIn("line: up", self.gongji("sync", "status").stdout)
        self.assertEqual(self.state()["protocol"], 3)
        self.gongji("sync", "pause", "--minutes", "30")
        self.assertGreater(self.state()["paused_ms"], 1_700_000)
        # The counter still asks the centre; the log does not go up, whoever asks for it.
        self.assertEqual(sales.state_of(self.sell("wang-fang", psn_no, GOODS))["state"], "guaranteed")
        refused = self.gongji("sync", "now", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("G5309", refused.stdout)
        self.assertEqual(self.state()["unsent"], 1)
        self.gongji("sync", "resume")
        self.assertIsNone(self.state()["paused_ms"])
        self.gongji("sync", "now")
        self.assertEqual(self.state()["unsent"], 0)
        self.till.wait_drained()

        self.centre.stop()
        down = self.gongji("sync", "now", check=False)
        self.assertEqual(down.returncode, 1)
        self.assertGreater(self.state()["failures_in_a_row"], 0)
        self.centre.start()
        self.till.terminate()
        self.assertIn("G6111", self.gongji("sync", "status", check=False).stderr)


class Published(Upkeep):
    def test_published_terms_and_rules_decide_at_a_running_till(self):
        psn_no = self.person("wang-fang")
        before = self.state()
        self.assertEqual(before["rules"], [])

        supplement, signed = self.world.folder / "supplement.json", self.world.folder / "signed.json"
        supplement.write_text(json.dumps(SUPPLEMENT, ensure_ascii=False), encoding="utf-8")
        key = self.centre.folder / "authority" / "sign.pem"
        run("gongji", "packs", "sign", "--key", key, "--kind", "supplement", supplement, "--out", signed)
        digest = self.operator("pack", "publish", signed).split()[0]
        wait_until(lambda: self.state()["rules"], "the rules came", pause=0.3)
        (file,) = self.state()["rules"]
        self.assertEqual((file["digest"], file["decides"]), (digest, True))
        setlinfo = self.sell("wang-fang", psn_no, GOODS)
        self.assertEqual(sales.yuan(setlinfo["hifp_pay"]), sales.yuan("27.10"))

        terms = json.loads(self.operator("terms", "show"))
        terms["paper_days"] = 31
        plan = self.world.folder / "terms.json"
        plan.write_text(json.dumps(terms), encoding="utf-8")
        self.operator("terms", "publish", plan)
        wait_until(lambda: self.state()["terms_issued"] != before["terms_issued"], "the terms came", pause=0.3)
        issued = self.state()["terms_issued"]

        # Both hold after a restart without the line.
        self.till.wait_drained()
        self.centre.stop()
        self.till.terminate()
        self.till.start()
        state = self.state()
        self.assertEqual(state["terms_issued"], issued)
        self.assertTrue(state["rules"][0]["decides"])
        self.centre.start()
        self.till.wait_for_line()
        self.operator("pack", "withdraw", digest)
        wait_until(lambda: not self.state()["rules"], "the rules were withdrawn", pause=0.3)
        self.assertLess(sales.yuan(self.sell("wang-fang", psn_no, GOODS)["hifp_pay"]), sales.yuan("27.10"))
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertEqual(self.centre.totals(sales.today())["refused"], 0)


class Roots(Upkeep):
    def test_a_region_moves_to_another_root_while_its_tills_stay_enrolled(self):
        believed = self.till.data / "tls" / "ca.pem"
        count = lambda: believed.read_text().count("BEGIN CERTIFICATE")
        self.assertEqual(count(), 1)
        first = believed.read_text()

        def step(name):
            self.operator("root", name)
            self.centre.stop()
            self.centre.start()

        step("new")
        wait_until(lambda: count() == 2, "the till believes both roots", pause=0.3)
        certificate = self.till.data / "tls" / "certificate.pem"
        old = certificate.read_text()
        step("switch")
        wait_until(lambda: certificate.read_text() != old, "the till has a certificate of the new root", pause=0.3)
        self.gongji("sync", "now")
        psn_no = self.person("wang-fang")
        self.sell("wang-fang", psn_no, GOODS)
        self.till.wait_drained()
        step("drop")
        wait_until(lambda: count() == 1, "the till believes the new root", pause=0.3)
        self.assertNotEqual(believed.read_text(), first)


class Retire(Upkeep):
    def test_a_till_retires_when_everything_is_at_the_centre_and_not_before(self):
        psn_no = self.person("wang-fang")
        self.assertIn("G6112", self.gongji("retire", check=False).stderr)
        self.centre.stop()
        self.sell("wang-fang", psn_no, GOODS)
        told = self.till.totals(sales.today())
        self.till.terminate()
        refused = self.gongji("retire", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("G6113", refused.stderr)
        self.assertTrue((self.till.data / "keys" / "sign.pem").exists())

        self.centre.start()
        self.assertIn("T-1 has retired", self.gongji("retire").stdout)
        at_centre = self.centre.totals(sales.today())
        for name in ("sales", "medfee", "fund", "account", "family", "cash"):
            self.assertEqual(str(told[name]), str(at_centre[name]), name)
        left = [file.name for folder in ("keys", "tls") for file in (self.till.data / folder).rglob("*") if file.is_file()]
        self.assertEqual([name for name in left if not name.startswith(".")], [])
        self.assertIn("retired", run("gongji-centre", "totals", self.centre.folder).stdout)
        # It cannot sell, and cannot be enrolled over its past; asked again, it has retired.
        started = run("gongjid", "--config", self.till.config, check=False)
        self.assertIn("G6110", started.stdout + started.stderr)
        self.gongji("retire")

    def test_a_till_whose_centre_is_gone_retires_only_by_force_and_says_what_is_lost(self):
        psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.centre.stop()
        self.till.terminate()
        self.assertIn("G6114", self.gongji("retire", check=False).stderr)
        self.till.start()
        self.sell("wang-fang", psn_no, GOODS)
        self.till.terminate()
        done = self.gongji("retire", "--force").stdout
        self.assertIn("1 are given up", done)
        self.assertIn("terminal lost", done)
        self.assertFalse((self.till.data / "keys" / "sign.pem").exists())


if __name__ == "__main__":
    unittest.main()
