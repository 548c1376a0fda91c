"""A till settles by what its region's authority signed, and by nothing that somebody else put there."""

import base64
import json
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_case import WorldCase

SOURCE = {"id": "region", "title": "invented for this test", "issuer": None, "document_number": None, "published": None, "note": ""}
ROW = {
    "id": "ratio.level_1.on_job",
    "unit": "ppm",
    "value": 1000000,
    "article": "第九条",
    "source": "region",
    "first_day": "2026-01-01",
    "last_day": None,
    "checked": "2026-11-21",
    "confidence": "sourced",
    "note": "",
}
SUPPLEMENT = {"format": "gongji.supplement.v1", "scheme": "wuhan-employee", "sources": [SOURCE], "rows": [ROW]}
GOODS = [sales.line(1, sales.ASPIRIN, "13.55", "2")]


class SignedRules(WorldCase):
    def setUp(self):
        super().setUp()
        self.supplement = self.world.folder / "supplement.json"
        self.supplement.write_text(json.dumps(SUPPLEMENT, ensure_ascii=False), encoding="utf-8")
        self.packs = self.world.folder / "packs"
        self.packs.mkdir()
        self.file = self.packs / "ratio.json"
        self.authority = self.centre.folder / "authority" / "sign.pem"
        self.till.terminate()
        config = self.till.config.read_text(encoding="utf-8")
        self.till.config.write_text(config + f'\n[packs]\ndirectory = "{self.packs}"\n', encoding="utf-8")

    def sign(self, key, out):
        world.run("gongji", "packs", "sign", "--key", key, "--kind", "supplement", self.supplement, "--out", out)

    def assert_start_refused(self, code):
        done = world.run("gongjid", "--config", self.till.config, check=False)
        self.assertGreater(done.returncode, 0)
        self.assertIn(f"[{code}]", done.stdout + done.stderr)
        doctor = self.till.cli("doctor", check=False)
        self.assertIn(code, doctor.stdout)

    def test_an_unsigned_file_stops_the_start(self):
        self.file.write_text(self.supplement.read_text(encoding="utf-8"), encoding="utf-8")
        self.assert_start_refused("G2021")

    def test_a_file_that_another_authority_signed_stops_the_start(self):
        keys = self.world.folder / "other"
        world.run("gongji", "packs", "keys", "--out", keys)
        self.sign(keys / "authority.pem", self.file)
        self.assert_start_refused("G2022")
        # unless the site's configuration names that authority too
        config = self.till.config.read_text(encoding="utf-8")
        self.till.config.write_text(config + f'authority_keys = ["{keys / "authority.pub"}"]\n', encoding="utf-8")
        self.till.start()

    def test_a_file_that_was_changed_stops_the_start(self):
        self.sign(self.authority, self.file)
        signed = json.loads(self.file.read_text(encoding="utf-8"))
        content = base64.b64decode(signed["content"]).replace(b"1000000", b"1000001")
        signed["content"] = base64.b64encode(content).decode()
        self.file.write_text(json.dumps(signed), encoding="utf-8")
        self.assert_start_refused("G2023")

    def test_till_and_centre_settle_by_what_the_authority_signed(self):
        self.sign(self.authority, self.file)
        (self.centre.folder / "packs").mkdir()
        self.sign(self.authority, self.centre.folder / "packs" / "ratio.json")
        self.centre.stop()
        self.centre.start()
        self.till.start()
        self.till.wait_for_line()
        setlinfo = self.sell("wang-fang", self.person("wang-fang"), GOODS)
        self.assertEqual(sales.yuan(setlinfo["hifp_pay"]), sales.yuan("27.10"))
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertEqual(self.centre.totals(sales.today())["refused"], 0)
        self.assertEqual(self.centre.totals(sales.today())["adjusted"], 0)

    def test_a_centre_without_the_supplement_does_not_take_an_answer_of_other_rules(self):
        self.sign(self.authority, self.file)
        self.till.start()
        self.till.wait_for_line()
        self.sell("wang-fang", self.person("wang-fang"), GOODS)
        self.till.wait_drained()
        self.assertEqual(self.centre.totals(sales.today())["refused"], 1)


if __name__ == "__main__":
    unittest.main()
