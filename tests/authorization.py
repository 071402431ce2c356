#!/usr/bin/env python3
"""Every address of the office × who asks × whose text: what is open and what is not.

Usage: authorization.py ROOT SHENFA [--print-routes].  What is expected stands in
tests/authorization.tsv, one row an address (method, pattern, who may pass the door, what
it is about), and in ACTORS and SEES below; nothing of it is read from the program.  An
address without a row, or a row without an address, fails.
"""
import http.client
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

ROOT, PROGRAM = pathlib.Path(sys.argv[1]), sys.argv[2]
LEAST = 3000
PASSWORD = "Shenfa-demo-2026"
DIGEST = "sm3:" + "0" * 64

# Who passes a door: the marks a person must have one of.
DOORS = {
    "anybody": None,
    "signed-in": {"person"},
    "staff": {"staff"},
    "office": {"office"},
    "accounts": {"security"},
    "accounts-and-office": {"security", "office"},
    "people-readers": {"office", "dept-head", "security", "audit"},
    "columns": {"operator"},
    "release": {"releaser"},
    "supervisors": {"audit", "office"},
    "machine-readers": {"system", "security", "audit", "office"},
    "token": {"person"},
}
# login: (marks, units).  The three administrators hold no content right.
ACTORS = {
    None: (set(), set()),
    "li.xiaolan": ({"staff"}, {"industry"}),
    "chen.li": ({"staff", "dept-head"}, {"industry"}),
    "huang.min": ({"staff"}, {"general"}),
    "wei.jia": ({"staff", "office"}, {"office"}),
    "zhou.zhengguo": ({"staff"}, {"bureau"}),
    "liang.zhiyuan": ({"staff", "operator", "releaser"}, {"centre"}),
    "qin.hai": ({"system"}, set()),
    "mo.lan": ({"security"}, set()),
    "luo.ping": ({"audit"}, set()),
    # made here, with tokens alone
    "child.handler": ({"staff"}, {"child"}),
    "child.head": ({"staff", "dept-head"}, {"child"}),
    "sibling.handler": ({"staff"}, {"sibling"}),
    "sibling.head": ({"staff", "dept-head"}, {"sibling"}),
}
# The drafts asked about: by whom, seen from the industry section.
SUBJECTS = {"own": ("li.xiaolan", "industry"), "sibling": ("sibling.handler", "sibling"),
            "parent": ("zhou.zhengguo", "bureau"), "child": ("child.handler", "child")}
UNITS = """单位代码,单位名称,类型,上级代码
child,工业科核算组,department,industry
sibling,农业科,department,bureau
"""
PERSONS = """姓名,账号,单位,角色
孙一,child.handler,child,handler
孙二,child.head,child,dept-head
孙三,sibling.handler,sibling,handler
孙四,sibling.head,sibling,dept-head
"""


class Browser:
    """Cookies and the form token of one person's session, or of nobody."""

    def __init__(self, address, login):
        self.address, self.cookies, self.csrf = address, {}, ""
        self.ask("GET", "/sign-in")
        if login is not None:
            assert self.ask("POST", "/demo/enter", f"person={login}")[0] == 303, login
            self.ask("GET", "/settings")

    def ask(self, method, path, form=""):
        link = http.client.HTTPConnection(self.address, timeout=120)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items()),
                   "Sec-Fetch-Site": "same-origin"}
        body = None
        if method != "GET":
            body = f"csrf={urllib.parse.quote(self.csrf)}&key={os.urandom(9).hex()}&{form}"
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link.request(method, path, body=body, headers=headers)
        answer = link.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(r'name="csrf" value="([^"]+)"', text)
        if found and method == "GET":
            self.csrf = found.group(1)
        link.close()
        return answer.status, text


def token(folder, login):
    said = subprocess.run([PROGRAM, "token", folder, login, "--json"], check=True,
                          capture_output=True, text=True).stdout
    return re.search(r"shenfa_[A-Za-z0-9_-]+", said).group(0)


def call(address, bearer, method, path, body=None, kind="application/json"):
    link = http.client.HTTPConnection(address, timeout=120)
    headers = {"Content-Type": kind}
    if bearer:
        headers["Authorization"] = "Bearer " + bearer
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    link.request(method, "/api/v1" + path, body=body, headers=headers)
    answer = link.getresponse()
    text = answer.read().decode("utf-8", "replace")
    link.close()
    return answer.status, text


def must(answer, *wanted):
    if answer[0] not in wanted:
        sys.exit(f"setting up was answered {answer}")
    return json.loads(answer[1]) if answer[1] else None


def open_accounts(address):
    """The security administrator opens what the office has asked for."""
    security = Browser(address, "mo.lan")
    _, page = security.ask("GET", "/accounts")
    for account in sorted(set(re.findall(r"/accounts/([0-9a-z]{13})", page))):
        _, page = security.ask("GET", f"/accounts/{account}")
        if re.search(r"<h1>(child|sibling)\.", page):
            security.ask("GET", f"/accounts/{account}/open")
            status, page = security.ask("POST", f"/accounts/{account}/open",
                                        f"password={PASSWORD}")
            if status not in (200, 303):
                sys.exit(f"an account was not opened: {status}")


def set_up(address, folder, tokens):
    """Units beside and below, people in them, one draft in each of four units."""
    office = tokens["wei.jia"]
    for table in (UNITS, PERSONS):
        must(call(address, office, "POST", "/people/import", table.encode(), "text/csv"), 200)
    open_accounts(address)
    for login in ACTORS:
        if login is not None and login not in tokens:
            tokens[login] = token(folder, login)
    site = must(call(address, office, "GET", "/sites"), 200)["sites"][0]["id"]
    columns = must(call(address, office, "GET", f"/columns?site={site}"), 200)["columns"]
    units = {unit["code"]: unit["id"]
             for unit in must(call(address, office, "GET", "/units"), 200)["units"]}
    drafts = {}
    for name, (login, unit) in SUBJECTS.items():
        for column in columns:
            for kind in column.get("classes") or ["statistics", "government-affairs"]:
                if name in drafts:
                    break
                answer = call(address, tokens[login], "POST", "/manuscripts",
                              {"column": column["id"], "unit": units[unit], "class": kind,
                               "title": f"稿件 {name}", "body": "<p>正文</p>"})
                if answer[0] == 201:
                    drafts[name] = json.loads(answer[1])["id"]
        if name not in drafts:
            sys.exit(f"{login} cannot begin a manuscript: {answer}")
    return drafts


def filled(pattern, draft):
    """An address of the pattern: the draft, and ids of nothing elsewhere."""
    path = re.sub(r"\{(manuscript|id)\}", draft, pattern)
    path = path.replace("{digest}", DIGEST).replace("{number}", "1")
    path = path.replace("{requirement}", "LZ-3").replace("{sequence}", "1")
    return re.sub(r"\{[^}]+\}", "0000000000001", path)


def judge(method, status, door_open, sees):
    """None if the answer is the declared one."""
    if status >= 500:
        return "the machine failed"
    if not door_open:
        return None if status in (401, 403) else "the door stood open"
    if status == 401:
        return "nobody was asked to sign in who is in"
    if sees is False:
        shut = status in (403, 404) if method == "GET" else 400 <= status < 500
        return None if shut else "somebody else's text was open"
    if sees and method == "GET" and status == 403:
        return "a reader was kept out"
    if sees is None and status == 403 and method == "GET":
        return "a person was kept out who may"
    return None


def main():
    rows, wrong, cases = {}, [], 0
    for line in (ROOT / "tests/authorization.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            method, pattern, door, about = line.split("\t")
            rows[method, pattern] = (door, about)
    said = subprocess.run([PROGRAM, "routes", "--json"], check=True, capture_output=True,
                          text=True).stdout
    routes = {(one["method"], one["pattern"]) for one in json.loads(said)}
    if "--print-routes" in sys.argv:
        print(said)
        return 0
    wrong += [f"{' '.join(each)}: no row in tests/authorization.tsv"
              for each in sorted(routes - rows.keys())]
    wrong += [f"{' '.join(each)}: a row without an address"
              for each in sorted(rows.keys() - routes)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name) / "workspace"
        subprocess.run([PROGRAM, "init", folder, "--rulebook", "liuzhou-stats", "--demo"],
                       check=True, capture_output=True)
        served = subprocess.Popen([PROGRAM, "serve", folder, "--office", "127.0.0.1:0",
                                   "--public", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                  text=True)
        try:
            address = re.search(r"http://([^/]+)/", served.stdout.readline()).group(1)
            samples = [login for login in ACTORS if login is None or "." in login
                       and not login.startswith(("child", "sibling"))]
            tokens = {login: token(folder, login) for login in samples if login}
            drafts = set_up(address, folder, tokens)
            browsers = {login: Browser(address, login) for login in samples}
            for (method, pattern), login, subject in itertools.product(
                    sorted(rows.keys() & routes), ACTORS, SUBJECTS):
                door, about = rows[method, pattern]
                api = pattern.startswith("/api")
                if about == "-" and subject != "own" or not api and login not in browsers:
                    continue
                marks, units = ACTORS[login]
                marks = marks | ({"person"} if login else set())
                door_open = DOORS[door] is None or bool(DOORS[door] & marks)
                sees = SUBJECTS[subject][1] in units if about == "manuscript" else None
                if pattern in ("/sign-out", "/demo/enter", "/sign-in", "/unlock") and \
                        method == "POST":
                    continue  # they change who asks; their own tests are in src/web
                path = filled(pattern, drafts[subject])
                if api:
                    status, _ = call(address, tokens.get(login), method,
                                     path.removeprefix("/api/v1"),
                                     None if method == "GET" else {})
                else:
                    status, _ = browsers[login].ask(method, path)
                if api and sees is None and door == "token" and status == 403:
                    status = 404  # an act's own right, asked for in the tests of the api
                cases += 1
                fault = judge(method, status, door_open, sees)
                if fault:
                    wrong.append(f"{method} {pattern} by {login or 'nobody'}"
                                 f"{' on ' + subject if about != '-' else ''}: {status}, {fault}")
        finally:
            served.terminate()
            served.wait()
    if cases < LEAST:
        wrong.append(f"only {cases} cases")
    print("\n".join(wrong[:60]) or f"{cases} cases as declared")
    if len(wrong) > 60:
        print(f"… and {len(wrong) - 60} more")
    return 1 if wrong else 0


sys.exit(main())
