"""A large workspace made and measured: the real program, a real server, real HTTP.

Used by script/bench and tests/corpus_walk.py.  Everything here calls `shenfa` or speaks
to `shenfa serve` as a browser does; the accounts are the sample accounts that
bench/office_bench.c makes.
"""
import collections
import glob
import gzip
import http.client
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.parse

ahead = []  # words before a command, to run it ahead of other programs


class Service:
    """`shenfa serve` of a workspace, on one processor if *core* says which."""

    def __init__(self, program, workspace, core=None):
        command = [program, "serve", workspace, "--office", "127.0.0.1:0",
                   "--public", "127.0.0.1:0"]
        if core is not None:
            command = ["taskset", "-c", str(core)] + command
        command = ahead + command
        begun = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.office = self._address("Office:")
        self.public = self._address("Public:")
        get(self.office, "/sign-in")
        self.start_ms = (time.monotonic() - begun) * 1000

    def _address(self, name):
        line = self.process.stdout.readline()
        if not line.startswith(name):
            raise SystemExit(f"the server said: {line}")
        return line.split("http://")[1].strip().rstrip("/")

    def resident_mb(self):
        """Of the server and of the processes it began (the parsers' sandbox)."""
        return sum(resident(pid) for pid in [self.process.pid, *children(self.process.pid)])

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1]
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def children(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            listed = (task / "children").read_text()
        except FileNotFoundError:
            continue  # a thread that has ended meanwhile
        for child in listed.split():
            found += [int(child), *children(int(child))]
    return found


def resident(pid):
    """Megabytes that belong to the process: pages shared with others by their part."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss: +(\d+) kB", text, re.M)[1]) / 1000


def get(address, path, headers=()):
    connection = http.client.HTTPConnection(address)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body.decode()


def enter(address, login):
    """The session cookie of a sample account."""
    answer, page = get(address, "/sign-in")
    visitor = answer.getheader("Set-Cookie").split(";")[0]
    token = re.search(r'name="csrf" value="([^"]*)"', page)[1]
    connection = http.client.HTTPConnection(address)
    connection.request("POST", "/demo/enter",
                       urllib.parse.urlencode({"person": login, "csrf": token, "key": os.urandom(9).hex()}),
                       {"Cookie": visitor, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    cookies = [value.split(";")[0] for name, value in answer.getheaders()
               if name.lower() == "set-cookie" and value.startswith("session=")]
    if not cookies:
        raise SystemExit(f"{login} could not enter: {answer.status}")
    return cookies[0]


SCRIPT = """
local wishes, count, at = {}, 0, 0
function init()
  for line in io.lines("%s") do
    local cookie, path = line:match("^(%%S+) (%%S+)$")
    count = count + 1
    wishes[count] = wrk.format("GET", path, {Cookie = cookie})
  end
end
function request()
  at = at %% count + 1
  return wishes[at]
end
"""


def drive(address, wishes, workspace, seconds, core=None):
    """Requests a second and the 99th hundredth of their times over (cookie, path) pairs."""
    listed = pathlib.Path(workspace) / "wishes"
    script = pathlib.Path(workspace) / "wishes.lua"
    listed.write_text("".join(f"{cookie} {path}\n" for cookie, path in wishes))
    script.write_text(SCRIPT % listed)
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", script,
               f"http://{address}"]
    if core is not None:
        command = ["taskset", "-c", str(core)] + command
    command = ahead + command
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in done:
        raise SystemExit(f"not every page was given:\n{done}")
    return (float(re.search(r"Requests/sec: +([\d.]+)", done)[1]),
            re.search(r"99% +(\S+)", done)[1])


def desks(service, accounts):
    """Sessions of all accounts, and a review page that each reviewer can act on."""
    sessions = [enter(service.office, f"bench.{number}") for number in range(accounts)]
    reviews = []
    for cookie in sessions:
        _, page = get(service.office, "/desk", {"Cookie": cookie})
        reviews += [(cookie, path) for path in
                    re.findall(r'class="title" href="(/manuscripts/\w+/review)"', page)]
    return [(cookie, "/desk") for cookie in sessions], reviews


def by_column(corpus, most):
    """Lines of JSON by their column's title: of the corpus, or of our own making."""
    columns = collections.defaultdict(list)
    if corpus is None:
        sentence = "各县区统计局要结合实际，细化措施，压实责任，确保统计数据真实准确、完整及时。"
        for i in range(most):
            columns[f"政务公开/统计动态{i % 12}"].append(json.dumps(
                {"title": f"关于做好第{i + 1}次统计数据质量核查工作的通知",
                 "pub_date": f"20{6 + i * 20 // most:02}-{1 + i % 12:02}-{1 + i % 28:02}",
                 "source": "示范市统计局", "body_format": "text",
                 "body": (sentence * 4 + "\n") * (3 + i % 10)}, ensure_ascii=False) + "\n")
        return columns
    lines = [line for path in sorted(glob.glob(f"{corpus}/*.jsonl.gz"))
             for line in gzip.open(path, "rt", encoding="utf-8")]
    step = max(1, len(lines) // most)
    for line in lines[::step][:most]:
        columns[json.loads(line)["column"]].append(line)
    return columns


def program_says(program, *words, given=None):
    return subprocess.run([program, *words], check=True, input=given, text=True,
                          stdout=subprocess.PIPE).stdout


def take_over(binaries, workspace, corpus, most, say):
    """A demonstration with the corpus migrated, column by column, and published."""
    program, bench = binaries / "src/shenfa", binaries / "bench/office-bench"
    program_says(program, "init", workspace, "--rulebook", "liuzhou-stats", "--demo")
    columns = by_column(corpus, most)
    made = program_says(bench, workspace, "columns", given="\n".join(columns) + "\n")
    paths = dict(line.split("\t") for line in made.splitlines())
    token = re.search(r"shenfa_[\w-]+", program_says(program, "token", workspace, "chen.li"))[0]
    begun = time.monotonic()
    for number, (title, lines) in enumerate(columns.items()):
        listed = pathlib.Path(workspace) / "lines.jsonl"
        listed.write_text("".join(lines), encoding="utf-8")
        program_says(program, "migrate", workspace, listed, "--column", paths[title], "--unit",
                     "industry", "--class", "government-affairs", "--as", "li.xiaolan",
                     "--second-token", token)
        if number % 20 == 0:
            say(f"  {number} of {len(columns)} columns")
    migrated = time.monotonic()
    program_says(program, "publish", workspace, "--rebuild")
    published = time.monotonic()
    program_says(program, "ledger", "verify", workspace)
    return {"items": sum(map(len, columns.values())), "columns": len(columns),
            "migrate": migrated - begun, "publish": published - migrated,
            "verify": time.monotonic() - published}


def sync_ms(directory):
    """How long a sync of one small file takes here: the middle one and the 99th."""
    times = []
    path = pathlib.Path(directory) / "probe"
    for _ in range(100):
        with open(path, "wb") as file:
            begun = time.monotonic()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append((time.monotonic() - begun) * 1000)
    times.sort()
    return times[50], times[98]


def measure(binaries, workspace, corpus, most, seconds, say):
    """Everything of the office, as one dictionary."""
    program, bench = binaries / "src/shenfa", binaries / "bench/office-bench"
    where = pathlib.Path(workspace) / "office"
    found = take_over(binaries, where, corpus, most, say)
    started = []
    for _ in range(5):
        service = Service(program, where)
        started.append(service.start_ms)
        found["rest_mb"] = service.resident_mb()
        service.stop()
    found["start_ms"] = sorted(started)[2]
    say("a bureau of two hundred and its manuscripts …")
    program_says(bench, where, "people", "200")
    program_says(bench, where, "manuscripts", "200", "1200")
    found["manuscripts"] = found["items"] + 1200
    service = Service(program, where, core=0 if os.cpu_count() > 1 else None)
    try:
        desk, review = desks(service, 200)
        drive(service.office, desk + review, workspace, 1)  # what is read once is read
        for name, wishes in (("desk", desk), ("review", review)):
            used = service.processor_seconds()
            rate, late = drive(service.office, wishes, workspace, seconds,
                               core=1 if os.cpu_count() > 1 else None)
            used = service.processor_seconds() - used
            found[name] = {"rate": rate, "p99": late, "us": used / (rate * seconds) * 1e6}
        found["busy_mb"] = service.resident_mb()
    finally:
        service.stop()
    say("from signature to page …")
    found["sync_p50"], found["sync_p99"] = sync_ms(where)
    found["visible"] = json.loads(program_says(*ahead, bench, where, "visible", "100"))
    return found


BODIES = ("yunzhou", "bazhong-nr", "shizhu", "daqing", "mashan", "education", "quality",
          "cixi", "complaints-12365", "weather", "changshan-tax")


def bodies(binaries, workspace, manuscripts, say):
    """A decision in a workspace of twelve bodies and many manuscripts, and in a small one."""
    program = binaries / "src/shenfa"
    one, many = (pathlib.Path(workspace) / name for name in ("one-body", "bodies"))
    program_says(program, "init", one, "--rulebook", "liuzhou-stats", "--demo")
    taken = take_over(binaries, many, None, manuscripts, say)
    for code in BODIES:
        program_says(program, "site", "add", many, "--rulebook", code,
                     "--office", "zhou.zhengguo")
    root = pathlib.Path(__file__).resolve().parent.parent
    found = json.loads(program_says(*ahead, binaries / "bench/decision-bench",
                                    root / "rulebooks", one, many, "200"))
    return {**found, "bodies": len(BODIES) + 1, "manuscripts": taken["items"]}
