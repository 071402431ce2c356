#!/usr/bin/env python3
"""The package of a year out of a served demonstration, against signed checkpoints.

Usage: archive_package.py ROOT SHENFA.  Shown: with the key that was kept the package is
whole; a bit in the checkpoints, the key, the chain or the manifest is found; so is a chain
whose end was cut off before the checkpoint, and a key that was exchanged.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

PROGRAM = sys.argv[2]
YEAR = time.strftime("%Y", time.gmtime(time.time() + 8 * 3600))


def serve_until_signed(folder):
    """Serve it until a checkpoint is public; the key as the public reads it."""
    served = subprocess.Popen([PROGRAM, "serve", folder, "--office", "127.0.0.1:0",
                               "--public", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(600):
            taken = subprocess.run([PROGRAM, "ledger", "checkpoint", folder],
                                   capture_output=True)
            if taken.returncode == 0:
                return (folder / "public/.well-known/shenfa/key").read_text()
            if served.poll() is not None:
                sys.exit(f"it does not serve: {served.stderr.read()}")
            time.sleep(0.2)  # between two looks; the checkpoint ends the wait
        sys.exit("no checkpoint was taken")
    finally:
        served.terminate()
        served.communicate()


def verify(package, *options):
    done = subprocess.run([sys.executable, "-B", package / "verify_archive.py", package,
                           *options], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    wrong = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder, package, key = (pathlib.Path(name) / each
                                for each in ("workspace", "package", "kept.key"))
        subprocess.run([PROGRAM, "init", folder, "--rulebook", "liuzhou-stats", "--demo"],
                       check=True, capture_output=True)
        key.write_text(serve_until_signed(folder))
        told = subprocess.run([PROGRAM, "archive", "export", folder, package, "--year", YEAR],
                              check=True, capture_output=True, text=True).stdout
        status, said = verify(package, "--key", key)
        print(told.strip(), "|", said.strip())
        if status != 0 or "1 checkpoints" not in said:
            wrong.append(f"a whole package: {said}")
        for file in ("checkpoints.txt", "key.txt", "ledger.jsonl", "manifest.json"):
            path = package / file
            whole = path.read_bytes()
            for place in sorted({0, len(whole) // 3, len(whole) // 2, len(whole) - 3}):
                path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
                if verify(package, "--key", key)[0] == 0:
                    wrong.append(f"{file}: a bit at {place} of {len(whole)} was not found")
            path.write_bytes(whole)
        chain = (package / "ledger.jsonl").read_text().splitlines(keepends=True)
        (package / "ledger.jsonl").write_text("".join(chain[:20]))
        if "cut" not in verify(package, "--key", key)[1]:
            wrong.append("a chain that was cut off was not found")
        (package / "ledger.jsonl").write_text("".join(chain))
        key.write_text("sm2:" + "04" + "11" * 64)
        if verify(package, "--key", key)[0] == 0:
            wrong.append("an exchanged key was not found")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
