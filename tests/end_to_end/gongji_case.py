"""The frame of a process-level test: a world of its own, ended in every case; logs are shown when a test fails."""

import unittest

import gongji_sales as sales
import gongji_world as world


class WorldCase(unittest.TestCase):
    """One centre and one clinic till, fresh for each test; `needs_reader` gives the till a virtual card reader."""

    needs_reader = False
    grants = None  # members of the terms' grants, where they are on
    terms = None  # other members of the terms
    settings = None  # more of the till's configuration: {section: [lines]}; {world} in a line is the world's folder

    def setUp(self):
        sales.wait_out_midnight()
        self.logs = ""
        self.world = world.World()
        self.addCleanup(self._close)
        self.world.open(self.grants, self.terms)
        self.centre = self.world.centre
        self.reader = self.world.add_reader() if self.needs_reader else None
        settings = {
            section: [line.replace("{world}", str(self.world.folder)) for line in lines]
            for section, lines in (self.settings or {}).items()
        }
        self.prepare()
        self.till = self.world.add_till(sales.CLINIC, "T-1", reader=self.reader, settings=settings)
        self.till.wait_for_line()

    def prepare(self):
        """Before the till is made; for tests that need something in its place."""

    def _close(self):
        folders = [self.world.folder, *(reader.folder for reader in self.world.readers)]
        for log in sorted(log for folder in folders for log in folder.rglob("*.log")):
            self.logs += f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}\n"
        self.world.close()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(self.logs, flush=True)
        return result

    # --- what a vendor's program does ----------------------------------------------------------------------------

    def person(self, name, till=None):
        """Asks for a person; gives psn_no. From then on the till knows the person off line too."""
        answer = (till or self.till).fsi("1101", sales.person_input(name)).json
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        return answer["output"]["baseinfo"]["psn_no"]

    def sell(self, name, psn_no, lines, till=None, msgid=None, **options):
        """Sells; gives the setlinfo of 2102."""
        answer = (till or self.till).fsi("2102", sales.sale_input(name, psn_no, lines, **options), msgid).json
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        return answer["output"]["setlinfo"]

    def last_seq(self):
        return self.till.status()["last_seq"]

    def assert_books_agree(self):
        """Till and centre tell the same of today, to the fen."""
        day = sales.today()
        at_till, at_centre = self.till.totals(day), self.centre.totals(day)
        for name in ("sales", "medfee", "fund", "account", "family", "cash"):
            self.assertEqual(str(at_till[name]), str(at_centre[name]), f"{name}: {at_till} {at_centre}")
