"""The demo: a clinic, a pharmacy and a centre live through a cut line and a killed daemon; the books agree in the end.

Everything runs below build/demo, which is made anew each time. The exit status is 0 only when both sides' totals are
the same to the fen and every sale has its verdict.
"""

import argparse
import http.client
import json
import pathlib
import random
import shutil
import signal
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))

import gongji_sales as sales  # noqa: E402
import gongji_world as world  # noqa: E402
import left_running  # noqa: E402
from table import Table  # noqa: E402
from words import WORDS  # noqa: E402

FOLDER = ROOT / "build" / "demo"
AMOUNTS = ("medfee", "fund", "account", "family", "cash")
EVERYDAY = [sales.line(1, sales.ASPIRIN, "13.55", "2"), sales.line(2, sales.BENIDIPINE, "27.13")]
DEAR = [sales.line(1, sales.MESALAZINE, "80.48")]
SMALL = [sales.line(1, sales.ASPIRIN, "13.55")]


class Story:
    def __init__(self, language):
        self.words = WORDS[language]
        self.world = world.World(FOLDER)
        self.sold = []  # (till, name, setlinfo) in the order of the story
        columns = zip(self.words["columns"], (14, 30, 8, 8, 8, 8, 8, 12, 20))
        self.table = Table([(name, width, name in self.words["columns"][2:7]) for name, width in columns])

    # --- telling -------------------------------------------------------------------------------------------------

    def chapter(self, name):
        print(f"\n{self.words[name]}", flush=True)
        self.table.head()

    def place(self, till):
        return self.words["clinic" if till is self.clinic else "pharmacy"]

    def tell(self, till, name, what, setlinfo):
        """One row: the shares as the till answered them, the articles as the trace of the stored sale cites them."""
        if "paper_reasons" in sales.state_of(setlinfo):
            articles = self.words["paper"]
        else:
            trace = till.sale(setlinfo["setl_id"]).json["sale"]["settlement"]["trace"]
            articles = "、".join(dict.fromkeys(step["article"] for step in trace if step["article"]))
        own = sales.yuan(setlinfo["acct_pay"]) - sales.yuan(setlinfo["acct_mulaid_pay"])
        self.table.row(
            f"{self.place(till)} {sales.CARDS[name]['name']}",
            what,
            sales.yuan(setlinfo["medfee_sumamt"]),
            sales.yuan(setlinfo["fund_pay_sumamt"]),
            own,
            sales.yuan(setlinfo["acct_mulaid_pay"]),
            sales.yuan(setlinfo["psn_cash_pay"]),
            self.words["states"][sales.state_of(setlinfo)["state"]],
            articles,
        )

    # --- doing ---------------------------------------------------------------------------------------------------

    def ask(self, till, infno, data, msgid=None):
        answer = till.fsi(infno, data, msgid).json
        if answer["infcode"] != 0:
            raise world.WorldError(answer["err_msg"])
        return answer["output"]

    def know(self, till, reader, name):
        """The card goes into the reader, and the daemon asks the centre who it is; gives psn_no."""
        reader.insert(name)
        return self.ask(till, "1101", sales.person_input(read_card=True))["baseinfo"]["psn_no"]

    def sell(self, till, reader, name, what, lines, account="2", med_type="11", psn_no=""):
        reader.insert(name)
        data = sales.sale_input(name, psn_no, lines, account=account, med_type=med_type, read_card=True)
        setlinfo = self.ask(till, "2102", data)["setlinfo"]
        self.sold.append((till, name, setlinfo))
        self.tell(till, name, self.words[what], setlinfo)
        return setlinfo

    # --- the chapters --------------------------------------------------------------------------------------------

    def open(self):
        self.world.open()
        self.clinic_reader, self.pharmacy_reader = self.world.add_reader(), self.world.add_reader()
        self.clinic = self.world.add_till(sales.CLINIC, "T-clinic", reader=self.clinic_reader)
        self.pharmacy = self.world.add_till(sales.PHARMACY, "T-pharmacy", reader=self.pharmacy_reader)
        for till in (self.clinic, self.pharmacy):
            till.wait_for_line()

    def on_line(self):
        self.chapter("chapter_online")
        li = self.know(self.clinic, self.clinic_reader, "li-jianguo")
        wang = self.know(self.clinic, self.clinic_reader, "wang-fang")
        self.first = self.sell(self.clinic, self.clinic_reader, "wang-fang", "card_sale", EVERYDAY, account="1", psn_no=wang)
        self.sell(self.pharmacy, self.pharmacy_reader, "wang-fang", "family_sale", DEAR, med_type="41", psn_no=wang)
        return li, wang

    def cut(self, li, wang):
        self.world.centre.stop()
        self.chapter("chapter_cut")
        data = sales.sale_input("li-jianguo", li, EVERYDAY, account="1", read_card=True)
        message = self.clinic.envelope("2102", data)
        self.clinic_reader.insert("li-jianguo")
        first = self.clinic.post_fsi(message)
        if first.json["infcode"] != 0:
            raise world.WorldError(first.json["err_msg"])
        setlinfo = first.json["output"]["setlinfo"]
        self.sold.append((self.clinic, "li-jianguo", setlinfo))
        self.tell(self.clinic, "li-jianguo", self.words["offline_sale"], setlinfo)
        self.sell(self.pharmacy, self.pharmacy_reader, "wang-fang", "offline_family", SMALL, med_type="41", psn_no=wang)
        before = self.clinic.status()["last_seq"]
        again = self.clinic.post_fsi(message)
        if again.body != first.body or self.clinic.status()["last_seq"] != before:
            raise world.WorldError("a repeated message was not answered with the first answer")
        self.table.row(f"{self.words['clinic']} {sales.CARDS['li-jianguo']['name']}", self.words["again"], *[""] * 5, "", self.words["same_bytes"])
        self.sell(self.clinic, self.clinic_reader, "zhao-min", "offline_stranger", SMALL)

    def kill(self, li):
        """A sale is sent and the daemon is killed while it may be anywhere; the same message, asked again, is one sale."""
        self.chapter("chapter_kill")
        self.clinic_reader.insert("li-jianguo")
        data = sales.sale_input("li-jianguo", li, SMALL, account="1", read_card=True)
        message = self.clinic.envelope("2102", data)

        def send():
            try:
                self.clinic.post_fsi(message)
            except (OSError, http.client.HTTPException):
                pass  # as a till program sees it: no answer

        before = self.clinic.status()["unsent"]
        sender = threading.Thread(target=send)
        sender.start()
        time.sleep(random.uniform(0, 0.05))
        self.clinic.kill()
        sender.join()
        begin = time.monotonic()
        self.clinic.start()
        seconds = time.monotonic() - begin
        unsent = self.clinic.status()["unsent"]
        if unsent not in (before, before + 1):
            raise world.WorldError(f"{before} entries were unsent before the kill, {unsent} after it")
        answer = self.clinic.post_fsi(message).json
        if answer["infcode"] != 0:
            raise world.WorldError(answer["err_msg"])
        setlinfo = answer["output"]["setlinfo"]
        self.sold.append((self.clinic, "li-jianguo", setlinfo))
        self.tell(self.clinic, "li-jianguo", self.words["killed_sale"], setlinfo)
        print("  " + self.words["restarted"].format(seconds=seconds, before=before, unsent=unsent))

    def back(self):
        self.world.centre.start()
        begin = time.monotonic()
        for till in (self.clinic, self.pharmacy):
            till.wait_drained()
        seconds = time.monotonic() - begin
        self.chapter("chapter_back")
        self.ask(self.clinic, "2103", sales.cancel_input(self.first))
        own = sales.yuan(self.first["acct_pay"]) - sales.yuan(self.first["acct_mulaid_pay"])
        self.table.row(
            f"{self.words['clinic']} {self.first['psn_name']}",
            self.words["cancel"],
            -sales.yuan(self.first["medfee_sumamt"]),
            -sales.yuan(self.first["fund_pay_sumamt"]),
            -own,
            -sales.yuan(self.first["acct_mulaid_pay"]),
            -sales.yuan(self.first["psn_cash_pay"]),
            self.words["states"]["cancelled"],
            self.words["given_back"],
        )
        self.clinic.wait_drained()
        print("  " + self.words["line_back"].format(seconds=seconds))
        states = []
        for till, name, setlinfo in self.sold:
            paper = "paper_reasons" in sales.state_of(setlinfo)
            state = "cash" if paper else till.sale(setlinfo["setl_id"]).json["state"]
            if state not in ("confirmed", "cancelled", "cash"):
                raise world.WorldError(f"{setlinfo['setl_id']} is {state}")
            total = sales.yuan(setlinfo["medfee_sumamt"])
            states.append(f"{sales.CARDS[name]['name']} {total} {self.words['states'][state]}")
        print("  " + self.words["verdicts"] + ": " + "; ".join(states))

    def books(self):
        """Prints what each side says of today; True when they say the same."""
        print("\n" + self.words["chapter_books"])
        table = Table(list(zip(self.words["books"], (12, 8, 6, 10, 10, 10, 10, 10), (False, False, True, True, True, True, True, True))))
        table.head()
        agree = True
        day = sales.today()
        for till in (self.clinic, self.pharmacy):
            sides = (("till", till.totals(day)), ("centre", self.world.centre.totals(day, till.terminal)))
            for side, totals in sides:
                table.row(till.terminal, self.words[side], totals["sales"], *[sales.yuan(totals[name]) for name in AMOUNTS])
            agree = agree and all(str(sides[0][1][name]) == str(sides[1][1][name]) for name in ("sales", *AMOUNTS))
        print("  " + self.words["agree" if agree else "differ"])
        return agree

    def tell_all(self):
        begin = time.monotonic()
        print(self.words["title"])
        self.open()
        li, wang = self.on_line()
        self.cut(li, wang)
        self.kill(li)
        self.back()
        agree = self.books()
        megabytes = {name: till.process.resident_kib() / 1024 for name, till in (("clinic", self.clinic), ("pharmacy", self.pharmacy))}
        print("\n" + self.words["memory"].format(seconds=time.monotonic() - begin, **megabytes), flush=True)
        return agree

    def keep(self):
        """Writes down what runs, and says how to reach it and how to end it."""
        processes = [self.world.centre.process, self.clinic.process, self.pharmacy.process]
        left_running.remember(FOLDER, [process.pid for process in processes], [reader.folder for reader in self.world.readers])
        curl = (
            f"curl -s -H 'Authorization: Bearer {self.clinic.token}' "
            f"'http://127.0.0.1:{self.clinic.port}/api/v1/totals?day={sales.today()}'"
        )
        print(
            self.words["kept"].format(
                clinic=self.clinic.port,
                pharmacy=self.pharmacy.port,
                centre=self.world.centre.port,
                curl=curl,
                config=self.clinic.config.relative_to(ROOT),
            )
        )


def main():
    parser = argparse.ArgumentParser(prog="toolchain/demo", description=__doc__)
    parser.add_argument("--lang", choices=sorted(WORDS), default="zh", help="the story's language")
    parser.add_argument("--keep", action="store_true", help="leave everything running")
    parser.add_argument("--stop", action="store_true", help="end what --keep left running")
    options = parser.parse_args()
    words = WORDS[options.lang]
    stopped = left_running.stop(FOLDER)
    if options.stop:
        print(words["stopped" if stopped else "nothing"])
        return 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    story = Story(options.lang)
    kept = False
    try:
        agree = story.tell_all()
        if options.keep and agree:
            story.keep()
            kept = True
        return 0 if agree else 1
    except (world.WorldError, OSError, http.client.HTTPException, KeyError, json.JSONDecodeError) as error:
        print(f"{words['failed']} {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if not kept:
            story.world.close()


if __name__ == "__main__":
    sys.exit(main())
