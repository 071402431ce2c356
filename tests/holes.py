#!/usr/bin/env python3
"""A copy of the sources with five holes, built: the control of tests/scan.py.

Usage: holes.py ROOT OUT; the program is then OUT/build/src/shenfa and its data OUT.
Each hole is one defence taken out; a defence that is no longer found where it was ends
this with an error, so that the control cannot rot.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT, OUT = map(pathlib.Path, sys.argv[1:3])
HOLES = [
    ("no policy", "src/http/message.c",
     r'\{"Content-Security-Policy",.*?\},\n', '{"X-Hole", "1"},\n'),
    ("no frame and type headers", "src/http/message.c",
     r'\{"X-Content-Type-Options", "nosniff"\},\n\s*\{"X-Frame-Options", "DENY"\},\n', ""),
    ("cookies open to scripts", "src/http/message.c",
     r"Path=/; HttpOnly; SameSite=Strict", "Path=/"),
    ("redirects anywhere", "src/web/say.c",
     r"bool local = str_starts\(path, \"/\"\) && url_is_harmless\(path\) && path.length < 1000;",
     "bool local = path.length > 0;"),
    ("text written unescaped", "src/base/escape.c",
     r"buffer_add_text\(out, entity\);", "buffer_add(out, str_part(text, i, i + 1));"),
]


def main():
    for folder in ("src", "share", "tools", "rulebooks", "man", "frontend", "tests", "bench",
                   "script"):
        shutil.copytree(ROOT / folder, OUT / folder, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    for file in ("meson.build", "meson_options.txt", "FLOORS"):
        shutil.copy(ROOT / file, OUT)
    for name, file, pattern, instead in HOLES:
        text = (OUT / file).read_text()
        changed, count = re.subn(pattern, instead, text, count=1, flags=re.S)
        if count != 1:
            sys.exit(f"holes.py: the hole \"{name}\" no longer fits into {file}")
        (OUT / file).write_text(changed)
    environment = {**os.environ, "CC": os.environ.get("CC", "ccache gcc")}
    subprocess.run(["meson", "setup", OUT / "build", OUT, "-Dtests=disabled", "-Dwerror=false",
                    "-Dbuildtype=release"], check=True, env=environment,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", OUT / "build", "src/shenfa"], check=True,
                   stdout=subprocess.DEVNULL)


main()
