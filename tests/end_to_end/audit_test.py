"""The journal as evidence, with the real daemon: verified beside it, exported, checked elsewhere, rebuilt from receipts."""

import json
import shutil
import sqlite3
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run

FIVE_LINES = [
    sales.line(1, sales.ASPIRIN, "23.05"),
    sales.line(2, sales.BENIDIPINE, "31.40", "2"),
    sales.line(3, sales.MESALAZINE, "98.76", "3"),
    sales.line(4, sales.ASPIRIN, "12.10", "2"),
    sales.line(5, sales.BENIDIPINE, "45.67"),
]


class Audit(WorldCase):
    def audit(self, *arguments, check=True):
        return run("gongji", "audit", *arguments, "--lang", "en", check=check)

    def verify(self, check=True):
        return self.audit("verify", "--config", self.till.config, check=check)

    def receipt(self, setlinfo, name="qr"):
        return self.till.sale(setlinfo["setl_id"]).json["receipt"][name]

    def test_a_journal_is_verified_beside_the_running_daemon_and_as_a_copy(self):
        psn_no = self.person("wang-fang")
        for price in ("800.00", "51.20", "9.99"):
            self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, price)])
        told = self.verify().stdout
        self.assertIn("entries: 3", told)
        self.assertIn("sales, each computed again: 3", told)
        self.assertIn("checked: everything", told)
        self.till.terminate()
        self.assertIn("entries: 3", self.audit("verify", self.till.data).stdout)
        copy = self.world.folder / "copy.db"
        for tail in ("", "-wal"):
            shutil.copy(f"{self.till.data}/journal.db{tail}", f"{copy}{tail}")
        self.assertIn("public parts only", self.audit("verify", copy).stdout)

        with sqlite3.connect(self.till.data / "journal.db") as db:
            db.execute("UPDATE entry SET public_part = '{}', public_packed = NULL WHERE seq = 2")
        db.close()
        broken = self.verify(check=False)
        self.assertEqual(broken.returncode, 1)
        self.assertIn("seq 2", broken.stderr)
        self.assertIn("expected", broken.stderr)

    def test_a_bundle_is_checked_elsewhere_with_the_centres_key_alone(self):
        psn_no = self.person("wang-fang")
        first = self.sell("wang-fang", psn_no, FIVE_LINES)
        self.till.fsi("2103", sales.cancel_input(first))
        self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "1200.00")])
        bundle, elsewhere = self.world.folder / "bundle", self.world.folder / "elsewhere"
        elsewhere.mkdir()
        self.audit("export", "--config", self.till.config, "--from", "1", "--to", "3", "--out", bundle)
        shutil.copy(bundle, elsewhere / "bundle")
        key = elsewhere / "centre.key"
        key.write_text(run("gongji-centre", "public-key", self.centre.folder).stdout)
        told = self.audit("verify-bundle", elsewhere / "bundle", "--centre-key", key).stdout
        self.assertIn(f"site: {sales.CLINIC}", told)
        self.assertIn("sales, each computed again: 2", told)
        self.assertIn("cancellations: 1", told)
        self.assertIn("with personal part: 0", told)
        card = sales.CARDS["wang-fang"]
        content = bundle.read_bytes()
        for secret in (card["name"], card["certno"], card["card_no"], psn_no):
            self.assertNotIn(secret.encode(), content)

        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        (elsewhere / "changed").write_bytes(changed)
        self.assertEqual(self.audit("verify-bundle", elsewhere / "changed", "--centre-key", key, check=False).returncode, 1)
        again = self.audit("export", "--config", self.till.config, "--from", "1", "--to", "3", "--out", bundle, check=False)
        self.assertEqual(again.returncode, 1, "a file that exists is not replaced")

    def test_an_entry_is_shown_as_json_whatever_form_it_was_signed_in(self):
        psn_no = self.person("wang-fang")
        self.sell("wang-fang", psn_no, FIVE_LINES)
        self.till.wait_drained()
        self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "77.70")])
        self.till.terminate()
        journal = self.till.data / "journal.db"
        for seq, total in ((1, 45200), (2, 7770)):
            text = self.audit("show", "--journal", journal, "--seq", seq).stdout
            shown = json.loads(text)
            self.assertEqual(shown["seq"], seq)
            self.assertEqual(shown["sale"]["settlement"]["totals"]["medfee_sumamt"], total)
            self.assertEqual(text, json.dumps(shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")
        beyond = self.audit("show", "--journal", journal, "--seq", 99, check=False)
        self.assertIn("G4667", beyond.stderr)

    def test_a_till_restored_from_an_old_backup_is_rebuilt_from_receipts_and_goes_on(self):
        psn_no = self.person("wang-fang")
        self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "900.00")])
        self.till.wait_drained()
        self.till.terminate()
        backup = self.world.folder / "backup"
        shutil.copytree(self.till.data, backup)
        self.till.start()
        self.till.wait_for_line()

        # Sold on without the line: the centre has never seen these.
        self.centre.stop()
        second = self.sell("wang-fang", psn_no, FIVE_LINES)
        third = self.sell("wang-fang", psn_no, [sales.line(1, sales.BENIDIPINE, "77.70")])
        answer = self.till.fsi("2103", sales.cancel_input(third)).json
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        told = self.till.sale(second["setl_id"]).json["receipt"]
        self.assertTrue(any("统筹基金支付" in line for line in told["lines"]), told["lines"])
        self.assertIsNone(told["cancel_qr"])
        self.assertLessEqual(len(told["qr"]), 2395)
        receipts = [self.receipt(third, "cancel_qr"), self.receipt(second), self.receipt(third)]
        before = self.till.totals(sales.today())
        self.till.terminate()
        # The disk dies; the backup is put in its place.
        shutil.rmtree(self.till.data)
        shutil.copytree(backup, self.till.data)
        missing = self.audit("rebuild", "--config", self.till.config, receipts[2], check=False)
        self.assertEqual(missing.returncode, 1)
        self.assertIn("missing: seq 2", missing.stdout)
        slips = self.world.folder / "receipts.txt"
        slips.write_text("\n".join(receipts) + "\n")
        done = self.audit("rebuild", "--config", self.till.config, slips)
        self.assertIn("put back: 3", done.stdout)
        self.assertIn("log ends at: seq 4", done.stdout)
        self.assertIn("entries: 4", self.verify().stdout)

        self.till.start()
        self.assertEqual(self.till.totals(sales.today()), before)
        self.centre.start()
        self.till.wait_for_line()
        self.till.wait_drained()
        self.assert_books_agree()
        fifth = self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "10.00")])
        self.assertEqual(sales.state_of(fifth)["seq"], 5)
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertIn("without personal part: 3", self.verify().stdout)


if __name__ == "__main__":
    unittest.main()
