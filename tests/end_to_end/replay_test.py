"""`gongji packs replay`: what it prints, writes and answers to wrong input."""

import json
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

import gongji_process as process

VERSIONS = ["--pack", "wuhan-employee@draft-2022", "--against", "wuhan-employee@2023-02-01"]


def replay(*arguments, text_in=None):
    return process.run("gongji", "packs", "replay", *arguments, check=False, text_in=text_in)


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sales = process.run("year-of-sales", "--seed", "4", "--sales", "300").stdout

    def test_all_forms_agree_and_the_page_is_xml(self):
        with tempfile.TemporaryDirectory(prefix="gongji-replay-") as folder:
            folder = pathlib.Path(folder)
            (folder / "sales").write_text(self.sales, encoding="utf-8")
            done = replay(*VERSIONS, "--lang", "en", "--csv", folder / "csv", "--html", folder / "html", "--json", folder / "json", folder / "sales")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr, "")
            report = json.loads((folder / "json").read_text(encoding="utf-8"))
            self.assertEqual(report["total"]["claims"], 300)
            self.assertIn("300 claims", done.stdout)
            rows = (folder / "csv").read_text(encoding="utf-8").splitlines()[1:]
            self.assertEqual(len(rows), 300)
            cents = sum(int(row.rsplit(",", 1)[1].replace(".", "")) for row in rows)
            self.assertEqual(cents, report["total"]["fund_difference"])
            page = xml.etree.ElementTree.parse(folder / "html").getroot()
            self.assertEqual(page.tag, "html")
            self.assertGreaterEqual(len(page.findall(".//svg")), 3)

    def test_standard_input_must_be_in_order(self):
        done = replay(*VERSIONS, "-", text_in=self.sales)
        self.assertEqual(done.returncode, 0, done.stderr)
        turned = "\n".join(reversed(self.sales.splitlines())) + "\n"
        done = replay(*VERSIONS, "-", text_in=turned)
        self.assertEqual(done.returncode, 1)
        self.assertIn("[G4601]", done.stderr)

    def test_a_line_that_is_no_claim_is_named_and_the_rest_counts(self):
        done = replay(*VERSIONS, "--lang", "en", "-", text_in="{}\n" + self.sales)
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 1 missing", done.stdout)
        self.assertIn("300 claims", done.stdout)

    def test_wrong_versions_and_files_say_what_to_do(self):
        done = replay("--pack", "wuhan-employee@1066-10-14", "--against", "in-force", "-", text_in="")
        self.assertEqual(done.returncode, 1)
        self.assertIn("[G4602]", done.stderr)
        done = replay(*VERSIONS, "no-such-file")
        self.assertEqual(done.returncode, 1)
        self.assertIn("[G4603]", done.stderr)
        done = replay(*VERSIONS, "--json", "no-such-folder/report", "-", text_in=self.sales)
        self.assertEqual(done.returncode, 1)
        self.assertIn("[G4604]", done.stderr)


if __name__ == "__main__":
    unittest.main()
