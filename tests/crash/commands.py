#!/usr/bin/env python3
"""Kill what works on a whole workspace before one of its write-like calls: a rebuild, the
coming of a newer schema, a backup, a restore; then go on as people would.

Usage: commands.py PROGRAM SHIM [--seconds N] [--only rebuild,migration,backup,restore]
                   [--results FILE]
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import crash
import events
import harness
from harness import Broken, Place, Server, Shim

MIGRATION = """-- A newer program's tables, for a test.
CREATE TABLE crash_trial (
    id bigint NOT NULL PRIMARY KEY   -- a number
) STRICT;
CREATE TABLE crash_trial_more (
    id bigint NOT NULL PRIMARY KEY   -- a number
) STRICT;
INSERT INTO crash_trial (id) VALUES (1);
"""


class Commands:
    def __init__(self, options):
        self.options = options
        self.program = str(pathlib.Path(options.program).resolve())
        self.library = pathlib.Path(options.shim).resolve()
        self.above = pathlib.Path(tempfile.mkdtemp(
            prefix="shenfa-commands-",
            dir="/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None))
        harness.home(self.above)
        self.shim = Shim(self.above / "control")
        self.template = Place(self.program, self.above / "template")
        self.secrets = [] # of the two who hold the keys: without these no signature counts
        for name in ("passphrase", "second-passphrase"):
            file = self.above / name
            file.write_text(f"the words of the {name}\n", "utf-8")
            file.chmod(0o600)
            self.secrets.append(f"--{name}={file}")
        self.counts = {}
        self.done = {}
        self.killed = {}
        self.faults = []

    def prepare(self):
        self.template.run("init", self.template.directory, "--rulebook", "liuzhou-stats", "--demo")
        harness.template(self.template)
        self.template.run("backup", self.template.directory, self.above / "backup", *self.secrets)
        self.entries = int(self.template.store.one("SELECT COUNT(*) FROM ledger_entry"))

    def place(self):
        here = self.above / "workspace"
        harness.copy(self.template.directory, here)
        return Place(self.program, here)

    def run_shimmed(self, at, *words):
        """True if it was killed before call *at*; 0 counts the calls."""
        self.shim.set(harness.KILL if at else harness.COUNT, at)
        self.shim.arm()
        env = {**os.environ, "SHENFA_SHIM": str(self.shim.path), "LD_PRELOAD": str(self.library)}
        done = subprocess.run([self.program, *map(str, words)], env=env, capture_output=True,
                              text=True, check=False)
        if not self.shim.hit and done.returncode != 0:
            raise Broken(f"{words[0]}: {done.returncode} {done.stderr[-500:]}")
        return self.shim.hit

    def choose(self, name, run):
        if name not in self.counts:
            run(0)
            self.counts[name] = self.shim.count
            if self.shim.count == 0:
                raise Broken(f"{name}: not one call was counted; is the shim built?")
            print(f"{name}: {self.shim.count} calls", flush=True)
        return random.randint(1, self.counts[name])

    def serve_and_check(self, place, wait=60):
        """As TRUST C2 has it: within a minute of the start all is as it should be."""
        server = Server(place)
        tree = events.Tree(place.directory) # looked at again when something has changed
        try:
            if not server.is_up:
                raise Broken("it does not start")
            end = time.monotonic() + wait
            while True:
                try:
                    harness.check_all(place, server)
                    break
                except (Broken, FileNotFoundError) as why:
                    if time.monotonic() > end or not tree.changed(end - time.monotonic()):
                        raise Broken(str(why)) from None
            if int(place.store.one("SELECT COUNT(*) FROM ledger_entry")) < self.entries:
                raise Broken("entries are lost")
        finally:
            tree.close()
            server.kill()

    def rebuild(self):
        words = ("publish", self.above / "workspace", "--rebuild", "--threads", "1")
        self.place()
        at = self.choose("rebuild", lambda at: self.run_shimmed(at, *words))
        place = self.place()
        killed = self.run_shimmed(at, *words)
        harness.check_whole(place.directory)
        self.serve_and_check(place)
        return killed

    def migration(self):
        share = self.above / "home" / "share"
        if (share / "schema").is_symlink():
            (share / "schema").unlink()
            shutil.copytree(harness.ROOT / "share" / "schema", share / "schema")
        new = share / "schema" / "9999-crash-trial.sql"
        new.write_text(MIGRATION, "utf-8")
        try:
            words = ("ledger", "verify", self.above / "workspace")
            self.place()
            at = self.choose("migration", lambda at: self.run_shimmed(at, *words))
            place = self.place()
            killed = self.run_shimmed(at, *words)
            self.serve_and_check(place)
            if place.store.one("SELECT COUNT(*) FROM crash_trial") != "1":
                raise Broken("the schema came twice, or half")
            place.store.rows("SELECT id FROM crash_trial_more")
            return killed
        finally:
            new.unlink()

    def backup(self):
        to = self.above / "copy"
        restored = self.above / "restored"
        words = ("backup", self.above / "workspace", to, *self.secrets)
        place = self.place()
        shutil.rmtree(to, ignore_errors=True)
        at = self.choose("backup", lambda at: self.run_shimmed(at, *words))
        shutil.rmtree(to, ignore_errors=True)
        shutil.rmtree(restored, ignore_errors=True)
        killed = self.run_shimmed(at, *words)
        shutil.rmtree(f"{restored}.restoring", ignore_errors=True)
        back = place.run("restore", to, restored, *self.secrets, ok=False)
        if back.returncode == 0: # the kill came after the last byte
            self.serve_and_check(Place(self.program, restored))
        elif restored.exists() and (restored / "shenfa.db").exists():
            raise Broken("half a backup was restored")
        self.serve_and_check(place)
        shutil.rmtree(to, ignore_errors=True)
        place.run("backup", place.directory, to, *self.secrets)
        return killed

    def restore(self):
        restored = self.above / "restored"
        words = ("restore", self.above / "backup", restored, *self.secrets)
        shutil.rmtree(restored, ignore_errors=True)
        at = self.choose("restore", lambda at: self.run_shimmed(at, *words))
        shutil.rmtree(restored, ignore_errors=True)
        killed = self.run_shimmed(at, *words)
        place = Place(self.program, restored)
        if restored.exists(): # whole, or not there under this name
            self.serve_and_check(place)
        shutil.rmtree(restored, ignore_errors=True)
        shutil.rmtree(f"{restored}.restoring", ignore_errors=True)
        place.run(*words)
        self.serve_and_check(place)
        return killed

    def run(self):
        started = time.monotonic()
        self.prepare()
        names = self.options.only.split(",") if self.options.only else [
            "rebuild", "migration", "backup", "restore"]
        while not self.faults and (not self.done or
                                   time.monotonic() - started < self.options.seconds):
            for name in names:
                fault = ""
                killed = False
                try:
                    killed = getattr(self, name)()
                except Broken as broken:
                    fault = str(broken)
                    self.faults.append(fault)
                    print(f"  {name}: {fault} (before call {self.shim.count})", flush=True)
                self.done[name] = self.done.get(name, 0) + 1
                self.killed[name] = self.killed.get(name, 0) + killed
                if self.options.results:
                    with open(self.options.results, "a", encoding="utf-8") as file:
                        file.write(json.dumps({
                            "test": name, "store": "sqlite", "killed": killed, "fault": fault,
                            "commit": crash.commit()}) + "\n")
        print(", ".join(f"{name} {self.killed[name]} of {count} killed"
                        for name, count in self.done.items()) + f", {len(self.faults)} faults",
              flush=True)
        return len(self.faults)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("shim")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--results", default="")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    commands = Commands(options)
    try:
        return 1 if commands.run() else 0
    finally:
        shutil.rmtree(commands.above, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
