"""What can happen where TLS ends before the centre does: damaged, doubled and replayed requests; and the two worst moments
of an exchange, between the centre's commit and its answer, and between that answer and the till's mark."""

import threading
import time
import unittest

import gongji_sales as sales
from gongji_faults import FaultCase
from gongji_process import wait_until
from wire_proxy import body_of, path_of, with_byte_flipped

SYNC = "/v1/sync"


class BehindTls(FaultCase):
    def test_a_byte_that_is_damaged_on_either_way_is_noticed_and_the_exchange_made_again(self):
        damaged = []

        def between(request, ask):
            # One exchange in three stays whole, so that the day goes on.
            turn = len(damaged)
            damage = path_of(request) == SYNC and turn < 3 * len(places) and turn % 3 < 2
            if path_of(request) == SYNC and turn < 3 * len(places):
                damaged.append(damage)
            place = places[turn // 3 % len(places)]
            if damage and turn % 3 == 0:
                request = with_byte_flipped(request, int(len(body_of(request)) * place))
            answer = ask(request)
            if damage and turn % 3 == 1:
                answer = with_byte_flipped(answer, int(len(body_of(answer)) * place))
            return answer

        places = [0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]
        self.through_terminator(between)
        while len(damaged) < 3 * len(places):
            before = len(damaged)
            self.buy()
            wait_until(lambda: len(damaged) > before, "the next exchange")
        self.assert_each_answer_once()
        self.assertEqual(self.till.status()["epoch"], 1, "damage on the way is not a reason to doubt a journal")

    def test_an_acknowledgement_that_was_damaged_upwards_never_passes_for_what_was_sent(self):
        damaged, three_sold = [], threading.Event()

        def between(request, ask):
            answer = ask(request)
            acknowledged = b'"acknowledged_seq":1'
            if path_of(request) == SYNC and acknowledged in answer and not damaged:
                damaged.append(answer)
                three_sold.wait(10)
                answer = answer.replace(acknowledged, b'"acknowledged_seq":3')
            return answer

        self.through_terminator(between)
        self.till.wait_for_line()
        for _ in range(3):
            self.buy()
        three_sold.set()
        self.assert_each_answer_once()
        self.assertEqual(len(damaged), 1)

    def test_every_request_that_comes_twice_is_done_once(self):
        self.through_terminator(lambda request, ask: (ask(request), ask(request))[1])
        self.till.wait_for_line()
        for _ in range(5):
            self.buy()
        self.assert_each_answer_once()

    def test_old_syncs_that_are_replayed_change_nothing(self):
        kept = []

        def between(request, ask):
            if path_of(request) == SYNC and b'"count":0' not in request:
                kept.append(request)
            return ask(request)

        terminator = self.through_terminator(between)
        self.till.wait_for_line()
        for _ in range(4):
            self.buy()
            self.till.wait_drained()
        self.assertGreater(len(kept), 3)
        for request in kept + kept[::-1]:
            self.assertTrue(terminator.ask(request).startswith(b"HTTP/1.1 200"))
        self.buy()
        self.assert_each_answer_once()

    def test_a_centre_killed_between_commit_and_answer_has_each_sale_once(self):
        killed = []

        def between(request, ask):
            answer = ask(request)
            if path_of(request) == SYNC and self.till_has_sold and len(killed) < 4:
                self.till_has_sold = False
                killed.append(request)
                self.centre.kill()
                self.centre.start()
                return None
            return answer

        self.till_has_sold = False
        self.through_terminator(between)
        self.till.wait_for_line()
        for count in range(1, 5):
            self.till_has_sold = True
            self.buy()
            wait_until(lambda: len(killed) == count, "the centre was killed")
        self.assert_each_answer_once()

    def test_a_till_killed_between_the_answer_and_its_mark_sends_again_what_is_taken_once(self):
        answered = threading.Event()
        held = threading.Event()

        def between(request, ask):
            answer = ask(request)
            if path_of(request) == SYNC and held.is_set():
                held.clear()
                answered.set()
            return answer

        self.through_terminator(between)
        # A slow disk makes the moment between answer and mark a long one.
        self.till.use_bad_disk(sync_us=300_000)
        self.till.make_disk_slow()
        self.till.terminate()
        self.till.start()
        for count in range(4):
            wait_until(lambda: self.till.status()["line"] == "up", "the line is up")
            held.set()
            answered.clear()
            self.buy()
            answered.wait(30)
            time.sleep(0.01 * count)  # anywhere in the write of the mark
            self.till.kill()
            self.till.start()
        self.till.make_disk_slow(False)
        self.assert_each_answer_once()


if __name__ == "__main__":
    unittest.main()
