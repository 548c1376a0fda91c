"""Two tills sell off line; the one that served first comes back last: the other's sale is judged again."""

import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import wait_until


class Late(WorldCase):
    def test_a_sale_that_arrives_behind_a_later_one_is_settled_first_and_the_other_till_is_told(self):
        basket = [sales.line(1, sales.ASPIRIN, "130.00")]  # the fund 104.00, her own account 26.00 of 30.00
        other = self.world.add_till(sales.CLINIC, "T-2")
        other.wait_for_line()
        psn_no = self.person("wang-fang")
        self.person("wang-fang", till=other)
        self.centre.stop()
        first = self.sell("wang-fang", psn_no, basket)
        second = self.sell("wang-fang", psn_no, basket, till=other)
        for sold in (first, second):
            self.assertEqual(sales.state_of(sold)["state"], "provisional")
            self.assertEqual(sales.yuan(sold["acct_pay"]), sales.yuan("26.00"))
        self.till.kill()

        self.centre.start()
        other.wait_drained()
        self.assertEqual(other.sale(second["setl_id"]).json["state"], "confirmed")

        self.till.start()
        self.till.wait_drained()
        self.assertEqual(self.till.sale(first["setl_id"]).json["state"], "confirmed")
        wait_until(lambda: other.sale(second["setl_id"]).json["state"] == "adjusted", "the other till is told", 30)
        # What the centre set right stands at the other till at once, without a new snapshot.
        self.centre.stop()
        third = self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "10.00")], till=other)
        self.assertEqual(sales.state_of(third)["state"], "provisional")
        self.assertEqual(sales.yuan(third["balc"]), sales.yuan("24.00"))  # 30.00 less 4.00 that stand, less 2.00 now


if __name__ == "__main__":
    unittest.main()
