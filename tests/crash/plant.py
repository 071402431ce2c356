#!/usr/bin/env python3
"""Build the program once more with one planted fault, for the tests that must find it.

Usage: plant.py BUILD NAME OUT

A harness that cannot find a planted fault proves nothing.  The fault is a few lines
changed in a copy of one or two source files; they are compiled as the build compiles
the originals and linked before the library, which then gives everything but them.
"""
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# name: {file: [(as it stands, as it is planted), …]}
FAULTS = {
    # Pages are written where readers find them, and not beside.
    "in-place": {"src/publication/tree.c": [
        ("""    snprintf(file.beside, sizeof file.beside, ".%d-%u.tmp", (int)getpid(),
             atomic_fetch_add(&serial, 1));
""", "    (void)serial;\n"),
        ("openat(above, file.beside,", "openat(above, file.name,"),
        ("O_CREAT | O_EXCL | O_NOFOLLOW", "O_CREAT | O_TRUNC | O_NOFOLLOW"),
        ("if (file->beside[0] == '\\0') {\n            failed", 
         "if (file->descriptor >= 0) {\n            failed = 0;\n"
         "        } else if (file->beside[0] == '\\0') {\n            failed"),
    ]},
    # The answer goes out, and the commit follows: the gap is the fault itself.
    "early-answer": {"src/store/sqlite.c": [
        ("static enum status sqlite_commit(struct txn *base) {", """#include <pthread.h>
static enum status commit_in_truth(struct txn *base);
static void *commit_later(void *base) {
    usleep(30000);
    (void)!commit_in_truth(base);
    free(base);
    return NULL;
}
static enum status sqlite_commit(struct txn *base) {
    if (base->kind != TXN_WRITE || getenv("SHENFA_SHIM") == NULL) {
        return commit_in_truth(base);
    }
    pthread_t thread;
    struct sqlite_txn *kept = malloc(sizeof *kept);
    *kept = *(struct sqlite_txn *)base;
    pthread_create(&thread, NULL, commit_later, kept);
    pthread_detach(thread);
    return DONE;
}
static enum status commit_in_truth(struct txn *base) {"""),
    ]},
    # What a crash left undone stays undone.
    "no-replay": {
        "src/app/service.c": [("publication_replay(&call)", "DONE")],
        "src/app/reactions.c": [("    struct applied applied;\n    if (entry->subject.kind",
                                 "    struct applied applied;\n    if (call != NULL) {\n"
                                 "        return DONE;\n    }\n    if (entry->subject.kind")],
    },
    # Names are shown before the bytes are on the disk.
    "no-page-sync": {"src/publication/tree.c": [
        ("return sync_together(descriptors, count);", "return DONE;"),
    ]},
    # The names themselves are not synced.
    "no-folder-sync": {"src/publication/tree.c": [
        ("TRY(sync_together(descriptors, count));", ""),
    ]},
    # Commits wait for no disk.
    "normal": {"src/store/sqlite_handle.c": [
        ("PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),
    ]},
}


def build(directory, name, out):
    directory = pathlib.Path(directory).resolve()
    out = pathlib.Path(out).resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    commands = subprocess.run(["ninja", "-C", directory, "-t", "commands", "src/shenfa"],
                              check=True, capture_output=True, text=True).stdout.splitlines()
    objects = []
    for path, changes in FAULTS[name].items():
        text = (ROOT / path).read_text("utf-8")
        for old, new in changes:
            if old not in text:
                sys.exit(f"plant {name}: {path} has changed and the fault does not fit: {old!r}")
            text = text.replace(old, new)
        source = out.parent / f"{name}-{pathlib.Path(path).name}"
        source.write_text(text, "utf-8")
        made = source.with_suffix(".o")
        words = next(shlex.split(line) for line in commands if line.endswith("/" + path))
        words[words.index("-o") + 1] = str(made)
        words = [word for word in words if word not in ("-MD", "-MQ", "-MF")
                 and not word.endswith((".o.d", ".c.o"))]
        words[-1] = str(source)
        words += ["-w", "-iquote", str((ROOT / path).parent)]
        subprocess.run(words, check=True, cwd=directory)
        objects.append(str(made))
    words = next(shlex.split(line) for line in reversed(commands) if " -o src/shenfa " in line)
    words[words.index("-o") + 1] = str(out)
    library = words.index("src/libshenfa.a")
    group = library - (words[library - 1] == "-Wl,--start-group")
    words[group:group] = objects
    subprocess.run(words, check=True, cwd=directory)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] not in FAULTS:
        sys.exit(f"usage: plant.py BUILD {'|'.join(FAULTS)} OUT")
    build(*sys.argv[1:])
