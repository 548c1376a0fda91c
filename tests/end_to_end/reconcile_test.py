"""A day at the till against the centre: balanced, or every difference with a repair; the same figures in every form."""

import csv
import re
import shutil
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run

AMOUNT = re.compile(r"(?<![\w.:/-])-?\d+\.\d\d(?![\d.])")


class Reconcile(WorldCase):
    def reconcile(self, *options, till=None):
        return (till or self.till).cli("reconcile", "--day", sales.today(), "--lang", "en", *options, check=False)

    def at_centre(self, *files):
        return run("gongji-centre", "reconcile", self.centre.folder, *files, "--lang", "en", check=False)

    def test_a_day_is_balanced_or_says_what_differs_and_how_to_repair_it(self):
        psn_no = self.person("wang-fang")
        sold = [self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, price)]) for price in ("12.34", "20.00", "7.00")]
        self.till.fsi("2103", sales.cancel_input(sold[1]))
        self.till.wait_drained()
        folder = self.world.folder
        done = self.reconcile("--csv", folder / "day.csv", "--html", folder / "day.html")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("result: balanced", done.stdout)
        self.assertIn("310 employees", done.stdout)

        figures = AMOUNT.findall(done.stdout)
        self.assertIn("19.34", figures)  # what is cancelled is not in the totals
        table = (folder / "day.csv").read_text(encoding="utf-8-sig")
        page = (folder / "day.html").read_text(encoding="utf-8")
        self.assertEqual(AMOUNT.findall(table), figures)
        self.assertEqual(AMOUNT.findall(page), figures)
        self.assertNotRegex(page, r"(?i)<script|src=|href=|url\(")
        for text in (done.stdout, table, page):
            self.assertNotIn("王", text)
        rows = [row for row in csv.reader(table.splitlines()) if row and row[0] == "T-1"]
        self.assertEqual([row[8] for row in rows], ["confirmed", "cancelled", "confirmed"])

        # A backup of the till, before the next sale.
        self.till.terminate()
        shutil.copytree(self.till.data, folder / "backup")
        self.till.start()
        self.till.wait_for_line()
        self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "5.00")])
        self.till.wait_drained()
        self.centre.stop()
        unsent = self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "3.00")])
        self.assertEqual(self.reconcile().returncode, 1)  # without the line nothing is compared
        self.till.kill()
        self.centre.start()

        done = self.reconcile()
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("result: not balanced, 1 differences", done.stdout)
        self.assertRegex(done.stdout, rf"till only +T-1 +1 +\d+ +{unsent['setl_id']}")
        self.assertIn(f"command: gongji sync now --config {self.till.config}", done.stdout)
        self.reconcile("--export", folder / "till.csv")
        theirs = self.at_centre(folder / "till.csv")
        self.assertEqual(theirs.returncode, 3, theirs.stdout + theirs.stderr)
        self.assertIn("till only", theirs.stdout)
        self.till.start()
        self.till.wait_drained()
        self.assertEqual(self.reconcile().returncode, 0)

        # The centre's own view of a till's file: balanced, another amount, a line too few, one twice.
        self.reconcile("--export", folder / "till.csv")
        file = folder / "till.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        self.assertEqual(self.at_centre(file).returncode, 0)
        for kind, changed in (
            ("centre only", lines[:-1]),
            ("doubled", [*lines, lines[-1]]),
            ("amounts differ", [*lines[:-1], lines[-1].replace("accepted,3.00", "accepted,4.00").replace(",0.00,0.00", ",0.00,1.00")]),
        ):
            with self.subTest(kind):
                file.write_text("\n".join(changed) + "\n", encoding="utf-8")
                theirs = self.at_centre(file)
                self.assertEqual(theirs.returncode, 3, theirs.stdout + theirs.stderr)
                self.assertIn(f"\n  {kind}  ", theirs.stdout)
        file.write_text("not such a file\n", encoding="utf-8")
        self.assertEqual(self.at_centre(file).returncode, 1)

        # A till that went back to its backup: the centre has two sales that it has not.
        self.till.terminate()
        shutil.rmtree(self.till.data)
        shutil.copytree(folder / "backup", self.till.data)
        done = self.reconcile()
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout.count("\n  centre only  "), 2)
        self.assertIn("gongji journal restore", done.stdout)


if __name__ == "__main__":
    unittest.main()
