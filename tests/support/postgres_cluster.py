"""A PostgreSQL server of one's own: in a temporary folder, on a unix socket alone, from the Debian package's programs.

    python3 tests/support/postgres_cluster.py [--durable] COMMAND ...

runs a command with GONGJI_TEST_DATABASE naming such a server; --durable: with fsync, as in service.

initdb refuses root, so where the tests run as root the server runs as user postgres (or nobody).
"""

import json
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile

SECONDS_MAX = 60


def programs():
    """The folder of initdb and pg_ctl: of version 15, else of the newest there is."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    wanted = [path for path in found if path.parts[4] == "15"] or found[-1:]
    if not wanted:
        raise FileNotFoundError("no /usr/lib/postgresql/*/bin/initdb; toolchain/install installs postgresql-15")
    return wanted[0].parent


class Cluster:
    """`durable=False` leaves out fsync: for tests that crash the server at most, never the machine."""

    def __init__(self, durable=True, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gongji-postgres-"))
        self._data = self.folder / "data"
        self._settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "60",
            "shared_buffers": "64MB",
            "fsync": "on" if durable else "off",
            **settings,
        }
        self._as = []
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = "postgres" if "postgres" in names else "nobody"
            self._as = ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        self._run("initdb", "-D", self._data, "-U", "gongji", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def _run(self, program, *arguments):
        # The server must not hold a pipe of ours open, so what is said goes to a file.
        with open(self.folder / "said.log", "ab") as said:
            done = subprocess.run(
                [*self._as, str(programs() / program), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                timeout=SECONDS_MAX,
            )
        if done.returncode != 0:
            raise RuntimeError(f"{program} {' '.join(map(str, arguments))}:\n{(self.folder / 'said.log').read_text()[-3000:]}")

    def url(self, database="postgres"):
        return f"postgresql:///{database}?host={self.folder}&user=gongji"

    def start(self):
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", self.folder / "server.log", "-o", options)

    def stop(self, mode="fast"):
        """`immediate` is a crash: no checkpoint, the next start recovers."""
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", self._data)

    def query(self, sql, database="postgres"):
        """What psql prints of it, without decoration."""
        done = subprocess.run(
            [str(programs() / "psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", sql],
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql: {done.stderr}")
        return done.stdout.strip()

    def copy_to_sqlite(self, file, database="postgres"):
        """Every table as it is now, in a file that a test of a ledger in a file can read; without types and keys."""
        columns = {}
        names = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        parts = set(self.query("SELECT inhrelid::regclass FROM pg_inherits", database).split())
        for row in self.query(names, database).splitlines():
            table, column, kind = row.split("|")
            if table not in parts and not table.startswith(("gongji_", "ledger_")):
                columns.setdefault(table, []).append((column, kind))
        pathlib.Path(file).unlink(missing_ok=True)
        copy = sqlite3.connect(file)
        for table, described in columns.items():
            copy.execute(f"CREATE TABLE {table} ({', '.join(column for column, _ in described)})")
            rows = (json.loads(line) for line in self.query(f"SELECT row_to_json(t) FROM {table} AS t", database).splitlines())
            values = (
                [bytes.fromhex(row[column][2:]) if kind == "bytea" else row[column] for column, kind in described]
                for row in rows
            )
            copy.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(described))})", values)
        copy.commit()
        copy.close()

    def remove(self):
        if (self._data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.remove()


def main():
    command = sys.argv[1:]
    durable = command[:1] == ["--durable"]
    with Cluster(durable=durable) as cluster:
        return subprocess.run(command[durable:], env={**os.environ, "GONGJI_TEST_DATABASE": cluster.url()}).returncode


if __name__ == "__main__":
    sys.exit(main())
