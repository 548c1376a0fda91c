"""The line goes and comes back: selling goes on, the queue drains, verdicts come, the books agree."""

import unittest

import gongji_sales as sales
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2"), sales.line(2, sales.BENIDIPINE, "27.13")]


class Line(WorldCase):
    def test_with_the_line_up_a_sale_is_guaranteed_and_then_confirmed(self):
        psn_no = self.person("wang-fang")
        sold = self.sell("wang-fang", psn_no, BASKET)
        self.assertEqual(sales.state_of(sold)["state"], "guaranteed")
        self.till.wait_drained()
        self.assertEqual(self.till.sale(sold["setl_id"]).json["state"], "confirmed")
        self.assert_books_agree()

    def test_without_the_line_a_known_person_is_served_provisionally_and_confirmed_later(self):
        psn_no = self.person("wang-fang")
        self.centre.stop()
        sold = [self.sell("wang-fang", psn_no, BASKET) for _ in range(2)]
        self.assertEqual([sales.state_of(one)["state"] for one in sold], ["provisional", "provisional"])
        self.assertEqual(self.till.status()["unsent"], 2)
        self.centre.start()
        self.till.wait_drained()
        for one in sold:
            self.assertEqual(self.till.sale(one["setl_id"]).json["state"], "confirmed")
        self.assert_books_agree()

    def test_off_line_sales_of_one_person_draw_on_what_the_earlier_ones_left(self):
        psn_no = self.person("wang-fang")
        self.centre.stop()
        first = self.sell("wang-fang", psn_no, BASKET)
        second = self.sell("wang-fang", psn_no, BASKET)
        self.assertEqual(sales.yuan(second["balc"]), sales.yuan(first["balc"]) - own_share(second))

    def test_a_centre_that_takes_connections_but_never_answers_does_not_hold_up_the_counter(self):
        psn_no = self.person("wang-fang")
        self.centre.pause()
        try:
            answer = self.till.fsi("2102", sales.sale_input("wang-fang", psn_no, BASKET), seconds=20).json
        finally:
            self.centre.resume()
        self.assertEqual(answer["infcode"], 0, answer["err_msg"])
        self.assertEqual(sales.state_of(answer["output"]["setlinfo"])["state"], "provisional")
        self.till.wait_drained()
        self.assert_books_agree()

    def test_a_centre_that_dies_and_comes_back_again_and_again_gets_everything_once(self):
        psn_no = self.person("wang-fang")
        for _ in range(5):
            self.centre.kill()
            self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "1.00")])
            self.centre.start()
            self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "1.00")])
        self.till.wait_drained()
        self.assertEqual(self.till.totals(sales.today())["sales"], 10)
        self.assert_books_agree()

    def test_a_person_whom_this_till_never_saw_pays_cash_off_line(self):
        self.centre.stop()
        stranger = self.till.fsi("1101", sales.person_input("zhao-min")).json
        self.assertEqual(stranger["infcode"], -1)
        self.assertEqual(self.last_seq(), 0)


def own_share(setlinfo):
    return sales.yuan(setlinfo["acct_pay"]) - sales.yuan(setlinfo["acct_mulaid_pay"])


if __name__ == "__main__":
    unittest.main()
