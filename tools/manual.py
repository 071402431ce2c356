#!/usr/bin/env python3
"""Compare shenfa(1) with the commands there are.

Usage: manual.py ROOT [--prove]

Every `.usage = "…"` in src/app and src/cli stands in man/shenfa.1 word for word, and
the manual has no command besides.  --prove shows that a missing one and one too many
are found.  Exit status 1 if the two differ.
"""
import pathlib
import re
import shlex
import sys

USAGE = re.compile(r'\.usage\s*=\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')


def commands_of(root):
    """Usages of all commands, as the program prints them."""
    found = set()
    for room in ("app", "cli"):
        for file in sorted((root / "src" / room).glob("*.c")):
            for literal in USAGE.findall(file.read_text(encoding="utf-8")):
                found.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literal)))
    return found


def manual_of(root):
    """Usages in the section COMMANDS of the manual."""
    text = (root / "man" / "shenfa.1").read_text(encoding="utf-8")
    section = text.split(".SH COMMANDS", 1)[1].split("\n.SH ", 1)[0]
    found, heads = set(), False
    for line in section.splitlines():
        if heads and line.startswith((".BI ", ".B ")):
            macro, rest = line.split(" ", 1)
            words = shlex.split(rest.replace("\\-", "-").replace("\\fR", ""), posix=True)
            found.add(("" if macro == ".BI" else " ").join(words))
        heads = line == ".TP"
    return found


def differences(commands, manual):
    return ([f"the manual lacks: {usage}" for usage in sorted(commands - manual)]
            + [f"no such command: {usage}" for usage in sorted(manual - commands)])


def main():
    root = pathlib.Path(sys.argv[1])
    commands, manual = commands_of(root), manual_of(root)
    if "--prove" in sys.argv:
        one = sorted(commands)[0]
        assert differences(commands | {"fly DIR"}, manual)
        assert differences(commands - {one}, manual)
        return 0
    faults = differences(commands, manual)
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


sys.exit(main())
