"""One style: clang-format would change nothing."""

import subprocess
import unittest

import tree


class Format(unittest.TestCase):
    def test_clang_format_would_change_nothing(self):
        sources = [str(path) for path in tree.files(".h", ".cpp")]
        self.assertGreater(len(sources), 50)
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], capture_output=True, text=True, cwd=tree.ROOT)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:] + "\nNext: clang-format -i on the files above.")


if __name__ == "__main__":
    unittest.main()
