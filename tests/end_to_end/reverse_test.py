"""2601: whoever lost the answer of a 2102 takes it back by its msgid, once, and a late copy settles nothing."""

import unittest

import gongji_sales as sales
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2")]


class Reverse(WorldCase):
    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        self.message = self.till.envelope("2102", sales.sale_input("wang-fang", self.psn_no, BASKET))

    def reversal(self, omsgid=None, oinfno="2102", psn_no=None):
        data = {"psn_no": psn_no or self.psn_no, "omsgid": omsgid or self.message["msgid"], "oinfno": oinfno}
        return self.till.envelope("2601", {"data": data})

    def refusal(self, message, code):
        before = self.last_seq()
        answer = self.till.post_fsi(message).json
        self.assertEqual(answer["infcode"], -1, answer)
        self.assertIn(code, answer["err_msg"])
        self.assertEqual(self.last_seq(), before)

    def test_a_sale_is_reversed_by_its_msgid_and_everybody_has_back_what_they_paid(self):
        self.till.post_fsi(self.message)
        reversal = self.reversal()
        first = self.till.post_fsi(reversal)
        self.assertEqual(first.json["infcode"], 0, first.body)
        self.assertEqual(self.last_seq(), 2)
        # Twice is one: the same message, another message, and after a restart without the line.
        self.assertEqual(self.till.post_fsi(reversal).body, first.body)
        self.assertEqual(self.till.post_fsi(self.reversal()).json["infcode"], 0)
        self.till.wait_drained()
        self.centre.stop()
        self.till.kill()
        self.till.start()
        self.assertEqual(self.till.post_fsi(reversal).body, first.body)
        self.assertEqual(self.last_seq(), 2)
        self.centre.start()
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertEqual(self.till.totals(sales.today())["sales"], 0)

    def test_a_late_copy_of_what_was_reversed_settles_nothing(self):
        self.till.post_fsi(self.message)
        self.till.post_fsi(self.reversal())
        self.refusal(self.message, "G6223")

    def test_without_the_line_a_sale_that_was_never_sent_goes_up_with_its_reversal(self):
        self.centre.stop()
        self.till.post_fsi(self.message)
        self.assertEqual(self.till.post_fsi(self.reversal()).json["infcode"], 0)
        self.centre.start()
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertEqual(self.till.totals(sales.today())["sales"], 0)

    def test_what_was_never_settled_here_is_not_reversed_and_nothing_is_kept_of_it(self):
        self.refusal(self.reversal(), "G6221")
        self.assertEqual(self.till.post_fsi(self.message).json["infcode"], 0)
        self.refusal(self.reversal(omsgid="P420100000012026112100000099"), "G6221")

    def test_2601_after_2103_and_2103_after_2601_are_refused(self):
        sold = self.till.post_fsi(self.message).json["output"]["setlinfo"]
        cancel = self.till.envelope("2103", sales.cancel_input(sold))
        self.assertEqual(self.till.post_fsi(cancel).json["infcode"], 0)
        self.refusal(self.reversal(), "G6207")
        self.refusal(self.reversal(omsgid=cancel["msgid"]), "G6222")

        self.message = self.till.envelope("2102", sales.sale_input("wang-fang", self.psn_no, BASKET))
        sold = self.till.post_fsi(self.message).json["output"]["setlinfo"]
        self.till.post_fsi(self.reversal())
        self.refusal(self.till.envelope("2103", sales.cancel_input(sold)), "G6207")

    def test_another_transaction_and_another_person_are_refused(self):
        self.till.post_fsi(self.message)
        self.refusal(self.reversal(oinfno="2103"), "G6222")
        self.refusal(self.reversal(psn_no="42010000000000000004"), "G6202")


if __name__ == "__main__":
    unittest.main()
