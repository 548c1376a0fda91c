"""External prescriptions against the region's register: at the counter with the line up, at the sync without it."""

import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run


class Prescription(WorldCase):
    terms = {"registered_prescriptions": True}

    def setUp(self):
        super().setUp()
        self.psn_no = self.person("wang-fang")
        file = self.world.folder / "prescriptions.json"
        file.write_text(json.dumps({"prescriptions": [self.prescription("RX-1", "2")]}), encoding="utf-8")
        run("gongji-centre", "prescription", "add", self.centre.folder, file)

    def prescription(self, number, quantity):
        item = {"code": sales.ASPIRIN, "quantity": quantity}
        period = {"from": "2020-01-01", "until": "2099-12-31"}
        return {"number": number, "psn_no": self.psn_no, "site_kind": "any", **period, "items": [item]}

    def sell_on(self, number):
        row = sales.line(1, sales.ASPIRIN, "13.55", prescription=True)
        row["rxno"] = number
        return self.till.fsi("2102", sales.sale_input("wang-fang", self.psn_no, [row])).json

    def left(self):
        done = run("gongji-centre", "prescription", "list", self.centre.folder, "--person", self.psn_no, "--json")
        return json.loads(done.stdout)[0]["items"][0]["left"]

    def test_a_prescription_is_used_up_once_with_the_line_and_without_it(self):
        unknown = self.sell_on("RX-0")
        self.assertEqual(unknown["infcode"], -1)
        self.assertIn("G6224", unknown["err_msg"])
        first = self.sell_on("RX-1")
        self.assertEqual(first["infcode"], 0, first)
        self.assertEqual(sales.state_of(first["output"]["setlinfo"])["prescription"], "verified")
        self.till.wait_drained()
        self.assertEqual(self.left(), "1.0000")

        # Twice without the line: both are sold, and the second is more than was prescribed.
        self.centre.stop()
        for _ in range(2):
            sold = self.sell_on("RX-1")
            self.assertEqual(sold["infcode"], 0, sold)
            self.assertEqual(sales.state_of(sold["output"]["setlinfo"])["prescription"], "unverified")
        self.centre.start()
        self.till.wait_drained()
        self.assertEqual(self.left(), "0.0000")
        used_up = self.sell_on("RX-1")
        self.assertEqual(used_up["infcode"], -1)
        self.assertIn("G6228", used_up["err_msg"])
        self.assertEqual(self.centre.totals(sales.today())["refused"], 1)


if __name__ == "__main__":
    unittest.main()
