"""What every crash test needs: a workspace to break, the program under a shim, and the
questions that must have the same answer after every crash.

The definitions are those of TRUST C2.  Acknowledged: the client has the whole answer
with a 2xx status.  Afterwards every acknowledged act is there once, every other one at
most once and wholly or not at all, every public file is whole, the tree is what the
manifest says, and nothing withdrawn is public.
"""
import ctypes
import hashlib
import http.client
import json
import mmap
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

import events

PASSWORD = "Shenfa-demo-2026"
ROOT = pathlib.Path(__file__).resolve().parents[2]

COUNT, KILL, KILL_HALF, FAIL, LIE_SYNC, FAIL_MEMORY = range(6)
KINDS = ["", "write", "sync", "rename", "unlink", "mkdir", "create", "truncate", "send", "link"]


class Shim:
    """The control block that tests/crash/shim.c maps too."""

    LAYOUT = struct.Struct("=iiqqiiqqiiq")
    STIRRED = LAYOUT.size - 8 + (4 if sys.byteorder == "big" else 0) # its low half
    NOTED = 4096

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(self.LAYOUT.size + self.NOTED))
        with open(path, "r+b") as file:
            self.block = mmap.mmap(file.fileno(), self.LAYOUT.size + self.NOTED)

    def set(self, mode=COUNT, at=0, until=0, error=0, only=0):
        self.LAYOUT.pack_into(self.block, 0, 0, mode, at, until, error, only, 0, 0, 0, 0, 0)
        self.block[self.LAYOUT.size:] = bytes(self.NOTED)

    def arm(self, on=True):
        struct.pack_into("=i", self.block, 0, 1 if on else 0)

    @property
    def count(self):
        return self.LAYOUT.unpack_from(self.block, 0)[6]

    @property
    def allocations(self):
        return self.LAYOUT.unpack_from(self.block, 0)[7]

    @property
    def stirred(self):
        """Counted also while it is not armed."""
        return self.LAYOUT.unpack_from(self.block, 0)[10]

    def await_quiet(self, still, most):
        """Until no call was counted for *still* seconds, or *most* are over."""
        end = time.monotonic() + most
        while time.monotonic() < end and \
                events.word_changed(self.block, self.STIRRED, self.stirred & 0xFFFFFFFF, still):
            pass

    @property
    def hit(self):
        return self.LAYOUT.unpack_from(self.block, 0)[8] != 0

    def kinds(self):
        noted = self.block[self.LAYOUT.size:self.LAYOUT.size + min(self.count, self.NOTED)]
        return [KINDS[byte] for byte in noted]


def home(above):
    """A home for the program that does not need the browser's parts to be built."""
    share = above / "home" / "share"
    share.mkdir(parents=True, exist_ok=True)
    for entry in (ROOT / "share").iterdir():
        if not (share / entry.name).exists():
            (share / entry.name).symlink_to(entry)
    (share / "static").mkdir(exist_ok=True)
    if not (above / "home" / "rulebooks").exists():
        (above / "home" / "rulebooks").symlink_to(ROOT / "rulebooks")
    os.environ["SHENFA_HOME"] = str(above / "home")


def copy(source, target):
    """A workspace to break; a listener's socket is none of its files."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True, ignore=lambda folder, names: [
        name for name in names if (pathlib.Path(folder) / name).is_socket()])


class Store:
    """The workspace's database, asked directly: what the program says is not evidence."""

    def __init__(self, url, workspace):
        self.url = url
        self.workspace = workspace

    def rows(self, text):
        if self.url.startswith("sqlite:"):
            with sqlite3.connect(f"file:{self.workspace}/shenfa.db?mode=ro", uri=True) as base:
                found = [tuple(map(str, row)) for row in base.execute(text)]
            base.close()
            return found
        said = subprocess.run(
            ["psql", "-XAtq", "-F", "\x1f", "-d", self.url.removeprefix("postgres:"), "-c", text],
            check=True, capture_output=True, text=True).stdout
        return [tuple(line.split("\x1f")) for line in said.splitlines()]

    def one(self, text):
        return self.rows(text)[0][0]


class Place:
    """A workspace in a directory of its own."""

    def __init__(self, program, directory, url="sqlite:shenfa.db"):
        self.program = program
        self.directory = pathlib.Path(directory)
        self.store = Store(url, self.directory)

    def run(self, *words, ok=True, env=None):
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True,
                              env={**os.environ, **(env or {})})
        if ok and done.returncode != 0:
            raise Broken(f"{words[0]}: {done.returncode} {done.stderr[-2000:]}")
        return done

    def token(self, login):
        said = self.run("token", self.directory, login, "--json").stdout
        return json.loads(said)["token"]


class Broken(Exception):
    """Something that must never be."""


class Server:
    """shenfa serve, by the process."""

    def __init__(self, place, shim=None, library=None, extra=None):
        env = {**os.environ, **(extra or {})}
        if shim is not None:
            env["SHENFA_SHIM"] = str(shim.path)
            env["LD_PRELOAD"] = str(library)
            # The sanitizers look for themselves in the list of preloaded things.
            env["ASAN_OPTIONS"] = "verify_asan_link_order=0:" + env.get("ASAN_OPTIONS", "")
        self.place = place
        self.log = open(place.directory.with_suffix(".log"), "ab")
        self.process = subprocess.Popen(
            [place.program, "serve", place.directory, "--office", "127.0.0.1:0", "--public",
             "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=self.log, text=True, env=env,
            start_new_session=True)
        self.office = self.public = None
        for line in self.process.stdout:
            found = re.match(r"(Office|Public): +http://(\S+)/", line)
            if found:
                setattr(self, found[1].lower(), found[2])
            if self.office and self.public:
                return
        self.process.wait()

    @property
    def is_up(self):
        return self.public is not None and self.process.poll() is None

    def kill(self):
        """kill -9 of everything it started, and the end of all of it."""
        group = events.Group(self.process.pid)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if not group.await_end(60):
            raise RuntimeError("what was killed goes on")
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def stop(self):
        self.process.terminate()
        events.ended(self.process, 30)
        self.kill()

    def ask(self, wish, timeout=20, method=None):
        """(status, body, the instant it was whole); status 0 for no whole answer."""
        link = http.client.HTTPConnection(self.office, timeout=timeout)
        head = {"Authorization": f"Bearer {wish.token}", "Content-Type": "application/json",
                "Accept-Language": "en"}
        if wish.key:
            head["Idempotency-Key"] = wish.key
        if wish.match:
            head["If-Match"] = wish.match
        try:
            body = None if wish.body is None else json.dumps(wish.body)
            link.request(method or ("GET" if body is None else "POST"), "/api/v1" + wish.path, body, head)
            answer = link.getresponse()
            said = answer.read()
            return answer.status, json.loads(said or b"{}"), time.monotonic()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return 0, {}, time.monotonic()
        finally:
            link.close()

    def see(self, path):
        """What the public gets."""
        link = http.client.HTTPConnection(self.public, timeout=20)
        try:
            link.request("GET", "/" + path.lstrip("/"))
            answer = link.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            link.close()


class Wish:
    def __init__(self, token, path, body=None, match=None, key=None):
        self.token, self.path, self.body, self.match = token, path, body, match
        self.key = key or uuid.uuid4().hex


class Act:
    """One act on one manuscript of the template, and what it leaves behind."""

    def __init__(self, name, entry, manuscript, wish, title):
        self.name, self.entry, self.manuscript = name, entry, manuscript
        self.wish, self.title = wish, title


ANSWERS = """SELECT step, outcome, answers FROM decision ORDER BY at, turn"""


def good_answers(store):
    """How the sample persons answered each step of a form."""
    return {step: (outcome, json.loads(answers)) for step, outcome, answers in store.rows(ANSWERS)}


def spoken(number):
    """An id as addresses say it."""
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(digits[int(number) >> 5 * at & 31] for at in range(12, -1, -1))


def heard(text):
    """The same back, as the database says it."""
    number = 0
    for digit in text:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(digit)
    return str(number)


def settle(place, still=0.5, most=20):
    """Until nothing below the workspace has changed for a moment."""
    end = time.monotonic() + most
    tree = events.Tree(place.directory)
    try:
        while time.monotonic() < end and tree.changed(still):
            pass
    finally:
        tree.close()


def template(place):
    """The demonstration, and the four acts that can be done in it."""
    store = place.store
    answers = good_answers(store)
    first = {state: (number, title) for number, state, title in
             reversed(store.rows("SELECT id, state, title FROM manuscript ORDER BY id"))}
    tokens = {login: place.token(login)
              for login in ("li.xiaolan", "zhou.zhengguo", "liang.zhiyuan")}
    digest = {number: text for number, text in store.rows(
        "SELECT manuscript, digest FROM revision")}
    version = {number: text for number, text in store.rows(
        "SELECT id, draft_version FROM manuscript")}
    server = Server(place) # what the founding left to do is done
    settle(place)
    server.stop()
    acts = []
    number, title = first["draft"]
    acts.append(Act("submit", "review.submit", number, Wish(
        tokens["li.xiaolan"], f"/manuscripts/{spoken(number)}/submission",
        {"declarations": answers["proof"][1]}, match=f'"{version[number]}"'), title))
    number, title = first["leader-review"]
    acts.append(Act("sign", "review.decide", number, Wish(
        tokens["zhou.zhengguo"], f"/manuscripts/{spoken(number)}/decisions",
        {"digest": digest[number], "step": "leader-review",
         "outcome": answers["leader-review"][0], "answers": answers["leader-review"][1],
         "password": PASSWORD}), title))
    number, title = first["approved"]
    acts.append(Act("release", "publication.release", number, Wish(
        tokens["liang.zhiyuan"], f"/manuscripts/{spoken(number)}/releases",
        {"digest": digest[number], "password": PASSWORD}), title))
    number, title = first["published"]
    acts.append(Act("withdraw", "publication.withdraw", number, Wish(
        tokens["liang.zhiyuan"], f"/manuscripts/{spoken(number)}/withdrawal",
        {"kind": "removal", "reason": "数据有误", "password": PASSWORD}), title))
    return acts


# ---- what must hold ----

def is_whole(path):
    data = path.read_bytes()
    if path.suffix == ".html" or path.name.endswith(".html.gone"):
        return data.rstrip().endswith(b"</html>")
    if path.suffix == ".xml":
        return re.search(rb"</(feed|urlset|sitemapindex)>\s*$", data) is not None
    return len(data) > 0


def public_files(workspace):
    root = pathlib.Path(workspace) / "public"
    return [path for path in sorted(root.glob("*/**/*"))
            if path.is_file() and not any(part.startswith(".") for part in path.parts[len(root.parts):])]


def check_whole(workspace):
    """Also while the program is down: a web server may stand before the same tree."""
    for path in public_files(workspace):
        if not is_whole(path):
            raise Broken(f"half a page: {path}")


def check_manifest(place, running):
    """The tree is what the manifest says, file by file, and nothing besides; what the process
    *running* is writing just now will have its name in a moment."""
    root = place.directory / "public"
    for path in root.rglob("*.tmp"):
        if path.name.startswith(f".{running}-"):
            continue
        raise Broken(f"left behind: {path.relative_to(root)}")
    code = {site: name for site, name in place.store.rows("SELECT site, code FROM publication_site")}
    said = {}
    for site, path, digest in place.store.rows("SELECT site, path, digest FROM publication_file"):
        said[f"{code[site]}/{path}"] = digest
    seen = set()
    for path in public_files(place.directory):
        name = str(path.relative_to(root))
        seen.add(name)
        if name not in said:
            raise Broken(f"nobody put it there: {name}")
        if "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() != said[name]:
            raise Broken(f"not what the manifest says: {name}")
    missing = set(said) - seen
    if missing:
        raise Broken(f"missing: {sorted(missing)[0]}")


def check_store(place):
    """Releases, manuscripts, journals, decisions, forms and the ledger agree."""
    store = place.store
    if store.one("SELECT COUNT(*) FROM publication_journal WHERE done_at IS NULL") != "0":
        raise Broken("a journal is still open")
    wrong = store.rows(
        "SELECT m.id, m.state FROM manuscript m WHERE (m.state = 'published') <> EXISTS"
        " (SELECT 1 FROM publication_release r WHERE r.manuscript = m.id AND r.state = 'live'"
        " AND r.revision = m.live_revision)")
    if wrong:
        raise Broken(f"manuscript and release disagree: {wrong[0]}")
    twice = store.rows("SELECT run, round, turn, COUNT(*) FROM decision"
                       " GROUP BY run, round, turn HAVING COUNT(*) > 1")
    if twice:
        raise Broken(f"decided twice: {twice[0]}")
    keys = store.rows("SELECT wish, COUNT(*) FROM ledger_entry WHERE wish <> ''"
                      " GROUP BY wish HAVING COUNT(*) > 1")
    if keys:
        raise Broken(f"carried out twice: {keys[0]}")
    gaps = store.rows("SELECT site_group, COUNT(*), MIN(sequence), MAX(sequence)"
                      " FROM ledger_entry GROUP BY site_group")
    for group, count, low, high in gaps:
        if int(high) - int(low) + 1 != int(count):
            raise Broken(f"the chain of {group} has a gap")


def links(place):
    """Every address below a site's root to which some page, feed or map leads."""
    found = set()
    for file in public_files(place.directory):
        if file.name.startswith("search-"):
            found.update(row[0] for row in json.loads(file.read_text("utf-8")))
        if file.suffix not in (".html", ".xml", ".gone"):
            continue
        root = place.directory / "public" / file.relative_to(place.directory / "public").parts[0]
        here = "/" + str(file.relative_to(root))
        text = re.sub(r'<link rel="canonical"[^>]*>', "", file.read_text("utf-8"))
        for target in re.findall(r'(?:href="|<loc>)([^"<]*)', text):
            at = urllib.parse.urlsplit(urllib.parse.urljoin("https://site" + here, target))
            if (at.hostname == "site" or file.suffix == ".xml") and \
                    at.path != here.removesuffix(".gone"): # a page leads to its elder self
                found.add(at.path.lstrip("/"))
    return found


def check_public(place, server):
    """Every live item answers with its own text; nothing withdrawn does, anywhere."""
    linked = links(place)
    for path, state, title in place.store.rows(
            "SELECT path, state, title FROM publication_release WHERE path <> ''"):
        status, page = server.see(path)
        named = path in linked
        if state == "live" and (status != 200 or title not in page or not named):
            raise Broken(f"live and not to be seen: {path} ({status})")
        if state == "withdrawn" and (status != 410 or title in page or named):
            raise Broken(f"withdrawn and back: {path} ({status})")
        if state == "sealed" and (status != 404 or named):
            raise Broken(f"sealed and back: {path} ({status})")


def times_done(place, act):
    return int(place.store.one(
        f"SELECT COUNT(*) FROM ledger_entry WHERE act = '{act.entry}' AND outcome = 0"
        f" AND subject_kind = 'manuscript' AND subject = {act.manuscript}"))


def check_all(place, server):
    check_whole(place.directory)
    check_store(place)
    check_manifest(place, server.process.pid)
    check_public(place, server)
    said = place.run("ledger", "verify", place.directory, "--json", ok=False)
    if said.returncode != 0:
        raise Broken(f"the ledger is not whole: {said.stdout[-500:]} {said.stderr[-500:]}")
