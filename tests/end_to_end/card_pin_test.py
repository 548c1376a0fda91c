"""The card's PIN through the till's reader: asked where the terms ask, shown to the card once, found nowhere."""

import copy
import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase

BASKET = [sales.line(1, sales.ASPIRIN, "13.55", "2"), sales.line(2, sales.BENIDIPINE, "27.13")]
SMALL = [sales.line(1, sales.ASPIRIN, "5.00")]
RIGHT = "123456"  # of every virtual card
WRONG, WRONG_TOO = "739154", "860273"


class CardPin(WorldCase):
    needs_reader = True
    terms = {"card_pin_above": "10.00"}

    def setUp(self):
        super().setUp()
        self.reader.insert("li-jianguo")
        answer = self.till.fsi("1101", sales.person_input(read_card=True)).json
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        self.psn_no = answer["output"]["baseinfo"]["psn_no"]
        self.inputs = [sales.sale_input("li-jianguo", self.psn_no, lines, read_card=True) for lines in (BASKET, SMALL)]

    def answer(self, pin=None, msgid=None, small=False):
        data = copy.deepcopy(self.inputs[small])
        if pin is not None:
            data["druginfo"]["exp_content"] = json.dumps({"gongji": {"read": "card", "pin": pin}})
        return self.till.fsi("2102", data, msgid).json

    def assert_refused(self, code, pin=None, msgid=None):
        before = self.last_seq()
        answer = self.answer(pin, msgid)
        self.assertEqual(answer["infcode"], -1)
        self.assertIn(f"[{code}]", answer["err_msg"])
        self.assertEqual(self.last_seq(), before)
        return answer["err_msg"]

    def state(self, answer):
        self.assertEqual(answer["infcode"], 0, answer.get("err_msg"))
        return sales.state_of(answer["output"]["setlinfo"])["state"]

    def test_above_the_sum_of_the_terms_a_sale_without_the_line_needs_the_pin_and_it_is_found_nowhere(self):
        self.assertEqual(self.state(self.answer()), "guaranteed")  # line up: nobody is asked
        self.centre.stop()
        self.till.wait_for_line("down")
        self.assertEqual(self.state(self.answer(small=True)), "provisional")
        msgid = self.till.message_id()
        self.assert_refused("G4516", msgid=msgid)
        self.assertIn("(2)", self.assert_refused("G3031", WRONG, msgid))
        self.assert_refused("G3034", WRONG, msgid)  # a till that repeats by itself does not lock the card
        self.assert_refused("G3030", "12")
        self.assertIn("(1)", self.assert_refused("G3031", WRONG_TOO, msgid))
        first = self.answer(RIGHT, msgid)
        self.assertEqual(self.state(first), "provisional")
        for pin in (RIGHT, WRONG):  # the stored answer; no card is asked, and the PIN is no part of what is compared
            self.assertEqual(self.answer(pin, msgid), first)
        self.centre.start()
        self.till.wait_drained()
        self.assert_books_agree()
        for file in (file for file in self.world.folder.rglob("*") if file.is_file()):
            content = file.read_bytes()
            for pin in (WRONG, WRONG_TOO):
                self.assertNotIn(pin.encode(), content, file.name)

    def test_a_card_that_is_locked_says_so_and_what_to_do(self):
        self.centre.stop()
        self.till.wait_for_line("down")
        for pin in (WRONG, WRONG_TOO):
            self.assert_refused("G3031", pin)
        self.assert_refused("G3032", "999999")
        self.assert_refused("G3032", RIGHT)


if __name__ == "__main__":
    unittest.main()
