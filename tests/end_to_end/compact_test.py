"""The published compact entries say what the canonical ones say, read by nothing of the program."""

import json
import pathlib
import unittest

import gongji_compact

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "record" / "vectors"


class Compact(unittest.TestCase):
    def test_the_published_compact_entries_say_what_the_canonical_ones_say(self):
        for name in ("sale", "cancel", "paper"):
            compact = json.loads((VECTORS / f"compact-{name}.json").read_text(encoding="utf-8"))
            canonical = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
            for part in ("public", "personal"):
                read = gongji_compact.entry(bytes.fromhex(compact[part + "_hex"]))
                written = json.dumps(read, ensure_ascii=False, separators=(",", ":"))
                self.assertEqual(written, canonical[part + "_text"], f"{name}, {part} part, members in the same order")


if __name__ == "__main__":
    unittest.main()
