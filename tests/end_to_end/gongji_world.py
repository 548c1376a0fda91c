"""A small world for tests and the demo: a centre, tills, readers, each a real process below one folder.

Every process is started by its own path and ended by its own id. Ports are the machine's choice; a centre keeps its
port when it is started again, because the tills' configuration names it. Python's standard library only.
"""

import atexit
import contextlib
import decimal
import functools
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

import gongji_sales
from gongji_process import BIN, ROOT, WAIT_SECONDS_MAX, Process, WorldError, run, wait_until

sys.path.insert(0, str(ROOT / "tests" / "support"))
import postgres_cluster  # noqa: E402

TOKEN = "demo-token-of-till-0001"
CATALOGUE = ROOT / "offline" / "packs" / "catalogue" / "demo.json"


def turned_clock(offset):
    """The environment of a program whose wall clock is off by this: "-30m", "+3h", "+400d"."""
    seconds = int(offset[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[offset[-1]]
    return {"LD_PRELOAD": str(BIN / "clock-shim.so"), "GONGJI_SHIM_CLOCK_S": str(seconds)}


@functools.cache
def server():
    """A PostgreSQL server for this run, where GONGJI_CENTRE_ON asks for one: every centre has a database of its own there."""
    if os.environ.get("GONGJI_CENTRE_ON") != "postgresql":
        return None
    cluster = postgres_cluster.Cluster(durable=False)
    atexit.register(cluster.remove)
    cluster.start()
    return cluster


class Centre:
    """The reference centre on a port of its own."""

    _databases = itertools.count(1)

    def __init__(self, folder, people=None):
        self.folder = pathlib.Path(folder)
        self.port = 0
        self._process = None
        self._turned = {}
        self._people = people or ROOT / "sync" / "centre" / "people.json"
        self.database = None  # the address of a PostgreSQL server; None: a file in the folder

    def initialise(self):
        if server() is not None and self.database is None:
            self._name = f"centre_{next(self._databases)}"
            server().query(f"CREATE DATABASE {self._name}")
            self.database = server().url(self._name)
        where = ["--database", self.database] if self.database else []
        run("gongji-centre", "init", self.folder, "--people", self._people, *where)

    def grant(self, **plan):
        """Turns standing grants on; before the centre starts."""
        self._change_terms(lambda terms: terms["grants"].update(plan))

    def set_terms(self, **members):
        """Members of the terms beside the grants; before the centre starts."""
        self._change_terms(lambda terms: terms.update(members))

    def _change_terms(self, change):
        file = self.folder / "terms.json"
        terms = json.loads(file.read_text(encoding="utf-8"))
        change(terms)
        file.write_text(json.dumps(terms, indent=2), encoding="utf-8")

    def enrolment_code(self, site, terminal):
        done = run("gongji-centre", "enrolment-code", self.folder, "--site", site, "--terminal", terminal)
        for word in done.stdout.split():
            if word.startswith("GJ1-"):
                return word
        raise WorldError(f"no code in: {done.stdout}")

    def start(self):
        port_file = self.folder / "centre.port"
        port_file.unlink(missing_ok=True)
        self._process = Process(
            "gongji-centre",
            [BIN / "gongji-centre", "serve", self.folder, "--listen", f"127.0.0.1:{self.port}"],
            self.folder.with_suffix(".log"),
            self._turned,
        )

        def look():
            if not self._process.running():
                raise WorldError(f"the centre ended:\n{self._process.said()[-4000:]}")
            return port_file.exists() and port_file.read_text().strip()

        self.port = int(wait_until(look, "the centre writes its port"))

    def turn_clock(self, offset):
        """From the next start on the centre sees a machine clock that is off by this ("-30m")."""
        self._turned = turned_clock(offset)

    def stop(self):
        """The line is cut: nobody listens any more."""
        process, self._process = self._process, None
        if process is not None:
            return process.terminate()
        return 0

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process = None

    def pause(self):
        """The worse cut: connections open, nothing answers."""
        self._process.pause()

    def resume(self):
        self._process.resume()

    @property
    def process(self):
        return self._process

    @property
    def ledger(self):
        """A file of SQLite with what the centre has booked: its own, or a copy of its tables as they are now."""
        if server() is None:
            return self.folder / "ledger.sqlite"
        copy = self.folder.with_suffix(".ledger.sqlite")
        server().copy_to_sqlite(copy, self._name)
        return copy

    def totals(self, day, terminal=None):
        """The centre's books of one day, of one terminal or of all, in the words and units of Till.totals."""
        told = json.loads(run("gongji-centre", "totals", self.folder, "--day", day, "--json").stdout)
        rows = [told["all"]] if terminal is None else [row for row in told["terminals"] if row["terminal"] == terminal]
        if len(rows) != 1 or told["balance_sum"] != 0:
            raise WorldError(f"the centre's books: {told}")
        counts = {name: rows[0][name] for name in ("sales", "cancels", "papers", "adjusted", "refused")}
        amounts = {"medfee": rows[0]["medfee"], **rows[0]["shares"]}
        return {**counts, **{name: str(decimal.Decimal(fen).scaleb(-2)) for name, fen in amounts.items()}}


class Reader:
    """A virtual PC/SC reader with a daemon of its own, and the card in it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.started = False

    @property
    def environment(self):
        return {"PCSCLITE_CSOCK_NAME": str(self.folder / "pcscd" / "pcscd.comm")}

    def _tool(self, action, *options):
        done = subprocess.run(
            [str(ROOT / "toolchain" / "virtual-reader"), action, str(self.folder), *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS_MAX,
        )
        if done.returncode != 0:
            raise WorldError(f"virtual-reader {action}: {done.stdout}{done.stderr}")

    def start(self):
        self._tool("start", "--vcard", str(BIN / "gongji-vcard"))
        self.started = True

    def stop(self):
        if self.started:
            self._tool("stop")
            self.started = False

    def remove_folder(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def control(self, *words):
        return run("gongji-vcard", "ctl", self.folder / "vcard.sock", *words).stdout

    def insert(self, card):
        """Puts that person's card in, in place of the one that may be in."""
        self.remove()
        self.control("insert", card)

    def remove(self):
        """Takes the card out; an empty reader stays empty."""
        run("gongji-vcard", "ctl", self.folder / "vcard.sock", "remove", check=False)


class Answer:
    """What came back on one request."""

    def __init__(self, status, body, headers):
        self.status = status
        self.body = body
        self.headers = headers

    @property
    def json(self):
        try:
            return json.loads(self.body, parse_float=decimal.Decimal)
        except ValueError as error:
            raise WorldError(f"status {self.status}, not JSON ({error}): {self.body[:300]!r}")


class Till:
    """One daemon with its folder, configuration and token."""

    def __init__(self, folder, centre, site, terminal, reader=None, log_level="info", settings=None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.config = self.folder / "gongjid.toml"
        self.site = site
        self.terminal = terminal
        self.token = TOKEN
        self.port = 0
        self._centre = centre
        self._reader = reader
        self._turned = {}
        self._process = None
        self._count = 0
        self._counting = threading.Lock()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_config(log_level, settings or {})

    def _write_config(self, log_level, settings):
        lines = {
            "terminal": [f'data = "{self.data}"'],
            "api": ['listen = "127.0.0.1:0"', f'tokens = ["{self.token}"]'],
            "centre": [f'address = "127.0.0.1:{self._centre.port}"'],
            "card": [f"enabled = {'true' if self._reader else 'false'}"],
            "catalogue": [f'file = "{CATALOGUE}"'],
            "log": [f'level = "{log_level}"'],
        }
        for section, more in settings.items():
            lines.setdefault(section, []).extend(more)
        text = "\n".join(f"[{section}]\n" + "\n".join(rows) + "\n" for section, rows in lines.items() if rows)
        self.config.write_text(text, encoding="utf-8")

    def dial(self, port):
        """From the next start on the till reaches its centre by this port of the machine."""
        text = self.config.read_text(encoding="utf-8")
        text = re.sub(r'(\[centre\]\naddress = "127\.0\.0\.1):\d+"', rf'\1:{port}"', text)
        self.config.write_text(text, encoding="utf-8")

    @property
    def environment(self):
        return {**(self._reader.environment if self._reader else {}), **self._turned}

    def turn_clock(self, offset):
        """From the next start on the daemon sees a machine clock that is off by this ("+400d"); None: the right one."""
        self._turned = {} if offset is None else turned_clock(offset)

    def set_environment(self, **variables):
        """From the next start on, in place of a turned clock or a bad disk."""
        self._turned = variables

    def use_bad_disk(self, sync_us=0):
        """From the next start on the data lies on a disk that is as slow, or as broken, as break_disk() says."""
        self._broken = self.folder / "disk-is-broken"
        self._turned = {
            "LD_PRELOAD": str(BIN / "disk-shim.so"),
            "GONGJI_SHIM_FOLDER": str(self.data),
            "GONGJI_SHIM_SYNC_US": str(sync_us),
            "GONGJI_SHIM_SLOW_WHILE": str(self.folder / "disk-is-slow"),
            "GONGJI_SHIM_FAIL_WHILE": str(self._broken),
        }

    def break_disk(self, how):
        """Every write and sync fails: "EIO", "EROFS", "ENOSPC"."""
        self._broken.write_text(how)

    def repair_disk(self):
        self._broken.unlink()

    def make_disk_slow(self, slow=True):
        if slow:
            (self.folder / "disk-is-slow").touch()
        else:
            (self.folder / "disk-is-slow").unlink()

    def enrol(self):
        self.cli("enrol", "--code", self._centre.enrolment_code(self.site, self.terminal))

    def cli(self, command, *arguments, check=True):
        """One of `gongji`'s commands with this till's configuration."""
        return run("gongji", command, "--config", self.config, *arguments, environment=self.environment, check=check)

    def start(self):
        self._process = Process(
            f"gongjid {self.terminal}", [BIN / "gongjid", "--config", self.config], self.folder / "gongjid.log", self.environment
        )
        self.port = int(self._process.wait_for_line("gongjid ready on ").rsplit(":", 1)[1])

    def start_on_small_disk(self, mebibytes):
        """Goes on with its data copied to a file system of this size, in a mount namespace of the daemon's own."""
        kept = self.folder / "kept"
        shutil.copytree(self.data, kept)
        script = (
            f'mount -t tmpfs -o size={mebibytes}m,mode=0700 none "{self.data}" && '
            f'cp -a "{kept}/." "{self.data}/" && exec "{BIN / "gongjid"}" --config "{self.config}"'
        )
        as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        command = ["unshare", *as_root, "--mount", "sh", "-c", script]
        self._process = Process(f"gongjid {self.terminal}", command, self.folder / "gongjid.log", self.environment)
        self.port = int(self._process.wait_for_line("gongjid ready on ").rsplit(":", 1)[1])

    @property
    def disk(self):
        """The data folder as the running daemon sees it."""
        return pathlib.Path(f"/proc/{self._process.pid}/root{self.data}")

    @property
    def process(self):
        return self._process

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process = None

    def terminate(self, seconds=20):
        process, self._process = self._process, None
        return process.terminate(seconds) if process is not None else 0

    # --- requests ------------------------------------------------------------------------------------------------

    def request(self, method, path, body=None, headers=None, seconds=30):
        """One request on a connection of its own; OSError or HTTPException when no answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body, ensure_ascii=False).encode()
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), answer.headers)
        finally:
            connection.close()

    def api(self, method, path, body=None, key=None, seconds=30):
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.request(method, "/api/v1/" + path, body, headers, seconds)

    def status(self):
        return self.api("GET", "status").json

    def ready(self):
        """The answer of /readyz: 200, or 503 with what is wrong."""
        return self.request("GET", "/readyz", headers={"Authorization": f"Bearer {self.token}"})

    def totals(self, day):
        return self.api("GET", f"totals?day={day}").json

    def sale(self, sale_id):
        return self.api("GET", f"sales/{sale_id}")

    def message_id(self):
        """A msgid as the national interface forms it: institution, time, sequence."""
        with self._counting:
            self._count += 1
            digits = "".join(c for c in gongji_sales.now_text() if c.isdigit())
            return f"{self.site}{digits}{self._count % 10000:04d}"

    def envelope(self, infno, data, msgid=None):
        return {
            "infno": infno,
            "msgid": msgid or self.message_id(),
            "mdtrtarea_admvs": "420100",
            "insuplc_admdvs": "420100",
            "recer_sys_code": "99",
            "dev_no": "",
            "dev_safe_info": "",
            "cainfo": "",
            "signtype": "",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "01",
            "opter_name": "demo",
            "inf_time": gongji_sales.now_text(),
            "fixmedins_code": self.site,
            "fixmedins_name": "demo",
            "sign_no": "",
            "input": data,
        }

    def fsi_place(self):
        """Path and headers with which a vendor's program posts."""
        return f"/t/{self.token}/fsi/api/rsfComIfsService/callService", {"Content-Type": "text/plain; charset=utf-8"}

    def post_fsi(self, message, seconds=30):
        """Posts an envelope (or raw bytes) where a vendor's program posts it."""
        path, headers = self.fsi_place()
        return self.request("POST", path, message, headers, seconds)

    def fsi(self, infno, data, msgid=None, seconds=30):
        return self.post_fsi(self.envelope(infno, data, msgid), seconds)

    def drained(self):
        """True when the centre has everything and has judged everything."""
        status = self.status()
        return status["unsent"] == 0 and status["unjudged"] == 0

    def wait_for_line(self, state="up"):
        wait_until(lambda: self.status()["line"] == state, f"{self.terminal} has its line {state}")

    def wait_drained(self, seconds=WAIT_SECONDS_MAX):
        wait_until(self.drained, f"{self.terminal} is drained", seconds, pause=0.1)


def _end_politely(program):
    """Its own end, so that a sanitizer can tell what it leaves behind."""
    process = program.process
    if process is None or not process.running():
        return program.kill()
    process.resume()  # it may be paused
    if status := process.terminate(60):
        raise WorldError(f"{process.name} ended with {status}:\n{process.said()[-4000:]}")


class World(contextlib.AbstractContextManager):
    """A folder with one centre and any number of tills; leaving the block ends all processes."""

    def __init__(self, folder=None):
        self._own = None
        if folder is None:
            self._own = tempfile.TemporaryDirectory(prefix="gongji-")
            folder = self._own.name
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.centre = Centre(self.folder / "centre")
        self.tills = []
        self.readers = []

    def open(self, grants=None, terms=None):
        self.centre.initialise()
        if grants:
            self.centre.grant(**grants)
        if terms:
            self.centre.set_terms(**terms)
        self.centre.start()
        return self

    def add_reader(self):
        # A folder of its own with a short name: the path of a socket has at most 107 bytes.
        reader = Reader(tempfile.mkdtemp(prefix="gongji-reader-"))
        self.readers.append(reader)
        reader.start()
        return reader

    def add_till(self, site, terminal, **options):
        till = Till(self.folder / terminal, self.centre, site, terminal, **options)
        till.enrol()
        till.start()
        self.tills.append(till)
        return till

    def close(self):
        """Ends everything, whatever state it is in; the first failure is raised at the end."""
        trouble = None
        ends = [till.kill for till in self.tills] + [self.centre.kill]
        if os.environ.get("GONGJI_POLITE"):
            ends = [functools.partial(_end_politely, program) for program in (*self.tills, self.centre)]
        steps = ends + [reader.remove_folder for reader in self.readers]
        for step in steps:
            try:
                step()
            except (WorldError, OSError) as error:
                trouble = trouble or error
        if self._own is not None:
            self._own.cleanup()
        if trouble is not None:
            raise trouble

    def __exit__(self, *_):
        self.close()
