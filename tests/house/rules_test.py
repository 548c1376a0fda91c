"""Rules that hold in every file: size, no leftovers, no machine's paths, no person's data, no floating point near money."""

import datetime
import re
import unittest

import tree

LINES_MAX = 600

# Written in pieces, so that this file does not find itself.
LEFTOVERS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
MACHINE_PATHS = re.compile(r"(?<![\w.}>])/(wo" + r"rk|ho" + r"me|Us" + r"ers|ro" + r"ot)/")

# Modules where an amount, a ratio or a rule lives: whole fen and exact fractions only.
EXACT_MODULES = ("offline/base", "offline/settlement", "offline/packs", "offline/record", "offline/journal", "offline/authority", "offline/replay")
# nlohmann's callback for a number is called so by the library.
FLOATING = re.compile(r"\b(double|float|long double|stod|stof|strtod|strtof|atof)\b")

# Time and randomness are arguments; only these may ask the machine.
ASKS_THE_MACHINE = re.compile(r"system_clock::now|steady_clock::now|random_device|\bclock_gettime\b|\bgettimeofday\b|\bstd::rand\b|\btime\(nullptr\)")
PURE_FOLDERS = ("card", "offline", "sync/protocol")
MAY_ASK = {"offline/base/clock.cpp", "offline/base/ids.cpp"}

# Provinces of GB/T 2260. A number that could be somebody's begins with one of them.
PROVINCES = set("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split())
CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx])(?![0-9A-Za-z])")
MOBILE_NUMBER = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z.])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PRINTED_IN_THE_STANDARD = {"11010519491231002X", "440524188001010014"}  # the examples of GB 11643


def could_be_a_person(number):
    """True for a formally valid citizen identity number of a real province."""
    if number[:2] not in PROVINCES or number.upper() in PRINTED_IN_THE_STANDARD:
        return False
    try:
        born = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS)) % 11]
    return born.year >= 1900 and check == number[17].upper()


class Rules(unittest.TestCase):
    def expect_none(self, found, rule):
        self.assertFalse(found, rule + ":\n  " + "\n  ".join(found))

    def lines(self, paths, strip_code=False):
        for path in paths:
            text = tree.text_of(path)
            if text is None:
                continue
            if strip_code:
                text = tree.code_of(text)
            for number, line in enumerate(text.split("\n"), 1):
                yield f"{tree.name_of(path)}:{number}: {line.strip()[:100]}", line

    def test_no_source_is_longer_than_one_sitting(self):
        sources = tree.files(".h", ".cpp", ".py", ".cmake", "CMakeLists.txt", ".js", ".css", ".html")
        self.assertGreater(len(sources), 20)
        found = []
        for path in sources:
            count = tree.text_of(path).count("\n")
            if count > LINES_MAX:
                found.append(f"{tree.name_of(path)}: {count} lines")
        self.expect_none(found, f"a source has at most {LINES_MAX} lines")

    def test_no_leftover_markers(self):
        found = [where for where, line in self.lines(tree.files()) if LEFTOVERS.search(line)]
        self.expect_none(found, "unfinished work is finished or written down as a known gap, not marked in the code")

    def test_no_paths_of_a_machine(self):
        found = [where for where, line in self.lines(tree.files()) if MACHINE_PATHS.search(line)]
        self.expect_none(found, "the tree refers to no path of anybody's machine")

    def test_no_number_that_could_be_a_persons(self):
        found = []
        for where, line in self.lines(tree.files()):
            if any(could_be_a_person(number) for number in CITIZEN_NUMBER.findall(line)):
                found.append(where + " (a valid citizen number: use region 999999)")
            elif MOBILE_NUMBER.search(line):
                found.append(where + " (looks like a mobile number)")
        self.expect_none(found, "every person in this tree is invented")

    def test_the_citizen_number_rule_can_fail(self):
        digits = "420106" + "19800101" + "123"
        check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS)) % 11]
        self.assertTrue(could_be_a_person(digits + check))
        self.assertFalse(could_be_a_person("999999" + digits[6:] + check))

    def test_no_floating_point_near_money(self):
        found = []
        for module in EXACT_MODULES:
            sources = tree.files(".h", ".cpp", under=module)
            self.assertTrue(sources, module)
            found += [where for where, line in self.lines(sources, strip_code=True) if FLOATING.search(line) and "number_float" not in line]
        self.expect_none(found, "amounts are whole fen, ratios exact fractions")

    def test_time_and_randomness_are_arguments(self):
        sources = [path for folder in PURE_FOLDERS for path in tree.files(".h", ".cpp", under=folder)]
        sources = [path for path in sources if tree.name_of(path) not in MAY_ASK and not path.name.startswith("main_")]
        found = [where for where, line in self.lines(sources, strip_code=True) if ASKS_THE_MACHINE.search(line)]
        self.expect_none(found, "only programs ask the clock and the machine's randomness (offline/base/clock.h, ids.h)")

    def test_every_module_and_top_folder_says_what_lives_there(self):
        folders = list(tree.modules()) + list(tree.TOP_FOLDERS)
        self.assertGreaterEqual(len(folders), 19)
        found = [folder for folder in folders if not (tree.ROOT / folder / "README.md").is_file()]
        self.expect_none(found, "these folders have no README.md")

    def test_no_program_is_kept_in_the_tree(self):
        found = [tree.name_of(path) for path in tree.files(".o", ".a", ".so", ".pyc", ".exe", ".db")]
        self.expect_none(found, "build output is not source")

    def test_headers_are_included_once(self):
        found = [tree.name_of(path) for path in tree.files(".h") if "#pragma once" not in tree.text_of(path)]
        self.expect_none(found, "these headers lack #pragma once")


if __name__ == "__main__":
    unittest.main()
