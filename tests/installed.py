#!/usr/bin/env python3
"""What is installed runs by itself, and its units are held to their limits.

Usage: installed.py ROOT BUILD.  Installs below a temporary DESTDIR, founds a workspace
with the installed program and data alone and serves it; judges each systemd unit with
systemd-analyze (below 2.0), and one whose walls were taken away as the control.
"""
import http.client
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT, BUILD = map(pathlib.Path, sys.argv[1:3])
EXPOSURE_MOST = 20  # of 100: 2.0 on the scale that systemd-analyze prints
NEEDED = ["bin/shenfa", "share/shenfa/share/pages/admin/sign-in.html",
          "share/shenfa/share/schema/0001-ledger.sql",
          "share/shenfa/share/nginx/public.conf", "share/shenfa/share/nginx/office.conf",
          "share/shenfa/share/words/en/people.words", "share/man/man1/shenfa.1",
          "share/shenfa/rulebooks/liuzhou-stats", "lib/systemd/system/shenfa-office.service",
          "lib/systemd/system/shenfa-public.service",
          "lib/systemd/system/shenfa-worker.service", "lib/sysusers.d/shenfa.conf",
          "lib/tmpfiles.d/shenfa.conf"]


def judge_units(prefix):
    if shutil.which("systemd-analyze") is None:
        print("systemd-analyze is not installed: units not judged")
        return []
    wrong = []
    for unit in sorted((prefix / "lib/systemd/system").glob("*.service")):
        text = unit.read_text()
        if "@PROGRAM@" in text:
            wrong.append(f"{unit.name} does not name the program")
        for what, lines, fits in (
                ("shipped", text, True),
                ("without its walls", re.sub(r"(?m)^(NoNew|Protect|Private|Capab|System"
                                             r"|Restrict|Memory|Lock|IPAddr).*$", "", text),
                 False)):
            judged = unit.with_name("judged-" + unit.name)
            judged.write_text(lines.replace(str(program_of(text)), "/bin/true"))
            done = subprocess.run(["systemd-analyze", "security", "--offline=true",
                                   f"--threshold={EXPOSURE_MOST}", judged],
                                  capture_output=True, text=True)
            judged.unlink()
            level = re.search(r"exposure level.*: ([0-9.]+)", done.stdout)
            print(f"{unit.name} {what}: {level.group(1) if level else done.stderr}")
            if (done.returncode == 0) != fits:
                wrong.append(f"{unit.name} {what} is judged wrongly")
    return wrong


def program_of(text):
    return re.search(r"ExecStart=(\S+)", text).group(1)


def serve(prefix, folder):
    """The first page of office and public, from the installed files alone."""
    environment = {**os.environ, "SHENFA_HOME": str(prefix / "share/shenfa")}
    program = prefix / "bin/shenfa"
    subprocess.run([program, "init", folder, "--rulebook", "liuzhou-stats", "--demo"],
                   check=True, capture_output=True, env=environment, cwd="/")
    process = subprocess.Popen([program, "serve", folder, "--office", "127.0.0.1:0",
                                "--public", "127.0.0.1:0"], stdout=subprocess.PIPE,
                               text=True, env=environment, cwd="/")
    wrong = []
    try:
        for path, words in (("/sign-in", "登录"), ("/", "</html>")):
            line = process.stdout.readline()
            address = re.search(r"http://([^/]+)/", line).group(1)
            wrong += look(address, path, words)
            if path == "/sign-in" and (prefix / "share/shenfa/share/static/office.css").exists():
                wrong += look(address, "/static/office.css", "{")
    finally:
        process.terminate()
        process.wait()
    return wrong


def look(address, path, words):
    link = http.client.HTTPConnection(address, timeout=60)
    link.request("GET", path)
    answer = link.getresponse()
    text = answer.read().decode("utf-8", "replace")
    link.close()
    return [] if answer.status == 200 and words in text else [f"{path}: {answer.status}"]


def main():
    with tempfile.TemporaryDirectory() as name:
        here = pathlib.Path(name)
        built = (BUILD / "frontend/static/office.js").exists()
        environment = {**os.environ, "DESTDIR": str(here / "root")}
        if not built:  # without the network only this part is left out, and said
            environment["SHENFA_WITHOUT_STATIC"] = "yes"
            print("the front end is not built: installed without it")
        done = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild"],
                              capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            print(done.stdout[-2000:], done.stderr[-2000:])
            return 1
        prefix = next((here / "root").rglob("bin/shenfa")).parent.parent
        wrong = [f"{each} is not installed" for each in NEEDED if not (prefix / each).exists()]
        if built and not (prefix / "share/shenfa/share/static/office.js").exists():
            wrong.append("the front end is not installed")
        wrong += judge_units(prefix)
        wrong += serve(prefix, here / "workspace")
    print("\n".join(wrong) or "installed, judged and served")
    return 1 if wrong else 0


sys.exit(main())
