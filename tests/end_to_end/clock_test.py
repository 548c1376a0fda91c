"""A machine's clock that is wrong: nothing is promised on it, and the centre's time puts it right."""

import unittest

import gongji_sales as sales
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2")]


class MachineClock(WorldCase):
    def sell_without_line_at(self, offset):
        psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.till.terminate()
        self.centre.stop()
        self.till.turn_clock(offset)
        self.till.start()
        return self.sell("wang-fang", psn_no, BASKET)

    def test_a_clock_in_the_next_year_promises_nothing_without_the_line(self):
        self.assertEqual(sales.state_of(self.sell_without_line_at("+400d"))["state"], "cash")
        self.assertIn("not trusted", self.till.process.said())

    def test_a_dead_battery_promises_nothing_without_the_line(self):
        self.assertEqual(sales.state_of(self.sell_without_line_at("-10000d"))["state"], "cash")

    def test_a_clock_that_is_a_minute_off_goes_on_selling(self):
        self.assertEqual(sales.state_of(self.sell_without_line_at("+60s"))["state"], "provisional")

    def test_the_centre_tells_the_time_to_a_till_whose_battery_is_dead(self):
        self.sell_without_line_at("-10000d")
        self.centre.start()
        self.till.wait_drained()
        psn_no = self.person("wang-fang")
        sold = self.sell("wang-fang", psn_no, BASKET)
        self.assertEqual(sales.state_of(sold)["state"], "guaranteed")
        self.assertEqual(sold["setl_time"][:10], sales.today())
        self.centre.stop()
        self.till.wait_for_line("down")
        again = self.sell("wang-fang", psn_no, BASKET)
        self.assertEqual(sales.state_of(again)["state"], "provisional")


if __name__ == "__main__":
    unittest.main()
