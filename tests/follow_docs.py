#!/usr/bin/env python3
"""Follow docs/writing-a-rulebook.md to the letter.

Usage: follow_docs.py ROOT PROGRAM

What the guide says to type is typed: a file after "`name`:", lines added after "In
`name`, below `line`:", commands after "$ ".  Each line that it shows below a command must
stand in what the command says.  Exit status 1 with the first place where the guide and
the program part.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FILE = re.compile(r"^`([\w./-]+)`:$")
ADD = re.compile(r"^In `([\w./-]+)`, below `([^`]+)`:$")


def blocks(text):
    """Yield (line before, block of lines) for each indented block of the guide."""
    lines, before = text.splitlines(), ""
    at = 0
    while at < len(lines):
        if not lines[at].startswith("    "):
            before = lines[at] or before
            at += 1
            continue
        block = []
        while at < len(lines) and (lines[at].startswith("    ") or not lines[at]):
            block.append(lines[at][4:])
            at += 1
        while not block[-1]:
            block.pop()
        yield before, block


def run(program, command, expected):
    words = command.split()
    assert words[0] == "shenfa", command
    answer = subprocess.run([program, *words[1:]], capture_output=True, text=True,
                            env={**os.environ, "LANG": "en_GB.UTF-8"}, check=False)
    said = answer.stdout + answer.stderr
    missing = [line for line in expected if line.strip() not in said]
    if missing:
        print(f"$ {command}\n{said}\nthe guide shows besides: {missing}")
        sys.exit(1)


def main():
    root, program = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
    text = (root / "docs/writing-a-rulebook.md").read_text(encoding="utf-8")
    part = text.split("## Twenty minutes", 1)[1].split("\n## ", 1)[0]
    files = commands = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for before, block in blocks(part):
            if written := FILE.match(before):
                path = pathlib.Path(written[1])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(block) + "\n", encoding="utf-8")
                files += 1
            elif added := ADD.match(before):
                path = pathlib.Path(added[1])
                old = path.read_text(encoding="utf-8").splitlines()
                at = next(i for i, line in enumerate(old) if line.strip() == added[2])
                path.write_text("\n".join(old[:at + 1] + block + old[at + 1:]) + "\n",
                                encoding="utf-8")
            else:
                asked = [i for i, line in enumerate(block) if line.startswith("$ ")]
                for i, end in zip(asked, asked[1:] + [len(block)]):
                    run(program, block[i][2:], block[i + 1:end])
                    commands += 1
    assert files == 5 and commands >= 6, (files, commands)
    print(f"{files} files and {commands} commands as the guide has them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
