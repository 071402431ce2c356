#!/usr/bin/env python3
"""Office, worker and public listener, each a process of its own, over one demonstration.

Usage: processes.py ROOT SHENFA.  Shown: the public process lives from the published tree
alone and finds neither settings nor database; nothing of the office can be found from the
public side; what the office withdraws the worker takes away before the answer comes; the
office may run where the tree cannot be written; views that the public process counts reach
the office through the drop box, robots and staff apart.
"""
import atexit
import html.parser
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent / "crash"))
import events

PROGRAM = sys.argv[2]
PASSWORD = "Shenfa-demo-2026"
# Where the office has pages; none of it may be known to the public listener.
ENTRANCES = ["/desk", "/sign-in", "/password", "/second-factor", "/accounts", "/people",
             "/ledger", "/release", "/manuscripts", "/settings", "/unlock", "/demo/enter",
             "/api/v1/me", "/api/v1/desk", "/static/office.css", "/static/office.js",
             "/static/icons.svg", "/admin", "/login", "/shenfa.conf", "/public.conf",
             "/../shenfa.conf", "/keys/forms", "/shenfa.db", "/.lock"]
TRACES = re.compile(r"/sign-in|/desk\b|/second-factor|/api/v1|/accounts\b|shenfa\.conf")


class Serving:
    """One process of `shenfa serve`; its address once it listens."""

    def __init__(self, folder, role, *options, before=()):
        self.process = subprocess.Popen(
            [*before, PROGRAM, "serve", folder, "--role", role, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # only if something threw before its end
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{role} did not start: {self.process.stderr.read()}")
        found = re.search(r"http://([^/]+)/", line)
        self.address = found.group(1) if found else None

    def end(self):
        self.process.terminate()
        _, said = self.process.communicate()
        if self.process.returncode != 0:
            print(said[-3000:])
        return self.process.returncode


def ask(address, path, method="GET", headers=None, body=None):
    link = http.client.HTTPConnection(address, timeout=60)
    link.request(method, path, body=body, headers=headers or {})
    answer = link.getresponse()
    text = answer.read().decode("utf-8", "replace")
    link.close()
    return answer.status, str(answer.headers), text


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes
                       if name in ("href", "src", "action") and value]


def crawl(public, office):
    """Every page the public side leads to; what in it points to the office."""
    port = office.split(":")[1]
    waiting = ["/", "/robots.txt", "/sitemap.xml", "/feed.xml", "/404.html", "/zz/"]
    seen, told = set(waiting), []
    while waiting and len(seen) < 3000:
        path = waiting.pop()
        status, headers, text = ask(public, path)
        everything = headers + text
        if f":{port}" in everything or TRACES.search(everything):
            told.append(f"{path} tells of the office")
        links = Links()
        if "html" in headers and status == 200:
            links.feed(text)
        links.found += re.findall(r"<loc>(.*?)</loc>", text)
        for link in links.found:
            address = urllib.parse.urlsplit(urllib.parse.urljoin(f"http://{public}{path}", link))
            if address.netloc == public and address.path not in seen:
                seen.add(address.path)
                waiting.append(address.path)
    for path in ENTRANCES:
        for host in (public, office, "office.example"):
            status, headers, text = ask(public, path, headers={"Host": host})
            if status not in (400, 404) or TRACES.search(headers + text):
                told.append(f"{path} with Host {host} answers {status}")
    return len(seen), told


def token(folder, login):
    said = subprocess.run([PROGRAM, "token", folder, login, "--json"], check=True,
                          capture_output=True, text=True).stdout
    return re.search(r"shenfa_[A-Za-z0-9_-]+", said).group(0)


def call(office, bearer, path, body=None):
    status, _, text = ask(office, "/api/v1" + path, "GET" if body is None else "POST",
                          {"Authorization": "Bearer " + bearer,
                           "Content-Type": "application/json",
                           "Idempotency-Key": os.urandom(12).hex()},
                          None if body is None else json.dumps(body))
    return status, json.loads(text) if text else None


def read_only(folder):
    """A prefix that shows the tree read only to one process, where this machine can."""
    script = ('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"')
    before = ["unshare", "-m", "sh", "-c", script, "sh", str(folder)]
    tried = subprocess.run([*before, "true"], capture_output=True)
    return before if tried.returncode == 0 else []


def withdraw_one(office, public, folder):
    """Withdraw a live item through the office; its page is gone with the answer."""
    bearer = token(folder, "liang.zhiyuan")
    status, answer = call(office, bearer, "/manuscripts?page_size=200")
    live = [one for one in answer["manuscripts"] if one.get("state") in ("live", "published")]
    if not live:
        states = sorted({one.get("state") for one in answer["manuscripts"]})
        return [f"no live manuscript in the demonstration: {states}"]
    status, history = call(office, bearer, f"/manuscripts/{live[0]['id']}")
    pages = re.findall(r'"(?:url|path|address)": "([^"]+)"',
                       json.dumps(history))
    status, answer = call(office, bearer, f"/manuscripts/{live[0]['id']}/withdrawal",
                          {"kind": "correction", "reason": "进程分离测试",
                           "password": PASSWORD})
    if status != 200:
        return [f"withdrawal was answered {status}: {answer}"]
    pages += re.findall(r'"(?:url|path|address)": "([^"]+)"',
                        json.dumps(answer))
    pages = ["/" + urllib.parse.urlsplit(page).path.lstrip("/") for page in pages
             if page.endswith(".html")]
    if not pages:
        return [f"the answer names no page: {answer}"]
    return [f"{page} still answers {ask(public, page)[0]}" for page in pages
            if ask(public, page)[0] != 410]


def look(public, page, agent, source="127.0.0.1"):
    """As a browser does: the page, and the picture that stands in it."""
    link = http.client.HTTPConnection(public, timeout=60, source_address=(source, 0))
    headers = {"User-Agent": agent}
    link.request("GET", page, headers=headers)
    found = re.search(r'<img class="unseen" src="([^"]+)"', link.getresponse().read().decode())
    if not found:
        return f"{page} is not counted"
    link.request("GET", urllib.parse.urljoin(page, found.group(1)), headers=headers)
    answer = link.getresponse()
    answer.read()
    link.close()
    told = (answer.status, answer.headers["Cache-Control"], answer.headers["Content-Type"])
    return None if told == (200, "no-store", "image/gif") else f"{page}: {told}"


def count_views(name):
    """A site that is counted: from the public process through the drop box to the office."""
    folder, outside = name / "counted", name / "counted-outside"
    subprocess.run([PROGRAM, "init", folder, "--rulebook", "cixi", "--demo"], check=True,
                   capture_output=True)
    with (folder / "shenfa.conf").open("a") as settings:
        settings.write("\nstaff-from = 127.0.0.2\n")
    worker = Serving(folder, "worker")
    office = Serving(folder, "office", "--office", "127.0.0.1:0")
    outside.mkdir()
    for each in ("public", "drop"):
        (outside / each).symlink_to(folder / each)
    shutil.copy(folder / "public.conf", outside)
    public = Serving(outside, "public", "--public", "127.0.0.1:0")
    site = next(each.name for each in (folder / "public").iterdir() if each.is_dir()
                and not each.name.startswith("."))
    item = next((folder / "public" / site).glob("*/2*/*.html"))
    item = "/" + str(item.relative_to(folder / "public" / site))
    browser = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    wrong = [look(public.address, "/", browser), look(public.address, item, browser),
             look(public.address, "/zz" + item, browser),
             look(public.address, item, "Mozilla/5.0 (compatible; Baiduspider/2.0)"),
             look(public.address, item, browser, "127.0.0.2")]
    if ask(public.address, "/s/seen/no-such-page.html.gif")[0] != 404:
        wrong.append("what is no page is counted")
    # Its end hands the views on; the worker looks into the drop box by itself, and takes
    # away what it has merged.
    drop = events.Tree(folder / "drop")
    ended = [public.end()]
    bearer = token(folder, "liang.zhiyuan")
    period = time.strftime("%Y", time.gmtime(time.time() + 8 * 3600))
    expected = {"views": 3, "robots": 1, "staff": 1}
    until = time.monotonic() + 60
    while True:
        _, answer = call(office.address, bearer, f"/views?period={period}")
        got = {kind: sum(one[kind] for one in answer["sites"]) for kind in expected}
        if got == expected or not drop.changed(until - time.monotonic()):
            break
    drop.close()
    if got != expected:
        wrong.append(f"counted {got}, expected {expected}")
    if [one["views"] for one in answer["items"]] != [2]:
        wrong.append(f"the item has {answer['items']}")
    ended += [each.end() for each in (office, worker)]
    if list((folder / "drop").iterdir()):
        wrong.append("the drop was not taken away")
    if any(ended):
        wrong.append(f"the processes of the counted site ended with {ended}")
    return [each for each in wrong if each]


def main():
    wrong = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name) / "workspace"
        outside = pathlib.Path(name) / "outside"
        subprocess.run([PROGRAM, "init", folder, "--rulebook", "liuzhou-stats", "--demo"],
                       check=True, capture_output=True)
        before = read_only(folder / "public")
        if not before:
            print("this machine mounts nothing: the office ran with the tree writable")
        worker = Serving(folder, "worker")
        office = Serving(folder, "office", "--office", "127.0.0.1:0", before=before)
        # All that the public process may see, and a drop box it cannot read.
        outside.mkdir()
        (outside / "public").symlink_to(folder / "public")
        shutil.copy(folder / "public.conf", outside)
        public = Serving(outside, "public", "--public", "127.0.0.1:0")
        opened = [os.readlink(f"/proc/{public.process.pid}/fd/{each}")
                  for each in os.listdir(f"/proc/{public.process.pid}/fd")]
        wrong += [f"the public process has {each} open" for each in opened
                  if "shenfa.db" in each or each.endswith("shenfa.conf") or "/keys" in each]
        if worker.address is not None:
            wrong.append("the worker listens")
        if (folder / "drop").stat().st_mode & 0o777 != 0o730:
            wrong.append("the drop box can be listed")
        pages, told = crawl(public.address, office.address)
        wrong += told
        wrong += withdraw_one(office.address, public.address, folder)
        if ask(office.address, "/sign-in")[0] != 200:
            wrong.append("the office does not answer")
        # The crawl would have found an entrance: it finds one that is put there.
        planted = next((folder / "public").glob("*/index.html"))
        planted.write_text(planted.read_text().replace(
            "</body>", f'<a href="http://{office.address}/sign-in">x</a></body>'))
        if not crawl(public.address, office.address)[1]:
            wrong.append("a planted link to the office was not found")
        ended = [each.end() for each in (office, worker)]
        if ask(public.address, "/")[0] != 200:
            wrong.append("the public site died with office and worker")
        ended.append(public.end())
        if ended != [0, 0, 0]:
            wrong.append(f"the processes ended with {ended}")
        wrong += count_views(pathlib.Path(name))
    print("\n".join(wrong) or f"{pages} public addresses tell nothing of the office")
    return 1 if wrong else 0


sys.exit(main())
