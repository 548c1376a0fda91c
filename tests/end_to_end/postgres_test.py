"""Two centres on one PostgreSQL: every sale is booked once, whichever centre it came to, and whatever became of the server."""

import http.client
import shutil
import threading
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_process import run, wait_until
from gongji_world import postgres_cluster

PERSONS = ("wang-fang", "li-jianguo", "zhao-min", "chen-wei")
CLERKS = 2  # at each till
AMOUNTS = ("sales", "medfee", "fund", "account", "family", "cash")


class Clerk(threading.Thread):
    """Sells to one person after another; what was not answered is sent again as it was."""

    def __init__(self, till, persons, count, first):
        super().__init__()
        self.till, self.persons, self.count, self.first = till, persons, count, first
        self.sold = 0
        self.said = []

    def run(self):
        for number in range(self.first, self.first + self.count):
            name = PERSONS[number % len(PERSONS)]
            # Little, so that two tills without the line do not promise more of an account than it has.
            line = sales.line(1, sales.ASPIRIN, f"0.{number % 90 + 10}")
            message = self.till.envelope("2102", sales.sale_input(name, self.persons[name], [line]))
            wait_until(lambda: self.send(message), f"an answer on sale {number}: {self.said[-1:]}")
            self.sold += 1

    def send(self, message):
        try:
            told = self.till.post_fsi(message).json
        except (OSError, http.client.HTTPException) as error:
            self.said.append(str(error))
            return False
        self.said.append(told.get("err_msg"))
        return told["infcode"] == 0


class SharedLedger(unittest.TestCase):
    def setUp(self):
        self.cluster = postgres_cluster.Cluster(durable=True)
        self.addCleanup(self.cluster.remove)
        self.cluster.start()
        self.world = world.World()
        self.addCleanup(self.world.close)
        self.one = self.world.centre
        self.one.database = self.cluster.url()
        self.world.open()
        self.other = world.Centre(self.world.folder / "other-centre")
        shutil.copytree(self.one.folder, self.other.folder, ignore=shutil.ignore_patterns("centre.port"))
        self.other.start()
        self.addCleanup(self.other.kill)
        self.tills = [self.world.add_till(sales.CLINIC, "T-1"), self.add_till_of_other(sales.PHARMACY, "T-2")]
        for till in self.tills:
            till.wait_for_line()

    def add_till_of_other(self, site, terminal):
        till = world.Till(self.world.folder / terminal, self.other, site, terminal)
        self.world.tills.append(till)
        till.enrol()
        till.start()
        return till

    def assert_same_keys(self):
        """What one centre seals the other must open: of each month they have the same key."""
        files = [sorted((centre.folder / "keys" / "month").glob("*.key")) for centre in (self.one, self.other)]
        self.assertEqual(*[[(file.name, file.read_bytes()) for file in of_one] for of_one in files])
        self.assertGreaterEqual(len(files[0]), 2)

    def clerks(self, count):
        out = []
        for till in self.tills:
            persons = {}
            for name in PERSONS:
                answer = till.fsi("1101", sales.person_input(name)).json
                self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
                persons[name] = answer["output"]["baseinfo"]["psn_no"]
            out.extend(Clerk(till, persons, count, 1000 * number) for number in range(CLERKS))
        return out

    def assert_booked_once(self, count):
        for till in self.tills:
            till.wait_drained()
            day = sales.today()
            at_till, at_centre = till.totals(day), self.one.totals(day, till.terminal)
            for name in AMOUNTS:
                self.assertEqual(str(at_till[name]), str(at_centre[name]), f"{till.terminal} {name}: {at_till} {at_centre}")
            self.assertEqual(at_till["sales"], count)
        # One entry for each number of each log, one outcome for each entry, one posting for each sale.
        said = self.cluster.query(
            "SELECT terminal, count(*), count(DISTINCT seq), max(seq) FROM entry GROUP BY terminal ORDER BY terminal"
        )
        for row in said.splitlines():
            terminal, rows, different, last = row.split("|")
            self.assertEqual((rows, different), (last, last), said)
        self.assertEqual(len(said.splitlines()), 2)
        twice = "SELECT count(*) FROM (SELECT 1 FROM {} GROUP BY terminal, epoch, seq HAVING count(*) > 1) AS twice"
        self.assertEqual(self.cluster.query(twice.format("outcome")), "0")
        self.assertEqual(self.cluster.query(twice.format("posting WHERE purpose = 2")), "0")
        crooked = "SELECT count(*) FROM (SELECT 1 FROM movement GROUP BY posting_id HAVING sum(amount) <> 0) AS crooked"
        self.assertEqual(self.cluster.query(crooked), "0")
        moved = (
            "SELECT count(*) FROM account LEFT JOIN (SELECT account_id, sum(amount) AS moved FROM movement "
            "GROUP BY account_id) AS sums USING (account_id) WHERE balance <> coalesce(moved, 0)"
        )
        self.assertEqual(self.cluster.query(moved), "0")

    def test_two_centres_share_one_ledger_and_every_sale_is_booked_once(self):
        clerks = self.clerks(10)
        for clerk in clerks:
            clerk.start()
        for clerk in clerks:
            clerk.join()
        self.assert_booked_once(10 * CLERKS)
        # What grows is cut by month, and nothing stands beside the months.
        parts = self.cluster.query("SELECT count(*) FROM pg_inherits WHERE inhparent = 'entry'::regclass")
        self.assertGreaterEqual(int(parts), 4)
        self.assertEqual(self.cluster.query("SELECT count(*) FROM entry_rest"), "0")
        self.assertEqual(self.cluster.query("SELECT count(*) FROM posting_rest"), "0")
        self.assert_same_keys()
        # The second centre tells the same of everybody.
        day = sales.today()
        self.assertEqual(self.one.totals(day), self.other.totals(day))

    def test_a_server_that_crashes_in_mid_load_loses_and_doubles_nothing(self):
        clerks = self.clerks(12)
        for clerk in clerks:
            clerk.start()
        for crash in range(3):
            wanted = 8 * (crash + 1)
            wait_until(lambda: sum(clerk.sold for clerk in clerks) >= wanted, f"{wanted} sales are answered")
            self.cluster.stop("immediate")
            self.cluster.start()
        for clerk in clerks:
            clerk.join()
        self.assert_booked_once(12 * CLERKS)

    def test_a_centre_refuses_a_server_without_its_ledger_and_keeps_its_address_to_itself(self):
        self.cluster.query("CREATE DATABASE empty")
        done = run("gongji-centre", "totals", self.one.folder, "--database", self.cluster.url("empty"), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("G5402", done.stderr)
        self.assertEqual((self.one.folder / "database").stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main()
