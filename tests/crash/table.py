#!/usr/bin/env python3
"""The sums of the rounds that script/torture has noted, as a page for docs.

Usage: table.py NOTES PAGE
"""
import collections
import json
import pathlib
import sys

HEAD = """# Crashes: the sums so far

`script/torture crash` kills the program before its own calls, cuts the power below it,
fills its disk, and starts it again; [assurance.md](assurance.md) says what must then hold.
Rounds without a fault bound its likelihood: none in N rounds means less than 3/N a round,
with 95 % certainty. `script/torture crash 0` makes the fewest rounds of each kind in some
minutes, to try the harness itself (`crash/torture` does so).

Found by them: after a power cut on XFS a temporary file beside the published checkpoints, which
nobody took away; a start does now.

| rounds of | store | commit | rounds | struck | acts acknowledged and found | faults |
|---|---|---|---|---|---|---|
"""


def main():
    notes, page = sys.argv[1:]
    sums = collections.OrderedDict()
    for line in open(notes, encoding="utf-8"):
        row = json.loads(line)
        name = row["test"] + (", killed again in recovery" if row.get("second") else "")
        total = sums.setdefault((name, row["store"], row["commit"]), [0, 0, 0, 0, 0])
        total[0] += 1
        total[1] += bool(row.get("killed", True))
        if row["test"] == "kill" or row["test"].startswith("power"): # counts on from round to round
            if row["acknowledged"] < total[4]:
                total[2] += total[4]
            total[4] = row["acknowledged"]
        else:
            total[2] += bool(row.get("acknowledged"))
        total[3] += bool(row["fault"])
    lines = [f"| {name} | {store} | {commit} | {total[0]} | {total[1]} | {total[2] + total[4]} |"
             f" {total[3]} |\n" for (name, store, commit), total in sums.items()]
    pathlib.Path(page).write_text(HEAD + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
