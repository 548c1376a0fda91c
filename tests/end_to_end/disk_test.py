"""A disk that fills up: the till says so, loses nothing, and goes on by itself when there is room again."""

import errno
import os
import subprocess
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "1.00")]
SALES_MAX = 400  # more than the small disk has room for


class FullDisk(WorldCase):
    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.till.terminate()
        self.till.start_on_small_disk(4)
        self.till.wait_for_line()

    def fill(self):
        """Takes all the room that is left."""
        self.filler = self.till.disk / "filler"
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                self.assertEqual(error.errno, errno.ENOSPC)

    def try_to_sell(self):
        """One sale by its own message; the answer as it came."""
        msgid = self.till.message_id()
        return msgid, self.till.fsi("2102", sales.sale_input("wang-fang", self.psn_no, BASKET), msgid).json

    def test_a_full_disk_refuses_sales_loses_none_and_heals_when_there_is_room(self):
        self.sell("wang-fang", self.psn_no, BASKET)
        self.fill()
        answered, refused = [], None
        for _ in range(SALES_MAX):
            msgid, answer = self.try_to_sell()
            if answer["infcode"] != 0:
                refused = msgid, answer
                break
            answered.append((msgid, answer["output"]["setlinfo"]["setl_id"]))
        self.assertIsNotNone(refused, "the disk never was full")
        self.assertRegex(refused[1]["err_msg"], r"\[G(4201|4408)\].*磁盘")

        # What was answered is there and can be told again, full disk or not; queries still work.
        for msgid, setl_id in answered:
            self.assertEqual(self.till.sale(setl_id).json["sale_id"], setl_id)
        self.assertTrue(self.till.process.running())
        self.assertEqual(self.till.status()["last_seq"], len(answered) + 1)

        self.filler.unlink()
        sold = self.till.fsi("2102", sales.sale_input("wang-fang", self.psn_no, BASKET), refused[0]).json
        self.assertEqual(sold["infcode"], 0, sold.get("err_msg"))
        self.till.wait_drained()
        self.assertEqual(self.till.totals(sales.today())["sales"], len(answered) + 2)
        self.assert_books_agree()


class BadDisk(WorldCase):
    """The disk answers, but not as it should."""

    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        self.till.wait_drained()
        self.till.terminate()
        self.till.use_bad_disk(sync_us=300_000)
        self.till.start()
        self.till.wait_for_line()

    def message(self):
        return self.till.envelope("2102", sales.sale_input("wang-fang", self.psn_no, BASKET))

    def ask(self, message):
        return self.till.post_fsi(message).json

    def breaks_and_heals(self, how):
        first = self.message()
        answer = self.ask(first)
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        self.till.break_disk(how)
        lost = [self.message() for _ in range(3)]
        for message in lost:
            refused = self.ask(message)
            self.assertEqual(refused["infcode"], -1)
            self.assertRegex(refused["err_msg"], r"\[G(4201|4202|4205|4408)\].*磁盘")
        unfit = self.till.ready()
        self.assertEqual(unfit.status, 503)
        self.assertIn("磁盘", unfit.json["error"]["message"] + unfit.json["error"]["next"])
        # What was answered before can be told again; nothing of what was refused is there.
        again = self.ask(first)
        self.assertEqual(again, answer)
        self.assertTrue(self.till.process.running())

        self.till.repair_disk()
        world.wait_until(lambda: self.till.ready().status == 200, "the till is ready again by itself")
        for message in lost:
            sold = self.ask(message)
            self.assertEqual(sold["infcode"], 0, sold.get("err_msg"))
        self.assertEqual(self.till.status()["last_seq"], 1 + len(lost))
        self.till.wait_drained()
        self.assert_books_agree()
        self.till.kill()
        self.till.start()
        self.till.wait_for_line()
        self.assertEqual(self.ask(first), answer)
        self.assertEqual(self.till.status()["last_seq"], 1 + len(lost))

    def test_a_disk_that_reports_errors_stops_sales_loses_none_and_heals(self):
        self.breaks_and_heals("EIO")

    def test_a_disk_that_turned_read_only_stops_sales_loses_none_and_heals(self):
        self.breaks_and_heals("EROFS")

    def test_a_slow_disk_makes_sales_slow_and_loses_none(self):
        self.till.make_disk_slow()
        answered = [self.ask(self.message()) for _ in range(3)]
        self.assertTrue(all(answer["infcode"] == 0 for answer in answered), answered)
        self.assertEqual(self.till.ready().status, 200)
        self.till.make_disk_slow(False)
        self.till.wait_drained()
        self.assert_books_agree()

    def test_a_start_on_a_read_only_disk_is_refused_in_words(self):
        self.till.terminate()
        script = (
            f'mount --bind "{self.till.data}" "{self.till.data}" && mount -o remount,bind,ro "{self.till.data}" && '
            f'exec "{world.BIN / "gongjid"}" --config "{self.till.config}"'
        )
        as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        done = subprocess.run(
            ["unshare", *as_root, "--mount", "sh", "-c", script], capture_output=True, text=True, timeout=60, check=False
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout + done.stderr, r"\[G\d{4}\]")
        self.till.start()
        self.till.wait_for_line()
        self.assertEqual(self.ask(self.message())["infcode"], 0)


if __name__ == "__main__":
    unittest.main()
