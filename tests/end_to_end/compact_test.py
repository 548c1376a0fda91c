"""The published compact entries say what the canonical ones say, read by nothing of the program."""

import json
import pathlib
import unittest

import gongji_compact

VECTORS = pathlib.Path(__file__).resolve().parents[1] / "record" / "vectors"
BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def as_id(octets):
    value = int(octets, 16)
    return "".join(BASE_32[value >> 5 * place & 31] for place in reversed(range(26)))


def as_canonical(name, value):
    """The same value as the canonical form writes it."""
    if isinstance(value, dict):
        return {each: as_canonical(each, item) for each, item in value.items()}
    if isinstance(value, list):
        return [as_canonical(name, item) for item in value]
    if name in ("pric", "pric_uplmt_amt"):
        return str(value)
    if name in ("sale_id", "mdtrt_id", "cancel_id", "paper_id"):
        return as_id(value)
    return "sm3:" + value if name == "pack_digest" else value


class Compact(unittest.TestCase):
    def test_the_published_compact_entries_say_what_the_canonical_ones_say(self):
        for name in ("sale", "cancel", "paper"):
            compact = json.loads((VECTORS / f"compact-{name}.json").read_text(encoding="utf-8"))
            canonical = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
            for part in ("public", "personal"):
                read = gongji_compact.entry(bytes.fromhex(compact[part + "_hex"]))
                written = json.dumps(as_canonical("", read), ensure_ascii=False, separators=(",", ":"))
                self.assertEqual(written, canonical[part + "_text"], f"{name}, {part} part, members in the same order")


if __name__ == "__main__":
    unittest.main()
