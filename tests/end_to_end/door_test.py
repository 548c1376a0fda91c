"""The door of the local interface: token, host and origin are checked before anything else is looked at."""

import unittest

import gongji_sales as sales
from gongji_case import WorldCase


class Door(WorldCase):
    def status(self, **headers):
        return self.till.request("GET", "/api/v1/status", headers={name.replace("_", "-"): value for name, value in headers.items()})

    def token(self):
        return {"Authorization": f"Bearer {self.till.token}"}

    def test_without_a_token_nothing_is_told(self):
        self.assertEqual(self.status().status, 401)

    def test_a_wrong_token_is_refused(self):
        self.assertEqual(self.status(Authorization="Bearer " + "x" * len(self.till.token)).status, 401)

    def test_the_right_token_is_let_in(self):
        self.assertEqual(self.status(**self.token()).status, 200)

    def test_a_page_of_another_site_is_refused_even_with_the_token(self):
        self.assertEqual(self.status(**self.token(), Origin="https://shop.example").status, 403)
        self.assertEqual(self.status(**self.token(), Sec_Fetch_Site="cross-site").status, 403)

    def test_another_name_of_this_machine_is_refused(self):
        self.assertEqual(self.status(**self.token(), Host="shop.example").status, 403)

    def test_the_national_interface_is_behind_the_same_door(self):
        message = self.till.envelope("1101", sales.person_input("wang-fang"))
        wrong = self.till.request("POST", "/t/wrong-token-of-nobody/fsi/api/rsfComIfsService/callService", message)
        self.assertIn(wrong.status, (401, 403))
        missing = self.till.request("POST", "/fsi/api/rsfComIfsService/callService", message)
        self.assertIn(missing.status, (401, 403))
        foreign = self.till.request(
            "POST", f"/t/{self.till.token}/fsi/api/rsfComIfsService/callService", message, {"Origin": "https://shop.example"}
        )
        self.assertEqual(foreign.status, 403)
        self.assertEqual(self.last_seq(), 0)

    def test_health_is_told_to_everybody_on_this_machine(self):
        self.assertEqual(self.till.request("GET", "/healthz").status, 200)
        self.assertEqual(self.till.request("GET", "/readyz").status, 200)

    def test_the_daemon_listens_on_this_machine_only(self):
        listening = []
        for table in ("tcp", "tcp6"):
            with open(f"/proc/{self.till.process.pid}/net/{table}") as lines:
                for row in list(lines)[1:]:
                    address, state = row.split()[1], row.split()[3]
                    host, port = address.rsplit(":", 1)
                    if state == "0A" and int(port, 16) == self.till.port:
                        listening.append(host)
        self.assertEqual(listening, ["0100007F"])


if __name__ == "__main__":
    unittest.main()
