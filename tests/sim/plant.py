"""Makes a copy of one source of the product with the bugs of planted_bugs.json in it, or the list of all of them.

    plant.py source BUGS ROOT FILE OUT      the copy of ROOT/FILE
    plant.py list BUGS ROOT OUT             planted_bugs() as C++

A bug that one more line of the product would stop has that line in "more", of the same file.
"""

import json
import pathlib
import sys


def places(bug):
    return [bug] + bug.get("more", [])


def is_there(bug, root):
    text = (root / bug["file"]).read_text()
    return all(text.count(place["find"]) == 1 for place in places(bug))


def copy_of(bugs, root, file):
    text = (root / file).read_text()
    for bug in bugs:
        if bug["file"] == file and is_there(bug, root):
            for place in places(bug):
                text = text.replace(place["find"], place["instead"])
    return '#include "tests/sim/planted.h"\n' + text


def row(bug, root):
    setting = bug["setting"]
    numbers = ", ".join(str(setting[key]) for key in ("tills", "days", "sales", "centres", "mischief"))
    faults = ",".join(setting.get("faults", ["on"]))
    found_by = ", ".join(f'"{name}"' for name in bug["found_by"])
    is_here = str(is_there(bug, root)).lower()
    return (
        f'      {{"{bug["name"]}", "{bug["file"]}", "{bug["story"]}", {is_here}, {{{found_by}}}, '
        f'{numbers}, "{faults}", {bug["seed"]}}},\n'
    )


def listed(bugs, root):
    rows = "".join(row(bug, root) for bug in bugs)
    return (
        '#include "tests/sim/planted.h"\n\nnamespace gongji::sim {\n\n'
        "const std::vector<PlantedBug>& planted_bugs() {\n  static const std::vector<PlantedBug> bugs{\n"
        f"{rows}  }};\n  return bugs;\n}}\n\n}}  // namespace gongji::sim\n"
    )


def main():
    what, bugs_file, root, *rest = sys.argv[1:]
    bugs = json.loads(pathlib.Path(bugs_file).read_text())
    root = pathlib.Path(root)
    text = copy_of(bugs, root, rest[0]) if what == "source" else listed(bugs, root)
    out = pathlib.Path(rest[-1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)


main()
