#!/usr/bin/env python3
"""The crash rounds against programs with a planted fault: each must be found.

Usage: planted.py BUILD SHIM
"""
import pathlib
import subprocess
import sys
import tempfile

import plant

HERE = pathlib.Path(__file__).resolve().parent
# The fault, where it can be seen, and for how long it may be looked for.
WANTED = [("in-place", "files"), ("early-answer", "answer"), ("no-replay", "files")]


def power(build, above):
    """What only a power cut can show, where one can be made."""
    program = above / "normal"
    plant.build(build, "normal", program)
    done = subprocess.run([sys.executable, HERE / "load.py", program, "--power", "ext4",
                           "--must-fail", "--seconds", "90"], check=False)
    print(f"normal: {'found' if done.returncode == 0 else 'NOT FOUND'}"
          if done.returncode != 77 else "normal: not tried", flush=True)
    return done.returncode not in (0, 77)


def main():
    build, shim = sys.argv[1:]
    missed = 0
    with tempfile.TemporaryDirectory(prefix="shenfa-planted-") as above:
        for name, aim in WANTED:
            program = pathlib.Path(above) / name
            plant.build(build, name, program)
            done = subprocess.run(
                [sys.executable, HERE / "crash.py", program, shim, "--acts", "release", "--aim",
                 aim, "--must-fail", "--seconds", "150"], check=False)
            print(f"{name}: {'found' if done.returncode == 0 else 'NOT FOUND'}", flush=True)
            missed += done.returncode != 0
        missed += power(build, pathlib.Path(above))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
