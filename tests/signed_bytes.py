#!/usr/bin/env python3
"""What is shown before a signature is what is signed, in a served demonstration.

Usage: signed_bytes.py ROOT SHENFA.  Everybody who has a duty signs it through the screens
with his password: the digest on the sheet is the one in the bytes that were signed, the
signature verifies after the export by the two verifiers, and the key is his own.  A session
alone signs nothing, nor does a wrong password.
"""
import html
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

ROOT, PROGRAM = pathlib.Path(sys.argv[1]), sys.argv[2]
PASSWORD = "Shenfa-demo-2026"


class Browser:
    def __init__(self, address):
        self.address, self.cookies, self.csrf = address, {}, ""

    def ask(self, method, path, fields=()):
        link = http.client.HTTPConnection(self.address, timeout=120)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        body = None
        if method == "POST":
            body = urllib.parse.urlencode([("csrf", self.csrf), ("key", os.urandom(9).hex()),
                                           *fields])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link.request(method, path, body=body, headers=headers)
        answer = link.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(r'name="csrf" value="([^"]+)"', text)
        self.csrf = found.group(1) if found else self.csrf
        link.close()
        return answer.status, answer.headers.get("Location", ""), text

    def sign_in(self, account, password):
        self.cookies = {}
        self.ask("GET", "/sign-in")
        return self.ask("POST", "/sign-in", [("account", account), ("password", password)])


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got}, expected {wanted}")


def inputs(text, form):
    """The fields of the form that posts to *form*, as a browser would send them."""
    part = re.search(r'<form[^>]*action="%s".*?</form>' % re.escape(form), text, re.S)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", part.group(0)):
        told = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        name, kind = told.get("name"), told.get("type", "text")
        if name in (None, "csrf", "key", "password", "one-time"):
            continue
        if kind == "radio" and name in fields:
            continue  # the first choice is the good one
        fields[name] = html.unescape(told.get("value", "on"))
    for name in re.findall(r'<textarea[^>]*name="([^"]+)"', part.group(0)):
        fields[name] = ""
    acts = re.findall(r'<button[^>]*name="act"[^>]*value="([^"]+)"', part.group(0))
    return fields, acts


def sign(browser, manuscript, password):
    """Through the sheet; the digest that it showed, or an empty text if there was none."""
    _, _, page = browser.ask("GET", f"/manuscripts/{manuscript}/review")
    fields, acts = inputs(page, f"/manuscripts/{manuscript}/sign")
    status, _, sheet = browser.ask("POST", f"/manuscripts/{manuscript}/sign",
                                   [*fields.items(), ("act", acts[0])])
    shown = re.findall(r"(sm3:[0-9a-f]{64})</p>", sheet)
    expect("the sheet", (status, len(shown)), (200, 1))
    kept, _ = inputs(sheet, f"/manuscripts/{manuscript}/decide")
    without = browser.ask("POST", f"/manuscripts/{manuscript}/decide", kept.items())[0]
    expect("a session alone", without in (403, 422), True)
    wrong = browser.ask("POST", f"/manuscripts/{manuscript}/decide",
                        [*kept.items(), ("password", "no")])[0]
    expect("a wrong password", wrong, 403)
    status, where, _ = browser.ask("POST", f"/manuscripts/{manuscript}/decide",
                                   [*kept.items(), ("password", password)])
    expect("the signature", (status, where), (303, f"/manuscripts/{manuscript}/signed"))
    return shown[0]


def statement_of(signed):
    return dict(line.partition(" ")[::2] for line in signed["statement"].split("\n"))


def export(folder):
    path = folder.parent / "export"
    with open(path, "w") as out:
        subprocess.run([PROGRAM, "ledger", "export", folder, "--payloads"], check=True,
                       stdout=out)
    return path, [json.loads(line) for line in open(path)]


def last_decision(folder):
    entry = [e for e in export(folder)[1] if e["act"] == "review.decide"
             and e["outcome"] == 0][-1]
    return entry, json.loads(entry["payload"])["signed"][0]


def check_sheet(folder, shown, person=None):
    entry, signed = last_decision(folder)
    said = statement_of(signed)
    expect("what is signed", said["digest"], shown)
    expect("the entry's digest", entry["digest"], shown)
    expect("how he proved himself", said["proof"], "password")
    expect("the certificate", signed["certificate"].split(" ")[1], "password")
    expect("the approver", said["approver"], entry["person"])
    return signed["key"]


def verify(folder):
    path, _ = export(folder)
    for command in ([PROGRAM, "ledger", "verify-export", path],
                    [sys.executable, ROOT / "share/verify/verify_approvals.py", path],
                    [PROGRAM, "ledger", "verify", folder]):
        done = subprocess.run(command, capture_output=True, text=True)
        expect(f"{command[1]}: {done.stdout[-300:]}{done.stderr[-300:]}",
               done.returncode, 0)


def duties(browser):
    return list(dict.fromkeys(
        re.findall(r'href="/manuscripts/([0-9a-z]{13})/review"',
                   browser.ask("GET", "/desk")[2])))


def walk(folder, address):
    keys, count = {}, 0
    people = re.findall(r'name="person" value="([^"]+)"',
                        Browser(address).ask("GET", "/sign-in")[2])
    for login in people:
        browser = Browser(address)
        if browser.sign_in(login, PASSWORD)[0] != 303:
            sys.exit(f"{login} cannot sign in")
        for manuscript in duties(browser)[:2]:
            key = check_sheet(folder, sign(browser, manuscript, PASSWORD))
            expect(f"the key of {login}", keys.setdefault(login, key), key)
            count += 1
    expect("enough of them", count >= 3 and len(keys) >= 2, True)
    expect("one key each", len(set(keys.values())), len(keys))
    verify(folder)
    print(f"{count} signatures by {len(keys)} people: each over the digest that was shown")


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name) / "workspace"
        subprocess.run([PROGRAM, "init", folder, "--rulebook", "liuzhou-stats", "--demo"],
                       check=True, capture_output=True)
        served = subprocess.Popen([PROGRAM, "serve", folder, "--office", "127.0.0.1:0",
                                   "--public", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                  text=True)
        try:
            walk(folder, re.search(r"http://([^/]+)/", served.stdout.readline()).group(1))
        finally:
            served.terminate()
            served.wait()
    return 0


sys.exit(main())
