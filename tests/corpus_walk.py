#!/usr/bin/env python3
"""A hundred real documents through the whole route, by the HTTP API of the real program.

Usage: corpus_walk.py ROOT PROGRAM [COUNT [SECONDS]]; exit status 77 (skipped) where there
is no corpus beside the project.  After SECONDS (300; 0 is no limit) no further document is
begun: a slow machine walks fewer, at least a tenth, and says so.

Each is begun, submitted, decided at every step by whoever holds its post, and released;
then the page that the public gets must hold its title and the first words of its text,
and the ledger must verify.  A document that the screening stops is told of and another
one takes its place.  Last, a slice of the corpus is migrated and published.
"""
import concurrent.futures
import glob
import gzip
import html
import http.client
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT, PROGRAM = pathlib.Path(sys.argv[1]), sys.argv[2]
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 100
SECONDS = int(sys.argv[4]) if len(sys.argv) > 4 else 300
CORPUS = ROOT.parent / "shared" / "data" / "corpus"
PASSWORD = "Shenfa-demo-2026"
PEOPLE = ("li.xiaolan", "chen.li", "huang.min", "wei.jia", "zhou.zhengguo", "liang.zhiyuan")
ROUTES = {"statistics": 7, "government-affairs": 7}  # decisions after the author's own
# What lets each question pass; all others are ticks.
ANSWERS = {"classified": "no", "trade-secret": "no", "privacy": "no", "damaging": "no",
           "adverse": "no", "secrecy-verdict": "clear", "content-verdict": "agreed",
           "instruction": "release"}
DECLARED = {"proofread": "yes", "declared-true": "yes", "declared-accurate": "yes",
            "declared-safe": "yes"}
sys.path.insert(0, str(ROOT / "bench"))
import office  # noqa: E402

here = threading.local()


def ask(service, token, method, path, body=None, expected=(200, 201), seen=None):
    """One request on this thread's connection; the answer as JSON.  *seen*: If-Match."""
    if getattr(here, "office", None) != service.office:
        here.office = service.office
        here.connection = http.client.HTTPConnection(service.office, timeout=60)
    here.connection.request(method, "/api/v1" + path,
                            None if body is None else json.dumps(body),
                            {"Authorization": f"Bearer {token}",
                             "Content-Type": "application/json",
                             **({"If-Match": seen} if seen else {})})
    answer = here.connection.getresponse()
    text = answer.read().decode()
    if answer.status not in expected:
        raise SystemExit(f"{method} {path}: {answer.status}\n{text}")
    here.version = answer.getheader("ETag")
    return answer.status, json.loads(text)


def documents():
    """Every file of the corpus by turns, spread over its length."""
    def spread(path):
        lines = gzip.open(path, "rt", encoding="utf-8").readlines()
        step = max(1, len(lines) // COUNT)
        for start in range(step):
            yield from lines[start::step]
    turns = [spread(path) for path in sorted(glob.glob(f"{CORPUS}/*.jsonl.gz"))]
    for lines in itertools.zip_longest(*turns):
        yield from (json.loads(line) for line in lines if line is not None)


def body_of(document):
    if document["body_format"] == "html":
        return document["body"]
    return "".join(f"<p>{html.escape(line.strip('#*- '))}</p>"
                   for line in document["body"].split("\n") if line.strip())


def words_of(text):
    """Text without tags and blanks, so that a page can be searched for it."""
    plain = html.unescape(re.sub(r"<[^>]*>", "", text))
    return re.sub(r"[\s\u3000\u200b\ufeff]+", "", plain)


def walk(service, tokens, place, number, document):
    """True if it is public in the end, False if the screening stopped it."""
    item_class = list(ROUTES)[number % len(ROUTES)]
    title = document["title"].strip()[:120]
    author = tokens["li.xiaolan"]
    _, made = ask(service, author, "POST", "/manuscripts", {
        "column": place["column"], "unit": place["unit"], "class": item_class,
        "title": title, "body": body_of(document),
        "fields": {"disclosure": "active", "origin": place["origin"],
                   "source": "柳州市统计局"}})
    path = f"/manuscripts/{made['id']}"
    status, said = ask(service, author, "POST", f"{path}/submission",
                       {"declarations": DECLARED}, (200, 409, 422), here.version)
    if status != 200:
        _, found = ask(service, author, "GET", f"{path}/findings", expected=(200, 404))
        if not any(finding.get("severity") == "block"
                   for finding in found.get("findings", [])):
            raise SystemExit(f"{title}: refused without a finding\n{said}")
        return False
    decided = 0
    while True:
        step = decide_or_release(service, tokens, path)
        if step == "release":
            break
        decided += 1
    if decided < ROUTES[item_class] - 1:
        raise SystemExit(f"{title}: released after {decided} decisions")
    _, shown = ask(service, author, "GET", f"{path}/releases")
    answer, page = office.get(service.public, "/" + shown["releases"][0]["path"])
    start = words_of(body_of(document))[:40]
    if answer.status != 200 or html.escape(title) not in page or start not in words_of(page):
        raise SystemExit(f"{title}: the public page is not it ({answer.status})")
    return True


def decide_or_release(service, tokens, path):
    """The present step done by the first who may; its code."""
    for token in tokens.values():
        status, offer = ask(service, token, "GET", f"{path}/step", expected=(200, 404))
        if status != 200 or not offer["may_decide"]:
            continue
        step = offer["step"]
        if step["code"] == "release":
            ask(service, token, "POST", f"{path}/releases",
                {"digest": offer["run"]["digest"], "password": PASSWORD})
            return "release"
        outcome = next(outcome["code"] for outcome in step["outcomes"]
                       if not outcome["reason"])
        wish = {"digest": offer["run"]["digest"], "step": step["code"], "outcome": outcome,
                "role": offer["role"],
                "answers": {question["code"]: ANSWERS.get(question["code"], "yes")
                            for question in step["questions"]}}
        if step["signature"]:
            wish["password"] = PASSWORD
        ask(service, token, "POST", f"{path}/decisions", wish)
        return step["code"]
    raise SystemExit(f"{path}: nobody may decide\n{offer}")


def run(*words):
    done = subprocess.run([PROGRAM, *words], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"shenfa {' '.join(map(str, words))}: {done.returncode}\n{done.stdout}")
    return done.stdout


def walk_all(workspace):
    tokens = {login: re.search(r"shenfa_[\w-]+", run("token", workspace, login))[0]
              for login in PEOPLE}
    service = office.Service(PROGRAM, workspace)
    try:
        _, sites = ask(service, tokens["li.xiaolan"], "GET", "/sites")
        _, columns = ask(service, tokens["li.xiaolan"], "GET",
                         f"/columns?site={sites['sites'][0]['id']}")
        _, written = ask(service, tokens["li.xiaolan"], "GET", "/manuscripts")
        place = {"column": next(column["id"] for column in columns["columns"]
                                if column["path"] == "sjfb/tjfx"),
                 "unit": written["manuscripts"][0]["unit"],
                 "origin": time.strftime("%Y-%m-%d")}
        queue = enumerate(documents())
        lock = threading.Lock()
        counts = {True: 0, False: 0}
        begun = time.monotonic()

        def work():
            while True:
                with lock:
                    late = SECONDS > 0 and time.monotonic() - begun > SECONDS
                    if counts[True] >= COUNT or late:
                        return
                    counts[True] += 1  # taken; given back if it is stopped
                    number, document = next(queue)
                if not walk(service, tokens, place, number, document):
                    with lock:
                        counts[True] -= 1
                        counts[False] += 1

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(work) for _ in range(4)]:
                done.result()
        if counts[True] < COUNT // 10:
            raise SystemExit(f"only {counts[True]} documents in {SECONDS} s")
        return counts
    finally:
        service.stop()


def migrate_slice(workspace):
    """Every hundredth record, in the columns that are there."""
    token = re.search(r"shenfa_[\w-]+", run("token", workspace, "chen.li"))[0]
    lines = [json.dumps(document, ensure_ascii=False)
             for document in itertools.islice(documents(), 0, 3 * COUNT, 3)]
    path = pathlib.Path(workspace) / "slice.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    before = mapped(workspace)
    run("migrate", workspace, path, "--column", "zwgk/zcwj", "--unit", "industry", "--class",
        "government-affairs", "--as", "li.xiaolan", "--second-token", token)
    run("publish", workspace, "--rebuild")
    run("ledger", "verify", workspace)
    listed = mapped(workspace) - before
    if listed != len(lines):
        raise SystemExit(f"the site map has {listed} more pages for {len(lines)} items")
    return len(lines)


def mapped(workspace):
    """How many pages of the published tree its site map names, each of them there."""
    tree = pathlib.Path(workspace) / "public/main"
    paths = [path for shard in tree.glob("sitemap-*.xml")
             for path in re.findall(r"<loc>https://[^/]*/([^<]*[^/<])</loc>", shard.read_text())]
    missing = [path for path in paths if not (tree / path).is_file()]
    if missing:
        raise SystemExit(f"the site map names what is not there: {missing[:3]}")
    return len(paths)


def furnish(home):
    """A place for the program with all that the source has, and no front end to build."""
    (home / "share/static").mkdir(parents=True)
    for entry in (ROOT / "share").iterdir():
        (home / "share" / entry.name).symlink_to(entry)
    (home / "rulebooks").symlink_to(ROOT / "rulebooks")
    os.environ["SHENFA_HOME"] = str(home)


def main():
    if not CORPUS.is_dir():
        print("there is no corpus beside the project: nothing to walk")
        return 77
    with tempfile.TemporaryDirectory(prefix="shenfa-corpus-") as name:
        furnish(pathlib.Path(name) / "home")
        workspace = str(pathlib.Path(name) / "w")
        run("init", workspace, "--rulebook", "liuzhou-stats", "--demo")
        begun = time.monotonic()
        counts = walk_all(workspace)
        walked = time.monotonic()
        taken = migrate_slice(workspace)
        print(f"{counts[True]} of {COUNT} documents walked in {walked - begun:.0f} s, {counts[False]} "
              f"stopped by the screening; {taken} migrated and published in "
              f"{time.monotonic() - walked:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
