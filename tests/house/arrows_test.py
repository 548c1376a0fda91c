"""Arrows between modules point down only: toolchain/module.cmake stops the configuration on every other one."""

import pathlib
import subprocess
import tempfile
import unittest

import tree

PROJECT = """\
cmake_minimum_required(VERSION 3.25)
project(fixture LANGUAGES CXX)
add_library(gongji_flags INTERFACE)
target_include_directories(gongji_flags INTERFACE ${{PROJECT_SOURCE_DIR}})
include({module_cmake})
{folders}
"""


def configure(modules, sources):
    """Configures a project of `modules` (folder -> its gongji_module line) and gives (exit status, what it said)."""
    with tempfile.TemporaryDirectory(prefix="gongji-arrows-") as folder:
        root = pathlib.Path(folder)
        for name, declaration in modules.items():
            (root / name).mkdir(parents=True)
            (root / name / "CMakeLists.txt").write_text(declaration + "\n")
        for name, text in sources.items():
            (root / name).write_text(text)
        (root / "CMakeLists.txt").write_text(
            PROJECT.format(
                module_cmake=tree.ROOT / "toolchain" / "module.cmake",
                folders="\n".join(f"add_subdirectory({name})" for name in modules),
            )
        )
        done = subprocess.run(
            ["cmake", "-S", folder, "-B", str(root / "out"), "-G", "Ninja"], capture_output=True, text=True, timeout=60
        )
        return done.returncode, " ".join((done.stdout + done.stderr).split())


GROUND = "gongji_module(offline/ground LEVEL 0)"
PLAIN = "#pragma once\n"


class Arrows(unittest.TestCase):
    def test_an_arrow_that_points_down_is_accepted_and_reaches_further_down(self):
        status, said = configure(
            {
                "offline/ground": GROUND,
                "offline/middle": "gongji_module(offline/middle LEVEL 1 USES offline/ground)",
                "sync/upper": "gongji_module(sync/upper LEVEL 2 USES offline/middle)",
            },
            {
                "offline/ground/floor.h": PLAIN,
                "offline/middle/wall.h": '#include "offline/ground/floor.h"\n',
                "sync/upper/roof.cpp": '#include "offline/middle/wall.h"\n#include "offline/ground/floor.h"\n',
            },
        )
        self.assertEqual(status, 0, said)

    def test_an_arrow_to_the_same_level_is_stopped(self):
        status, said = configure(
            {"offline/ground": GROUND, "offline/beside": "gongji_module(offline/beside LEVEL 0 USES offline/ground)"},
            {"offline/ground/floor.h": PLAIN, "offline/beside/wall.h": PLAIN},
        )
        self.assertNotEqual(status, 0)
        self.assertIn("offline/beside (level 0) uses offline/ground (level 0): arrows point down only", said)

    def test_an_arrow_that_points_up_is_stopped(self):
        status, said = configure(
            {
                "offline/ground": GROUND,
                "sync/upper": "gongji_module(sync/upper LEVEL 3 USES offline/ground)",
                "offline/middle": "gongji_module(offline/middle LEVEL 1 USES sync/upper)",
            },
            {"offline/ground/floor.h": PLAIN, "sync/upper/roof.h": PLAIN, "offline/middle/wall.h": PLAIN},
        )
        self.assertNotEqual(status, 0)
        self.assertIn("offline/middle (level 1) uses sync/upper (level 3): arrows point down only", said)

    def test_an_arrow_to_a_module_that_is_declared_later_is_stopped(self):
        status, said = configure(
            {"offline/middle": "gongji_module(offline/middle LEVEL 1 USES offline/ground)", "offline/ground": GROUND},
            {"offline/ground/floor.h": PLAIN, "offline/middle/wall.h": PLAIN},
        )
        self.assertNotEqual(status, 0)
        self.assertIn("offline/middle uses offline/ground, which is not declared (yet)", said)

    def test_an_include_without_a_declared_arrow_is_stopped(self):
        status, said = configure(
            {"offline/ground": GROUND, "offline/middle": "gongji_module(offline/middle LEVEL 1)"},
            {"offline/ground/floor.h": PLAIN, "offline/middle/wall.cpp": '  #  include "offline/ground/floor.h"\n'},
        )
        self.assertNotEqual(status, 0)
        self.assertIn('wall.cpp includes "offline/ground/floor.h"', said)
        self.assertIn("module offline/middle does not declare an arrow to offline/ground", said)

    def test_an_include_that_points_up_is_stopped(self):
        status, said = configure(
            {"offline/ground": GROUND, "terminal": "gongji_module(terminal LEVEL 5 USES offline/ground)"},
            {"offline/ground/floor.h": '#include "terminal/till.h"\n', "terminal/till.h": PLAIN},
        )
        self.assertNotEqual(status, 0)
        self.assertIn("module offline/ground does not declare an arrow to terminal", said)

    def test_a_module_without_a_level_is_stopped(self):
        status, said = configure({"offline/ground": "gongji_module(offline/ground)"}, {"offline/ground/floor.h": PLAIN})
        self.assertNotEqual(status, 0)
        self.assertIn("offline/ground: a module needs a LEVEL", said)


if __name__ == "__main__":
    unittest.main()
