#!/usr/bin/env python3
"""Forbidden wishes at the doors without a screen: every command of the program, an import, a
migration, a backup that was meddled with, wishes spoken again after a restore, bytes on a
socket that are no sound request, rows planted in the database.

Usage: doors.py ROOT PROGRAM

The commands are those that `shenfa help` lists and the addresses those of `shenfa routes`:
one that is new and has no rows here fails the test, and planted ones show that it would.
After every wish the record is the same: what is public, what was decided, where each
manuscript stands.  A refusal that names its article names one of its row's, and what the
ledger recorded of the attempts is counted.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT, PROGRAM = pathlib.Path(sys.argv[1]), sys.argv[2]
PASSWORD = "Shenfa-demo-2026"
WAIT = 120 # seconds, for what takes a few
FORMS = 6 # of a spoiled request, at each address that writes

WRITER, HEAD, LEADER, OPERATOR = "li.xiaolan", "chen.li", "zhou.zhengguo", "liang.zhiyuan"
ADMINISTRATORS = ("qin.hai", "mo.lan", "luo.ping")
PEOPLE = (WRITER, HEAD, LEADER, OPERATOR, "huang.min", "wei.jia") + ADMINISTRATORS

# Commands that change nothing that can be forbidden, and why.
HARMLESS = {
    "init": "makes a workspace where none is; tried on one that is there",
    "serve": "listens; its doors have rows of their own",
    "routes": "reads", "backup": "reads, and enters itself in the register; app/upkeep",
    "backup drill": "works in a place of its own",
    "logs prune": "takes away what is older than every rulebook in force asks; app/upkeep",
    "signer": "signs what continues what it signed; notary/attack",
    "rulebook test": "works in places of its own", "rulebook check": "reads",
    "rulebook map": "reads", "rulebook explain": "reads", "rulebook prove": "reads",
    "rulebook schema": "reads", "status": "reads and tells",
    "ledger verify": "reads", "ledger export": "reads", "ledger checkpoint": "reads",
    "ledger prove": "reads", "ledger verify-export": "reads", "ledger verify-proof": "reads",
    "matter list": "reads", "rulebook diff": "reads", "archive list": "reads",
    "archive export": "writes what is public and kept into an empty folder; app/archive-package",
}
ARTICLES = { # of the wishes below
    "import": ("LZ-12.1", "LZ-5.2"), "migrate": ("LZ-5.1", "LZ-12.6"),
    "propose": ("LZ-5.2", "SM-1", "SM-2"), "submit": ("LZ-12.1", "LZ-12.2"),
    "decide": ("LZ-10", "LZ-12.2", "LZ-12.3", "LZ-12.4", "LZ-12.5", "LZ-12.6"),
    "release": ("LZ-4.a", "LZ-5.1", "LZ-12.6"), "withdraw": ("LZ-5.1", "LZ-12.6"),
    "recall": ("LZ-12.2",), "change": ("LZ-4.a",),
}


class Wrong(Exception):
    pass


def run(*words, status=None):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True,
                          timeout=WAIT, check=False)
    if status is not None and done.returncode != status:
        raise Wrong(f"{words[:3]}: {done.returncode} {done.stdout} {done.stderr}")
    if "AddressSanitizer" in done.stderr or "runtime error" in done.stderr:
        raise Wrong(f"{words}: {done.stderr}")
    return done


def spoken(number):
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(digits[number >> shift & 31] for shift in range(60, -1, -5))


class Workspace:
    def __init__(self, path):
        self.path = pathlib.Path(path)

    def rows(self, text):
        store = sqlite3.connect(f"file:{self.path}/shenfa.db?mode=ro", uri=True)
        try:
            return store.execute(text).fetchall()
        finally:
            store.close()

    def write(self, *statements):
        """As the owner of the database: no trigger is in the way."""
        store = sqlite3.connect(self.path / "shenfa.db", isolation_level=None, timeout=WAIT)
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            store.execute(statement)
        store.close()

    def standing(self):
        return (self.rows("SELECT id, state, revision FROM publication_release ORDER BY id"),
                self.rows("SELECT id, state, revision, live_revision, draft_version FROM manuscript"
                          " WHERE state <> 'draft' ORDER BY id"),
                self.rows("SELECT COUNT(*), MAX(id) FROM decision"),
                self.rows("SELECT COUNT(*) FROM ledger_entry WHERE outcome = 0 AND act IN"
                          " ('publication.release', 'publication.migrate', 'publication.withdraw',"
                          " 'publication.schedule', 'review.decide', 'review.submit')"))

    def refusals(self):
        return self.rows("SELECT COUNT(*) FROM ledger_entry WHERE outcome = 1")[0][0]

    def shows(self, text):
        return [path for path in (self.path / "public").rglob("*")
                if path.is_file() and text.encode() in path.read_bytes()]


class Tally:
    """What was wished at each door, and what was cited."""

    def __init__(self):
        self.tried, self.cited = {}, {}

    def note(self, door, wish, said):
        if os.environ.get("SHENFA_DOORS_SAY"):
            print(f"{time.monotonic():.1f} {door} {wish} {said[:160]!r}", flush=True)
        self.tried[door] = self.tried.get(door, 0) + 1
        for rule in set(re.findall(r"\[([A-Z]{2}-[0-9][0-9a-z.]*)\]", said)
                        + re.findall(r'"rule": ?"([^"]+)"', said)):
            self.cited[door] = self.cited.get(door, 0) + 1
            if not any(rule == one or rule.startswith(one + ".") for one in ARTICLES[wish]):
                raise Wrong(f"{door}: {wish} is refused by {rule}, and its row says {ARTICLES[wish]}")


TALLY = Tally()


def unchanged(workspace, before, what):
    after = workspace.standing()
    if after != before:
        raise Wrong(f"{what}: the record has changed\n{before}\n{after}")


# ---- commands ----

def commands():
    """Every command by its words, as the program lists them."""
    found = set()
    for line in run("help", status=0).stdout.splitlines():
        words = re.match(r"  shenfa ((?:[a-z-]+ )+)", line)
        if words:
            found.add(words[1].strip())
    return found


def check_commands(listed):
    with_rows = {"import", "migrate", "publish", "site verify", "token", "rulebook install",
                 "rulebook propose", "rulebook value", "site add",
                 "restore"} | set(HARMLESS)
    missing = {one for one in listed if one not in with_rows}
    if missing:
        raise Wrong(f"commands without rows: {sorted(missing)}")


def tokens_of(workspace):
    return {login: json.loads(run("token", workspace.path, login, "--json", status=0).stdout)["token"]
            for login in PEOPLE}


def try_imports(workspace, place):
    """Whatever a line says of itself and whoever brings it, nothing of it is public."""
    lines = place / "lines.jsonl"
    lines.write_text("".join(json.dumps({
        "title": f"导入的{number}", "body": "<p>甲</p>", "state": state, "published": "2026-11-01",
        "released": True, "digest": "sm3:" + "0" * 64, "decisions": [{"outcome": "pass"}]},
        ensure_ascii=False) + "\n" for number, state in enumerate(("published", "approved", "live"))),
        "utf-8")
    columns = [path for path, in workspace.rows("SELECT path FROM site_column ORDER BY id LIMIT 8")]
    units = [code for code, in workspace.rows("SELECT code FROM people_unit ORDER BY id LIMIT 8")]
    for column in columns:
        for login in PEOPLE:
            before = workspace.standing()
            said = run("import", workspace.path, lines, f"--column={column}",
                       f"--unit={units[len(column) % len(units)]}",
                       "--class=government-affairs", f"--as={login}", "--json")
            TALLY.note("import", "import", said.stdout + said.stderr)
            unchanged(workspace, before, f"import by {login} into {column}")
    if workspace.shows("导入的"):
        raise Wrong("an imported line is public")


def try_migrations(workspace, place, tokens):
    """Two persons who hold a post answer for it; any other pair does not."""
    lines = place / "old.jsonl"
    lines.write_text(json.dumps({"title": "迁移的一篇", "body": "<p>甲</p>", "published": "2026-11-01"},
                                ensure_ascii=False) + "\n", "utf-8")
    unit = workspace.rows("SELECT code FROM people_unit ORDER BY id LIMIT 1")[0][0]
    for first in PEOPLE:
        for second in PEOPLE + ("nobody",):
            if first != second and not {first, second} & set(ADMINISTRATORS + ("nobody",)):
                continue # these may
            before = workspace.standing()
            said = run("migrate", workspace.path, lines, "--column=tjdt", f"--unit={unit}",
                       "--class=government-affairs", f"--as={first}",
                       f"--second-token={tokens.get(second, 'nobody')}", "--json")
            if said.returncode == 0:
                raise Wrong(f"migrated by {first} and {second}")
            TALLY.note("migrate", "migrate", said.stdout + said.stderr)
            unchanged(workspace, before, f"migration by {first} and {second}")


def try_other_commands(workspace):
    """Rulebooks that are not sound, proposals by who may not, a workspace that is there."""
    broken = sorted((ROOT / "tests" / "broken").glob("*.yaml"))
    for book in broken:
        if book.stem == "sound":
            continue
        before = workspace.standing()
        said = run("rulebook", "install", workspace.path, book)
        if said.returncode == 0:
            raise Wrong(f"{book.name} was installed")
        TALLY.note("cli", "propose", "")
        unchanged(workspace, before, book.name)
    for book in broken[:4]: # whoever asks, what is not sound does not come into force
        for login in PEOPLE + ("nobody",):
            if book.stem == "sound":
                continue
            before = workspace.standing()
            said = run("rulebook", "propose", workspace.path, book, f"--as={login}")
            if said.returncode == 0:
                raise Wrong(f"{login} proposed {book.name}")
            TALLY.note("cli", "propose", said.stderr)
            unchanged(workspace, before, f"{login} proposes {book.name}")
    for login in PEOPLE + ("nobody",): # a value that this rulebook does not leave open
        before = workspace.standing()
        if run("rulebook", "value", workspace.path, "column-late-days", "0",
               f"--as={login}").returncode == 0:
            raise Wrong(f"{login} has given a value that is not open")
        TALLY.note("cli", "propose", "")
        unchanged(workspace, before, f"{login} gives a value")
    here = workspace.rows("SELECT code FROM site ORDER BY id LIMIT 1")[0][0]
    for login, book, code in [(one, "bazhong-nr", "new") for one in ADMINISTRATORS + ("nobody",)] + [
            (HEAD, "bazhong-nr", here), (HEAD, "unheard-of", "new"), (HEAD, "../../tests/broken", "new")]:
        before = workspace.standing()
        said = run("site", "add", workspace.path, f"--rulebook={book}", f"--office={login}",
                   f"--code={code}")
        if said.returncode != 1:
            raise Wrong(f"{login} has founded a body under {book}: {said.stdout}{said.stderr}")
        TALLY.note("cli", "propose", said.stderr)
        unchanged(workspace, before, f"{login} founds a body under {book}")
    for login in ("nobody", "", "admin", "root", "陈立", "li.xiaolan;", "'--"):
        if run("token", workspace.path, login).returncode == 0:
            raise Wrong(f"a token for {login!r}")
        TALLY.note("cli", "propose", "")
    run("init", workspace.path, "--rulebook", "liuzhou-stats", "--demo", status=2)
    TALLY.note("cli", "propose", "")


# ---- rows planted below the program, and in a backup ----

MARK = "种下的题目"
LIVE = ("INSERT INTO publication_release SELECT 900000001, 900000002, m.site_group, m.site,"
        " m.site_column, m.id, v.id, v.digest, NULL, 900, 900, 'tjdt/2026/900.html', v.title,"
        " 0, 1796173200000000, 0, 7, '{state}', 0, 0, 0, '', 0, {migrated} FROM manuscript m"
        " JOIN revision v ON v.id = m.revision WHERE m.id = {number}")
PLANTED = { # what stands before: (state of the manuscript, statements)
    "live, never decided": ("leader-review", [LIVE]),
    "expired, never decided": ("leader-review", [LIVE.replace("{state}", "expired")]),
    "said to be migrated": ("leader-review", [LIVE.replace("{migrated}", "1")]),
    "live, approved and never released": ("approved", [LIVE]),
    "live, and called published": ("dept-review", [
        LIVE, "UPDATE manuscript SET state = 'published', live_revision = revision WHERE id = {number}"]),
    "withdrawn, called live again": ("withdrawn", [
        "UPDATE publication_release SET state = 'live', ended_at = 0 WHERE manuscript = {number}",
        "UPDATE manuscript SET state = 'published', live_revision = revision WHERE id = {number}"]),
    "withdrawn, called expired": ("withdrawn", [
        "UPDATE publication_release SET state = 'expired' WHERE manuscript = {number}"]),
}
COUNT_ON = ["UPDATE publication_column SET next_number = 901",
            "UPDATE publication_site SET next_place = 901"]


def plant(workspace, name):
    """Plants it; what must not be shown."""
    state, statements = PLANTED[name]
    number, title = workspace.rows(
        "SELECT m.id, v.title FROM manuscript m JOIN revision v ON v.id = m.revision"
        f" WHERE m.state = '{state}' ORDER BY m.id LIMIT 1")[0]
    filled = [one.replace("{state}", "live").replace("{migrated}", "0").replace("{number}", str(number))
              for one in statements + COUNT_ON]
    workspace.write(*filled)
    return title


def copied(workspace, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(workspace.path, to, ignore=lambda folder, names: [
        name for name in names if (pathlib.Path(folder) / name).is_socket()])
    return Workspace(to)


def told_of(workspace, title):
    return [payload for payload, in workspace.rows(
        "SELECT p.payload FROM ledger_entry e JOIN ledger_payload p ON p.site_group = e.site_group"
        " AND p.sequence = e.sequence WHERE e.act = 'publication.unproven'") if title in payload]


def try_plantings(workspace, place):
    for name in PLANTED:
        for words in (("publish", "--rebuild"), ("site verify", "--repair"), ("status",)):
            here = copied(workspace, place / "planted")
            title = plant(here, name)
            if here.shows(title):
                raise Wrong(f"{title} was public before")
            done = run(*words[0].split(), here.path, *words[1:])
            if here.shows(title):
                raise Wrong(f"{name}: {words[0]} has made it public")
            if words[0] != "publish" and done.returncode != 1:
                raise Wrong(f"{name}: {words[0]} finds nothing: {done.stdout}")
            if len(told_of(here, title)) != 1:
                raise Wrong(f"{name}: {words[0]} does not tell of it by name")
            TALLY.note("planted row", "release", "")


def seal(backup):
    """The backup's list made anew, as whoever can write to it would."""
    text = (backup / "MANIFEST").read_text("utf-8")
    lines = text.splitlines()
    made = [lines[0]]
    for line in lines[1:-1]:
        path = line.split("  ", 1)[1]
        made.append("sha256:" + hashlib.sha256((backup / path).read_bytes()).hexdigest() + "  " + path)
    body = "\n".join(made) + "\n"
    made = body + "sum sha256:" + hashlib.sha256(body.encode()).hexdigest() + "\n"
    (backup / "MANIFEST").write_text(made, "utf-8")


def try_backups(workspace, place):
    """A forbidden state in a backup: refused, or restored and not shown."""
    run("backup", workspace.path, place / "backup", status=0)
    for number, name in enumerate(PLANTED):
        forged = place / "forged"
        shutil.rmtree(forged, ignore_errors=True)
        shutil.copytree(place / "backup", forged)
        title = plant(Workspace(forged), name)
        for left in forged.glob("shenfa.db-*"):
            left.unlink()
        refused = run("restore", forged, place / "never")
        if refused.returncode != 1 or (place / "never").exists():
            raise Wrong(f"{name}: a backup that was meddled with is restored: {refused.stdout}")
        TALLY.note("restored backup", "release", "")
        seal(forged)
        restored = Workspace(place / f"restored{number}")
        run("restore", forged, restored.path, status=0)
        if restored.shows(title):
            raise Wrong(f"{name}: restoring has made it public")
        if len(told_of(restored, title)) != 1:
            raise Wrong(f"{name}: restoring does not tell of it by name")
        TALLY.note("restored backup", "release", "")
        shutil.rmtree(restored.path)


# ---- the served ones ----

class Served:
    def __init__(self, workspace):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", workspace.path, "--office", "127.0.0.1:0", "--public", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("Office:"):
            raise Wrong(f"it does not serve: {line}")
        self.base = line.split()[1].rstrip("/")
        host, _, port = self.base.split("//")[1].partition(":")
        self.address = (host, int(port))

    def ask(self, token, method, path, body):
        request = urllib.request.Request(
            self.base + path, json.dumps(body).encode(), method=method,
            headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=WAIT) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as no:
            return no.code, no.read().decode()

    def raw(self, data):
        """All that comes back until the other side has nothing more to say."""
        with socket.create_connection(self.address, timeout=WAIT) as link:
            got = b""
            try:
                link.sendall(data)
                link.shutdown(socket.SHUT_WR)
                while piece := link.recv(65536):
                    got += piece
            except (ConnectionResetError, BrokenPipeError):
                pass
            return got

    def stop(self):
        self.process.terminate()
        self.process.communicate()


def manuscripts_of(workspace):
    """(id, state, digest, version) of each that has a revision."""
    return [(spoken(number), state, digest, version) for number, state, digest, version in workspace.rows(
        "SELECT m.id, m.state, v.digest, m.draft_version FROM manuscript m JOIN revision v"
        " ON v.id = m.revision ORDER BY m.id")]


def wishes_on(manuscript):
    """(kind, method, path, body) of what can be wished of it."""
    number, state, digest, _ = manuscript
    base = f"/api/v1/manuscripts/{number}"
    step = state if state.endswith("review") or state in ("disposition", "final-check") else "dept-review"
    return [
        ("release", "POST", base + "/releases", {"digest": digest, "password": PASSWORD}),
        ("release", "POST", base + "/releases", {"digest": digest, "password": PASSWORD,
                                                 "when": "2027-06-01T09:30:00+08:00"}),
        ("withdraw", "POST", base + "/withdrawal", {"kind": "removal", "reason": "x", "password": PASSWORD}),
        ("decide", "POST", base + "/decisions", {"digest": digest, "step": step, "outcome": "pass",
                                                 "opinion": "x", "answers": {}, "password": PASSWORD}),
    ]


def try_again_after_restore(workspace, place, tokens):
    """Those who never may, at every manuscript, in the workspace that was restored."""
    restored = Workspace(place / "again")
    run("restore", place / "backup", restored.path, status=0)
    heard = restored.refusals()
    served = Served(restored)
    try:
        before = restored.standing()
        for manuscript in manuscripts_of(workspace):
            for login in ADMINISTRATORS[:2] + (WRITER,):
                for kind, method, path, body in wishes_on(manuscript):
                    status, said = served.ask(tokens[login], method, path, body)
                    if not 400 <= status < 500:
                        raise Wrong(f"{login}: {path} {body}: {status} {said}")
                    TALLY.note("restored backup", kind, said)
                    unchanged(restored, before, f"{login}: {path}")
    finally:
        served.stop()
    return restored.refusals() - heard


def head_of(method, path, token, body, more=()):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}",
             "Content-Type: application/json", "Connection: close", *more]
    return lines, json.dumps(body).encode()


def raw_forms(method, path, good, bad, body):
    """(name, bytes) of requests that must not do what they nearly say.  *good* is the token
    of who may, *bad* of who may not."""
    lines, data = head_of(method, path, good, body)
    size = f"Content-Length: {len(data)}"

    def joined(lines, data, end=b"\r\n"):
        return end.join(line.encode("latin-1") for line in lines) + end + end + data

    inner = joined(lines + [size], data)
    swapped = ["Authorization: Bearer " + bad if line.startswith("Authorization") else line
               for line in lines]
    without = [line for line in lines if not line.startswith("Authorization")]
    harmless = ["GET /api/v1/desk HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {bad}"]
    chunk = b"%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n"
    return [
        ("two lengths", joined(lines + [size, "Content-Length: 4"], data)),
        ("a length and chunks", joined(lines + [size, "Transfer-Encoding: chunked"], data)),
        ("chunks and a length, hidden behind", joined(
            lines[:1] + harmless[1:] + ["Transfer-Encoding: chunked", "Content-Length: 5"],
            b"0\r\n\r\n" + inner)),
        ("hidden in the body of a harmless one", joined(
            harmless + [f"Content-Length: {len(inner)}"], inner)),
        ("a length below zero", joined(lines + ["Content-Length: -1"], data)),
        ("a length in hexadecimal", joined(lines + [f"Content-Length: 0x{len(data):x}"], data)),
        ("a length with a sign", joined(lines + [f"Content-Length: +{len(data)}"], data)),
        ("cut off", joined(lines + [f"Content-Length: {len(data) + 1}"], data)),
        ("cut off in its head", joined(lines + [size], data)[:-len(data) - 3]),
        ("bad chunks", joined(lines + ["Transfer-Encoding: chunked"], b"zz\r\n" + data + b"\r\n0\r\n\r\n")),
        ("an unknown coding", joined(lines + ["Transfer-Encoding: gzip, x"], chunk)),
        ("another method in a header", joined(
            ["GET" + lines[0][len(method):]] + lines[1:] + [f"X-HTTP-Method-Override: {method}",
                                                            f"X-Method-Override: {method}", size], data)),
        ("another method in the query", joined([f"GET {path}?_method={method} HTTP/1.1"] + lines[1:]
                                               + [size], data)),
        ("a method in small letters", joined([method.lower() + lines[0][len(method):]] + lines[1:]
                                             + [size], data)),
        ("who may not", joined(swapped + [size], data)),
        ("nobody", joined(without + [size], data)),
        ("the token as a cookie", joined(without + [f"Cookie: session={good}; token={good}", size], data)),
        ("the token in the address", joined([f"{method} {path}?access_token={good}&token={good} HTTP/1.1"]
                                            + without[1:] + [size], data)),
        ("an unknown scheme", joined(without + [f"Authorization: Basic {good}", size], data)),
        ("a token and a half", joined(without + [f"Authorization: Bearer {good}x", size], data)),
        ("a token that is cut", joined(without + [f"Authorization: Bearer {good[:-1]}", size], data)),
        ("a zero byte in the path", joined([f"{method} {path}%00 HTTP/1.1"] + lines[1:] + [size], data)),
        ("a step up in the path", joined([f"{method} /api/v1/../..{path} HTTP/1.1"] + lines[1:] + [size],
                                         data)),
        ("a hidden step up", joined([f"{method} /static/%2e%2e{path} HTTP/1.1"] + lines[1:] + [size], data)),
        ("a longer path", joined([f"{method} {path};a=b HTTP/1.1"] + lines[1:] + [size], data)),
        ("capitals in the path", joined([f"{method} {path.upper()} HTTP/1.1"] + lines[1:] + [size], data)),
        ("a form's type", joined([line.replace("application/json", "text/plain") for line in lines]
                                 + [size], data)),
        ("no JSON", joined(lines + [f"Content-Length: {len(data) - 1}"], data[:-1])),
        ("JSON and more", joined(lines + [f"Content-Length: {len(data) * 2}"], data * 2)),
        ("a list", joined(lines + [f"Content-Length: {len(data) + 2}"], b"[" + data + b"]")),
        ("HTTP/0.9", f"{method} {path}\r\n\r\n".encode() + data),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + inner),
        ("TLS", bytes.fromhex("16030100") + b"\x05" + inner),
    ]


def try_raw(workspace, tokens, listed):
    """The rightful person's own wishes, spoiled on the wire; then every address that writes."""
    served = Served(workspace)
    tried = 0
    try:
        before = workspace.standing()
        first = {}
        for manuscript in manuscripts_of(workspace):
            first.setdefault(manuscript[1], manuscript)
        rightful = [("release", OPERATOR, wishes_on(first["approved"])[0]),
                    ("withdraw", OPERATOR, wishes_on(first["published"])[2])]
        for kind, login, (_, method, path, body) in rightful:
            for name, data in raw_forms(method, path, tokens[login], tokens[WRITER], body):
                served.raw(data)
                unchanged(workspace, before, f"{kind}, {name}")
                TALLY.note("raw request", kind, "")
        for method, pattern in listed:
            path = re.sub(r"\{[a-z_-]+\}", first["approved"][0], pattern)
            for name, data in raw_forms(method, path, tokens[OPERATOR], tokens[WRITER],
                                        {"password": PASSWORD})[:FORMS]:
                served.raw(data)
                tried += 1
            unchanged(workspace, before, f"{method} {pattern}")
        TALLY.tried["raw request"] += tried
        # The control: the same wishes, sound, are granted.
        for kind, login, (_, method, path, body) in rightful:
            lines, data = head_of(method, path, tokens[login], body)
            answer = served.raw("\r\n".join(lines + [f"Content-Length: {len(data)}", "", ""]).encode()
                                + data)
            if not re.match(rb"HTTP/1.1 2", answer):
                raise Wrong(f"the control is not granted: {kind}: {answer[-600:]}")
    finally:
        served.stop()
    if workspace.standing() == before:
        raise Wrong("the control changed nothing")


def routes():
    return [(line.split()[0], line.split()[1]) for line in run("routes", status=0).stdout.splitlines()
            if line.split()[0] != "GET"]


# ---- ----

def check(place):
    listed = commands()
    check_commands(listed)
    for planted in ("publish now", "force"): # the control: a new command without rows is told
        try:
            check_commands(listed | {planted})
        except Wrong:
            continue
        raise Wrong(f"a command without rows is not told: {planted}")
    workspace = Workspace(place / "office")
    run("init", workspace.path, "--rulebook", "liuzhou-stats", "--demo", status=0)
    run("publish", workspace.path, "--rebuild", status=0)
    tokens = tokens_of(workspace)
    heard = workspace.refusals()
    try_imports(workspace, place)
    try_migrations(workspace, place, tokens)
    try_other_commands(workspace)
    recorded = workspace.refusals() - heard
    served = Served(workspace) # one is withdrawn, for what is planted below
    number = next(row for row in manuscripts_of(workspace) if row[1] == "published")[0]
    status, said = served.ask(tokens[OPERATOR], "POST", f"/api/v1/manuscripts/{number}/withdrawal",
                              {"kind": "removal", "reason": "x", "password": PASSWORD})
    served.stop()
    if status >= 300:
        raise Wrong(f"withdraw: {status} {said}")
    try_plantings(workspace, place)
    try_backups(workspace, place)
    again = try_again_after_restore(workspace, place, tokens)
    try_raw(workspace, tokens, routes())
    said = ", ".join(f"{door} {count}" for door, count in TALLY.tried.items())
    print(f"forbidden wishes: {said}; none granted, {sum(TALLY.cited.values())} cite an article of "
          f"their row; the ledger recorded {recorded} at the commands, {again} after the restore")
    if not again or not recorded:
        raise Wrong("the ledger has not heard of the wishes")


def main():
    place = pathlib.Path(tempfile.mkdtemp(prefix="shenfa-doors-"))
    share = place / "home" / "share" # without the browser's parts, which need not be built
    share.mkdir(parents=True)
    for entry in (ROOT / "share").iterdir():
        (share / entry.name).symlink_to(entry)
    (share / "static").mkdir(exist_ok=True)
    (place / "home" / "rulebooks").symlink_to(ROOT / "rulebooks")
    os.environ["SHENFA_HOME"] = str(place / "home")
    try:
        check(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


main()
