#!/usr/bin/env python3
"""Check that the build was configured with every module there is.

Usage: modules.py SRC OUTPUT MODULE…

meson looks for modules when it is configured and does not notice one that
comes later; without this check its sources would silently be left out.
"""
import pathlib
import sys


def main():
    src, output, known = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    there = sorted(path.parent.name for path in src.glob("*/meson.build"))
    if there != sorted(known):
        news = ", ".join(sorted(set(there) ^ set(known)))
        print(f"The modules have changed ({news}): run meson setup --reconfigure in "
              "the build directory.", file=sys.stderr)
        return 1
    output.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
