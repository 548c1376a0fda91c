"""What a cashier reads when something goes wrong: every row has a code of its own and says what to do next."""

import collections
import re
import unittest

import tree

# Module -> first characters of its codes. A new module gets a new range here.
RANGES = {
    "offline/settlement": ("G1",),
    "offline/packs": ("G2",),
    "card": ("G3",),
    "offline/seal": ("G41",),
    "offline/sqlite": ("G42",),
    "offline/record": ("G43",),
    "offline/journal": ("G44",),
    "offline/audit": ("G46",),
    "offline/authority": ("G45",),
    "offline/review": ("G465",),
    "offline/replay": ("G460",),
    "offline/reconcile": ("G468",),
    "sync/http": ("G51",),
    "sync/protocol": ("G52", "G1"),
    "sync/link": ("G53",),
    "sync/database": ("G547",),
    "sync/centre": ("G54",),
    "terminal": ("G6", "G1"),
}
STRING = r'"(?:\\.|[^"\\])*"'
ROW = re.compile(r"inline constexpr TroubleText (\w+)\s*(?:=\s*)?\{((?:\s*" + STRING + r"\s*,?)+)\s*\};", re.DOTALL)
LIST = re.compile(r"inline constexpr const TroubleText\* all\[\]\s*=?\s*\{(.*?)\}", re.DOTALL)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def rows(text):
    """(name, [code, zh, next_zh, en, next_en]) of each row; neighbouring literals are one, as the compiler has it."""
    for name, body in ROW.findall(text):
        columns = []
        for group in re.findall(r"(?:" + STRING + r"\s*)+", body):
            columns.append("".join(part[1:-1] for part in re.findall(STRING, group)))
        yield name, columns


class Troubles(unittest.TestCase):
    def setUp(self):
        self.tables = {tree.name_of(path.parent): tree.text_of(path) for path in tree.files("troubles.h") if path.name == "troubles.h"}

    def test_there_are_tables(self):
        self.assertGreaterEqual(len(self.tables), 8, sorted(self.tables))

    def test_every_row_is_read_by_this_test(self):
        for module, text in self.tables.items():
            self.assertEqual(len(list(rows(text))), text.count("inline constexpr TroubleText "), module)

    def test_a_code_is_used_once_in_the_whole_tree(self):
        used = collections.defaultdict(list)
        for module, text in self.tables.items():
            for name, columns in rows(text):
                used[columns[0]].append(f"{module}/{name}")
        twice = {code: names for code, names in used.items() if len(names) > 1}
        self.assertEqual(twice, {})

    def test_a_code_is_of_its_modules_range(self):
        for module, text in self.tables.items():
            self.assertIn(module, RANGES)
            for name, columns in rows(text):
                self.assertRegex(columns[0], r"^G[1-6]\d{3}$", f"{module}/{name}")
                self.assertTrue(columns[0].startswith(RANGES[module]), f"{module}/{name}: {columns[0]}")

    def test_every_row_says_what_happened_and_what_to_do_next_in_both_languages(self):
        for module, text in self.tables.items():
            for name, columns in rows(text):
                where = f"{module}/{name}"
                self.assertEqual(len(columns), 5, where)
                for column in columns:
                    self.assertTrue(column.strip(), where)
                self.assertRegex(columns[1], CHINESE, where)
                self.assertRegex(columns[2], CHINESE, where)
                self.assertNotRegex(columns[3], CHINESE, where)
                self.assertNotRegex(columns[4], CHINESE, where)

    def test_the_list_of_a_table_names_every_row(self):
        for module, text in self.tables.items():
            listed = LIST.search(text)
            self.assertIsNotNone(listed, module)
            names = re.findall(r"&(\w+)", listed.group(1))
            self.assertEqual(sorted(names), sorted(name for name, _ in rows(text)), module)


if __name__ == "__main__":
    unittest.main()
