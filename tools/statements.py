#!/usr/bin/env python3
"""Make C constants from a module's named SQL statements.

Usage: statements.py INPUT.sql OUTDIR

From src/people/people.sql it writes people_sql.h and people_sql.c, with one
`extern const struct statement NAME;` for every statement.  A statement stands
below its comment and ends with a semicolon:

    -- people_find: one account by its name; at most one row.
    SELECT id, name FROM people_account WHERE name = :name;

A variant for one database stands directly below its sibling and has the same
parameters:

    -- people_find (postgres): the lock that SQLite's writer has anyway.
    SELECT id, name FROM people_account WHERE name = :name FOR UPDATE;

`:name` becomes ?1 and $1, numbered in the order of first appearance.  A closing
FOR UPDATE (also with OF, SKIP LOCKED, NOWAIT) is left out of SQLite's text,
whose write transaction holds the writer's place from its beginning.

Every offence against the house's rules is told as FILE:LINE, all at once; the
exit status is then 1 and nothing is written.
"""
import pathlib
import re
import sys

TOKEN = re.compile(r"""
      (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<quoted>  '(?:[^']|'')*' | "(?:[^"]|"")*" )
    | (?P<cast>    :: )
    | (?P<named>   :[A-Za-z_][A-Za-z0-9_]* )
    | (?P<word>    [A-Za-z_][A-Za-z0-9_]* )
    | (?P<blank>   \s+ )
    | (?P<other>   . )
""", re.VERBOSE | re.DOTALL)

INTRODUCTION = re.compile(
    r"--\s*([a-z][a-z0-9_]*)(?:\s+\((\w+)\))?:(.*)", re.DOTALL)
DATABASES = ("sqlite", "postgres")
FORMS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
MOST_PARAMETERS = 64  # STATEMENT_PARAMETERS_MOST in src/store/store_own.h

# The call brings the instant and the randomness; LIKE and its kind differ
# between the databases and cannot use an index on both.
PATTERNS = {"LIKE", "ILIKE", "GLOB", "SIMILAR", "REGEXP"}
CLOCKS = {"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME",
          "LOCALTIMESTAMP"}
CLOCK_FUNCTIONS = {"DATE", "TIME", "DATETIME", "JULIANDAY", "UNIXEPOCH", "STRFTIME",
                   "NOW", "CLOCK_TIMESTAMP", "STATEMENT_TIMESTAMP", "EXTRACT",
                   "DATE_TRUNC", "DATE_PART", "TO_TIMESTAMP", "TO_CHAR", "AGE",
                   "RANDOM", "GEN_RANDOM_UUID"}


class Offences(Exception):
    """Lines 'FILE:LINE: what is wrong'."""


class Piece:
    """One statement as it stands in the file: its comment and its tokens."""

    def __init__(self, line):
        self.line = line
        self.comments = []
        self.tokens = []  # (kind, text, line) without comments and blanks at the ends

    def words(self):
        return [(kind, text, line) for kind, text, line in self.tokens if kind != "blank"]


def split(text):
    """Yield the pieces of a file; the last may lack its semicolon."""
    piece, line = Piece(1), 1
    for found in TOKEN.finditer(text):
        kind, part = found.lastgroup, found.group()
        if kind == "comment" and not piece.tokens:
            if not piece.comments:
                piece.line = line
            piece.comments.append((part, line))
        elif kind == "other" and part == ";":
            yield piece, True
            piece = Piece(line)
        elif kind == "comment":
            pass
        elif kind != "blank" or piece.tokens:
            piece.tokens.append((kind, " " if kind == "blank" else part, line))
        elif kind == "blank" and part.count("\n") > 1:
            piece.comments = []  # a blank line: what stood above belonged to the file
        line += part.count("\n")
    if piece.words():
        yield piece, False


def introduction(piece):
    """Return (name, database or None, text) of the comment above a statement, or None."""
    text = "\n".join(part for part, _ in piece.comments)
    found = INTRODUCTION.match(text)
    if not found or not found.group(3).strip(" -\n"):
        return None
    says = " ".join(line.lstrip("- ").strip() for line in found.group(3).splitlines())
    return found.group(1), found.group(2), says.strip()


def offences_in(piece, database):
    """Yield (line, sentence) for what the house does not allow in a statement."""
    words = piece.words()
    form = words[0][1].upper()
    if form not in FORMS:
        yield words[0][2], (f"a statement begins with {', '.join(FORMS[:-1])} or "
                            f"{FORMS[-1]}, not with {words[0][1]}")
    for at, (kind, text, line) in enumerate(words):
        upper = text.upper() if kind == "word" else text
        before = words[at - 1][1].upper() if at else ""
        after = words[at + 1][1] if at + 1 < len(words) else ""
        if upper == "*" and before in ("SELECT", "DISTINCT", "ALL", "RETURNING", ".", ","):
            yield line, "columns are named one by one, never *"
        elif upper in PATTERNS:
            yield line, f"{upper} differs between the databases; bind bounds and compare"
        elif upper in CLOCKS or (upper in CLOCK_FUNCTIONS and after == "("):
            yield line, f"{text}: instants and chance are bound from the call"
        elif upper == "INTO" and form == "INSERT" and not names_columns(words[at + 2:]):
            yield line, "an INSERT names its columns"
        elif upper == "OR" and before == "INSERT" and database != "sqlite":
            yield line, "INSERT OR … is SQLite's alone; use ON CONFLICT"
        elif upper in ("?", "$") and kind == "other":
            yield line, "parameters are bound by name, as :name"
        elif kind == "cast" and database != "postgres":
            yield line, ":: is PostgreSQL's alone; use CAST"


def names_columns(words):
    """Whether '(' follows an INSERT's table, or its table AS alias."""
    plain = [text.upper() for _, text, _ in words[:3]]
    return plain[:1] == ["("] or (plain[:1] == ["AS"] and plain[2:] == ["("])


def parameters_of(piece):
    names = []
    for kind, text, _ in piece.tokens:
        if kind == "named" and text[1:] not in names:
            names.append(text[1:])
    return names


def without_lock(words):
    """Tokens without a closing FOR UPDATE."""
    plain = [text.upper() for _, text, _ in words]
    for at in range(len(plain) - 1, 0, -1):
        if plain[at] == "FOR" and plain[at + 2:at + 3] == ["UPDATE"] \
                and ")" not in plain[at:]:
            return words[:at]
    return words


def text_for(piece, database, names):
    mark = {"sqlite": "?", "postgres": "$"}[database]
    tokens = without_lock(piece.tokens) if database == "sqlite" else piece.tokens
    return "".join(f"{mark}{names.index(text[1:]) + 1}" if kind == "named" else text
                   for kind, text, _ in tokens).strip()


def read(path):
    """Return [(name, what it says, {database: text}, parameters)], or raise Offences."""
    found, statements, pieces = [], {}, {}
    last = None

    def refuse(line, sentence):
        found.append((line, f"{path}:{line}: {sentence}"))

    for piece, ended in split(pathlib.Path(path).read_text(encoding="utf-8")):
        if not piece.words():
            refuse(piece.line, "a semicolon without a statement")
            continue
        if not ended:
            refuse(piece.words()[0][2], "the statement does not end with a semicolon")
        intro = introduction(piece)
        if intro is None:
            refuse(piece.words()[0][2], "above a statement stands "
                   "'-- name: what it gives; its bounds.' with no blank line between")
            last = None
            continue
        name, database, says = intro
        for line, sentence in offences_in(piece, database):
            refuse(line, sentence)
        if database is None and name in statements:
            refuse(piece.line, f"{name} stands here already, at line {pieces[name].line}")
        elif database is None:
            names = parameters_of(piece)
            if len(names) > MOST_PARAMETERS:
                refuse(piece.line, f"{name} has more than {MOST_PARAMETERS} parameters")
            statements[name] = (says, {each: text_for(piece, each, names)
                                       for each in DATABASES}, names, set())
            pieces[name] = piece
            last = name
        elif database not in DATABASES:
            refuse(piece.line, f"{database} is no database; say sqlite or postgres")
        elif name != last:
            refuse(piece.line, f"the variant of {name} stands directly below {name}")
        elif database in statements[name][3]:
            refuse(piece.line, f"{name} has a variant for {database} already")
        elif set(parameters_of(piece)) != set(statements[name][2]):
            refuse(piece.line, f"the variant of {name} has other parameters")
        else:
            statements[name][1][database] = text_for(piece, database, statements[name][2])
            statements[name][3].add(database)
    if found:
        raise Offences("\n".join(line for _, line in sorted(found)))
    return [(name, says, texts, names)
            for name, (says, texts, names, _) in statements.items()]


def c_string(text):
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif byte < 32 or byte > 126:
            out.append(f"\\{byte:03o}")
        else:
            out.append(char)
    return '"' + "".join(out).replace("??", '?""?') + '"'


def header(stem, statements):
    guard = f"{stem.upper()}_SQL_H"
    lines = [f"/* Made from {stem}.sql by tools/statements.py. */",
             f"#ifndef {guard}", f"#define {guard}", "",
             '#include "store/store.h"', ""]
    for name, says, _, names in statements:
        bound = ", ".join(names) if names else "nothing"
        lines += [f"/* {says.replace('*/', '* /')}  Binds {bound}. */",
                  f"extern const struct statement {name};", ""]
    return "\n".join(lines + ["#endif", ""])


def source(stem, statements):
    lines = [f"/* Made from {stem}.sql by tools/statements.py. */",
             f'#include "{stem}_sql.h"', ""]
    for name, _, texts, names in statements:
        listed = "".join(f"{c_string(each)}, " for each in names)
        lines += [f"static const char *const {name}_parameters[] = {{{listed}NULL}};",
                  f"const struct statement {name} = {{",
                  f"    {c_string(name)},",
                  f"    {c_string(texts['sqlite'])},",
                  f"    {c_string(texts['postgres'])},",
                  f"    {name}_parameters,", "};", ""]
    return "\n".join(lines)


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    path, out = sys.argv[1], pathlib.Path(sys.argv[2])
    stem = pathlib.Path(path).stem
    try:
        statements = read(path)
    except Offences as offences:
        print(offences, file=sys.stderr)
        return 1
    (out / f"{stem}_sql.h").write_text(header(stem, statements), encoding="utf-8")
    (out / f"{stem}_sql.c").write_text(source(stem, statements), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
