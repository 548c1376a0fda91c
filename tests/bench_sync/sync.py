#!/usr/bin/env python3
"""The wire between a till and its centre, measured: prints what, the median, the ratio, the goal.

    GONGJI_BIN=build-release/bin tests/bench_sync/sync.py <folder> [--entries 20000] [--rounds 3] [--only drain,...]
                                                          [--postgres]

`folder` keeps the prepared centre and till; every step works on a copy.  `--postgres`: the ledger is a PostgreSQL server of
the bench's own, with fsync, each copy a database of it.  The centre of `drain` and `counter` is a
process of its own on the same two cores; `alone` is the same batches without a wire, in turn with it.
"""

import argparse
import contextlib
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
sys.path.insert(0, str(ROOT / "tests" / "support"))

import postgres_cluster  # noqa: E402
import wire_proxy  # noqa: E402
from gongji_process import BIN  # noqa: E402
from gongji_world import Centre  # noqa: E402

PERSON_SALES = 5  # sales a person
STEPS = ("wire", "handshake", "drain", "delay", "counter", "trips", "questions", "tills")


def bench(*arguments):
    """Runs one step to its end; {name: value}."""
    done = subprocess.run([BIN / "bench-sync", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench-sync {arguments}: {done.stderr}")
    return {name: float(value) for name, value in (line.split() for line in done.stdout.splitlines() if line.count(" ") == 1)}


class Copy:
    """The prepared folder, copied; with the centre running where it is asked for."""

    cluster = None  # the PostgreSQL server, where there is one
    count = 0

    def __init__(self, prepared, serve=True):
        self._own = tempfile.TemporaryDirectory(prefix="copy-", dir=prepared.parent)
        self.folder = pathlib.Path(self._own.name) / "it"
        shutil.copytree(prepared, self.folder)
        if self.cluster:
            Copy.count += 1
            self.cluster.query(f"CREATE DATABASE copy_{self.count} TEMPLATE prepared")
            (self.folder / "centre" / "database").write_text(self.cluster.url(f"copy_{self.count}") + "\n")
        self.centre = Centre(self.folder / "centre")
        if serve:
            self.centre.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.centre.kill()
        self._own.cleanup()

    def resident_kib(self):
        return self.centre.process.resident_kib()

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.centre.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100


def row(what, found, goal=""):
    print(f"{what:<64} {found:>22}  {goal}", flush=True)


def median_of(rows, name):
    return statistics.median(one[name] for one in rows)


def wire(prepared, options):
    with Copy(prepared, serve=False) as copy:
        told = bench("wire", copy.folder)
    for count in (1, 100, 500):
        batch = f"batch_{count}"
        row(f"a settlement in a batch of {count}, before packing", f"{told[batch + '_bytes_each']:.0f} bytes")
        row("  as JSON", f"{told[batch + '_json_bytes_each']:.0f} bytes")
        row("  times smaller on the wire than the JSON", f"{told[batch + '_times_smaller']:.2f}", "3.8" if count == 500 else "")
        row("  packing, unpacking each", f"{told[batch + '_pack_us_each']:.2f}, {told[batch + '_unpack_us_each']:.2f} us", "3 us" if count == 500 else "")


def handshake(prepared, options):
    with Copy(prepared, serve=False) as copy:
        told = bench("handshake", copy.folder)
    row("a full handshake, both ends", f"{told['full_us']:.0f} us, {told['full_bytes']:.0f} bytes")
    row("a resumed one", f"{told['resumed_us']:.0f} us, {told['resumed_bytes']:.0f} bytes")
    row("  resumed / full", f"{told['resumed_us'] / told['full_us']:.2f}", "0.45")


def drain(prepared, options):
    alone, drained, shares, shakes = [], [], [], []
    for _ in range(options.rounds):
        with Copy(prepared, serve=False) as copy:
            alone.append(bench("alone", copy.folder))
        with Copy(prepared) as copy:
            line = wire_proxy.BadLine(copy.centre.port)
            drained.append(bench("drain", copy.folder, copy.centre.port))
            seconds = drained[-1]["settlements"] / drained[-1]["a_second"]
            shares.append(copy.processor_seconds() / seconds)
            line.close()
    rates = median_of(alone, "a_second"), median_of(drained, "a_second")
    row("the centre alone commits the same batches", f"{rates[0]:.0f} a second")
    row("drained over mutual TLS, in turn with it", f"{rates[1]:.0f} a second", "25000 (SQLite), 15000 (PostgreSQL)")
    row("  drained / alone", f"{rates[1] / rates[0]:.2f}", "0.85")
    row("  the centre's share of a processor meanwhile", f"{statistics.median(shares):.2f}")
    row("  syncs, failures", f"{median_of(drained, 'syncs'):.0f}, {median_of(drained, 'failures'):.0f}")


def delay(prepared, options):
    rates, connections = [], []
    for _ in range(options.rounds):
        with Copy(prepared) as copy, wire_proxy.BadLine(copy.centre.port, delay=0.015) as line:
            rates.append(bench("drain", copy.folder, line.port))
            connections.append(line.connections)
    row("drained with 30 ms of round trip", f"{median_of(rates, 'a_second'):.0f} a second", "10000")
    each = 10_000 * statistics.median(connections) / median_of(rates, "settlements")
    row("  handshakes for 10,000 settlements", f"{each:.2f}", "1")
    row("  failures", f"{median_of(rates, 'failures'):.0f}")


def counter(prepared, options):
    with Copy(prepared) as copy:
        told = bench("counter", copy.folder, copy.centre.port, 600)
    row("a sale's commit at the counter, idle: p50, p99", f"{told['idle_p50_us']:.0f}, {told['idle_p99_us']:.0f} us")
    row("  while the till drains", f"{told['draining_p50_us']:.0f}, {told['draining_p99_us']:.0f} us")
    row(f"  p99 draining / idle ({told['draining_sales']:.0f} sales)", f"{told['draining_p99_us'] / told['idle_p99_us']:.2f}", "2")


def trips(prepared, options):
    with Copy(prepared) as copy:
        near = bench("trips", copy.folder, copy.centre.port, 40)
        with wire_proxy.BadLine(copy.centre.port, delay=0.015) as line:
            far = bench("trips", copy.folder, line.port, 20)
    for kind, goal in (("cold", "2"), ("warm", "1")):
        found = (far[kind + "_ms"] - near[kind + "_ms"]) / 30
        row(f"one sale's sync, {kind}: near, with 30 ms of round trip", f"{near[kind + '_ms']:.2f}, {far[kind + '_ms']:.1f} ms")
        row("  round trips behind TCP's own" if kind == "cold" else "  round trips", f"{found:.2f}", goal)


def questions(prepared, options):
    each = []
    for _ in range(options.rounds):
        with Copy(prepared) as copy:
            before = copy.processor_seconds()
            told = bench("questions", copy.folder, copy.centre.port, 2000)
            each.append({**told, "processor_us": (copy.processor_seconds() - before) / 2000 * 1e6})
    row("a question of a till that has nothing to send: answered in", f"{median_of(each, 'question_us'):.0f} us")
    row("  of the centre's processor", f"{median_of(each, 'processor_us'):.0f} us")


def tills(prepared, options):
    with Copy(prepared) as copy:
        before = copy.resident_kib()
        process = subprocess.Popen(
            [BIN / "bench-sync", "tills", copy.folder, str(copy.centre.port), str(options.tills)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        line = process.stdout.readline()
        if not line.startswith("ready"):
            raise SystemExit(f"tills: {line}")
        after = copy.resident_kib()
        process.communicate("\n")
    row(f"the centre's memory for each of {options.tills} connections", f"{(after - before) / options.tills:.1f} KiB", "48 kB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tills", type=int, default=2_000)
    parser.add_argument("--only", default=",".join(STEPS))
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(options.folder).resolve() / f"sync-{options.entries}{'-postgres' if options.postgres else ''}"
    if options.postgres:
        Copy.cluster = postgres_cluster.Cluster(durable=True)
    with Copy.cluster or contextlib.nullcontext():
        prepare(folder, options)
        run(folder, options)


def prepare(folder, options):
    if (folder / "ready").exists() and not options.postgres:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    where = []
    if options.postgres:
        Copy.cluster.query("CREATE DATABASE prepared")
        where = [Copy.cluster.url("prepared")]
    bench("make", folder, options.entries, options.entries // PERSON_SALES, *where)
    (folder / "ready").touch()


def run(folder, options):
    ledger = "PostgreSQL" if options.postgres else "SQLite"
    persons = options.entries // PERSON_SALES
    print(f"data: {options.entries} sales of five lines to {persons} persons, {ledger}, {options.rounds} rounds in turn, medians", flush=True)
    for step in options.only.split(","):
        globals()[step](folder, options)


if __name__ == "__main__":
    main()
