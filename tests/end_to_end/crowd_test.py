"""Too many, too slow, too large: whatever comes to the centre's port, its memory is bounded and an honest till is served."""

import contextlib
import http.client
import json
import os
import resource
import socket
import ssl
import unittest

from gongji_faults import FaultCase
from gongji_process import wait_until

# How many connections come at once; the machine must allow twice as many descriptors.
CROWD = int(os.environ.get("GONGJI_CROWD", "10000"))
MEMORY_KIB_MAX = 160 * 1024


def bomb(mebibytes):
    """A zstd frame of RFC 8878 that says nothing of its size and unpacks to so much: blocks of 128 KiB of one byte."""
    blocks = mebibytes * 8
    text = b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([13 << 3])  # magic, no options, a window of 8 MiB
    for number in range(blocks):
        text += (128 * 1024 << 3 | 1 << 1 | (number == blocks - 1)).to_bytes(3, "little") + b"0"
    return text


class Crowd(FaultCase):
    def setUp(self):
        super().setUp()
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.crowd = min(CROWD, most - 200)
        self.sockets = contextlib.ExitStack()
        self.addCleanup(self.sockets.close)

    def connect(self, number, wait=False):
        """A connection of its own address for every two hundred."""
        end = self.sockets.enter_context(socket.socket())
        end.bind((f"127.1.{number // 200 // 250}.{number // 200 % 250 + 1}", 0))
        end.setblocking(wait)
        end.connect_ex(("127.0.0.1", self.centre.port))
        return end

    def ask(self, path, body, headers=None):
        """One request in the till's own name."""
        tls = self.till.data / "tls"
        context = ssl.create_default_context(cafile=str(tls / "ca.pem"))
        context.load_cert_chain(tls / "certificate.pem", tls / "key.pem")
        connection = http.client.HTTPSConnection("127.0.0.1", self.centre.port, context=context, timeout=30)
        try:
            connection.request("POST", path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def assert_memory_is_bounded(self):
        self.assertLess(self.centre.process.resident_kib(), MEMORY_KIB_MAX)

    def test_ten_thousand_connections_at_once_take_bounded_memory_and_a_till_sells_on(self):
        for number in range(self.crowd):
            self.connect(number)
        for _ in range(3):
            self.buy()
        self.assert_memory_is_bounded()
        self.sockets.close()
        self.assert_each_answer_once()
        self.assert_memory_is_bounded()

    def test_a_crowd_that_sends_a_byte_at_a_time_is_put_out_and_a_till_sells_on(self):
        slow = [self.connect(number, wait=True) for number in range(600)]
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)

        def all_out():
            turn = all_out.turn = all_out.turn + 1
            for end in list(slow):
                try:
                    end.send(hello[turn % 200 : turn % 200 + 1])
                except OSError:
                    slow.remove(end)
            return not slow

        all_out.turn = -1
        self.buy()
        wait_until(all_out, "whoever never ends its handshake is put out", pause=0.2)
        self.buy()
        self.assert_each_answer_once()
        self.assert_memory_is_bounded()

    def test_oversized_deep_and_exploding_bodies_are_refused_in_words(self):
        deep = b"[" * 200_000
        head = json.dumps({"terminal": "T-1"}).encode()
        framed = len(deep).to_bytes(4, "big") + deep
        packed = {"Content-Encoding": "zstd"}
        for path, body, headers, status in (
            ("/v1/person", deep, {}, 400),
            ("/v1/person", b'{"credential":' * 10_000, {}, 400),
            ("/v1/sync", framed, {}, 400),
            ("/v1/sync", len(head).to_bytes(4, "big") + head + b"\xff\xff\xff\xff", {}, 400),
            ("/v1/sync", bytes(5 << 20), {}, 413),
            ("/v1/person", bytes(300 << 10), {}, 413),
            ("/v1/sync", bomb(1024), packed, 413),
            ("/v1/person", bomb(64), packed, 413),
            ("/v1/enrol", bomb(64), packed, 413),
            ("/v1/sync", b"\x28\xb5\x2f\xfd garbage", packed, 400),
        ):
            told, text = self.ask(path, body, headers)
            self.assertEqual(told, status, (path, len(body), text[:200]))
            self.assertIn(b'"code"', text)
        self.buy()
        self.assert_each_answer_once()
        self.assert_memory_is_bounded()


if __name__ == "__main__":
    unittest.main()
