"""Offline vouchers and the stop list: presence without the line, once, and not for what was stopped."""

import sqlite3
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run, wait_until

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2"), sales.line(2, sales.BENIDIPINE, "27.13")]
ONLINE_CODE = "4249007199254740993107420000"  # of zhao-min


class Credentials(WorldCase):
    def issue(self, psn_no, count=1):
        """Digits of new vouchers, as the bureau hands them out."""
        digits = run("gongji-centre", "voucher", "issue", self.centre.folder, psn_no, "--count", str(count)).stdout.split()
        self.assertEqual([len(code) for code in digits], [289] * count)
        return digits

    def stop(self, verb, *what):
        run("gongji-centre", "stop", verb, self.centre.folder, *what)

    def answer(self, name, psn_no, code=None, till=None, msgid=None, infno="2102"):
        """Of a sale on a code, or (None) on the card's numbers as text."""
        data = sales.sale_input(name, psn_no, BASKET)
        if code is not None:
            data["druginfo"].update({"mdtrt_cert_type": "01", "mdtrt_cert_no": code, "card_sn": ""})
        return (till or self.till).fsi(infno, data, msgid).json

    def sold(self, *arguments, **options):
        answer = self.answer(*arguments, **options)
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        return answer["output"]["setlinfo"]

    def assert_refused(self, code, *arguments, till=None, **options):
        """Refused with this code, and nothing was written."""
        till = till or self.till
        before = till.status()["last_seq"]
        answer = self.answer(*arguments, till=till, **options)
        self.assertEqual(answer["infcode"], -1)
        self.assertIn(f"[{code}]", answer["err_msg"])
        self.assertEqual(till.status()["last_seq"], before)

    def stops_at(self, till):
        """Lines of the stop list that the till has."""
        with sqlite3.connect(f"file:{till.data / 'journal.db'}?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM stop").fetchone()[0]

    def sync_until(self, till, lines):
        """A small sale brings the till to its centre; then the list has come."""
        till.wait_for_line()
        self.sold("chen-wei", self.person("chen-wei", till), till=till)
        wait_until(lambda: self.stops_at(till) == lines, f"{till.terminal} has {lines} lines of the stop list", pause=0.1)


class Vouchers(Credentials):
    def test_a_voucher_is_good_for_one_sale_without_the_line_and_known_as_used_everywhere_afterwards(self):
        other = self.world.add_till(sales.CLINIC, "T-2")
        other.wait_for_line()
        psn_no = self.person("li-jianguo")
        self.person("li-jianguo", other)
        first, second = self.issue(psn_no, 2)
        self.centre.stop()
        sold = self.sold("li-jianguo", psn_no, first)
        self.assertEqual(sales.state_of(sold)["state"], "provisional")
        self.assert_refused("G4514", "li-jianguo", psn_no, first)
        self.assert_refused("G4514", "li-jianguo", psn_no, first, infno="2101")
        changed = second[:-1] + ("0" if second[-1] != "0" else "1")
        self.assert_refused("G4310", "li-jianguo", psn_no, changed)
        self.assert_refused("G6202", "wang-fang", "42010000000000000001", second)  # not this patient's voucher
        self.till.kill()
        self.till.start()
        self.assert_refused("G4514", "li-jianguo", psn_no, first)

        self.centre.start()
        self.till.wait_drained()
        self.assertEqual(self.till.sale(sold["setl_id"]).json["state"], "confirmed")
        self.sync_until(other, 1)
        self.centre.stop()
        self.assert_refused("G4513", "li-jianguo", psn_no, first, till=other)
        self.assertEqual(sales.state_of(self.sold("li-jianguo", psn_no, second, till=other))["state"], "provisional")
        self.centre.start()
        other.wait_drained()
        self.till.wait_for_line()
        self.assert_refused("G4513", "li-jianguo", psn_no, second)  # the centre says so
        self.assert_books_agree_of_both(other)
        for file in (file for file in self.world.folder.rglob("*") if file.is_file() and "centre" not in file.parts):
            content = file.read_bytes()
            for digits in (first, second):
                self.assertNotIn(digits.encode(), content, file.name)

    def assert_books_agree_of_both(self, other):
        self.till.wait_drained()
        day = sales.today()
        told = self.centre.totals(day)
        self.assertEqual(told["refused"], 0)
        self.assertEqual(told["sales"], int(self.till.totals(day)["sales"]) + int(other.totals(day)["sales"]))

    def test_a_copy_used_at_a_second_till_without_the_line_is_found_and_costs_the_patient_nothing(self):
        other = self.world.add_till(sales.CLINIC, "T-2")
        other.wait_for_line()
        psn_no = self.person("li-jianguo")
        self.person("li-jianguo", other)
        (voucher,) = self.issue(psn_no)
        self.centre.stop()
        first = self.sold("li-jianguo", psn_no, voucher)
        copy = self.sold("li-jianguo", psn_no, voucher, till=other)
        self.centre.start()
        self.till.wait_drained()
        other.wait_drained()
        told = [till.sale(sold["setl_id"]).json for till, sold in ((self.till, first), (other, copy))]
        self.assertEqual({sale["state"] for sale in told}, {"confirmed", "refused"})  # whichever came second
        (refused,) = [sale for sale in told if sale["state"] == "refused"]
        self.assertEqual(refused["verdict"]["reason"], "voucher_used_twice")
        again = run("gongji-centre", "voucher", "used-again", self.centre.folder).stdout
        self.assertIn("T-1/1/", again)
        self.assertIn("T-2/1/", again)

    def test_an_online_code_is_refused_without_the_line_says_what_to_do_and_is_good_when_it_is_back(self):
        psn_no = self.person("zhao-min")
        self.centre.stop()
        self.till.wait_for_line("down")
        self.assert_refused("G6204", "zhao-min", psn_no, ONLINE_CODE)
        self.assert_refused("G6204", "zhao-min", psn_no, ONLINE_CODE, infno="2101")
        self.centre.start()
        self.till.wait_for_line()
        sold = self.sold("zhao-min", psn_no, ONLINE_CODE)
        self.assertEqual(sales.state_of(sold)["state"], "guaranteed")


class Lending(Credentials):
    def test_a_credential_that_is_not_the_patients_is_refused_with_the_law_on_lending_cards(self):
        wang, li = self.person("wang-fang"), self.person("li-jianguo")
        (voucher,) = self.issue(li)
        for line in ("up", "down"):
            if line == "down":
                self.centre.stop()
                self.till.wait_for_line("down")
            for code in (None, voucher):
                before = self.last_seq()
                answer = self.answer("li-jianguo", wang, code)  # his card or voucher for her benefit
                self.assertEqual(answer["infcode"], -1)
                self.assertIn("[G6202]", answer["err_msg"])
                self.assertIn("第十七条", answer["err_msg"])
                self.assertEqual(self.last_seq(), before)


class GrantedVouchers(Credentials):
    grants = {"persons_max": 10, "share_ppm": 500000}

    def test_a_voucher_lets_a_regular_spend_a_standing_grant_that_typed_numbers_may_not(self):
        psn_no = self.person("li-jianguo")
        (voucher,) = self.issue(psn_no)
        self.sold("li-jianguo", psn_no)
        self.till.wait_drained()
        wait_until(lambda: self.till.status()["grants"] > 0, "the till was granted something", pause=0.1)
        self.centre.stop()
        self.assertEqual(sales.state_of(self.sold("li-jianguo", psn_no))["state"], "provisional")
        self.assertEqual(sales.state_of(self.sold("li-jianguo", psn_no, voucher))["state"], "guaranteed")
        self.centre.start()
        self.till.wait_drained()
        self.assert_books_agree()


class StopList(Credentials):
    def test_a_lost_card_is_stopped_with_and_without_the_line_until_it_is_released(self):
        psn_no = self.person("li-jianguo")
        card_no = sales.CARDS["li-jianguo"]["card_no"]
        self.stop("add", "--card", card_no)
        self.assert_refused("G4512", "li-jianguo", psn_no)  # the centre says so
        self.sync_until(self.till, 1)
        self.centre.stop()
        self.assert_refused("G4512", "li-jianguo", psn_no)  # the till's own list
        self.till.terminate()
        self.till.start()
        self.assert_refused("G4512", "li-jianguo", psn_no)
        self.centre.start()
        self.stop("remove", "--card", card_no)
        self.till.wait_for_line()
        self.sync_until(self.till, 0)
        self.centre.stop()
        self.assertEqual(sales.state_of(self.sold("li-jianguo", psn_no))["state"], "provisional")

    def test_a_suspended_person_pays_in_cash_and_keeps_a_paper(self):
        psn_no = self.person("li-jianguo")
        self.stop("add", "--person", psn_no)
        self.sync_until(self.till, 1)
        for line in ("up", "down"):
            if line == "down":
                self.centre.stop()
            sold = self.sold("li-jianguo", psn_no)
            self.assertEqual(sales.state_of(sold)["state"], "cash", line)
            self.assertEqual(sales.yuan(sold["psn_cash_pay"]), sales.yuan(sold["medfee_sumamt"]))
            paper = self.till.sale(sold["setl_id"]).json
            self.assertEqual(paper["sale"]["paper_reasons"], ["person_stopped"])


if __name__ == "__main__":
    unittest.main()
