"""The till program makes the id: same id, same body, same answer; same id, other body, refused without effect."""

import threading
import unittest

import gongji_sales as sales
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2")]
OTHER = [sales.line(1, sales.ASPIRIN, "13.55", "3")]


class Duplicate(WorldCase):
    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")

    def message(self, lines=BASKET):
        return self.till.envelope("2102", sales.sale_input("wang-fang", self.psn_no, lines))

    def test_the_same_message_gets_the_same_bytes(self):
        message = self.message()
        first = self.till.post_fsi(message)
        again = self.till.post_fsi(message)
        self.assertEqual(first.json["infcode"], 0, first.body)
        self.assertEqual(again.body, first.body)
        self.assertEqual(self.last_seq(), 1)

    def test_the_same_message_gets_the_same_bytes_after_a_restart_and_without_the_line(self):
        message = self.message()
        first = self.till.post_fsi(message)
        self.till.wait_drained()
        self.centre.stop()
        self.till.kill()
        self.till.start()
        self.assertEqual(self.till.post_fsi(message).body, first.body)
        self.assertEqual(self.last_seq(), 1)

    def test_the_envelopes_times_do_not_make_another_message(self):
        message = self.message()
        first = self.till.post_fsi(message)
        message["inf_time"] = "2026-01-01 00:00:00"
        message["sign_no"] = "7"
        self.assertEqual(self.till.post_fsi(message).body, first.body)

    def test_the_same_id_with_another_body_is_refused_and_changes_nothing(self):
        message = self.message()
        self.till.post_fsi(message)
        before = self.till.totals(sales.today())
        message["input"] = sales.sale_input("wang-fang", self.psn_no, OTHER)
        refused = self.till.post_fsi(message).json
        self.assertEqual(refused["infcode"], -1)
        self.assertIn("msgid", refused["err_msg"])
        self.assertEqual(self.last_seq(), 1)
        self.assertEqual(self.till.totals(sales.today()), before)

    def test_the_same_id_for_another_transaction_is_refused(self):
        message = self.message()
        sold = self.till.post_fsi(message).json["output"]["setlinfo"]
        cancel = self.till.envelope("2103", sales.cancel_input(sold), msgid=message["msgid"])
        self.assertEqual(self.till.post_fsi(cancel).json["infcode"], -1)
        self.assertEqual(self.last_seq(), 1)

    def test_twenty_copies_at_once_are_one_sale(self):
        message = self.message()
        bodies = []

        def send():
            bodies.append(self.till.post_fsi(message).body)

        senders = [threading.Thread(target=send) for _ in range(20)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self.assertEqual(len(bodies), 20)
        self.assertEqual(len(set(bodies)), 1)
        self.assertEqual(self.last_seq(), 1)

    def test_a_cancel_sent_twice_is_one_cancel_and_a_second_one_is_refused(self):
        sold = self.till.post_fsi(self.message()).json["output"]["setlinfo"]
        cancel = self.till.envelope("2103", sales.cancel_input(sold))
        first = self.till.post_fsi(cancel)
        self.assertEqual(first.json["infcode"], 0, first.body)
        self.assertEqual(self.till.post_fsi(cancel).body, first.body)
        second = self.till.fsi("2103", sales.cancel_input(sold)).json
        self.assertEqual(second["infcode"], -1)
        self.assertEqual(self.last_seq(), 2)
        self.till.wait_drained()
        self.assert_books_agree()
        self.assertEqual(self.till.totals(sales.today())["sales"], 0)


if __name__ == "__main__":
    unittest.main()
