"""Google Benchmark's JSON on standard input -> a table of medians on standard output."""

import json
import sys

FACTORS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def readable(nanoseconds):
    for unit in ("s", "ms", "us"):
        if nanoseconds >= FACTORS[unit]:
            return f"{nanoseconds / FACTORS[unit]:.2f} {unit}"
    return f"{nanoseconds:.0f} ns"


def rows(report):
    spread = {each["run_name"]: each for each in report["benchmarks"] if each.get("aggregate_name") == "cv"}
    for each in report["benchmarks"]:
        if each.get("aggregate_name") != "median":
            continue
        name = each["run_name"].split("/repeats:")[0]
        time = each["cpu_time"] * FACTORS[each["time_unit"]]
        # Google Benchmark gives the spread as a share of the mean
        yield name, readable(time), f"{1e9 / time:,.0f}", f"{100 * spread[each['run_name']]['cpu_time']:.1f} %"


def main():
    found = list(rows(json.load(sys.stdin)))
    print(f"{'':<44} {'median':>10} {'per second':>14} {'spread':>8}")
    for name, time, rate, spread in found:
        print(f"{name:<44} {time:>10} {rate:>14} {spread:>8}")


if __name__ == "__main__":
    main()
