"""The centre itself is wrong: its clock, or its disk came back from a backup. No answered sale is lost or doubled by it."""

import datetime
import shutil
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_faults import FaultCase
from gongji_process import wait_until


def within_today(offset):
    """Half an hour to the other side where this one would be another day: the books are compared by day."""
    now = datetime.datetime.now(sales.CHINA)
    margin = datetime.timedelta(minutes=40)
    if offset[0] == "-" and (now - margin).date() != now.date():
        return "+" + offset[1:]
    if offset[0] == "+" and (now + margin).date() != now.date():
        return "-" + offset[1:]
    return offset


class CentreFaults(FaultCase):
    def test_a_centre_whose_clock_is_half_an_hour_off_either_way_gets_each_sale_once(self):
        for offset in ("-30m", "+30m", "-30m"):
            offset = within_today(offset)
            self.buy()
            self.centre.stop()
            self.buy()
            self.centre.turn_clock(offset)
            self.centre.start()
            self.till.wait_for_line()
            self.buy()
            self.till.wait_drained()
        self.assert_each_answer_once()

    @unittest.skipIf(world.server(), "the folder's backup holds no ledger on a server")
    def test_a_centre_restored_from_a_backup_says_so_and_the_till_keeps_everything_and_sells_on(self):
        other = self.world.add_till(sales.PHARMACY, "T-2")
        self.buy()
        self.till.wait_drained()
        self.centre.stop()
        shutil.copytree(self.centre.folder, self.world.folder / "backup")
        self.centre.start()
        self.till.wait_for_line()
        self.buy()
        self.till.wait_drained()
        self.centre.stop()
        shutil.rmtree(self.centre.folder)
        shutil.copytree(self.world.folder / "backup", self.centre.folder)
        self.centre.start()
        wait_until(lambda: "feed_ahead" in self.till.status()["last_problem"], "the till hears that the centre forgot")
        self.buy()
        at_till = self.entries(self.till.data / "journal.db")
        self.assertEqual(len(at_till), len(self.answered))
        self.assertEqual(self.entries(self.centre.ledger), at_till[:1])
        other.wait_for_line()
        self.person("wang-fang", till=other)


if __name__ == "__main__":
    unittest.main()
