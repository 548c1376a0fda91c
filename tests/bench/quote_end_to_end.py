"""`gongji quote` as a whole: bytes from a file in, bytes to a file out, and how soon the first answer is there.

    python3 tests/bench/quote_end_to_end.py build-release/bin/gongji [claims]

Claims differ in ids, prices, counts, classes and counters, so that no run of them is easy to foresee.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
STARTS = 15

HEAD = (
    '{"id":"a-%d","begntime":"2023-03-%02d 10:30:00","site":{"fixmedins_code":"H42010000001","fixmedins_type":"1",'
    '"admdvs":"420100","dedc_hosp_lv":"%d","designated":true},"person":{"psn_no":"999999%014d","insutype":"310",'
    '"psn_type":"%s","brdy":"1980-05-01","retired_on":null,"employment":"unit","insuplc_admdvs":"420100"},'
    '"visit":{"med_type":"11","region":"local","rx_circ_flag":"0","rx_hosp_lv":null,"diseases":[],"place":null},'
    '"acct_used_flag":"2","lines":['
)
LINE = (
    '{"feedetl_sn":"%d","med_list_codg":"XC08CAB037A001020180517","name":"%s","kind":"drug","chrgitm_lv":"%s",'
    '"selfpay_prop":null,"pric":"%d.%02d0000","cnt":"%d","pric_uplmt_amt":null,"det_item_fee_sumamt":"%d.%02d",'
    '"excluded":false}'
)
TAIL = (
    '],"ytd":{"op.deductible":"%d.00","op.fund":"%d.00"},"accounts":[{"owner":"self","kind":"prior","balc":"30.00"},'
    '{"owner":"99999900000000000002","relation":"spouse","kind":"prior","balc":"100.00"}]}\n'
)


def claim(chance, number, lines):
    texts = []
    for line in range(1, lines + 1):
        price, count = chance.randrange(50, 9000), chance.randrange(1, 7)
        name = chance.choice(("demo", "阿莫西林胶囊", "硝苯地平控释片 30mg", "一次性注射器"))
        amount = price * count
        texts.append(
            LINE % (line, name, chance.choice(("01", "02", "02", "03")), price // 100, price % 100, count, amount // 100, amount % 100)
        )
    head = HEAD % (number, chance.randrange(1, 29), chance.randrange(1, 4), number, chance.choice(("11", "12")))
    return head + ",".join(texts) + TAIL % (chance.randrange(0, 900), chance.randrange(0, 4000))


def spent(program, source, target):
    """Wall and processor seconds of one run."""
    with open(source, "rb") as claims, open(target, "wb") as answers:
        before, began = os.times(), time.perf_counter()
        subprocess.run([program, "quote", "--trace", "none"], stdin=claims, stdout=answers, check=True)
        wall, after = time.perf_counter() - began, os.times()
    return wall, after.children_user - before.children_user + after.children_system - before.children_system


def main():
    program = sys.argv[1]
    whole = int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    chance = random.Random(1)
    print(f"{'gongji quote --trace none':<28} {'claims':>8} {'MB in':>7} {'to':>10} {'wall s':>8} {'cpu s':>8} {'claims/s':>10} {'per cpu s':>10}")
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "claims.jsonl")
        for lines, count in ((1, whole), (5, whole), (20, whole // 4), (200, whole // 40)):
            with open(source, "w", encoding="utf-8") as file:
                for number in range(count):
                    file.write(claim(chance, number, lines))
            size = os.path.getsize(source) / 1e6
            for name, target in (("/dev/null", "/dev/null"), ("a file", os.path.join(folder, "answers.jsonl"))):
                runs = [spent(program, source, target) for _ in range(ROUNDS)]
                wall, cpu = (statistics.median(run[i] for run in runs) for i in (0, 1))
                print(
                    f"{f'{lines} lines':<28} {count:>8} {size:>7.0f} {name:>10} {wall:>8.3f} {cpu:>8.3f} {count / wall:>10.0f} {count / cpu:>10.0f}"
                )
        with open(source, "w", encoding="utf-8") as file:
            file.write(claim(chance, 0, 5))
        starts = [spent(program, source, "/dev/null")[0] for _ in range(STARTS)]
        print(f"from the start of the program to the end of one answer: median {statistics.median(starts) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
