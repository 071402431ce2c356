#!/usr/bin/env python3
"""script/torture itself, with the fewest rounds of each kind: it makes them, notes them, goes
on where it was, and writes the table.

Usage: torture.py ROOT BUILD
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT, BUILD = (pathlib.Path(word).resolve() for word in sys.argv[1:])


def torture(place, *words, only=""):
    done = subprocess.run(
        [ROOT / "script" / "torture", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False, env={
            **os.environ, "SHENFA_TORTURE_BUILD": str(BUILD), "SHENFA_TORTURE_NOTES":
            str(place / "notes"), "SHENFA_TORTURE_PAGE": str(place / "page"), "SHENFA_TORTURE_ONLY": only})
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout[-4000:]}"
    return done.stdout


def noted(place):
    return [json.loads(line) for line in open(place / "notes", encoding="utf-8")]


def key(row):
    return row.get("act"), row.get("at"), row.get("mode"), row["store"], row.get("second")


def check(place):
    said = torture(place, "crash", "0")
    first = noted(place)
    kinds = {row["test"] for row in first}
    for wanted in ("calls", "kill", "rebuild", "migration", "backup", "restore"):
        assert wanted in kinds, (wanted, kinds)
    assert not any(row["fault"] for row in first), first
    # It goes on: nothing that stands there is made again.
    torture(place, "crash", "0", only="last one, SQLite")
    rows = noted(place)
    assert rows[:len(first)] == first and len(rows) > len(first)
    calls = collections.Counter(key(row) for row in rows if row["test"] == "calls")
    assert max(calls.values()) == 1, calls.most_common(3)
    page = (place / "page").read_text("utf-8")
    sums = [[cell.strip() for cell in line.strip("|\n").split("|")]
            for line in page.splitlines() if line.startswith("| ")][1:]
    assert sum(int(cells[3]) for cells in sums) == len(rows), page
    assert all(cells[-1] == "0" for cells in sums), page
    for words in (("races", "4", "2"), ("histories", "20")):
        if (BUILD / "src" / f"test-trial-{dict(races='race', histories='history')[words[0]]}").exists():
            assert "commit " in torture(place, *words)
        else:
            print(f"left out: {words[0]} (its test is not built)")
    print(f"{len(first)} rounds, then {len(rows) - len(first)} others; {len(sums)} sums; "
          f"{said.count('== ')} kinds")


with tempfile.TemporaryDirectory(prefix="shenfa-torture-") as above:
    check(pathlib.Path(above))
