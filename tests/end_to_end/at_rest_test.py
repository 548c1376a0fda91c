"""What lies on the disks of a till and a centre: nobody's name or number, in files that only their owner reads; and the keys."""

import base64
import os
import stat
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import BIN, run
from gongji_world import ROOT

import json
import subprocess

PEOPLE = json.loads((ROOT / "sync" / "centre" / "people.json").read_text(encoding="utf-8"))["persons"]
SHORTEST = 6  # bytes of a form: shorter ones are found by chance


def forms(secret):
    """The secret as it could stand in a file: as text, in UTF-16, as hex digits, in base64 at each place of a triple."""
    raw = secret.encode()
    yield raw
    yield secret.encode("utf-16-le")
    yield secret.encode("utf-16-be")
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield json.dumps(secret)[1:-1].encode()
    for lead in range(3):
        # Only the digits that depend on the secret alone.
        digits = base64.b64encode(b"\0" * lead + raw)[(lead * 8 + 5) // 6 : (lead + len(raw)) * 8 // 6]
        yield digits
        yield digits.replace(b"+", b"-").replace(b"/", b"_")


def secrets_of(person):
    return [person["psn_no"], person["name"], person["certno"], person["card_no"], person["card_identifier"], *person["evouchers"]]


def found_in(content, wanted):
    return [secret for secret in wanted for form in forms(secret) if len(form) >= SHORTEST and form in content]


class AtRest(WorldCase):
    def files(self):
        """Every file of the till and the centre, logs too; not the till's configuration, which people write."""
        folders = (self.till.folder, self.centre.folder)
        return [file for folder in folders for file in folder.rglob("*") if file.is_file() and file != self.till.config]

    def keys(self, command, *arguments, check=True, typed=None):
        words = [str(BIN / "gongji"), "keys", command, *map(str, arguments), "--config", str(self.till.config), "--lang", "en"]
        done = subprocess.run(words, input=typed, stdin=None if typed else subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def known_by(self, kind, number):
        data = {"data": {"mdtrt_cert_type": kind, "mdtrt_cert_no": number, "card_sn": "", "psn_cert_type": "01", "certno": "", "psn_name": ""}}
        return self.till.fsi("1101", data).json

    def test_no_file_of_till_or_centre_names_anybody(self):
        wanted = sorted({secret for person in PEOPLE for secret in secrets_of(person)})
        for secret in wanted:
            for form in forms(secret):
                if len(form) >= SHORTEST:
                    self.assertIn(secret, found_in(b"--" + form + b"--", [secret]), "the search itself finds what is there")
        by_key = {person["key"]: person for person in PEOPLE}
        lines = [sales.line(1, sales.ASPIRIN, "150.00")]
        wang, li, zhao = (self.person(name) for name in ("wang-fang", "li-jianguo", "zhao-min"))
        first = self.sell("wang-fang", wang, lines, account="2")  # the family's account, too
        self.sell("li-jianguo", li, lines)
        answer = self.known_by("02", by_key["li-jianguo"]["certno"])
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        answer = self.known_by("01", by_key["zhao-min"]["evouchers"][0])
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        voucher = sales.sale_input("zhao-min", zhao, lines)
        voucher["druginfo"].update({"mdtrt_cert_type": "01", "mdtrt_cert_no": by_key["zhao-min"]["evouchers"][0], "card_sn": ""})
        answer = self.till.fsi("2102", voucher).json
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        self.assertEqual(self.till.fsi("2103", sales.cancel_input(first)).json["infcode"], 0)
        self.till.wait_drained()
        self.centre.stop()
        self.till.wait_for_line("down")
        self.till.fsi("2102", sales.sale_input("chen-wei", by_key["chen-wei"]["psn_no"], lines))  # nobody's snapshot: a paper or a refusal
        self.sell("wang-fang", wang, lines)
        bundle = self.till.data / "bundle"
        run("gongji", "audit", "export", "--config", self.till.config, "--from", "1", "--to", "3", "--out", bundle)
        self.till.sale(first["setl_id"])

        for moment in ("running", "stopped"):
            looked_at = 0
            for file in self.files():
                content = file.read_bytes()
                looked_at += len(content)
                self.assertEqual(found_in(content, wanted), [], f"{moment}: {file}")
                self.assertNotIn(self.till.token.encode(), content, file)
            self.assertGreater(looked_at, 200_000)
            self.till.terminate()

    def test_whatever_the_umask_every_file_is_its_owners_and_a_wider_one_stops_the_start(self):
        self.person("wang-fang")
        self.till.terminate()
        wide = [f"{oct(mode)} {path}" for folder in (self.till.data, self.centre.folder) for path in [folder, *folder.rglob("*")]
                if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077]
        self.assertEqual(wide, [])
        for name in ("journal.db", "identity.json", "tls/key.pem", "keys/data.key", "."):
            target = self.till.data / name
            before = stat.S_IMODE(target.stat().st_mode)
            target.chmod(before | 0o044)
            done = subprocess.run([BIN / "gongjid", "--config", self.till.config], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 1, name)
            self.assertIn("chmod", done.stderr)
            target.chmod(before)
        self.centre.stop()
        self.centre.ledger.chmod(0o644)
        done = run("gongji-centre", "totals", self.centre.folder, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("chmod 600", done.stderr)

    def setUp(self):
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        super().setUp()

    def test_keys_are_rotated_under_a_selling_till_and_brought_back_from_paper(self):
        psn_no = self.person("wang-fang")
        lines = [sales.line(1, sales.ASPIRIN, "20.00")]
        first = self.sell("wang-fang", psn_no, lines)
        digits = self.keys("recovery-new").stdout.splitlines()[0]
        self.assertEqual(sum(c.isdigit() for c in digits), 48)
        self.assertIn("wrapped anew", self.keys("rotate").stdout)
        second = self.sell("wang-fang", psn_no, lines)
        self.till.wait_drained()
        refused = self.keys("forget", "2020-01", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("G4401", refused.stderr)  # the daemon has the journal
        self.till.terminate()
        listed = self.keys("list").stdout
        self.assertIn(sales.today()[:7] + "  readable", listed)
        self.assertIn("owner's recovery key: made", listed)
        refused = self.keys("forget", sales.today()[:7], check=False)
        self.assertIn("G4420", refused.stderr)
        self.keys("forget", "2020-01")
        self.assertIn("2020-01  erased", self.keys("list").stdout)

        (self.till.data / "keys" / "data.key").unlink()
        done = subprocess.run([BIN / "gongjid", "--config", self.till.config], capture_output=True, text=True, timeout=30)
        self.assertIn("G4110", done.stderr)
        mistyped = digits[:-1] + str((int(digits[-1]) + 1) % 10)
        done = self.keys("recover", check=False, typed=mistyped + "\n")
        self.assertIn("G4111", done.stderr)
        self.assertIn("group 8", done.stderr)
        self.assertIn("is back", self.keys("recover", typed=digits.replace(" ", "-") + "\n").stdout)
        self.till.start()
        for setlinfo in (first, second):
            self.assertEqual(self.till.sale(setlinfo["setl_id"]).status, 200)
        run("gongji", "audit", "verify", "--config", self.till.config)


if __name__ == "__main__":
    unittest.main()
