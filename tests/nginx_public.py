#!/usr/bin/env python3
"""share/nginx/public.conf before real nginx: the golden site, asked as the public asks.

Usage: nginx_public.py ROOT; exit status 77 (skipped) where nginx is not installed.
"""
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

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
        (here / "nginx.conf").write_text(f"""
daemon off; pid {here}/pid; error_log stderr crit; worker_processes 1;
events {{ }}
http {{ access_log off; types {{ text/html html; text/css css; text/xml xml; }}
  client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
  fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
  server {{ listen 127.0.0.1:{port}; root {here}/site;
    include {ROOT}/share/nginx/public.conf; }} }}
""")
        server = subprocess.Popen([nginx, "-c", here / "nginx.conf", "-e", "stderr"],
                                  pass_fds=[listener.fileno()],
                                  env={**os.environ, "NGINX": f"{listener.fileno()};"})
        listener.close()
        try:
            return ask_all(port)
        finally:
            server.terminate()
            server.wait()


def ask_all(port):
    wrong = 0
    for path, status, words, robots in ASKED:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        link.request("GET", path)
        answer = link.getresponse()
        body = answer.read().decode("utf-8", "replace")
        link.close()
        got = (answer.status, words in body, answer.headers.get("X-Robots-Tag"))
        if got != (status, True, robots):
            print(f"{path}: {got}, expected {(status, True, robots)}")
            wrong += 1
    print(f"{len(ASKED) - wrong} of {len(ASKED)} answers are right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
