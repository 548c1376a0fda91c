"""The invariants of tests/support/invariants.sql, checked on a till's journal and its centre's ledger."""

import pathlib
import re
import sqlite3

from gongji_compact import entry_text

FILE = pathlib.Path(__file__).resolve().parents[1] / "support" / "invariants.sql"


def parts():
    """What is run once; name -> query."""
    found = re.split(r"^-- name: (\w+)\n", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if len(found) != 1 + 2 * 7:  # a file that cannot be read must not hold everything
        raise ValueError(f"{FILE}: {len(found)} parts")
    return found[0], dict(zip(found[1::2], found[2::2]))


def opening_counters(ledger):
    """The centre's counters as they are now; taken before the first sale."""
    database = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)
    try:
        return database.execute("SELECT person, scheme, name, since, value FROM counter").fetchall()
    finally:
        database.close()


def broken(journal, ledger, answered, opening):
    """name -> what does not hold; empty where everything does. `answered`: rows as invariants.sql says."""
    database = sqlite3.connect("file::memory:", uri=True)
    database.create_function("entry_text", 1, entry_text)
    try:
        database.execute("ATTACH ? AS till", (f"file:{journal}?mode=ro",))
        database.execute("ATTACH ? AS centre", (f"file:{ledger}?mode=ro",))
        database.execute(
            "CREATE TEMP TABLE answered (msgid TEXT, kind INTEGER, id TEXT, seq INTEGER, medfee INTEGER, fund INTEGER,"
            " account INTEGER, family INTEGER, cash INTEGER)"
        )
        database.execute("CREATE INDEX answered_msgid ON answered (msgid)")
        database.execute("CREATE TEMP TABLE opening_counter (person TEXT, scheme TEXT, name TEXT, since INTEGER, value INTEGER)")
        database.executemany("INSERT INTO answered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", answered)
        database.executemany("INSERT INTO opening_counter VALUES (?, ?, ?, ?, ?)", opening)
        view, queries = parts()
        database.executescript(view)
        found = {name: [row[0] for row in database.execute(query)] for name, query in queries.items()}
    finally:
        database.close()
    return {name: rows for name, rows in found.items() if rows}
