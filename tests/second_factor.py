#!/usr/bin/env python3
"""The second factor as its holder meets it, in a real workspace with first accounts.

Usage: second_factor.py ROOT SHENFA.  The security administrator signs in with the printed
password, must change it, must set up one-time codes before anything else opens, signs in
with a code, is refused a used one, and comes back by a recovery code to setting up anew.
"""
import base64
import hashlib
import hmac
import http.client
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse

PROGRAM = sys.argv[2]
NEW = "Qiaoliang.7788.bei"


def code_of(seed, step):
    """RFC 6238, written here anew."""
    mac = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Browser:
    def __init__(self, address):
        self.address, self.cookies, self.csrf = address, {}, ""

    def ask(self, method, path, **fields):
        link = http.client.HTTPConnection(self.address, timeout=120)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        body = None
        if method == "POST":
            body = urllib.parse.urlencode({"csrf": self.csrf, "key": os.urandom(9).hex(),
                                           **fields})
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

    def sign_in(self, password, code=""):
        self.cookies = {}
        self.ask("GET", "/sign-in")
        return self.ask("POST", "/sign-in", account="security", password=password,
                        code=code)[:2]


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got}, expected {wanted}")


def set_up(browser, password, **code):
    """Through the screens; the seed, the step of the code, and the recovery codes."""
    expect("beginning", browser.ask("GET", "/second-factor")[0], 200)
    expect("a wrong password", browser.ask("POST", "/second-factor", password="no",
                                           **code)[0], 422)
    status, where, _ = browser.ask("POST", "/second-factor", password=password, **code)
    expect("a right one", (status, where), (303, "/second-factor/set-up"))
    _, _, page = browser.ask("GET", "/second-factor/set-up")
    seed = re.search(r'<b class="num">([A-Z2-7 ]+)</b>', page).group(1).replace(" ", "")
    status, _, picture = browser.ask("GET", "/second-factor/code.svg")
    expect("the picture", (status, "<svg" in picture), (200, True))
    expect("a wrong code", browser.ask("POST", "/second-factor/set-up", code="000000")[0],
           422)
    step = int(time.time()) // 30
    status, _, page = browser.ask("POST", "/second-factor/set-up", code=code_of(seed, step))
    codes = re.findall(r"<li>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</li>", page)
    expect("recovery codes", (status, len(codes)), (200, 10))
    return seed, step, codes


def walk(browser, password):
    expect("the first sign-in", browser.sign_in(password), (303, "/password"))
    expect("a desk before", browser.ask("GET", "/desk")[:2], (303, "/password"))
    browser.ask("GET", "/password")
    browser.ask("POST", "/password", old=password, new=NEW, again=NEW)
    for path in ("/desk", "/accounts", "/settings"):
        expect(f"{path} without codes", browser.ask("GET", path)[:2],
               (303, "/second-factor"))
    browser.ask("GET", "/second-factor")
    expect("an act without codes", browser.ask("POST", "/settings")[:2],
           (303, "/second-factor"))
    seed, step, codes = set_up(browser, NEW)
    expect("accounts after", browser.ask("GET", "/accounts")[0], 200)
    expect("no code", browser.sign_in(NEW)[0], 403)
    expect("the used code", browser.sign_in(NEW, code_of(seed, step))[0], 403)
    step = max(step + 1, int(time.time()) // 30)
    expect("the next code", browser.sign_in(NEW, code_of(seed, step)), (303, "/desk"))
    expect("accounts", browser.ask("GET", "/accounts")[0], 200)
    expect("a recovery code", browser.sign_in(NEW, codes[4].upper()),
           (303, "/second-factor"))
    expect("nothing else by it", browser.ask("GET", "/accounts")[:2],
           (303, "/second-factor"))
    expect("the same again", browser.sign_in(NEW, codes[4])[0], 403)
    expect("another", browser.sign_in(NEW, codes[5])[0], 303)
    set_up(browser, NEW)
    expect("accounts at the end", browser.ask("GET", "/accounts")[0], 200)


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name) / "workspace"
        said = subprocess.run([PROGRAM, "init", folder, "--rulebook", "liuzhou-stats"],
                              check=True, capture_output=True, text=True).stdout
        password = re.search(r"security +(\S+)", said).group(1)
        served = subprocess.Popen([PROGRAM, "serve", folder, "--office", "127.0.0.1:0",
                                   "--public", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                  text=True)
        try:
            address = re.search(r"http://([^/]+)/", served.stdout.readline()).group(1)
            walk(Browser(address), password)
        finally:
            served.terminate()
            served.wait()
        files = b"".join(each.read_bytes() for each in folder.glob("shenfa.db*"))
        expect("the password in the database", NEW.encode() in files, False)
    print("the second factor, from the first sign-in to the recovery code")
    return 0


sys.exit(main())
