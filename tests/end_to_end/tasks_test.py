"""The clerk's list: verdicts, papers and what may be the same sale twice; done by whom and when, kept over a restart."""

import json
import unittest

import gongji_sales as sales
from gongji_case import WorldCase
from gongji_process import run, wait_until


class Tasks(WorldCase):
    terms = {"paper_days": 20}

    def tasks(self, till, *options):
        """As the command line and as the daemon tell them: the same."""
        told = json.loads(till.cli("queue", "tasks", "--json", *options).stdout)["tasks"]
        by_api = till.api("GET", "tasks?all=1" if "--all" in options else "tasks").json["tasks"]
        self.assertEqual([task["id"] for task in told], [task["id"] for task in by_api])
        return {task["code"]: task for task in told}

    def test_a_verdict_a_paper_and_a_doubled_sale_are_tasks_until_somebody_has_done_them(self):
        basket = [sales.line(1, sales.ASPIRIN, "130.00")]
        other = self.world.add_till(sales.CLINIC, "T-2")
        other.wait_for_line()
        psn_no = self.person("wang-fang")
        self.person("wang-fang", till=other)
        self.assertEqual(self.tasks(other), {})
        self.assertIn("没有待办", other.cli("queue", "tasks").stdout)
        self.centre.stop()
        self.sell("wang-fang", psn_no, basket)
        second = self.sell("wang-fang", psn_no, basket, till=other)
        paper = self.sell("wang-fang", psn_no, [sales.line(1, sales.ASPIRIN, "270.00")], till=other)
        self.assertEqual(sales.state_of(paper)["state"], "cash")
        self.till.kill()
        self.centre.start()
        other.wait_drained()
        self.till.start()
        self.till.wait_drained()
        wait_until(lambda: other.sale(second["setl_id"]).json["state"] == "adjusted", "the other till is told", 30)

        found = self.tasks(other)
        self.assertEqual(set(found), {"T106", "T301"})
        anew = found["T106"]  # accepted first, then settled anew behind the late one
        self.assertEqual(anew["sale"]["sale_id"], second["setl_id"])
        self.assertEqual(anew["sale"]["person"], "王*")
        self.assertEqual((anew["sale"]["told"]["account"], anew["sale"]["stands"]["account"]), ("26.00", "4.00"))
        self.assertEqual(anew["amount"], "-22.00")
        self.assertEqual(found["T301"]["sale"]["sale_id"], paper["setl_id"])
        self.assertEqual(found["T301"]["amount"], "270.00")
        self.assertIsNotNone(found["T301"]["by"])
        text = other.cli("queue", "tasks", "--lang", "en").stdout
        self.assertIn("settled this one anew", text)
        self.assertNotIn("王芳", text + json.dumps(found, ensure_ascii=False))

        self.assertEqual(other.api("POST", f"tasks/{anew['id']}/done", {"who": "02", "extra": 1}).status, 400)
        self.assertEqual(other.api("POST", f"tasks/{anew['id']}/done", {"note": "x"}).status, 400)
        self.assertEqual(other.api("POST", "tasks/T101-9-9-9/done", {"who": "02"}).status, 404)
        self.assertEqual(other.api("DELETE", "tasks").status, 405)
        done = other.api("POST", f"tasks/{anew['id']}/done", {"who": "02", "note": "booked"}).json["done"]
        self.assertEqual((done["who"], done["note"]), ("02", "booked"))
        other.cli("queue", "tasks", "done", found["T301"]["id"], "--who", "03")
        self.assertEqual(self.tasks(other), {})
        self.assertNotEqual(other.cli("queue", "tasks", "done", "T001-1", "--who", "03", check=False).returncode, 0)

        # A second mark changes nothing; a restart forgets nothing; the evidence is as it was.
        other.terminate()
        other.start()
        again = other.api("POST", f"tasks/{anew['id']}/done", {"who": "09"}).json["done"]
        self.assertEqual(again, done)
        marks = {code: task["done"]["who"] for code, task in self.tasks(other, "--all").items()}
        self.assertEqual(marks, {"T106": "02", "T301": "03"})
        run("gongji", "audit", "verify", "--config", other.config, environment=other.environment)

        # Twice the same within half an hour.
        small = [sales.line(1, sales.ASPIRIN, "9.00")]
        other.wait_for_line()
        first = self.sell("wang-fang", psn_no, small, till=other)
        self.sell("wang-fang", psn_no, small, till=other)
        self.assertEqual(set(self.tasks(other)), {"T201"})
        other.fsi("2103", sales.cancel_input(first))
        self.assertEqual(self.tasks(other), {})


if __name__ == "__main__":
    unittest.main()
