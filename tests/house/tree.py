"""The source tree as the house tests see it: every text file of ours, without build output."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOP_FOLDERS = ("card", "offline", "sync", "terminal", "tests", "toolchain")
_NOT_SOURCE = re.compile(r"^\.git$|^(\.git|\.cache|build|build-[^/]*)/|/(__pycache__|node_modules)/")


def files(*suffixes, under=""):
    """Files below `under`, sorted, whose name ends in one of the suffixes; all of them when none is given."""
    found = []
    for path in sorted((ROOT / under).rglob("*")):
        if _NOT_SOURCE.search(name_of(path)) or not path.is_file():
            continue
        if not suffixes or path.name.endswith(suffixes):
            found.append(path)
    return found


def text_of(path):
    """The file as text, or None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def name_of(path):
    return str(path.relative_to(ROOT))


def modules():
    """Folder of each declared module -> its level."""
    found = {}
    for listing in files("CMakeLists.txt"):
        declared = re.search(r"^gongji_module\((\S+)\s+LEVEL\s+(\d+)", text_of(listing), re.MULTILINE)
        if declared:
            found[declared.group(1)] = int(declared.group(2))
    return found


_LITERAL_OR_COMMENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL
)


def code_of(text):
    """C++ text with comments and literals blanked; lines keep their numbers."""
    return _LITERAL_OR_COMMENT.sub(lambda found: "\n" * found.group(0).count("\n") or '""', text)
