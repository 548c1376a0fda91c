"""A polite end: SIGTERM ends the daemon soon and cleanly while requests run, and a restart finds everything."""

import http.client
import json
import signal
import threading
import unittest

import gongji_sales as sales
import gongji_world as world
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "2.06")]


class Stop(WorldCase):
    def test_sigterm_ends_the_daemon_cleanly_while_requests_run(self):
        psn_no = self.person("wang-fang")
        stop = threading.Event()
        answered = []

        def sell():
            while not stop.is_set():
                try:
                    answer = self.till.fsi("2102", sales.sale_input("wang-fang", psn_no, BASKET))
                except (OSError, http.client.HTTPException):
                    continue
                if answer.status == 200 and answer.json["infcode"] == 0:
                    answered.append(answer.json["output"]["setlinfo"]["setl_id"])

        sellers = [threading.Thread(target=sell) for _ in range(4)]
        for seller in sellers:
            seller.start()
        world.wait_until(lambda: len(answered) >= 20, "twenty sales are answered")
        status = self.till.terminate(seconds=10)
        stop.set()
        for seller in sellers:
            seller.join()
        self.assertEqual(status, 0)
        self.till.start()
        for sale_id in answered:
            self.assertEqual(self.till.sale(sale_id).status, 200)

    def test_sigint_is_as_polite(self):
        process = self.till.process
        process._process.send_signal(signal.SIGINT)
        self.assertEqual(process._process.wait(timeout=10), 0)

    def test_the_centre_ends_cleanly_too(self):
        self.assertEqual(self.centre.stop(), 0)

    def test_a_restart_keeps_persons_sales_queue_and_verdicts(self):
        psn_no = self.person("wang-fang")
        sent = self.sell("wang-fang", psn_no, BASKET)
        self.till.wait_drained()
        self.centre.stop()
        unsent = self.sell("wang-fang", psn_no, BASKET)
        before = self.till.totals(sales.today())
        self.assertEqual(self.till.terminate(), 0)
        self.till.start()
        status = self.till.status()
        self.assertEqual((status["last_seq"], status["unsent"]), (2, 1))
        self.assertEqual(self.till.totals(sales.today()), before)
        self.assertEqual(self.till.sale(sent["setl_id"]).json["state"], "confirmed")
        self.assertEqual(self.till.sale(unsent["setl_id"]).json["state"], "provisional")
        third = self.sell("wang-fang", psn_no, BASKET)
        self.assertLess(sales.yuan(third["balc"]), sales.yuan(unsent["balc"]))

    def test_a_second_daemon_on_the_same_data_is_refused(self):
        done = world.run("gongjid", "--config", self.till.config, check=False)
        self.assertGreater(done.returncode, 0)
        self.assertRegex(done.stdout + done.stderr, r"\[G\d{4}\]")
        self.assertEqual(self.till.status()["last_seq"], 0)


class StopAtTheReader(WorldCase):
    needs_reader = True

    def test_sales_that_wait_for_a_card_are_given_up_before_what_they_use(self):
        psn_no = self.person("li-jianguo")
        self.assertEqual(self.till.terminate(), 0)
        # Memory that was given back is overwritten: whoever uses it afterwards falls.
        self.till.set_environment(MALLOC_PERTURB_="165", GLIBC_TUNABLES="glibc.malloc.tcache_count=0")
        self.till.start()
        # The reader is empty and they take turns at it: together they wait longer than a daemon takes to stop.
        path, headers = self.till.fsi_place()
        sellers = [http.client.HTTPConnection("127.0.0.1", self.till.port, timeout=30) for _ in range(6)]
        for seller in sellers:
            self.addCleanup(seller.close)
            sale = sales.sale_input("li-jianguo", psn_no, BASKET, read_card=True)
            seller.request("POST", path, json.dumps(self.till.envelope("2102", sale)).encode(), headers)
        for _ in range(3):  # who asks after them is answered after they were heard
            self.till.status()
        self.assertEqual(self.till.terminate(), 0)


if __name__ == "__main__":
    unittest.main()
