"""Certificates that do not hold: the line counts as down, selling goes on, and nothing is lost when the right one is back."""

import shutil
import subprocess
import unittest

import gongji_sales as sales
from gongji_faults import FaultCase
from gongji_process import ROOT, run, wait_until


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Certificate(FaultCase):
    def setUp(self):
        super().setUp()
        self.tls = self.till.data / "tls"
        self.good = (self.tls / "certificate.pem").read_text()
        self.buy()
        self.till.wait_drained()

    def sign(self, ca, ca_key, subject, *dates):
        """A certificate for the till's own key, signed by this authority."""
        folder = self.world.folder / "issued"
        folder.mkdir(exist_ok=True)
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("77\n")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=one\n[one]\ndatabase={folder}/index.txt\nserial={folder}/serial\nnew_certs_dir={folder}\n"
            "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n"
        )
        openssl("req", "-new", "-key", self.tls / "key.pem", "-subj", subject, "-out", folder / "till.csr")
        openssl("ca", "-batch", "-notext", "-config", folder / "ca.cnf", "-cert", ca, "-keyfile", ca_key, "-in", folder / "till.csr",
                "-out", folder / "till.pem", *dates)
        return (folder / "till.pem").read_text()

    def use_certificate(self, pem):
        self.till.terminate()
        (self.tls / "certificate.pem").write_text(pem)
        self.till.start()

    def expect_selling_without_line(self, problem):
        self.till.wait_for_line("down")
        self.assertEqual(sales.state_of(self.buy())["state"], "provisional")
        wait_until(lambda: problem in self.till.status()["last_problem"], f"the till says {problem}")

    def expect_everything_after(self):
        self.till.wait_for_line()
        self.buy()
        self.assert_each_answer_once()

    def test_an_expired_certificate_is_refused_and_a_good_one_brings_everything_in(self):
        folder = self.centre.folder
        expired = self.sign(folder / "ca.pem", folder / "ca.key", "/CN=T-1", "-startdate", "20240101000000Z", "-enddate", "20240201000000Z")
        self.use_certificate(expired)
        self.expect_selling_without_line("G5128")
        self.use_certificate(self.good)
        self.expect_everything_after()

    def test_a_certificate_of_the_same_name_that_the_centre_does_not_know_is_refused(self):
        folder = self.centre.folder
        self.use_certificate(self.sign(folder / "ca.pem", folder / "ca.key", "/CN=T-1", "-days", "30"))
        self.expect_selling_without_line("not_enrolled")
        self.use_certificate(self.good)
        self.expect_everything_after()

    def other_authority(self):
        folder = self.world.folder / "other"
        run("gongji-centre", "init", folder, "--people", ROOT / "sync" / "centre" / "people.json")
        return folder

    def test_a_certificate_of_another_authority_is_refused(self):
        other = self.other_authority()
        self.use_certificate(self.sign(other / "ca.pem", other / "ca.key", "/CN=T-1", "-days", "30"))
        self.expect_selling_without_line("G5128")
        self.use_certificate(self.good)
        self.expect_everything_after()

    def test_a_centre_of_another_authority_is_not_believed(self):
        other = self.other_authority()
        files = ("server.pem", "server.key", "ca.pem")
        for name in files:
            shutil.copy(self.centre.folder / name, self.centre.folder / f"{name}.kept")
        self.centre.stop()
        for name in files[:2]:
            shutil.copy(other / name, self.centre.folder / name)
        self.centre.start()
        self.expect_selling_without_line("G5125")
        self.centre.stop()
        for name in files[:2]:
            shutil.copy(self.centre.folder / f"{name}.kept", self.centre.folder / name)
        self.centre.start()
        self.expect_everything_after()

    def test_what_a_revoked_till_has_sold_stays_on_it_and_at_the_centre_nothing_changes(self):
        run("gongji-centre", "revoke", self.centre.folder, "T-1")
        sold = self.sell_whatever()
        self.assertIn(sales.state_of(sold)["state"], ("provisional", "cash"))
        self.till.wait_for_line("down")
        self.assertIn("revoked", self.till.status()["last_problem"])
        self.assertEqual(self.till.status()["unsent"], 1)
        self.assertEqual(len(self.entries(self.centre.ledger)), 1)
        self.assertEqual(len(self.entries(self.till.data / "journal.db")), 2)

    def sell_whatever(self):
        """The first try finds out that the line is down for good; the centre's refusal is told to it."""
        self.till.wait_for_line("down")
        return self.sell("wang-fang", self.psn_no, [sales.line(1, sales.ASPIRIN, "1.00")])


if __name__ == "__main__":
    unittest.main()
