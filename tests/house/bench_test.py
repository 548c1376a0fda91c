"""Every bench that toolchain/bench can run is described, understood by bash, and builds targets that exist."""

import re
import subprocess
import unittest

import tree

BENCHES = tree.ROOT / "toolchain" / "benches"


def targets():
    """Every target whose name the listings of CMake give."""
    named = re.compile(r"(?:add_executable|gongji_program|gongji_bench)\((\S+)")
    return {found for listing in tree.files("CMakeLists.txt") for found in named.findall(tree.text_of(listing))}


class Benches(unittest.TestCase):
    def test_every_bench_says_what_it_needs_and_builds_targets_that_exist(self):
        benches = sorted(BENCHES.glob("*.bash"))
        self.assertGreaterEqual(len(benches), 4)
        for path in benches:
            with self.subTest(path.name):
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", 'source "$1"; declare -F run >/dev/null; echo "$about"; echo "$targets"; echo "$by_default"', "-", str(path)],
                    capture_output=True,
                    text=True,
                )
                self.assertEqual(done.returncode, 0, done.stderr)
                about, built, by_default = done.stdout.splitlines()
                self.assertGreater(len(about), 10)
                self.assertTrue(built)
                self.assertLessEqual(set(built.split()), targets())
                self.assertIn(by_default, ("yes", "no"))

    def test_the_list_names_every_bench_and_an_unknown_name_is_refused(self):
        script = str(tree.ROOT / "toolchain" / "bench")
        listed = subprocess.run([script, "--list"], capture_output=True, text=True)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        names = [line.split()[0] for line in listed.stdout.splitlines()]
        self.assertEqual(names, sorted(path.stem for path in BENCHES.glob("*.bash")))
        unknown = subprocess.run([script, "no-such-bench"], capture_output=True, text=True)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("no-such-bench", unknown.stderr)

    def test_the_packages_of_the_comparison_name_no_registry(self):
        lock = tree.text_of(tree.ROOT / "tests" / "bench" / "side_by_side" / "package-lock.json")
        self.assertNotIn("resolved", lock)
        self.assertNotIn("://", lock)


if __name__ == "__main__":
    unittest.main()
