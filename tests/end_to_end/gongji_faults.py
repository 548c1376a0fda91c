"""The frame of a test with a bad line: a till that reaches its centre through a proxy, and what must hold afterwards."""

import pathlib
import sqlite3
import sys

import gongji_sales as sales
from gongji_case import WorldCase

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import wire_proxy  # noqa: E402

PERSON = "wang-fang"
GOODS = [sales.line(1, sales.ASPIRIN, "1.00")]


class FaultCase(WorldCase):
    """Every sale that is answered is noted; `assert_each_answer_once` is the end of every test."""

    terms = {"drain_window_s": 0}

    def setUp(self):
        super().setUp()
        self.answered = []
        self.psn_no = self.person(PERSON)

    def go_through(self, port):
        """From here on the till reaches its centre by this port."""
        self.till.terminate()
        self.till.dial(port)
        self.till.start()

    def through_bad_line(self, **knobs):
        line = wire_proxy.BadLine(self.centre.port, **knobs)
        self.addCleanup(line.close)
        self.go_through(line.port)
        return line

    def through_terminator(self, between):
        folder, tls = self.centre.folder, self.till.data / "tls"
        terminator = wire_proxy.Terminator(
            self.centre.port,
            (folder / "server.pem", folder / "server.key"),
            (tls / "certificate.pem", tls / "key.pem"),
            folder / "ca.pem",
            between,
        )
        self.addCleanup(terminator.close)
        self.go_through(terminator.port)
        return terminator

    def buy(self, till=None):
        setlinfo = self.sell(PERSON, self.psn_no, GOODS, till=till)
        self.answered.append(setlinfo)
        return setlinfo

    def entries(self, database):
        """(seq, hash) of every entry; till and centre name these columns alike."""
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return connection.execute("SELECT seq, hash FROM entry ORDER BY seq").fetchall()
        finally:
            connection.close()

    def assert_each_answer_once(self):
        """What the till answered is at the centre once, byte for byte, and the books agree."""
        self.till.wait_drained()
        self.assertEqual(len({sold["setl_id"] for sold in self.answered}), len(self.answered))
        for sold in self.answered:
            self.assertEqual(self.till.sale(sold["setl_id"]).json["state"], "confirmed")
        self.assertEqual(self.till.totals(sales.today())["sales"], len(self.answered))
        self.assert_books_agree()
        at_till = self.entries(self.till.data / "journal.db")
        self.assertEqual([seq for seq, _ in at_till], list(range(1, len(self.answered) + 1)))
        self.assertEqual(at_till, self.entries(self.centre.ledger))
