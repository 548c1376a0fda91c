"""SIGKILL at any moment: what was answered is there, once, at the till and at the centre, to the fen.

Four programs sell, cancel, refund in part, ask again and repeat, while the daemon is killed and started two hundred times and the line
comes and goes. In the end every open question is asked again, the queue drains, the books are compared, and every
invariant of tests/support/invariants.sql is asked.

    GONGJI_SEED=7 GONGJI_KILLS=20 python3 tests/end_to_end/kill_test.py
"""

import contextlib
import http.client
import json
import os
import random
import sqlite3
import threading
import time
import unittest

import gongji_invariants as invariants
import gongji_sales as sales
import gongji_world as world

KILLS = int(os.environ.get("GONGJI_KILLS", "200"))
CLIENTS = 4
LINE_CHANGES_EVERY = 25  # kills
PERSONS = ("wang-fang", "li-jianguo", "zhao-min", "chen-wei")
GOODS = (sales.ASPIRIN, sales.BENIDIPINE, sales.MESALAZINE)
TRY_AGAIN = ("G6209", "G6210")  # another sale of this person was faster; nothing was written, the message holds
PAYS_MORE = "G6218"  # for what is kept somebody would pay more than for the whole
AMOUNTS = ("medfee", "fund", "account", "family", "cash")


class FsiRequest:
    """A message of the national interface as it was first sent; asked again, it is the same bytes."""

    def __init__(self, message, cancels=None):
        self.message = message
        self.name = message["infno"]
        self.cancels = cancels  # the Sale that this 2103 cancels

    @property
    def msgid(self):
        return self.message["msgid"]

    def send(self, till):
        return till.post_fsi(self.message, seconds=15)

    def read(self, answer):
        """(shares, None), or (None, what was said instead)."""
        told = answer.json
        return (told["output"]["setlinfo"], None) if told["infcode"] == 0 else (None, told["err_msg"])

    def same(self, first, again):
        return first == again


class ApiRequest:
    """POST /api/v1/sales under a key of its own."""

    name = "api"
    cancels = None

    def __init__(self, key, body, psn_no):
        self.key = key
        self.body = body
        self.psn_no = psn_no

    @property
    def msgid(self):
        return self.key

    def send(self, till):
        return till.api("POST", "sales", self.body, self.key, seconds=15)

    def read(self, answer):
        told = answer.json
        if answer.status != 200:
            return None, told
        state = {name: told[name] for name in ("state", "seq", "paper_reasons") if name in told}
        named = {"setl_id": told["sale_id"], "mdtrt_id": told["sale_id"], "psn_no": self.psn_no}
        return {**told["setlinfo"], **named, "exp_content": json.dumps({"gongji": state})}, None

    def same(self, first, again):
        return first.replace(b'"replayed":false', b'"replayed":true') == again.replace(b'"replayed":false', b'"replayed":true')


class RefundRequest:
    """POST /api/v1/sales/{id}/refund under a key of its own: some lines are kept, as a sale that takes the other's place."""

    name = "refund"

    def __init__(self, key, sale, kept):
        self.key = key
        self.cancels = sale
        self.kept = kept
        self.lines = len(kept)

    @property
    def msgid(self):
        return self.key + "/kept"

    def send(self, till):
        body = {"opter": "01", "kept": [{"feedetl_sn": number, "cnt": "1"} for number in self.kept]}
        return till.api("POST", f"sales/{self.cancels.setlinfo['setl_id']}/refund", body, self.key, seconds=15)

    def read(self, answer):
        told = answer.json
        if answer.status != 200:
            return None, told
        kept, sold = told["kept"], self.cancels.setlinfo
        named = {"setl_id": kept["sale_id"], "mdtrt_id": sold["mdtrt_id"], "psn_no": sold["psn_no"]}
        return {**kept["setlinfo"], **named, "exp_content": json.dumps({"gongji": {"seq": kept["seq"]}}, default=int)}, None

    def same(self, first, again):
        first, again = (json.loads(body, parse_float=str) for body in (first, again))
        return [first[name] for name in ("back", "cash_out")] == [again[name] for name in ("back", "cash_out")] and all(
            first["kept"][name] == again["kept"][name] for name in ("sale_id", "seq", "setlinfo")
        )


class Sale:
    def __init__(self, request, body, setlinfo):
        self.request = request
        self.body = body
        self.setlinfo = setlinfo
        self.is_paper = "paper_reasons" in sales.state_of(setlinfo)
        self.cancelled = False
        self.cancel_claimed = False  # one client has decided to cancel it
        self.cancel = None  # request, body and setlinfo of the 2103 that was answered

    def rows(self):
        """What was printed, as invariants.sql asks it."""
        told = self.setlinfo
        fen = {name: int(sales.yuan(told[name]) * 100) for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay")}
        amounts = (fen["medfee_sumamt"], fen["fund_pay_sumamt"], fen["acct_pay"] - fen["acct_mulaid_pay"], fen["acct_mulaid_pay"], fen["psn_cash_pay"])
        yield (self.request.msgid, 3 if self.is_paper else 1, told["setl_id"], int(sales.state_of(told)["seq"]), *amounts)
        if self.cancel is not None:
            request, _, cancelled = self.cancel
            yield (request.msgid, 2, cancelled["setl_id"], None, None, None, None, None, None)


class Load:
    """What the clients know together."""

    def __init__(self, till, seed):
        self.till = till
        self.seed = seed
        self.lock = threading.Lock()
        self.sales = []
        self.open = []  # requests that were sent and not answered
        self.repeats = 0
        self.surprises = []
        self.stop = threading.Event()
        self.persons = {}

    def learn_persons(self):
        for name in PERSONS:
            answer = self.till.fsi("1101", sales.person_input(name)).json
            self.persons[name] = answer["output"]["baseinfo"]["psn_no"]

    def send(self, request):
        """Sends a request; its answer is kept, its silence too."""
        try:
            answer = request.send(self.till)
        except (OSError, http.client.HTTPException):
            with self.lock:
                self.open.append(request)
            return False
        shares, said = request.read(answer)
        with self.lock:
            if shares is None and any(code in str(said) for code in TRY_AGAIN):
                self.open.append(request)
            elif shares is None and PAYS_MORE in str(said):
                request.cancels.cancel_claimed = False
            elif shares is None:
                self.surprises.append((request.name, answer.status, said))
            elif isinstance(request, RefundRequest):
                request.cancels.cancelled = True
                self.sales.append(Sale(request, answer.body, shares))
            elif request.cancels is None:
                self.sales.append(Sale(request, answer.body, shares))
            else:
                request.cancels.cancelled = True
                request.cancels.cancel = (request, answer.body, shares)
        return True

    def new_sale(self, chance):
        name = chance.choice(PERSONS)
        lines = [
            sales.line(number + 1, chance.choice(GOODS), f"{chance.randint(1, 900)}.{chance.randint(0, 99):02d}")
            for number in range(chance.randint(1, 3))
        ]
        account = chance.choice("012")
        if chance.random() < 0.2:
            request = ApiRequest(self.till.message_id(), sales.api_sale(name, lines, account), self.persons[name])
        else:
            request = FsiRequest(self.till.envelope("2102", sales.sale_input(name, self.persons[name], lines, account=account)))
        request.lines = len(lines)
        return request

    def ask_again(self):
        with self.lock:
            request = self.open.pop() if self.open else None
        if request is not None:
            self.send(request)

    def repeat(self, chance):
        with self.lock:
            sale = chance.choice(self.sales) if self.sales else None
        if sale is None:
            return
        try:
            again = sale.request.send(self.till)
        except (OSError, http.client.HTTPException):
            return
        with self.lock:
            self.repeats += 1
            if not sale.request.same(sale.body, again.body):
                self.surprises.append(("repeat", sale.body, again.body))

    def claim(self, chance, lines_min):
        """A sale that this client alone takes back, or None."""
        with self.lock:
            free = [
                sale for sale in self.sales[-50:] if not sale.cancel_claimed and not sale.is_paper and sale.request.lines >= lines_min
            ]
            if not free:
                return None
            sale = chance.choice(free)
            sale.cancel_claimed = True
            return sale

    def refund(self, chance):
        sale = self.claim(chance, 2)
        if sale is None:
            return
        kept = sale.request.kept if isinstance(sale.request, RefundRequest) else [str(i + 1) for i in range(sale.request.lines)]
        self.send(RefundRequest(self.till.message_id(), sale, kept[: chance.randint(1, len(kept) - 1)]))

    def cancel(self, chance):
        sale = self.claim(chance, 1)
        if sale is None:
            return
        self.send(FsiRequest(self.till.envelope("2103", sales.cancel_input(sale.setlinfo)), cancels=sale))

    def sell(self, number):
        chance = random.Random(f"{self.seed} {number}")
        while not self.stop.is_set():
            draw = chance.random()
            if draw < 0.70:
                answered = self.send(self.new_sale(chance))
                if not answered:
                    time.sleep(0.02)  # the daemon is being started again
            elif draw < 0.80:
                self.ask_again()
            elif draw < 0.90:
                self.repeat(chance)
            elif draw < 0.95:
                self.refund(chance)
            else:
                self.cancel(chance)

    def standing(self):
        """Sales that count in the books: not cancelled, and not the paper of one that could promise nothing."""
        return [sale for sale in self.sales if not sale.cancelled and not sale.is_paper]


class Kill(unittest.TestCase):
    def test_what_was_answered_is_there_once_and_the_books_agree(self):
        seed = os.environ.get("GONGJI_SEED") or str(random.SystemRandom().randrange(1 << 32))
        print(f"seed {seed}, {KILLS} kills", flush=True)
        chance = random.Random(seed)
        first_day = sales.today()
        with world.World().open() as small:
            till = small.add_till(sales.CLINIC, "T-kill", log_level="warn")
            till.wait_for_line()
            opening = invariants.opening_counters(small.centre.ledger)
            load = Load(till, seed)
            load.learn_persons()
            clients = [threading.Thread(target=load.sell, args=(number,)) for number in range(CLIENTS)]
            for client in clients:
                client.start()
            try:
                self.kill_many_times(small, till, chance)
            finally:
                load.stop.set()
                for client in clients:
                    client.join()
            if small.centre.process is None:
                small.centre.start()
            while load.open:
                load.ask_again()
            self.drain(till)
            cancelled = sum(sale.cancelled for sale in load.sales)
            refunds = sum(isinstance(sale.request, RefundRequest) for sale in load.sales)
            print(
                f"kill storm: {KILLS} kills, {len(load.sales)} sales, {cancelled} taken back, {refunds} of them in part, {load.repeats} repeats",
                flush=True,
            )
            self.assertGreater(refunds, 0)
            self.assertEqual(load.surprises[:5], [])
            self.assertGreater(len(load.sales), KILLS)
            self.compare(small, till, load, sorted({first_day, sales.today()}))
            self.repeat_cancels(till, load)
            printed = [row for sale in load.sales for row in sale.rows()]
            self.assertEqual(invariants.broken(till.data / "journal.db", small.centre.ledger, printed, opening), {})
            self.assertEqual(till.terminate(), 0)

    def drain(self, till):
        """A long queue may take its time, as long as it gets shorter."""
        left = None
        while not till.drained():
            status = till.status()
            now = (status["unsent"], status["unjudged"])
            self.assertNotEqual(now, left, status)
            left = now
            with contextlib.suppress(world.WorldError):
                till.wait_drained(seconds=60)

    def kill_many_times(self, small, till, chance):
        for count in range(1, KILLS + 1):
            time.sleep(chance.uniform(0, 0.25))
            till.kill()
            till.start()
            if count % LINE_CHANGES_EVERY == 0:
                if small.centre.process is None:
                    small.centre.start()
                else:
                    small.centre.kill()

    def compare(self, small, till, load, days):
        self.assertEqual(len({sale.setlinfo["setl_id"] for sale in load.sales}), len(load.sales), "one sale an id")
        for sale in load.sales:
            if sale.is_paper:
                continue  # counted with the entries below
            stored = till.sale(sale.setlinfo["setl_id"])
            self.assertEqual(stored.status, 200, sale.setlinfo)
            self.assertEqual(stored.json["state"] == "cancelled", sale.cancelled, sale.setlinfo)
            self.compare_printed(sale, stored)
        answered = self.sum_of(load.standing())
        self.assertEqual(self.sum_of_days(till.totals(day) for day in days), answered)
        self.assertEqual(self.sum_of_days(small.centre.totals(day) for day in days), answered)
        at_till, at_centre = self.entries(till.data / "journal.db"), self.entries(small.centre.ledger)
        self.assertEqual(at_till, at_centre, "the centre has the same bytes, each once")
        self.assertEqual([seq for seq, _ in at_till], list(range(1, len(at_till) + 1)))
        self.assertEqual(len(at_till), len(load.sales) + sum(sale.cancelled for sale in load.sales))

    def compare_printed(self, sale, stored):
        """What was printed is what is stored: for our own wire byte for byte, for the other amount by amount."""
        if isinstance(sale.request, ApiRequest):
            self.assertTrue(stored.body.startswith(b'{"sale":' + sale.body.replace(b'"replayed":true', b'"replayed":false')))
        for name, amount in stored.json["sale"]["setlinfo"].items():
            self.assertEqual(sale.setlinfo[name], amount, f"{name} of {sale.setlinfo['setl_id']}")

    def repeat_cancels(self, till, load):
        """A cancel happens once: the same message gets the same bytes, another message is refused."""
        cancelled = [sale for sale in load.sales if sale.cancel is not None]
        self.assertGreater(len(cancelled), 0)
        before = till.status()["last_seq"]
        for sale in cancelled[-20:]:
            request, body, _ = sale.cancel
            self.assertEqual(request.send(till).body, body)
            other = till.fsi("2103", sales.cancel_input(sale.setlinfo)).json
            self.assertEqual(other["infcode"], -1, other)
        self.assertEqual(till.status()["last_seq"], before)

    def entries(self, file):
        """(seq, hash) of every entry, in order. Till and centre name these columns alike."""
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            return database.execute("SELECT seq, hash FROM entry ORDER BY seq").fetchall()
        finally:
            database.close()

    def sum_of(self, standing):
        total = dict.fromkeys(AMOUNTS, sales.yuan(0))
        for sale in standing:
            share = sale.setlinfo
            total["medfee"] += sales.yuan(share["medfee_sumamt"])
            total["fund"] += sales.yuan(share["fund_pay_sumamt"])
            total["account"] += sales.yuan(share["acct_pay"]) - sales.yuan(share["acct_mulaid_pay"])
            total["family"] += sales.yuan(share["acct_mulaid_pay"])
            total["cash"] += sales.yuan(share["psn_cash_pay"])
        return {"sales": len(standing), **total}

    def sum_of_days(self, totals):
        total = {"sales": 0, **dict.fromkeys(AMOUNTS, sales.yuan(0))}
        for day in totals:
            total["sales"] += day["sales"]
            for name in AMOUNTS:
                total[name] += sales.yuan(day[name])
        return total


if __name__ == "__main__":
    unittest.main()
