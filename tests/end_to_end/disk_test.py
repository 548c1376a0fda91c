"""A disk that fills up: the till says so, loses nothing, and goes on by itself when there is room again."""

import errno
import unittest

import gongji_sales as sales
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "1.00")]
SALES_MAX = 400  # more than the small disk has room for


class FullDisk(WorldCase):
    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.till.terminate()
        self.till.start_on_small_disk(4)
        self.till.wait_for_line()

    def fill(self):
        """Takes all the room that is left."""
        self.filler = self.till.disk / "filler"
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                self.assertEqual(error.errno, errno.ENOSPC)

    def try_to_sell(self):
        """One sale by its own message; the answer as it came."""
        msgid = self.till.message_id()
        return msgid, self.till.fsi("2102", sales.sale_input("wang-fang", self.psn_no, BASKET), msgid).json

    def test_a_full_disk_refuses_sales_loses_none_and_heals_when_there_is_room(self):
        self.sell("wang-fang", self.psn_no, BASKET)
        self.fill()
        answered, refused = [], None
        for _ in range(SALES_MAX):
            msgid, answer = self.try_to_sell()
            if answer["infcode"] != 0:
                refused = msgid, answer
                break
            answered.append((msgid, answer["output"]["setlinfo"]["setl_id"]))
        self.assertIsNotNone(refused, "the disk never was full")
        self.assertRegex(refused[1]["err_msg"], r"\[G(4201|4408)\].*磁盘")

        # What was answered is there and can be told again, full disk or not; queries still work.
        for msgid, setl_id in answered:
            self.assertEqual(self.till.sale(setl_id).json["sale_id"], setl_id)
        self.assertTrue(self.till.process.running())
        self.assertEqual(self.till.status()["last_seq"], len(answered) + 1)

        self.filler.unlink()
        sold = self.till.fsi("2102", sales.sale_input("wang-fang", self.psn_no, BASKET), refused[0]).json
        self.assertEqual(sold["infcode"], 0, sold.get("err_msg"))
        self.till.wait_drained()
        self.assertEqual(self.till.totals(sales.today())["sales"], len(answered) + 2)
        self.assert_books_agree()


if __name__ == "__main__":
    unittest.main()
