#!/usr/bin/env python3
"""share/nginx/public.conf before real nginx: the golden site, asked as the public asks.

Usage: nginx_public.py ROOT; exit status 77 (skipped) where nginx is not installed.
"""
import http.client
import os
import pathlib
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(sys.argv[1])
ASKED = [
    # path, status, words on the page, header X-Robots-Tag
    ("/", 200, "示范市统计局", None),
    ("/zwgk/tjdt/", 200, "统计动态", None),
    ("/sjfb/2027/1.html", 200, "正文第一段", None),
    ("/sjfb/2027/2.html", 410, "此内容已撤下", None),
    ("/zz/sjfb/2027/2.html", 410, "此内容已撤下", None),
    ("/sjfb/2027/2.html.gone", 404, "没有这个页面", None),
    ("/sjfb/2027/999.html", 404, "没有这个页面", None),
    ("/zz/sjfb/2027/1.html", 200, "正文第一段", "noindex"),
    ("/zz/", 200, "示范市统计局", "noindex"),
    ("/zz/zwgk/tjdt/", 200, "统计动态", "noindex"),
    ("/s/style.css", 200, ".tools .elder-only{display:none}", None),
    ("/zz/s/style.css", 200, ".tools .plain-only{display:none}", "noindex"),
    ("/../../etc/passwd", 400, "", None),
    ("/.lock", 404, "", None),
    ("/feed.xml", 200, "<feed", None),
    ("/search.html", 200, "search.js", None),
    ("/zz/search.html", 200, "search.js", "noindex"),
    ("/search-0.json", 200, "zwgk/tjdt/2026/1.html", None),
    ("/s/search.js", 200, "search-", None),
]


# What is counted, and nothing else, reaches the program.
SEEN = ["/s/seen/index.html.gif", "/zz/s/seen/sjfb/2027/1.html.gif"]


class Program(socketserver.StreamRequestHandler):
    """Stands where the public listener does, and keeps what it was asked."""
    heard = []

    def handle(self):
        lines = []
        while (line := self.rfile.readline().decode().strip()):
            lines.append(line)
        self.heard.append(lines)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                         b"Content-Type: image/gif\r\nConnection: close\r\n\r\nGIF")


def main():
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        print("nginx is not installed")
        return 77
    # nginx takes over a socket that listens already: who asks early waits in its queue.
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with listener, tempfile.TemporaryDirectory() as name:
        here = pathlib.Path(name)
        here.chmod(0o755)
        shutil.copytree(ROOT / "tests/golden/publication", here / "site")
        subprocess.run(["chmod", "-R", "a+rX", here], check=True)
        rules = (ROOT / "share/nginx/public.conf").read_text()
        (here / "public.conf").write_text(
            rules.replace("/run/shenfa-public/public.sock", f"{here}/program"))
        (here / "nginx.conf").write_text(f"""
daemon off; pid {here}/pid; error_log stderr crit; worker_processes 1;
events {{ }}
http {{ access_log off; types {{ text/html html; text/css css; text/xml xml; }}
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
  fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  server {{ listen 127.0.0.1:{port}; root {here}/site;
    include {here}/public.conf; }} }}
""")
        server = subprocess.Popen([nginx, "-c", here / "nginx.conf", "-e", "stderr"],
                                  pass_fds=[listener.fileno()],
                                  env={**os.environ, "NGINX": f"{listener.fileno()};"})
        listener.close()
        try:
            return ask_all(port) + ask_seen(port, here / "program")
        finally:
            server.terminate()
            server.wait()


def ask(port, path):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    link.request("GET", path, headers={"X-Real-IP": "10.9.9.9", "User-Agent": "Browser"})
    answer = link.getresponse()
    body = answer.read().decode("utf-8", "replace")
    link.close()
    return answer, body


def ask_seen(port, path):
    """With the program and without it; what nginx tells it of who asks is nginx's word."""
    wrong = [f"{each} without the program: {ask(port, each)[0].status}"
             for each in SEEN if ask(port, each)[0].status != 404]
    with socketserver.ThreadingUnixStreamServer(str(path), Program) as program:
        path.chmod(0o666)
        threading.Thread(target=program.serve_forever, daemon=True).start()
        wrong += [f"{each}: {ask(port, each)[0].status}"
                  for each in SEEN if ask(port, each)[1] != "GIF"]
        ask(port, "/")
        program.shutdown()
    for path, heard in zip(SEEN, Program.heard):
        if (heard[0] != f"GET {path} HTTP/1.1" or "X-Real-IP: 127.0.0.1" not in heard
                or "User-Agent: Browser" not in heard or "10.9.9.9" in str(heard)):
            wrong.append(f"the program heard {heard}")
    if len(Program.heard) != len(SEEN):
        wrong.append(f"the program was asked {len(Program.heard)} times")
    print("\n".join(wrong) or f"{len(SEEN)} pictures are counted by the program")
    return 1 if wrong else 0


def ask_all(port):
    wrong = 0
    for path, status, words, robots in ASKED:
        answer, body = ask(port, path)
        got = (answer.status, words in body, answer.headers.get("X-Robots-Tag"))
        if got != (status, True, robots):
            print(f"{path}: {got}, expected {(status, True, robots)}")
            wrong += 1
    print(f"{len(ASKED) - wrong} of {len(ASKED)} answers are right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
