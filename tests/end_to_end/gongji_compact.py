"""Entries in the compact form (offline/record/VECTORS.md), read without a line of the program: names come from its list."""

import json
import pathlib
import re

LIST = pathlib.Path(__file__).resolve().parents[2] / "offline" / "record" / "member_names.h"
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


def entry(data):
    """A public part of either form, as an object."""
    if data[:1] == b"{":
        return json.loads(data)
    value, end = read(data)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes behind the end")
    return value


def entry_text(data):
    return json.dumps(entry(bytes(data)))
