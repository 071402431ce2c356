#!/usr/bin/env python3
"""Kill the program before each of its write-like calls while it submits, signs, releases
and withdraws; start it again; see that nothing acknowledged is lost, nothing is done
twice, no page is half, nothing withdrawn is back.

Usage: crash.py PROGRAM SHIM [--seconds N] [--acts a,b] [--store URL] [--every K]
                [--results FILE] [--second] [--aim files|answer] [--must-fail] [--errors]

Without --every the calls are spread so that the rounds fit into the seconds; with
--every 1 each call of each act is a round.  --results: rounds that stand in FILE are
not made again, and new ones are added as they are done.  --second: the program is
killed again while it recovers.  --aim: only calls among the public files, or after the
answer.  --must-fail: the program has a planted fault; the first round that finds it ends
the search, and finding nothing is the failure.  --errors: nothing is killed; from the
chosen call on the disk is full, or the call answers EIO, no file can be opened any more, or
memory is not given; the answer is a whole problem, never a success that is not there, and
when the trouble is over the same wish comes through.
"""
import argparse
import errno
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import events
import harness
from harness import Broken, Place, Server, Shim


TROUBLES = {
    "disk full": (harness.FAIL, errno.ENOSPC, -1, 10**6),
    "disk error": (harness.FAIL, errno.EIO, -1, 1),
    "sync error": (harness.FAIL, errno.EIO, harness.KINDS.index("sync"), 1),
    "no more files": (harness.FAIL, errno.EMFILE, harness.KINDS.index("create"), 10**6),
    "memory": (harness.FAIL_MEMORY, 0, 0, 1),
}


class Rounds:
    def __init__(self, options):
        self.options = options
        self.program = str(pathlib.Path(options.program).resolve())
        self.library = pathlib.Path(options.shim).resolve()
        memory = pathlib.Path("/dev/shm")
        self.above = pathlib.Path(tempfile.mkdtemp(
            prefix="shenfa-crash-", dir=memory if memory.is_dir() else None))
        harness.home(self.above)
        self.shim = Shim(self.above / "control")
        self.databases = Databases(options.store) if options.store else None
        self.done = 0
        self.killed = 0
        self.acknowledged = 0
        self.faults = []

    def prepare(self):
        url = self.databases.template() if self.databases else "sqlite:shenfa.db"
        self.template = Place(self.program, self.above / "template", url)
        self.template.run("init", self.template.directory, "--rulebook", "liuzhou-stats", "--demo",
                          *(["--store", url] if self.databases else []))
        self.acts = [act for act in harness.template(self.template)
                     if not self.options.acts or act.name in self.options.acts.split(",")]

    def copy(self):
        here = self.above / "workspace"
        harness.copy(self.template.directory, here)
        url = "sqlite:shenfa.db"
        if self.databases:
            url = self.databases.copy()
            conf = here / "shenfa.conf"
            conf.write_text(conf.read_text().replace(self.template.store.url, url))
        return Place(self.program, here, url)

    def count_calls(self, act):
        """How many calls the act makes, to the end of what follows it."""
        place = self.copy()
        self.shim.set(harness.COUNT)
        server = Server(place, self.shim, self.library)
        try:
            self.settle()
            self.shim.arm()
            status, said, _ = server.ask(act.wish)
            if not 200 <= status < 300:
                raise Broken(f"{act.name} is not accepted: {status} {said}")
            self.settle()
            self.allocations = self.shim.allocations
            return self.shim.count, self.shim.kinds()
        finally:
            server.kill()

    def settle(self, still=0.25, most=10):
        """Until the program has written nothing for a moment."""
        self.shim.await_quiet(still, most)

    def round(self, act, at, mode):
        place = self.copy()
        before = harness.times_done(place, act)
        self.shim.set(mode, at)
        server = Server(place, self.shim, self.library)
        if not server.is_up:
            raise Broken("it does not start")
        self.settle(0.05)
        self.shim.arm()
        status, _, _ = server.ask(act.wish)
        if not self.shim.hit:
            self.settle()
        server.kill()
        acknowledged = 200 <= status < 300
        harness.check_whole(place.directory)
        if self.options.second:
            self.kill_recovery(place)
        server = Server(place)
        try:
            if not server.is_up:
                raise Broken("it does not start again")
            times = harness.times_done(place, act) - before
            if acknowledged and times == 0:
                raise Broken("acknowledged and lost")
            if times > 1:
                raise Broken("done twice")
            harness.check_all(place, server)
            again, said, _ = server.ask(act.wish)
            if not 200 <= again < 300:
                raise Broken(f"asked again: {again} {said}")
            times = harness.times_done(place, act) - before
            if times != 1:
                raise Broken(f"asked again it is there {times} times")
            harness.check_all(place, server)
        finally:
            server.kill()
        return acknowledged

    def round_of_error(self, act, at, trouble):
        """*trouble*: (mode, error, kind alone, calls that fail)."""
        mode, error, only, length = trouble
        place = self.copy()
        before = harness.times_done(place, act)
        self.shim.set(mode, at, at + length - 1, error, only)
        server = Server(place, self.shim, self.library)
        if not server.is_up:
            raise Broken("it does not start")
        self.settle(0.05)
        self.shim.arm()
        status, said, _ = server.ask(act.wish)
        self.shim.arm(False)
        acknowledged = 200 <= status < 300
        if status >= 500 and not said.get("detail"):
            raise Broken(f"a failure without a sentence: {status} {said}")
        if 400 <= status < 500:
            raise Broken(f"the machine's failure is said to be the person's: {status} {said}")
        if status == 0 and not events.ended(server.process, 20):
            raise Broken("no answer, and it goes on")
        harness.check_whole(place.directory)
        if acknowledged and harness.times_done(place, act) - before != 1:
            raise Broken("acknowledged and lost")
        if server.is_up: # the trouble is over; people go on
            again, said, _ = server.ask(act.wish)
            if not 200 <= again < 300:
                raise Broken(f"asked again: {again} {said}")
        server.kill()
        server = Server(place)
        try:
            again, said, _ = server.ask(act.wish)
            if not 200 <= again < 300 or harness.times_done(place, act) - before != 1:
                raise Broken(f"asked again after a start: {again} {said}")
            harness.check_all(place, server)
        finally:
            server.kill()
        return acknowledged

    def kill_recovery(self, place):
        """Killed again before a call of the start itself, at a place of its own choosing."""
        self.shim.set(harness.KILL, random.randint(1, 40))
        self.shim.arm()
        server = Server(place, self.shim, self.library)
        if server.is_up:
            self.settle(0.1, 2)
        server.kill()
        harness.check_whole(place.directory)

    def note(self, act, at, mode, fault, hit, acknowledged):
        self.done += 1
        self.killed += hit
        self.acknowledged += acknowledged
        if fault:
            self.faults.append((act.name, at, mode, fault))
            print(f"  {act.name}, call {at}, mode {mode}: {fault}", flush=True)
        if self.options.results:
            with open(self.options.results, "a", encoding="utf-8") as file:
                file.write(json.dumps({
                    "test": mode if mode in TROUBLES else "calls", "act": act.name, "at": at, "mode": mode,
                    "store": "postgres" if self.databases else "sqlite", "killed": hit,
                    "second": self.options.second,
                    "acknowledged": acknowledged, "fault": fault, "commit": commit()}) + "\n")

    def plan(self):
        """(act, call, mode) of every round, spread over all calls if there is no time
        for all."""
        wanted = []
        for act in self.acts:
            count, kinds = self.count_calls(act)
            if count == 0: # nothing would be killed, and nothing found
                raise Broken(f"{act.name}: not one call was counted; is {self.options.shim} built?")
            said = ", ".join(f"{kinds.count(kind)} {kind}" for kind in harness.KINDS[1:]
                             if kinds.count(kind))
            print(f"{act.name}: {count} calls ({said})", flush=True)
            if self.options.errors:
                for name, (_, _, only, _) in TROUBLES.items():
                    most = self.allocations if name == "memory" else \
                        kinds.count(harness.KINDS[only]) if only > 0 else count
                    wanted += [(act, random.randint(1, most), name)
                               for _ in range(self.options.errors if most else 0)]
                continue
            for at in aimed(self.options.aim, kinds):
                wanted.append((act, at, harness.KILL))
                if at <= len(kinds) and kinds[at - 1] == "write":
                    wanted.append((act, at, harness.KILL_HALF))
        if self.options.results and pathlib.Path(self.options.results).exists():
            made = set()
            store = "postgres" if self.databases else "sqlite"
            for line in open(self.options.results, encoding="utf-8"):
                row = json.loads(line)
                if "act" in row and (row["store"], row["commit"], row["second"]) == (
                        store, commit(), self.options.second):
                    made.add((row["act"], row["at"], row["mode"]))
            wanted = [row for row in wanted if (row[0].name, row[1], row[2]) not in made]
        if self.options.every:
            return wanted[::self.options.every]
        random.shuffle(wanted)
        if self.options.aim == "files": # half a page first
            wanted.sort(key=lambda row: row[2] != harness.KILL_HALF)
        return wanted

    def run(self):
        started = time.monotonic()
        self.prepare()
        wanted = self.plan()
        for act, at, mode in wanted:
            if self.done >= 4 and self.options.seconds and \
                    time.monotonic() - started > self.options.seconds:
                break
            acknowledged = False
            fault = ""
            try:
                acknowledged = self.round_of_error(act, at, TROUBLES[mode]) \
                    if mode in TROUBLES else self.round(act, at, mode)
            except Broken as broken:
                fault = str(broken)
            self.note(act, at, mode, fault, self.shim.hit, acknowledged)
            if fault and self.options.must_fail:
                break
        print(f"{self.done} of {len(wanted)} rounds in {time.monotonic() - started:.0f} s: "
              f"{self.killed} killed, {self.acknowledged} acknowledged, "
              f"{len(self.faults)} faults", flush=True)
        return len(self.faults)

    def close(self):
        if self.databases:
            self.databases.close()
        shutil.rmtree(self.above, ignore_errors=True)


class Databases:
    """A template database and its copies, on the server that SHENFA_TEST_POSTGRES names."""

    def __init__(self, base):
        self.base = base
        self.name = f"shenfa_crash_{random.randrange(10**9)}"

    def sql(self, text):
        subprocess.run(["psql", "-XAtq", "-d", self.base, "-c", text], check=True,
                       capture_output=True)

    def url(self, name):
        words = [word for word in self.base.split() if not word.startswith("dbname=")]
        return "postgres:" + " ".join(words + [f"dbname={name}"])

    def template(self):
        self.sql(f"CREATE DATABASE {self.name}")
        return self.url(self.name)

    def copy(self):
        self.sql(f"DROP DATABASE IF EXISTS {self.name}_copy WITH (FORCE)")
        self.sql(f"CREATE DATABASE {self.name}_copy TEMPLATE {self.name}")
        return self.url(f"{self.name}_copy")

    def close(self):
        for name in (f"{self.name}_copy", self.name):
            self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def aimed(aim, kinds):
    """Numbers of the calls that are worth a round."""
    first, last = 1, len(kinds)
    if aim == "files":
        names = {at for at, kind in enumerate(kinds, 1) if kind in ("create", "rename")}
        return sorted(names | {at + 1 for at in names if at < last})
    if aim == "answer":
        first = len(kinds) - kinds[::-1].index("send") + 1
    return range(first, last + 1)


def commit():
    said = subprocess.run(["git", "-C", harness.ROOT, "rev-parse", "--short", "HEAD"],
                          capture_output=True, text=True, check=False).stdout.strip()
    return said or "unknown"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("shim")
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--acts", default="")
    parser.add_argument("--store", default="")
    parser.add_argument("--every", type=int, default=0)
    parser.add_argument("--results", default="")
    parser.add_argument("--second", action="store_true")
    parser.add_argument("--errors", type=int, default=0, help="rounds of each trouble and act")
    parser.add_argument("--must-fail", action="store_true")
    parser.add_argument("--aim", default="", choices=["", "files", "answer"])
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    rounds = Rounds(options)
    try:
        return 0 if (rounds.run() > 0) == options.must_fail else 1
    finally:
        rounds.close()


if __name__ == "__main__":
    sys.exit(main())
