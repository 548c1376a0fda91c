"""`gongji packs lint`, `show` and `diff`: what a lawyer or an official types. No till, no centre, no card."""

import json
import tempfile
import unittest
from pathlib import Path

import gongji_process as process


def packs(*words):
    return process.run("gongji", "packs", *words, check=False)


class Packs(unittest.TestCase):
    def test_the_built_in_packs_are_clean_and_what_ends_soon_is_said(self):
        done = packs("lint", "--on", "2026-11-22", "--lang", "en")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("shanghai-employee ends on 2026-12-31, in 39 days", done.stdout)
        self.assertIn(" 0 errors,", done.stdout.splitlines()[-1])
        told = json.loads(packs("lint", "--on", "2026-11-22", "--json").stdout)
        self.assertEqual(told["errors"], 0)
        self.assertEqual(len(told["findings"]), told["warnings"] + told["notes"])

    def test_a_supplement_that_contradicts_a_pack_is_an_error_with_both_places(self):
        row = {"id": "op.cap", "unit": "fen", "value": 1, "article": "1", "source": "s", "first_day": "2023-01-01",
               "last_day": None, "checked": "2026-11-21", "confidence": "sourced", "note": ""}
        source = {"id": "s", "title": "invented", "issuer": None, "document_number": None, "published": None, "note": ""}
        with tempfile.TemporaryDirectory(prefix="gongji-packs-") as folder:
            file = Path(folder) / "region.json"
            file.write_text(json.dumps({"format": "gongji.supplement.v1", "scheme": "yuxi-employee",
                                        "sources": [source], "rows": [row]}), encoding="utf-8")
            done = packs("lint", "--supplement", str(file), "--least", "error")
            self.assertEqual(done.returncode, 1, done.stdout)
            first = done.stdout.splitlines()[0]
            self.assertIn("错误 overlap：yuxi-employee/2023-01-01.json rows[", first)
            self.assertIn(str(file) + " rows[0] op.cap", first)

    def test_rules_are_shown_in_both_languages_and_as_json(self):
        words = ("show", "wuhan-employee", "--on", "2024-05-01")
        self.assertIn("起付标准（每年）", packs(*words).stdout)
        self.assertIn("deductible, a year", packs(*words, "--lang", "en").stdout)
        self.assertEqual(json.loads(packs(*words, "--json").stdout)["pack"]["name"], "wuhan-employee@2023-02-01")

    def test_an_unknown_scheme_is_answered_with_those_that_there_are(self):
        done = packs("show", "atlantis-employee", "--lang", "en")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\[G4651\].*wuhan-employee")

    def test_two_versions_are_compared(self):
        words = ("diff", "wuhan-employee@draft-2022", "wuhan-employee@2023-02-01")
        done = packs(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("更有利", done.stdout)
        self.assertIn("18 come out the same", packs(*words, "--lang", "en").stdout)
        self.assertEqual(json.loads(packs(*words, "--json").stdout)["b"]["name"], "wuhan-employee@2023-02-01")

    def test_wrong_usage_is_two(self):
        self.assertEqual(packs("lint", "--on", "2026-02-30").returncode, 2)
        self.assertEqual(packs("diff", "wuhan-employee@draft-2022").returncode, 2)


if __name__ == "__main__":
    unittest.main()
