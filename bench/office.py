"""The office of a large workspace measured: a real server process, real HTTP.

Used by script/bench.  Everything here speaks to `shenfa serve` as a browser does; the
accounts are the sample accounts that bench/office_bench.c makes.
"""
import http.client
import os
import pathlib
import re
import subprocess
import time
import urllib.parse


class Service:
    """`shenfa serve` of a workspace, on one processor if *core* says which."""

    def __init__(self, program, workspace, core=None):
        command = [program, "serve", workspace, "--office", "127.0.0.1:0",
                   "--public", "127.0.0.1:0"]
        if core is not None:
            command = ["taskset", "-c", str(core)] + command
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
        for child in (task / "children").read_text().split():
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
