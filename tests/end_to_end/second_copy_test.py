"""A second disk: the daemon is killed under load, the journal is lost, and every answered sale comes back."""

import shutil
import threading
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_case import WorldCase
from gongji_process import run

BASKET = [sales.line(1, sales.ASPIRIN, "1.00")]
PERSONS = ("wang-fang", "li-jianguo", "zhao-min", "chen-wei")


class SecondCopy(WorldCase):
    settings = {"second_copy": ['directory = "{world}/second"', "before_answer = true"]}

    def prepare(self):
        (self.world.folder / "second").mkdir()

    def copied(self):
        return self.till.status()["second_copy"]["has_all"]

    def restore(self, *options, check=True):
        return run("gongji", "journal", "restore", "--config", self.till.config, "--lang", "en", *options, check=check)

    def sell_until_killed(self, name, psn_no, answered):
        """Sells for one person until nobody answers any more; keeps each message with its first answer."""
        while True:
            message = self.till.envelope("2102", sales.sale_input(name, psn_no, BASKET))
            try:
                answer = self.till.post_fsi(message, seconds=15).json
            except (OSError, world.WorldError, world.http.client.HTTPException):
                return
            if answer["infcode"] == 0:
                answered.append((message, answer))

    def test_what_was_answered_before_a_kill_is_in_the_copy_and_the_till_goes_on_from_it(self):
        world.wait_until(self.copied, "the first copy is made")
        psn_nos = {name: self.person(name) for name in PERSONS}
        answered = []
        sellers = [threading.Thread(target=self.sell_until_killed, args=(name, psn_nos[name], answered)) for name in PERSONS]
        for seller in sellers:
            seller.start()
        world.wait_until(lambda: len(answered) >= 40, "some sales are answered")
        self.till.kill()
        for seller in sellers:
            seller.join()
        for file in self.till.data.glob("journal.db*"):
            file.unlink()

        told = self.restore("--from", self.world.folder / "second")
        self.assertIn("restored, the log ends at: seq", told.stdout)
        self.till.start()
        self.till.wait_for_line()
        for message, first in answered:
            self.assertEqual(self.till.post_fsi(message).json, first)
        self.assertGreaterEqual(self.last_seq(), len(answered))
        self.till.wait_drained()
        self.assert_books_agree()
        world.wait_until(self.copied, "the copy follows the restored journal")
        self.sell("wang-fang", psn_nos["wang-fang"], BASKET)
        self.assertIn("entries:", run("gongji", "audit", "verify", "--config", self.till.config, "--lang", "en").stdout)

    def test_without_the_second_disk_nothing_is_sold_and_the_till_goes_on_when_it_is_back(self):
        world.wait_until(self.copied, "the first copy is made")
        psn_no = self.person("wang-fang")
        self.sell("wang-fang", psn_no, BASKET)
        second, away = self.world.folder / "second", self.world.folder / "unplugged"
        second.rename(away)
        msgid = self.till.message_id()
        for _ in range(2):
            refused = self.till.fsi("2102", sales.sale_input("wang-fang", psn_no, BASKET)).json
            self.assertEqual(refused["infcode"], -1)
            self.assertIn("[G4413]", refused["err_msg"])
        self.assertEqual(self.till.ready().status, 503)
        told = self.till.cli("doctor", "--lang", "en", check=False)
        self.assertRegex(told.stdout, r"FAULT second copy")
        away.rename(second)
        world.wait_until(lambda: self.till.ready().status == 200, "the till is ready again by itself")
        sold = self.till.fsi("2102", sales.sale_input("wang-fang", psn_no, BASKET), msgid).json
        self.assertEqual(sold["infcode"], 0, sold.get("err_msg"))
        self.till.wait_drained()
        self.assert_books_agree()

    def test_the_copy_shows_no_name_and_no_number(self):
        psn_no = self.person("wang-fang")
        self.sell("wang-fang", psn_no, BASKET)
        world.wait_until(self.copied, "the copy has it")
        card = sales.CARDS["wang-fang"]
        files = [file for file in (self.world.folder / "second").rglob("*") if file.is_file()]
        self.assertTrue(files)
        for file in files:
            content = file.read_bytes()
            self.assertEqual(file.stat().st_mode & 0o077, 0, file)
            for secret in (card["name"], card["certno"], card["card_no"], psn_no):
                self.assertNotIn(secret.encode(), content, file)
        self.till.terminate()
        kept = self.restore(check=False)
        self.assertEqual(kept.returncode, 1)
        self.assertIn("G4418", kept.stderr)
        shutil.rmtree(self.world.folder / "second")


if __name__ == "__main__":
    unittest.main()
