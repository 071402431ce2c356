#!/usr/bin/env python3
"""Logs and backups of a workspace under a rulebook that has figures for both.

Usage: upkeep.py ROOT SHENFA.  Shown: a server that would keep logs for too short a time does
not start and names the article; the worker takes away what is old enough and nothing else;
the program's own lines are kept; `logs prune` refuses; each backup is entered in the ledger,
also one that failed, and a rehearsed one is not; no passphrase stands in log or ledger.
"""
import atexit
import datetime
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "crash"))
import events

PROGRAM = sys.argv[2]
SECRETS = ["first-passphrase-2026", "second-passphrase-2026"]


def run(*arguments, status=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def keep_logs(folder, days):
    settings = folder / "shenfa.conf"
    text = re.sub(r"(?m)^logs-keep = .*$", f"logs-keep = {days}", settings.read_text())
    assert f"logs-keep = {days}\n" in text
    settings.write_text(text)


def serve(folder):
    return subprocess.Popen([PROGRAM, "serve", folder, "--role", "worker"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def entries(folder, act):
    lines = run("ledger", "export", folder, "--payloads").stdout.splitlines()
    return [line for line in lines if f'"act":"{act}"' in line]


def check_logs(folder):
    keep_logs(folder, 30)
    refused = serve(folder)
    _, said = refused.communicate()
    assert refused.returncode == 1 and "ZJ-18.5" in said and "60" in said, said

    keep_logs(folder, 60)
    today = (datetime.datetime.now(datetime.timezone.utc)
             + datetime.timedelta(hours=8)).date()
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    files = {age: logs / f"{today - datetime.timedelta(days=age)}.log" for age in (1, 59, 70, 400)}
    for file in files.values():
        file.write_text("{}\n")
    (logs / "notes.txt").write_text("no log")
    tree = events.Tree(logs)
    worker = serve(folder)
    atexit.register(worker.kill)
    assert worker.stdout.readline().startswith("Worker:")
    while files[70].exists() or files[400].exists():
        assert tree.changed(60), "nothing was taken away"
    worker.terminate()
    worker.communicate()
    own = "".join(file.read_text() for file in logs.glob("*.log"))
    assert "the service begins; its log is kept for 60 days" in own
    assert files[1].exists() and files[59].exists() and (logs / "notes.txt").exists()
    assert len(entries(folder, "workspace.logs-pruned")) == 1
    refused = run("logs", "prune", folder, "--days", "59", status=1)
    assert "60" in refused.stderr, refused.stderr
    assert files[59].exists()
    run("logs", "prune", folder)
    assert files[59].exists()


def check_backups(folder, place):
    options = []
    for i, secret in enumerate(SECRETS):
        (place / f"passphrase-{i}").write_text(secret + "\n")
        options += [("--passphrase", "--second-passphrase")[i], str(place / f"passphrase-{i}")]
    run("backup", folder, place / "rehearsed", "--rehearsal")
    assert entries(folder, "workspace.backup") == []
    run("backup", folder, place / "whole", *options)
    [entry] = entries(folder, "workspace.backup")
    manifest = (place / "whole/MANIFEST").read_text().splitlines()[-1].split()[1]
    assert manifest in entry.replace("\\/", "/"), (manifest, entry)
    assert '"whole":true' in entry.replace("\\", "") and '"keys":true' in entry.replace("\\", "")
    failed = subprocess.run([PROGRAM, "backup", folder, folder / "shenfa.conf/below"],
                            capture_output=True, text=True)
    assert failed.returncode not in (0, 2), failed
    assert len(entries(folder, "workspace.backup")) == 2
    everything = run("ledger", "export", folder, "--payloads").stdout
    everything += "".join(file.read_text() for file in (folder / "logs").glob("*.log"))
    assert not any(secret in everything for secret in SECRETS)


def main():
    place = pathlib.Path(tempfile.mkdtemp(prefix="shenfa-upkeep-"))
    try:
        folder = place / "workspace"
        run("init", folder, "--rulebook", "quality", "--demo")
        check_logs(folder)
        check_backups(folder, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print("upkeep: 2 passed, 0 failed")


main()
