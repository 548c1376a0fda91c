"""Documents keep up with the tree: links lead somewhere, and every promise names a test that exists."""

import re
import unittest

import tree

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SHOWN_BY = re.compile(r"\| `(tests/[^`]+)`: (.+?) \|$")


class Docs(unittest.TestCase):
    def test_every_link_leads_to_a_file(self):
        lost = []
        for page in tree.files(".md"):
            for target in LINK.findall(tree.text_of(page)):
                if "://" not in target and not (page.parent / target).exists():
                    lost.append(f"{tree.name_of(page)}: {target}")
        self.assertEqual(lost, [])

    def test_every_promise_names_a_test_that_exists(self):
        pages = [tree.ROOT / "docs" / name for name in ("GUARANTEES.md", "THREATS.md")]
        rows = [row for page in pages for row in tree.text_of(page).split("\n") if "tests/" in row and row.startswith("|")]
        self.assertGreater(len(rows), 60)
        lost = []
        for row in rows:
            shown = SHOWN_BY.search(row)
            self.assertIsNotNone(shown, row)
            file, case = shown.groups()
            text = tree.text_of(tree.ROOT / file) if (tree.ROOT / file).is_file() else ""
            # A long name of a case is broken into two literals.
            if case not in re.sub(r'"\s*"', "", text):
                lost.append(f"{file}: {case}")
        self.assertEqual(lost, [])

    def test_every_path_of_the_local_interface_is_described(self):
        page = tree.text_of(tree.ROOT / "docs" / "API.md")
        paths = {
            path for file in (tree.ROOT / "terminal" / "api").glob("*.cpp") for path in re.findall(r'"(/api/v1/\w+)', tree.text_of(file))
        }
        self.assertGreater(len(paths), 4)
        self.assertEqual(sorted(path for path in paths if path not in page), [])


if __name__ == "__main__":
    unittest.main()
