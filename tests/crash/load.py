#!/usr/bin/env python3
"""Sixteen people at work while the program is killed, or the power is cut, at a moment of
its own choosing; started again, everything that was acknowledged is there, once.

Usage: load.py PROGRAM [--rounds N] [--seconds N] [--clients N] [--power ext4|xfs]
               [--must-fail] [--results FILE]

The record of what was acknowledged is kept outside of what is broken.  A wish whose answer
was lost is spoken again with the same key after the start, as a client would.

--power: the workspace is on a file system in an image file, mounted by a loop device.  The
cut is the file system's own emergency stop (FS_IOC_GOINGDOWN, nothing flushed), then kill
-9, unmount, mount, and the file system's check.  Only answers stamped before the cut count:
some file systems let a sync succeed after it.  It needs root and loop devices; exit status
77 says that they are not to be had.
"""
import argparse
import fcntl
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

import crash
import harness
from harness import PASSWORD, Broken, Place, Server, Wish

GOING_DOWN = 0x8004587D
NO_FLUSH = 2


class Client(threading.Thread):
    """One person who takes manuscripts from the first word to the public page and, every
    other time, off it again."""

    def __init__(self, load, number):
        super().__init__(daemon=True)
        self.load, self.number = load, number
        self.open = None # the manuscript under way
        self.made = 0
        self.wish = None

    def run(self):
        load = self.load
        while not load.stopping.is_set():
            if self.open is None:
                self.made += 1
                self.open = {"title": f"第{self.number}号{self.made}篇统计动态", "at": 0, "id": None,
                             "withdrawn": (self.made + self.number) % 2 == 0, "version": None,
                             "digest": None}
            if not self.step(self.open):
                return
            if self.open["at"] >= len(load.way) + (1 if self.open["withdrawn"] else 0):
                self.open = None

    def next_wish(self, item):
        load = self.load
        base = f"/manuscripts/{item['id']}"
        name = (load.way + ["withdraw"])[item["at"]]
        if name == "begin":
            return name, Wish(load.tokens["li.xiaolan"], "/manuscripts",
                              {**load.place_of_item, "title": item["title"]})
        if name == "write":
            return name, Wish(load.tokens["li.xiaolan"], base,
                              {"body": f"<p>{item['title']}的正文。</p>", "fields": load.fields},
                              match=item["version"])
        if name == "submit":
            return name, Wish(load.tokens["li.xiaolan"], base + "/submission",
                              {"declarations": load.answers["proof"][2]}, match=item["version"])
        if name == "release":
            return name, Wish(load.tokens["liang.zhiyuan"], base + "/releases",
                              {"digest": item["digest"], "password": PASSWORD})
        if name == "withdraw":
            return name, Wish(load.tokens["liang.zhiyuan"], base + "/withdrawal",
                              {"kind": "removal", "reason": "演练", "password": PASSWORD})
        login, outcome, answers = load.answers[name]
        return name, Wish(load.tokens[login], base + "/decisions",
                          {"digest": item["digest"], "step": name, "outcome": outcome,
                           "answers": answers, "password": PASSWORD, "opinion": "同意"})

    def step(self, item):
        """False if the answer is lost; the same wish is spoken again after the start."""
        if self.wish is None:
            self.wish = self.next_wish(item)
        name, wish = self.wish
        status, said, at = self.load.server.ask(wish, method="PATCH" if name == "write" else None)
        if status == 0:
            return False
        if name == "write" and status in (409, 412):
            status, said, at = 200, {}, 0 # the lost one had come through
        if not 200 <= status < 300:
            if self.load.is_going_down:
                return False
            self.load.complain(f"{name}: {status} {said.get('detail')} {said.get('code')}")
            return False
        if name == "begin":
            item["id"] = said["id"]
        if name in ("begin", "write"):
            found = self.load.server.ask(Wish(wish.token, f"/manuscripts/{item['id']}"))
            if found[0] != 200:
                return False # only looked at; the next step begins with it
            item["version"] = f'"{found[1]["version"]}"'
        if name == "submit":
            item["digest"] = said["run"]["digest"] if said.get("run") else None
            if item["digest"] is None:
                found = self.load.server.ask(Wish(wish.token, f"/manuscripts/{item['id']}/step"))
                if found[0] != 200:
                    return False
                item["digest"] = found[1]["run"]["digest"]
        self.load.record(at, item["id"], name)
        self.wish = None
        item["at"] += 1
        return True


class Load:
    def __init__(self, options):
        self.options = options
        self.above = pathlib.Path(tempfile.mkdtemp(
            prefix="shenfa-load-", dir="/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None))
        harness.home(self.above)
        self.disk = Disk(self.above, options.power) if options.power else None
        where = self.disk.mounted if self.disk else self.above
        self.place = Place(str(pathlib.Path(options.program).resolve()), where / "workspace")
        self.lock = threading.Lock()
        self.acknowledged = [] # (instant, manuscript, act)
        self.confirmed = 0
        self.complaints = []
        self.faults = []
        self.rounds = 0
        self.clients = []
        self.is_going_down = False

    def prepare(self):
        place = self.place
        place.run("init", place.directory, "--rulebook", "liuzhou-stats", "--demo")
        harness.template(place)
        store = place.store
        rows = store.rows(
            "SELECT d.step, a.login, d.outcome, d.answers FROM decision d JOIN people_account a"
            " ON a.person = d.person JOIN manuscript m ON m.id = d.subject"
            " WHERE m.state = 'published' AND m.id = (SELECT MIN(id) FROM manuscript"
            " WHERE state = 'published') ORDER BY d.turn")
        self.answers = {step: (login, outcome, json.loads(answers))
                        for step, login, outcome, answers in rows}
        steps = [row[0] for row in rows if row[0] not in ("draft", "proof")]
        self.way = ["begin", "write", "submit", *steps, "release"]
        self.tokens = {login: place.token(login)
                       for login in {row[1] for row in rows} | {"li.xiaolan", "liang.zhiyuan"}}
        item_class, unit, column, fields = store.rows(
            "SELECT m.item_class, m.unit, m.site_column, r.fields FROM manuscript m JOIN revision r"
            " ON r.id = m.revision WHERE m.state = 'published' ORDER BY m.id LIMIT 1")[0]
        self.place_of_item = {"column": harness.spoken(column), "unit": harness.spoken(unit),
                              "class": item_class}
        self.fields = json.loads(fields)

    def record(self, at, manuscript, act):
        with self.lock:
            self.acknowledged.append((at, manuscript, act))

    def complain(self, text):
        with self.lock:
            self.complaints.append(text)

    def run(self):
        started = time.monotonic()
        self.prepare()
        self.clients = [Client(self, number) for number in range(1, self.options.clients + 1)]
        while ((not self.options.rounds or self.rounds < self.options.rounds) and
               (self.rounds < 2 or not self.options.seconds or # at least two, however slow
                time.monotonic() - started < self.options.seconds)):
            fault = ""
            try:
                self.round()
            except Broken as broken:
                fault = str(broken)
                self.faults.append(fault)
                print(f"  round {self.rounds + 1}: {fault}", flush=True)
            self.rounds += 1
            self.note(fault)
            if fault:
                break # what follows would only repeat it
        print(f"{self.rounds} {'power cuts on ' + self.options.power if self.disk else 'kills'}"
              f" in {time.monotonic() - started:.0f} s under {self.options.clients} clients: "
              f"{self.confirmed} acts acknowledged and found, {len(self.faults)} faults", flush=True)
        return len(self.faults)

    def note(self, fault):
        if self.options.results:
            with open(self.options.results, "a", encoding="utf-8") as file:
                file.write(json.dumps({
                    "test": f"power {self.options.power}" if self.disk else "kill",
                    "store": "sqlite", "acknowledged": self.confirmed, "fault": fault,
                    "commit": crash.commit()}) + "\n")

    def round(self):
        self.stopping = threading.Event()
        self.is_going_down = False
        self.server = Server(self.place)
        if not self.server.is_up:
            raise Broken("it does not start")
        # The threads end with the round; what each was doing goes on in the next.
        self.clients = [resume(self, client) for client in self.clients]
        for client in self.clients:
            client.start()
        time.sleep(random.uniform(0.3, 2.0)) # the moment of the cut: the one thing left to chance
        self.is_going_down = True
        cut = time.monotonic()
        if self.disk:
            self.disk.cut()
        self.server.kill()
        self.stopping.set()
        for client in self.clients:
            client.join(30)
        if self.complaints:
            raise Broken(f"refused: {self.complaints[0]}")
        if self.disk:
            self.disk.again()
        harness.check_whole(self.place.directory)
        server = Server(self.place)
        try:
            if not server.is_up:
                raise Broken("it does not start again")
            self.check_acknowledged(cut)
            harness.check_all(self.place, server)
        finally:
            if self.disk:
                server.stop() # what was found must stay
            else:
                server.kill()

    def check_acknowledged(self, cut):
        store = self.place.store
        there = {(number, "begin"): 1 for number, in store.rows("SELECT id FROM manuscript")}
        for subject, step, count in store.rows(
                "SELECT subject, step, COUNT(*) FROM decision WHERE subject_kind = 'manuscript'"
                " GROUP BY subject, step"):
            there[subject, "submit" if step == "proof" else step] = int(count)
        for subject, act, count in store.rows(
                "SELECT subject, act, COUNT(*) FROM ledger_entry WHERE outcome = 0 AND act IN"
                " ('publication.release', 'publication.withdraw') GROUP BY subject, act"):
            there[subject, act.split(".")[1]] = int(count)
        for number, in store.rows("SELECT id FROM manuscript WHERE draft_version > 1"):
            there[number, "write"] = 1
        lost = []
        confirmed = 0
        for at, manuscript, act in self.acknowledged:
            times = there.get((harness.heard(manuscript), act), 0)
            if times == 0 and at < cut:
                lost.append((manuscript, act))
            if times > 1:
                raise Broken(f"done {times} times: {act} of {manuscript}")
            confirmed += times
        if lost:
            raise Broken(f"acknowledged and lost: {len(lost)}, first {lost[0]}")
        self.confirmed = confirmed
        # An answer after the cut may be of something that is gone: its client begins anew.
        gone = {item for at, item, act in self.acknowledged
                if there.get((harness.heard(item), act), 0) == 0}
        self.acknowledged = [row for row in self.acknowledged if row[1] not in gone]
        for client in self.clients:
            if client.open and client.open["id"] in gone:
                client.open = client.wish = None

    def close(self):
        if self.disk:
            self.disk.close()
        shutil.rmtree(self.above, ignore_errors=True)


def resume(load, client):
    fresh = Client(load, client.number)
    fresh.open, fresh.made, fresh.wish = client.open, client.made, client.wish
    return fresh


class Disk:
    """A file system in a file, whose power can be cut."""

    SIZES = {"ext4": 192, "xfs": 320}

    def __init__(self, above, kind):
        self.kind = kind
        self.image = above / "image"
        self.mounted = above / "mounted"
        self.mounted.mkdir()
        with open(self.image, "wb") as file:
            file.truncate(self.SIZES[kind] << 20)
        maker = shutil.which(f"mkfs.{kind}", path="/sbin:/usr/sbin:" + os.environ["PATH"])
        if os.geteuid() != 0 or maker is None:
            raise Unavailable(f"{kind} needs root and mkfs.{kind}")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        subprocess.run([maker, "-q", self.image], check=True, **quiet)
        if subprocess.run(["mount", "-o", "loop", self.image, self.mounted], **quiet).returncode:
            raise Unavailable("there are no loop devices to mount an image")

    def cut(self):
        folder = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, GOING_DOWN, struct.pack("=I", NO_FLUSH))
        finally:
            os.close(folder)

    def again(self):
        # Server.kill has awaited the end of every process that had a file open there.
        subprocess.run(["umount", self.mounted], check=True)
        subprocess.run(["mount", "-o", "loop", self.image, self.mounted], check=True)

    def close(self):
        subprocess.run(["umount", "-l", self.mounted], stderr=subprocess.DEVNULL, check=False)


class Unavailable(Exception):
    pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--power", default="", choices=["", "ext4", "xfs"])
    parser.add_argument("--must-fail", action="store_true")
    parser.add_argument("--results", default="")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}", flush=True)
    try:
        load = Load(options)
    except Unavailable as why:
        print(why)
        return 77
    try:
        return 0 if (load.run() > 0) == options.must_fail else 1
    finally:
        load.close()


if __name__ == "__main__":
    sys.exit(main())
