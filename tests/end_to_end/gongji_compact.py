"""Entries in the compact form (offline/record/VECTORS.md), read without a line of the program: names come from its list."""

import json
import pathlib
import re

LIST = pathlib.Path(__file__).resolve().parents[2] / "offline" / "record" / "member_names.h"
BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAMES = re.findall(r'"(\w+)"', LIST.read_text(encoding="utf-8").split("member_names[] = {")[1].split("}")[0])


def read(data, at=0):
    """(value, where it ends); byte strings are hex."""
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    if low < 24:
        value = low
    else:
        size = 1 << (low - 24)
        value, at = int.from_bytes(data[at : at + size], "big"), at + size
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major == 2:
        return data[at : at + value].hex(), at + value
    if major == 3:
        return data[at : at + value].decode(), at + value
    items = []
    for _ in range(value):
        if major == 5:
            key, at = read(data, at)
        item, at = read(data, at)
        items.append((NAMES[key], item) if major == 5 else item)
    return (dict(items) if major == 5 else items), at


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


def entry(data):
    """A part of either form, as an object of the canonical one."""
    if data[:1] == b"{":
        return json.loads(data)
    value, end = read(data)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes behind the end")
    return as_canonical("", value)


def entry_text(data):
    return json.dumps(entry(bytes(data)))
