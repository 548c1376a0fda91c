"""The scripts of toolchain/ and the list of packages."""

import os
import subprocess
import unittest

import tree


def scripts():
    found = [path for path in tree.files(under="toolchain") + tree.files(under=".ci") if tree.text_of(path).startswith("#!")]
    return [path for path in found if "bash" in tree.text_of(path).split("\n")[0]]


class Scripts(unittest.TestCase):
    def test_every_script_stops_at_the_first_failure(self):
        self.assertGreaterEqual(len(scripts()), 5)
        for path in scripts():
            self.assertIn("\nset -euo pipefail\n", tree.text_of(path), path)

    def test_every_script_may_be_run(self):
        for path in scripts():
            self.assertTrue(os.access(path, os.X_OK), path)

    def test_every_script_is_understood_by_bash(self):
        for path in scripts():
            done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_package_is_named_once_with_its_reason(self):
        names = []
        for line in tree.text_of(tree.ROOT / "toolchain" / "packages.txt").split("\n"):
            if line and not line.startswith("#"):
                name, _, reason = line.partition(" ")
                names.append(name)
                self.assertGreater(len(reason.strip()), 5, line)
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 20)

    def test_the_installer_finds_nothing_missing_where_the_tests_run(self):
        done = subprocess.run([str(tree.ROOT / "toolchain" / "install"), "--missing"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)


if __name__ == "__main__":
    unittest.main()
