"""A bad line between a till and its centre: a proxy of ours with knobs that may be turned while it runs.

Two kinds.  `BadLine` forwards bytes and understands none of them: delay, lost packets, a narrow or half-open line, a cut
behind any byte.  `Terminator` ends TLS on both sides, with the test's own keys, and sees whole HTTP messages: it can
damage, double, keep and replay them, and knows the moment between an answer and its arrival.

    line = BadLine(centre.port, delay=0.015)
    till.dial(line.port)

As a program, for benches:  wire_proxy.py <port of the centre> [delay of each way in ms]    prints "port N", runs until killed.
Threads: knobs may be set from any; each connection has two of its own.  Python's standard library only.
"""

import contextlib
import random
import socket
import ssl
import struct
import sys
import threading
import time

UP, DOWN = "up", "down"  # from the till, from the centre
PIECE_BYTES = 64 * 1024


def reset(*ends):
    """Ends connections as a torn line does where anything still answers: without a goodbye."""
    for end in ends:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            socket.socket.shutdown(end, socket.SHUT_RDWR)  # wakes a thread that reads; TLS is asked nothing
        with contextlib.suppress(OSError):
            end.close()


class Proxy(contextlib.AbstractContextManager):
    """Accepts on a port of the machine's choice; each connection is served on threads of its own."""

    def __init__(self, target):
        self.target = target
        self.connections = 0  # accepted since the beginning
        self._lock = threading.Lock()
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._keep(end)
            threading.Thread(target=self._serve_and_forget, args=(end,), daemon=True).start()

    def _serve_and_forget(self, end):
        try:
            self.serve(end)
        except OSError:
            reset(end)
        finally:
            self._forget(end)

    def _keep(self, end):
        with self._lock:
            self._open.add(end)

    def _forget(self, end):
        with self._lock:
            self._open.discard(end)

    def dial(self):
        """A connection to the centre."""
        end = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        end.settimeout(None)
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._keep(end)
        return end

    def cut_all(self):
        """Every connection of now is torn."""
        with self._lock:
            ends, self._open = self._open, set()
        reset(*ends)

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()

    def __exit__(self, *_):
        self.close()


class BadLine(Proxy):
    """Forwards bytes.  Knobs, each for the bytes that come from now on:

    delay         seconds that each way takes
    loss          share of the pieces that come `resend_after` later, as a lost packet that was sent again
    narrow        {direction: bytes a second}; {DOWN: 200} is a slow reader
    half_open     directions whose bytes vanish while both connections stay
    cut           (direction, byte): both connections are reset before that byte (from 0) of a connection goes that way
    refuse        new connections are reset at once
    """

    def __init__(self, target, delay=0.0, loss=0.0, seed=0):
        self.delay, self.loss, self.resend_after = delay, loss, 0.2
        self.narrow, self.half_open, self.cut, self.refuse = {}, set(), None, False
        self.carried = {UP: 0, DOWN: 0}
        self.cuts = self.lost = 0
        self._dice = random.Random(seed)
        super().__init__(target)

    def serve(self, end):
        if self.refuse:
            return reset(end)
        other = self.dial()
        ways = [threading.Thread(target=self._carry, args=way, daemon=True) for way in ((UP, end, other), (DOWN, other, end))]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
        self._forget(other)
        reset(end, other)

    def _carry(self, way, source, sink):
        """Reads at once and writes when it is time, so that a delay costs each piece its time and not the ones behind."""
        waiting, news = [], threading.Condition()

        def write():
            gone = 0
            while True:
                with news:
                    news.wait_for(lambda: waiting)
                    due, piece = waiting.pop(0)
                time.sleep(max(0.0, due - time.monotonic()))
                if piece is None:
                    with contextlib.suppress(OSError):
                        sink.shutdown(socket.SHUT_WR)
                    return
                gone = self._write(way, source, sink, piece, gone)

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        last = 0.0
        while True:
            try:
                piece = source.recv(PIECE_BYTES)
            except OSError:
                piece = b""
            last = max(last, time.monotonic() + self.delay + self._late())
            with news:
                waiting.append((last, piece or None))
                news.notify()
            if not piece:
                writer.join()
                return

    def _late(self):
        if self.loss and self._dice.random() < self.loss:
            self.lost += 1
            return self.resend_after
        return 0.0

    def _write(self, way, source, sink, piece, gone):
        """Gives how many bytes of this connection have gone this way."""
        if way in self.half_open:
            return gone
        cut = self.cut
        torn = cut is not None and cut[0] == way and gone + len(piece) > cut[1]
        if torn:
            piece = piece[: max(0, cut[1] - gone)]
        try:
            speed = self.narrow.get(way)
            if speed:
                for byte in range(0, len(piece), max(1, speed // 10)):
                    sink.sendall(piece[byte : byte + max(1, speed // 10)])
                    time.sleep(0.1)
            else:
                sink.sendall(piece)
        except OSError:
            reset(source, sink)
            return gone
        self.carried[way] += len(piece)
        if torn:
            self.cuts += 1
            reset(source, sink)
        return gone + len(piece)


class Terminator(Proxy):
    """Ends TLS before the centre, as a load balancer of the region would, and speaks to the centre in the till's name.

    `between(request, ask)` is called with each whole request (head and body, bytes); `ask(bytes)` puts a request to the
    centre on a fresh connection and gives its whole answer.  What `between` gives is sent to the till; None tears the line.
    """

    def __init__(self, target, server_files, client_files, ca_file, between):
        self.between = between
        self._server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._server.minimum_version = ssl.TLSVersion.TLSv1_3
        self._server.set_ecdh_curve("prime256v1")
        self._server.load_cert_chain(*map(str, server_files))
        self._client = ssl.create_default_context(cafile=str(ca_file))
        self._client.check_hostname = False
        self._client.load_cert_chain(*map(str, client_files))
        super().__init__(target)

    def ask(self, request):
        """One request, put to the centre on a connection of its own."""
        plain = self.dial()
        try:
            with self._client.wrap_socket(plain) as centre:
                centre.settimeout(20)
                centre.sendall(request)
                return read_message(centre, bytearray()) or b""
        finally:
            self._forget(plain)

    def serve(self, end):
        with self._server.wrap_socket(end, server_side=True) as till:
            self._keep(till)
            rest = bytearray()
            try:
                while True:
                    request = read_message(till, rest)
                    answer = self.between(request, self.ask) if request else None
                    if not answer:
                        return reset(till)
                    till.sendall(answer)
            finally:
                self._forget(till)


def read_message(end, rest):
    """One HTTP message with a Content-Length, whole; b"" where the connection ends.  `rest`: bytes that came before."""
    while True:
        split = rest.find(b"\r\n\r\n")
        if split >= 0:
            length = 0
            for line in bytes(rest[:split]).split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if len(rest) >= split + 4 + length:
                message = bytes(rest[: split + 4 + length])
                del rest[: len(message)]
                return message
        piece = end.recv(PIECE_BYTES)
        if not piece:
            return b""
        rest += piece


def path_of(request):
    return request.split(b" ", 2)[1].decode()


def body_of(message):
    return message[message.find(b"\r\n\r\n") + 4 :]


def with_byte_flipped(message, at):
    """The message with one bit of the body's byte `at` turned."""
    place = len(message) - len(body_of(message)) + at
    return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]


def main():
    delay = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0
    line = BadLine(int(sys.argv[1]), delay=delay)
    print(f"port {line.port}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
