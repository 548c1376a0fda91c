#!/usr/bin/env python3
"""Sales a second and waits of the till's work behind HTTP: ours and the peer's, in turn, in one run.

    tests/bench_till/compare.py <folder of the programs> [rounds]

Folders of both stand beside each other below the current folder's disk and are gone afterwards.
"""

import contextlib
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PERSONS = 2_000
ALONE, CROWD = 300, 2_400  # requests of one round with one client, and with 32


def serving(stack, *command):
    process = stack.enter_context(subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True))
    stack.callback(process.terminate)
    return int(process.stdout.readline().split()[1])


def main():
    programs = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="bench-till-", dir="."))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        each = ALONE + CROWD
        bodies = scratch / "bodies"
        subprocess.run([programs / "bench-till-server", "bodies", bodies, str(each * (rounds + 1)), str(PERSONS)], check=True)
        ports = {
            "ours": serving(stack, programs / "bench-till-server", "serve", scratch / "ours", PERSONS),
            "peer": serving(stack, "node", HERE / "peer" / "server.mjs", scratch / "peer", PERSONS),
        }
        rates = {name: [] for name in ports}
        waits = {name: [] for name in ports}
        for turn in range(rounds + 1):  # the first warms up
            for name, port in ports.items():
                def load(first, count, clients):
                    done = subprocess.run(
                        [programs / "bench-load", str(port), bodies, str(first), str(count), str(clients)],
                        check=True, capture_output=True, text=True,
                    )
                    return [float(word) for word in done.stdout.split()]

                alone = load(turn * each, ALONE, 1)
                crowd = load(turn * each + ALONE, CROWD, 32)
                if turn:
                    waits[name].append(alone[1])
                    rates[name].append(crowd[0])
        print(f"data: {rounds} rounds in turn, {ALONE} sales alone and {CROWD} by 32 clients each; {PERSONS} persons, five lines")
        for name in ports:
            print(f"{name}: one client {statistics.median(waits[name]):7.0f} us median, 32 clients {statistics.median(rates[name]):7.0f} sales/s")
        faster = statistics.median(a / b for a, b in zip(rates["ours"], rates["peer"]))
        wait = statistics.median(a / b for a, b in zip(waits["ours"], waits["peer"]))
        print(f"32 clients: {faster:.1f} times the peer's sales (goal 12); one client: {wait:.2f} of its wait (goal 0.7)")


if __name__ == "__main__":
    main()
