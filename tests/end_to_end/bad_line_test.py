"""The line itself is bad: slow, lossy, narrow, half open, cut at any byte. Selling goes on; each answer is at the centre once."""

import os
import unittest

import gongji_sales as sales
from gongji_faults import FaultCase
from gongji_process import wait_until
from wire_proxy import DOWN, UP

# Places at which the exchange of one sale is cut, spread over its bytes in each direction.
CUTS = int(os.environ.get("GONGJI_CUTS", "5"))


class BadLine(FaultCase):
    def test_with_a_delay_and_lost_packets_everything_arrives_once(self):
        line = self.through_bad_line(delay=0.015, loss=0.1, seed=5)
        self.till.wait_for_line()
        for _ in range(8):
            self.buy()
        self.assert_each_answer_once()
        self.assertGreater(line.lost, 0)

    def test_a_line_that_goes_silent_either_way_is_found_dead_and_used_again_when_it_returns(self):
        line = self.through_bad_line()
        self.till.wait_for_line()
        for silent in ({DOWN}, {UP, DOWN}):
            line.half_open = silent
            off_line = self.buy()
            self.assertEqual(sales.state_of(off_line)["state"], "provisional", silent)
        self.till.wait_for_line("down")
        line.half_open = set()
        self.assert_each_answer_once()

    def test_a_slow_reader_holds_up_neither_the_centre_nor_another_till(self):
        line = self.through_bad_line()
        self.till.wait_for_line()
        other = self.world.add_till(sales.PHARMACY, "T-2")
        other.wait_for_line()
        line.narrow = {DOWN: 20}
        self.buy()
        self.person("li-jianguo", till=other)
        self.assertEqual(other.status()["line"], "up")
        line.narrow = {}
        line.cut_all()
        self.assert_each_answer_once()

    def test_whatever_byte_the_line_is_cut_at_each_answered_sale_is_at_the_centre_once(self):
        line = self.through_bad_line()
        self.till.wait_for_line()
        self.buy()
        self.till.wait_drained()
        line.cut_all()
        before = dict(line.carried)
        self.buy()
        self.till.wait_drained()
        carried = {way: line.carried[way] - before[way] for way in before}
        for way in (UP, DOWN):
            for number in range(CUTS):
                line.cut = (way, carried[way] * number // (3 * CUTS))  # two connections carried it
                cuts = line.cuts
                line.cut_all()
                self.buy()
                wait_until(lambda: line.cuts > cuts, f"the line is cut {line.cut}")
                line.cut = None
        self.assert_each_answer_once()


if __name__ == "__main__":
    unittest.main()
