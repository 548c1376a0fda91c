#!/usr/bin/env python3
"""The daemon itself: resident memory idle and under load, and the first durable sale after a SIGKILL with a long journal.

    GONGJI_BIN=build-release/bin tests/bench_till/start.py <folder> <entries> memory|kill

The folder is made and filled at the first call (a centre, an enrolled till, so many entries in its journal) and used again.
The line is down: each sale is one of the till's own, on what it stored of the person, or paid in cash where nothing may
be promised; it is durable either way before it is answered.
"""

import http.client
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))

import gongji_sales as sales  # noqa: E402
from gongji_process import BIN  # noqa: E402
from gongji_world import Till, World  # noqa: E402

PERSON = "wang-fang"
FIVE_LINES = [sales.line(n, code, price) for n, code, price in (
    (1, sales.ASPIRIN, "12.50"), (2, sales.BENIDIPINE, "36.00"), (3, sales.ASPIRIN, "8.80"),
    (4, sales.BENIDIPINE, "18.00"), (5, sales.ASPIRIN, "5.20"))]
ROUNDS = 7


class Shop:
    """A till whose line is down, with so many entries; made once."""

    def __init__(self, folder, entries):
        self.folder, self.entries = pathlib.Path(folder).resolve(), entries
        ready = self.folder / "psn_no"
        if not ready.exists():
            shutil.rmtree(self.folder, ignore_errors=True)  # what was begun and not finished
            with World(self.folder) as world:
                world.open()
                till = world.add_till(sales.CLINIC, "T-0001")
                till.wait_for_line()
                answer = till.fsi("1101", sales.person_input(PERSON)).json
                ready.write_text(answer["output"]["baseinfo"]["psn_no"] + " " + str(world.centre.port), encoding="utf-8")
                till.terminate()
        self.psn_no, port = ready.read_text(encoding="utf-8").split()
        centre = World(self.folder).centre
        centre.port = int(port)
        self.till = Till(self.folder / "T-0001", centre, sales.CLINIC, "T-0001")
        if entries:
            subprocess.run([BIN / "bench-journal", "fill", self.till.data, str(entries)], check=True)

    def message(self):
        return self.till.envelope("2102", sales.sale_input(PERSON, self.psn_no, FIVE_LINES))

    def resident(self):
        return self.till.process.resident_kib() / 1024


def load(shop, threads=4, each=150):
    peak = []

    def sell():
        for _ in range(each):
            shop.till.post_fsi(shop.message())
            peak.append(shop.resident())

    crowd = [threading.Thread(target=sell) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return max(peak), threads * each


def memory(folder, entries):
    shutil.rmtree(f"{folder}-short", ignore_errors=True)  # the sales of an earlier run would wait to be sent
    short = Shop(f"{folder}-short", 0)
    short.till.start()
    time.sleep(15)  # the daemon gives memory back when nobody has asked anything for ten seconds
    print(f"idle, a short journal: {short.resident():.1f} MB resident (goal 12)")
    print(f"  after {(told := load(short))[1]} sales: at most {told[0]:.1f} MB")
    short.till.terminate()
    long = Shop(folder, entries)
    long.till.start()
    most, count = load(long)
    print(f"under load, {entries} entries, the chain being verified meanwhile, {count} sales: at most {most:.1f} MB (goal 32)")
    long.till.kill()


def first_sale(shop):
    """Seconds from exec to the first sale that is answered as done."""
    began = time.monotonic()
    port_file = shop.till.data / "gongjid.port"
    port_file.unlink(missing_ok=True)
    daemon = subprocess.Popen([BIN / "gongjid", "--config", shop.till.config], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    shop.till.port = int(daemon.stdout.readline().rsplit(":", 1)[1])
    while True:
        try:
            answer = shop.till.post_fsi(shop.message()).json
            break
        except (OSError, http.client.HTTPException):
            pass
    took = time.monotonic() - began
    daemon.kill()
    daemon.wait()
    if answer["infcode"] != 0:
        raise SystemExit(f"not sold: {answer}")
    return took * 1_000


def kill(folder, entries):
    shop = Shop(folder, entries)
    wal = shop.till.data / "journal.db-wal"
    took, sizes = [], []
    for _ in range(ROUNDS):
        subprocess.run([BIN / "bench-journal", "kill", shop.till.data, str(entries)], check=False)
        sizes.append(wal.stat().st_size / 1e6)
        took.append(first_sale(shop))
    print(f"data: {entries} entries, SIGKILL with {min(sizes):.0f} MB of write-ahead log, {ROUNDS} starts, files in the page cache")
    print(f"exec to the first durable sale: median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms (goal 60)")


if __name__ == "__main__":
    {"memory": memory, "kill": kill}[sys.argv[3]](sys.argv[1], int(sys.argv[2]))
