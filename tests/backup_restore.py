#!/usr/bin/env python3
"""Back up, restore and drill a real workspace with the program itself.

Usage: backup_restore.py PROGRAM BUILD [postgres]   skipped (77) if BUILD has no front end,
or if there is no server that SHENFA_TEST_POSTGRES names (script/with-postgres)
The demonstration is published, backed up, changed and restored; the restored trees are
compared byte for byte; every file of the backup is damaged in turn; and an item that was
withdrawn after the backup must not come back.
"""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request

PROGRAM = sys.argv[1]
PASSWORD = "Shenfa-demo-2026"
POSTGRES = os.environ.get("SHENFA_TEST_POSTGRES", "") if "postgres" in sys.argv[3:] else None


class Databases:
    """Empty ones on the server, each dropped at the end; none where SQLite is meant."""

    def __init__(self):
        self.made = []

    def sql(self, text, name=None):
        words = [word for word in POSTGRES.split() if not word.startswith("dbname=") or not name]
        return subprocess.run(
            ["psql", "-XAtq", "-F", "\t", "-d", " ".join(words + ([f"dbname={name}"] if name else [])),
             "-c", text], check=True, capture_output=True, text=True).stdout

    def store(self):
        """Options that name an empty database."""
        if POSTGRES is None:
            return []
        name = f"shenfa_backup_{os.getpid()}_{len(self.made)}"
        self.sql(f"CREATE DATABASE {name}")
        self.made.append(name)
        words = [word for word in POSTGRES.split() if not word.startswith("dbname=")]
        return ["--store", "postgres:" + " ".join(words + [f"dbname={name}"])]

    def close(self):
        for name in self.made:
            self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


DATABASES = Databases()


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def tree(workspace):
    root = pathlib.Path(workspace) / "public"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*")
            if p.is_file() and ".well-known" not in p.parts and not p.name.startswith(".")
            and not p.name.endswith(".lock")}


class Served:
    """`shenfa serve`, and its HTTP interface as one user."""

    def __init__(self, workspace, user):
        told = run("token", workspace, user, "--json")
        self.token = json.loads(told.stdout)["token"]
        self.process = subprocess.Popen(
            [PROGRAM, "serve", workspace, "--office", "127.0.0.1:0", "--public",
             "127.0.0.1:0"], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        assert line.startswith("Office:"), line
        self.base = line.split()[1].rstrip("/")

    def ask(self, path, body=None):
        request = urllib.request.Request(
            self.base + path, None if body is None else json.dumps(body).encode(),
            {"Authorization": "Bearer " + self.token, "Content-Type": "application/json",
             "Idempotency-Key": "backup-trial-1"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.communicate()


def main():
    if POSTGRES == "":
        print("left out: SHENFA_TEST_POSTGRES is not set (script/with-postgres sets it)")
        sys.exit(77)
    if len(sys.argv) > 2 and not (pathlib.Path(sys.argv[2]) / "frontend/static").exists():
        print("left out: the front end is not built")
        sys.exit(77)
    place = pathlib.Path(tempfile.mkdtemp(prefix="shenfa-backup-"))
    try:
        passed = check(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
        DATABASES.close()
    print(f"{passed} passed, 0 failed")


def one_live(workspace):
    """A manuscript that is public, by its id as people meet it, and its page."""
    text = ("SELECT manuscript, path FROM publication_release WHERE state = 'live'"
            " ORDER BY id LIMIT 1")
    if POSTGRES is None:
        store = sqlite3.connect(f"file:{workspace}/shenfa.db?mode=ro", uri=True)
        number, path = store.execute(text).fetchone()
        store.close()
    else: # the office's is the first one made
        number, path = DATABASES.sql(text, DATABASES.made[0]).strip().split("\t")
        number = int(number)
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(digits[number >> shift & 31] for shift in range(60, -1, -5)), path


def refuse_other_databases(place, backup):
    """None named, one that is not there, one that is in use: each is said, and the last is
    left as it is."""
    said = run("restore", backup, place / "unnamed", status=1)
    assert "--store" in said.stderr, said.stderr
    shutil.rmtree(place / "unnamed.restoring", ignore_errors=True)
    before = DATABASES.sql("SELECT count(*), max(sequence) FROM ledger_entry", DATABASES.made[0])
    words = [word for word in POSTGRES.split() if not word.startswith("dbname=")]
    for name in (DATABASES.made[0], "shenfa_not_there"):
        said = run("restore", backup, place / "used", "--store",
                   "postgres:" + " ".join(words + [f"dbname={name}"]), status=1)
        assert "empty" in said.stderr, said.stderr
        assert not (place / "used").exists()
        shutil.rmtree(place / "used.restoring")
    after = DATABASES.sql("SELECT count(*), max(sequence) FROM ledger_entry", DATABASES.made[0])
    assert before == after, (before, after)


def check(place):
    office = place / "office"
    passed = 0
    words = []
    for number, word in enumerate(("correct horse battery", "staple gun and ladder")):
        words.append(place / f"pass{number}")
        words[-1].write_text(word + "\n", encoding="utf-8")
    both = (f"--passphrase={words[0]}", f"--second-passphrase={words[1]}")

    run("init", office, "--rulebook", "liuzhou-stats", "--demo", *DATABASES.store())
    served = Served(office, "liang.zhiyuan")  # makes keys and checkpoints, and writes pages
    served.stop()
    run("publish", office, "--rebuild")
    before = tree(office)
    assert len(before) > 20

    # Two persons or none; never one, never the same twice.
    run("backup", office, place / "no", both[0], status=2)
    run("backup", office, place / "no2", both[0], f"--second-passphrase={words[0]}", status=2)
    shutil.rmtree(place / "no", ignore_errors=True)
    backup = place / "backup"
    told = json.loads(run("backup", office, backup, *both, "--json").stdout)
    assert told["keys"] and told["files"] > 5, told
    locked = (backup / "keys.locked").read_bytes()
    for key in list((office / "keys").glob("*")) + [office / "signer" / "key"]:
        for word in key.read_bytes().split():
            assert len(word) < 16 or word not in locked, key
    passed += 1

    # Restored on an empty place: the same site, byte for byte, and the keys.
    again = place / "again"
    told = json.loads(run("restore", backup, again, *both, *DATABASES.store(), "--json").stdout)
    assert told["identical"] and told["lost"] == 0, told
    assert tree(again) == before
    run("ledger", "verify", again)
    run("site", "verify", again)
    assert (again / "signer/key").read_bytes() == (office / "signer/key").read_bytes()
    assert (again / "signer/key").stat().st_mode & 0o777 == 0o600
    wrong = run("restore", backup, place / "wrong", both[0], f"--second-passphrase={words[0]}",
                *DATABASES.store(), status=1)
    assert "two passphrases" in wrong.stderr, wrong.stderr
    if POSTGRES is not None:
        refuse_other_databases(place, backup)
    passed += 1

    # One bit in any file of the backup is refused, with the name of the file.
    files = [p for p in backup.rglob("*") if p.is_file()]
    for path in files[:100]:
        whole = path.read_bytes()
        if not whole:
            continue
        path.write_bytes(whole[:len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1])
                         + whole[len(whole) // 2 + 1:])
        refused = run("restore", backup, place / "damaged", status=1)
        assert path.name in refused.stderr, (path, refused.stderr)
        assert not (place / "damaged").exists()
        path.write_bytes(whole)
    gone = files[0].with_suffix(".gone")
    files[0].rename(gone)
    assert files[0].name in run("restore", backup, place / "damaged", status=1 if
                                files[0].name != "MANIFEST" else 2).stderr
    gone.rename(files[0])
    passed += 1

    # Withdrawn after the backup: known from an export, it is withdrawn again; known only
    # to have happened, nothing is restored.
    served = Served(office, "liang.zhiyuan")
    manuscript, page = one_live(office)
    served.ask(f"/api/v1/manuscripts/{manuscript}/withdrawal",
               {"kind": "removal", "reason": "数据有误", "password": PASSWORD})
    served.stop()
    served = Served(office, "liang.zhiyuan")  # a round of the watchman: a newer checkpoint
    served.stop()
    export, checkpoint = place / "export", place / "checkpoint"
    export.write_text(run("ledger", "export", office, "--payloads").stdout, encoding="utf-8")
    checkpoint.write_text(run("ledger", "checkpoint", office).stdout, encoding="utf-8")
    key = office / "public/.well-known/shenfa/key"
    refused = run("restore", backup, place / "held", f"--checkpoint={checkpoint}",
                  f"--key={key}", status=1)
    assert "withdrawals may be among them" in refused.stderr, refused.stderr
    assert not (place / "held").exists()
    told = json.loads(run("restore", backup, place / "later", f"--checkpoint={checkpoint}",
                          f"--key={key}", f"--export={export}", *both, *DATABASES.store(),
                          "--json").stdout)
    assert told["withdrawn"] == 1 and told["lost"] > 0, told
    assert page not in {path.split("/", 1)[1] for path in tree(place / "later")}
    control = json.loads(run("restore", backup, place / "accepted",
                             f"--checkpoint={checkpoint}", "--accept-loss",
                             *DATABASES.store(), "--json").stdout)
    assert control["withdrawn"] == 0
    assert page in {path.split("/", 1)[1] for path in tree(place / "accepted")}
    altered = export.read_text(encoding="utf-8").replace("publication.withdraw",
                                                         "publication.release")
    export.write_text(altered, encoding="utf-8")
    refused = run("restore", backup, place / "forged", f"--export={export}", status=1)
    assert "the export is not whole" in refused.stderr, refused.stderr
    passed += 1

    # The drill does all of it, and files what it found.
    told = json.loads(run("backup", "drill", office, *both, *DATABASES.store(), "--json").stdout)
    assert told["passed"] and told["identical"] and told["damage-refused"], told
    entries = run("ledger", "export", office, "--payloads").stdout.splitlines()
    assert any('"act":"workspace.drill"' in line for line in entries)
    print(f"drill: {told['milliseconds']} ms, {len(before)} public files, "
          f"{min(len(files), 100)} files damaged in turn")
    return passed + 1


main()
