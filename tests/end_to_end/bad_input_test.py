"""Bad input gets a clear answer that names the field and the next step; nothing crashes, nothing is written."""

import copy
import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase

GOOD = [sales.line(1, sales.ASPIRIN, "13.55", "2"), sales.line(2, sales.BENIDIPINE, "27.13")]


def changed(lines, index, **members):
    lines = copy.deepcopy(lines)
    lines[index].update(members)
    return lines


class BadInput(WorldCase):
    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        self.process = self.till.process.pid

    def tearDown(self):
        self.assertTrue(self.till.process.running(), "the daemon is still there")
        self.assertEqual(self.till.process.pid, self.process)
        self.assertEqual(self.last_seq(), 0, "nothing was written")
        self.assertEqual(self.till.totals(sales.today())["sales"], 0)

    def assert_refused(self, answer, *words):
        """infcode -1 and a text with a stable code, the words asked for, and a next step."""
        output = answer.json
        self.assertEqual(output["infcode"], -1, output)
        self.assertRegex(output["err_msg"], r"^\[G\d{4}\] ")
        for word in words:
            self.assertIn(word, output["err_msg"])

    def sale(self, lines=None, **options):
        return sales.sale_input("wang-fang", self.psn_no, GOOD if lines is None else lines, **options)

    def refuse_sale(self, data, *words):
        self.assert_refused(self.till.fsi("2102", data), *words)

    # --- the envelope --------------------------------------------------------------------------------------------

    def test_what_is_not_json(self):
        self.assert_refused(self.till.post_fsi(b"infno=2102"))

    def test_json_that_is_cut_off(self):
        text = json.dumps(self.till.envelope("2102", self.sale())).encode()
        self.assert_refused(self.till.post_fsi(text[: len(text) // 2]))

    def test_an_array_in_place_of_the_envelope(self):
        self.assert_refused(self.till.post_fsi(b"[]"))

    def test_broken_utf8(self):
        text = json.dumps(self.till.envelope("2102", self.sale())).encode()
        self.assert_refused(self.till.post_fsi(text.replace(b'"demo"', b'"\xff\xfe"', 1)))

    def test_nesting_without_end(self):
        self.assert_refused(self.till.post_fsi(b"[" * 200000))

    def test_an_envelope_without_msgid(self):
        message = self.till.envelope("2102", self.sale())
        del message["msgid"]
        self.assert_refused(self.till.post_fsi(message), "msgid")

    def test_a_transaction_that_nobody_serves(self):
        self.assert_refused(self.till.fsi("9999", {}), "9999")

    def test_another_site_than_this_terminals(self):
        message = self.till.envelope("2102", self.sale())
        message["fixmedins_code"] = "H42010099999"
        self.assert_refused(self.till.post_fsi(message), "fixmedins_code")

    def test_a_body_of_40_megabytes(self):
        try:
            answer = self.till.post_fsi(b" " * (40 << 20))
        except (BrokenPipeError, ConnectionResetError):
            return  # the door was closed while we were still talking
        self.assertEqual(answer.status, 413)

    # --- the person ----------------------------------------------------------------------------------------------

    def test_a_person_nobody_knows(self):
        data = sales.person_input("wang-fang")
        data["data"]["mdtrt_cert_no"] = "A42019999"
        self.assert_refused(self.till.fsi("1101", data))

    def test_the_number_of_another_person(self):
        data = self.sale()
        data["druginfo"]["psn_no"] = "42010000000000009999"
        self.refuse_sale(data, "psn_no")

    # --- the lines -----------------------------------------------------------------------------------------------

    def test_a_total_that_the_lines_do_not_sum_to(self):
        self.refuse_sale(self.sale(total="1.00"), "medfee_sumamt")

    def test_a_line_that_is_not_price_times_count(self):
        self.refuse_sale(self.sale(changed(GOOD, 1, det_item_fee_sumamt="99.00")), "drugdetail[1]")

    def test_a_negative_amount(self):
        self.refuse_sale(self.sale(changed(GOOD, 0, pric="-13.55", det_item_fee_sumamt="-27.10")), "drugdetail[0]")

    def test_a_negative_count(self):
        self.refuse_sale(self.sale(changed(GOOD, 0, cnt="-2", det_item_fee_sumamt="27.10")), "drugdetail[0]")

    def test_an_amount_beyond_all_bounds(self):
        lines = changed(GOOD, 0, pric="99999999999999999999", det_item_fee_sumamt="199999999999999999998")
        self.refuse_sale(self.sale(lines, total="1"), "drugdetail[0]")

    def test_an_amount_with_an_exponent(self):
        self.refuse_sale(self.sale(changed(GOOD, 0, pric="1e3")), "drugdetail[0].pric")

    def test_an_amount_with_a_third_decimal(self):
        self.refuse_sale(self.sale(changed(GOOD, 0, det_item_fee_sumamt="27.101")), "drugdetail[0].det_item_fee_sumamt")

    def test_an_amount_that_is_a_word(self):
        self.refuse_sale(self.sale(changed(GOOD, 1, cnt="two")), "drugdetail[1].cnt")

    def test_201_lines(self):
        lines = [sales.line(number, sales.ASPIRIN, "1.00") for number in range(1, 202)]
        self.refuse_sale(self.sale(lines), "200")

    def test_no_lines(self):
        self.refuse_sale(self.sale([], total="0.00"), "drugdetail")

    def test_goods_that_the_catalogue_does_not_know(self):
        self.refuse_sale(self.sale(changed(GOOD, 1, med_list_codg="XZ99ZZZ999Z999999999999")), "drugdetail[1]")

    def test_a_day_that_does_not_exist(self):
        data = self.sale()
        data["druginfo"]["begntime"] = "2026-02-30 10:00:00"
        self.refuse_sale(data, "begntime")

    def test_an_account_flag_that_does_not_exist(self):
        self.refuse_sale(self.sale(account="7"), "acct_used_flag")


class BadCard(WorldCase):
    needs_reader = True

    def read(self):
        return self.till.fsi("1101", sales.person_input(read_card=True))

    def assert_card_trouble(self, answer):
        self.assertEqual(answer.json["infcode"], -1)
        self.assertRegex(answer.json["err_msg"], r"^\[G30\d\d\] ")
        self.assertEqual(self.last_seq(), 0)

    def test_an_empty_reader(self):
        self.assert_card_trouble(self.read())

    def test_a_card_that_is_torn_out_while_it_is_read(self):
        self.reader.insert("wang-fang")
        self.reader.control("tear-after", "3")
        self.assert_card_trouble(self.read())

    def test_a_card_that_refuses_because_a_pin_is_wanted(self):
        self.reader.insert("wang-fang")
        self.reader.control("fail-after", "3", "6982")
        self.assert_card_trouble(self.read())

    def test_a_card_whose_pin_is_blocked(self):
        self.reader.insert("wang-fang")
        self.reader.control("fail-after", "3", "6983")
        self.assert_card_trouble(self.read())

    def test_a_card_that_gives_no_answer(self):
        self.reader.control("mute", "on")
        self.reader.insert("wang-fang")
        self.assert_card_trouble(self.read())

    def test_a_good_card_is_read_after_all_that(self):
        self.reader.insert("wang-fang")
        self.reader.control("tear-after", "3")
        self.assert_card_trouble(self.read())
        self.reader.insert("wang-fang")
        answer = self.read().json
        self.assertEqual(answer["infcode"], 0, answer["err_msg"])
        self.assertEqual(answer["output"]["baseinfo"]["psn_name"], sales.CARDS["wang-fang"]["name"])


if __name__ == "__main__":
    unittest.main()
