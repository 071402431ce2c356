#!/usr/bin/env python3
"""wapiti and sqlmap against a seeded instance behind nginx with TLS, as it is deployed.

Usage: scan.py ROOT SHENFA [--planted SHENFA-WITH-HOLES] [--share FOLDER] [--seconds N]

Everything runs on loopback and ends by itself.  Nothing of medium or higher may be found
in SHENFA.  With --planted the same scan of a build with five holes (tests/holes.py makes
it) must find at least four of them: a scanner that finds nothing there finds nothing here.
Exit status 77 where a scanner is not installed.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WORDS = argparse.ArgumentParser()
WORDS.add_argument("root", type=pathlib.Path)
WORDS.add_argument("program", type=pathlib.Path)
WORDS.add_argument("--planted", type=pathlib.Path)
WORDS.add_argument("--share", type=pathlib.Path, help="SHENFA_HOME of the planted build")
WORDS.add_argument("--seconds", type=int, default=600, help="for each scan")
MODULES = "cookieflags,csp,http_headers,redirect,xss,sql,file,exec,crlf,methods,backup"
# What the planted holes are called where they are found.
HOLES = {"Content Security Policy Configuration": "no policy",
         "HTTP Secure Headers": "no frame and type headers",
         "HttpOnly Flag cookie": "cookies open to scripts",
         "Cross Site Scripting": "text written unescaped",
         "Reflected Cross Site Scripting": "text written unescaped",
         "Open Redirect": "redirects anywhere"}
# Wapiti gives no grades before 3.1; these are not defects of themselves, and neither is
# the lack of X-XSS-Protection, which browsers no longer heed.
HARMLESS = {"Internal Server Error", "Resource consumption", "Fingerprint web technology"}


def certificate(here):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-keyout", here / "key.pem", "-out", here / "cert.pem"],
                   check=True, capture_output=True)


def front(nginx, root, here, port):
    """share/nginx/office.conf as shipped, with the paths of this place."""
    shipped = (root / "share/nginx/office.conf").read_text()
    shipped = shipped.replace("/run/shenfa/office.sock", str(here / "office.sock"))
    shipped = shipped.replace("/var/log/nginx/shenfa-office.log", str(here / "access.log"))
    (here / "office.conf").write_text(shipped)
    (here / "nginx.conf").write_text(f"""
daemon off; pid {here}/pid; error_log {here}/error.log crit; worker_processes 1; user root;
events {{ }}
http {{ server_tokens off; client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
  fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
  server {{ listen 127.0.0.1:{port} ssl; server_name localhost;
    ssl_certificate {here}/cert.pem; ssl_certificate_key {here}/key.pem;
    location = /sign-out {{ return 204; }} # or the scanner ends its own session
    include {here}/office.conf; }} }}
""")
    return subprocess.Popen([nginx, "-c", here / "nginx.conf", "-e", "stderr"])


def free_port():
    import socket
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def enter(port):
    """The cookies of a clerk of the demonstration, by curl as a browser would."""
    base = ["curl", "-ksS", "--max-time", "60", "--retry", "20", "--retry-connrefused"]
    head = subprocess.run([*base, "-i", f"https://127.0.0.1:{port}/sign-in"], check=True,
                          capture_output=True, text=True).stdout
    visitor = re.search(r"(?im)^set-cookie: ([^;\n]*visitor=[^;\n]+)", head).group(1)
    csrf = re.search(r'name="csrf" value="([^"]+)"', head).group(1)
    head = subprocess.run([*base, "-i", "-b", visitor, "--data-urlencode", f"csrf={csrf}",
                           "-d", "person=li.xiaolan", f"https://127.0.0.1:{port}/demo/enter"],
                          check=True, capture_output=True, text=True).stdout
    return re.search(r"(?im)^set-cookie: ([^;\n]*session=[^;\n]+)", head).group(1)


def wapiti(here, port, cookie, seconds):
    """What is found, by its name: [(name, address, what)]."""
    report = here / "wapiti.json"
    base = f"https://127.0.0.1:{port}/"
    command = ["wapiti", "-u", base, "--scope", "folder", "-m", MODULES, "-d", "3",
               "--max-links-per-page", "40", "--max-scan-time", str(max(15, seconds // 4)),
               "--max-attack-time", str(max(8, seconds // 15)), "-S", "normal",
               "-f", "json", "-o", report, "--flush-session", "--verify-ssl", "0",
               "--no-bugreport", "-v", "0"]
    for start in ("manuscripts?q=a", "manuscripts/new", "settings", "rules", "columns",
                  "matters?state=open") if cookie else ("sign-in?next=a",):
        command += ["-s", base + start]
    if cookie:
        command += ["-H", f"Cookie: {cookie}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds * 3 + 120,
                          env={**os.environ, "HOME": str(here)})
    if not report.exists():
        sys.exit(f"wapiti made no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = json.loads(report.read_text())
    return [(name, one.get("path", ""), one.get("info", ""))
            for kind in ("vulnerabilities", "anomalies")
            for name, each in found.get(kind, {}).items() for one in each
            if name not in HARMLESS and "X-XSS-Protection" not in one.get("info", "")]


def sqlmap(here, port, cookie, seconds):
    """Lines that name an injectable parameter."""
    base = f"https://127.0.0.1:{port}"
    found = []
    for address in ("/manuscripts?q=a&state=draft&page=1", "/columns?q=1", "/rules?q=a",
                    "/matters?state=open&page=1"):
        done = subprocess.run(
            ["timeout", str(seconds), "sqlmap", "-u", base + address, "--batch",
             "--cookie", cookie, "--level", "2", "--risk", "1", "--timeout", "20",
             "--threads", "1", "--disable-coloring", "--flush-session",
             "--output-dir", here / "sqlmap", "--technique", "BEU"],
            capture_output=True, text=True)
        found += [f"{address}: {line}" for line in done.stdout.splitlines()
                  if re.search(r"is vulnerable|Parameter: .*\(", line)]
    return found


def scan(words, program, share, seconds):
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    environment = {**os.environ, **({"SHENFA_HOME": str(share)} if share else {})}
    with tempfile.TemporaryDirectory() as name:
        here = pathlib.Path(name)
        folder = here / "workspace"
        subprocess.run([program, "init", folder, "--rulebook", "liuzhou-stats", "--demo"],
                       check=True, capture_output=True, env=environment)
        certificate(here)
        port = free_port()
        served = subprocess.Popen([program, "serve", folder, "--office",
                                   f"unix:{here}/office.sock", "--public", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, text=True, env=environment)
        served.stdout.readline()
        proxy = front(nginx, words.root, here, port)
        try:
            cookie = enter(port)
            found = wapiti(here, port, None, seconds) + wapiti(here, port, cookie, seconds)
            injected = sqlmap(here, port, cookie, max(30, seconds // 4))
            alive = subprocess.run(["curl", "-ksSf", f"https://127.0.0.1:{port}/sign-in"],
                                   capture_output=True).returncode == 0
        finally:
            for each in (proxy, served):
                each.terminate()
                each.wait()
    return found, injected, alive


def main():
    words = WORDS.parse_args()
    for tool in ("wapiti", "sqlmap", "openssl", "curl"):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed")
            return 77
    found, injected, alive = scan(words, words.program, None, words.seconds)
    names = sorted({f"{name}: {what} ({path})" for name, path, what in found})
    print("\n".join(names + injected) or "wapiti and sqlmap: nothing found")
    wrong = bool(names or injected or not alive)
    if words.planted:
        found, _, _ = scan(words, words.planted, words.share, words.seconds)
        holes = {HOLES[name] for name, _, _ in found if name in HOLES}
        print(f"planted: {len(holes)} of 5 found: {', '.join(sorted(holes))}")
        wrong = wrong or len(holes) < 4
    return 1 if wrong else 0


sys.exit(main())
