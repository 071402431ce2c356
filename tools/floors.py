#!/usr/bin/env python3
"""Check FLOORS: every #include in src/ looks down, or back along the staircase.

Usage: floors.py ROOT [--list]
Exit status 1 and one line per offence if a module includes what its line in
FLOORS does not allow, includes another module's private header, or includes an
outside header that FLOORS reserves for another module.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_floors(path):
    """Return {module: (allowed modules, reserved headers)} with floors expanded."""
    floors, lines, floor = {}, {}, None
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.split("#")[0].strip()
        if not line:
            continue
        if line.startswith("floor "):
            floor = line.split()[1]
            floors[floor] = []
            continue
        module, _, rest = line.partition(":")
        allowed, _, headers = rest.partition("|")
        floors[floor].append(module)
        lines[module] = (allowed.split(), headers.split())
    rules = {}
    for module, (allowed, headers) in lines.items():
        seen = set()
        for name in allowed:
            seen.update(floors.get(name, [name]))
        rules[module] = (seen - {module}, headers)
    return rules


def offences(root):
    rules = read_floors(root / "FLOORS")
    reserved = {header: module for module, (_, headers) in rules.items() for header in headers}
    for path in sorted((root / "src").rglob("*.[ch]")):
        module = path.relative_to(root / "src").parts[0]
        if module not in rules:
            yield f"{path.relative_to(root)}: the module {module} has no line in FLOORS"
            continue
        is_test = path.name.endswith("_test.c") or path.name.endswith("_fuzz.c")
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(text)
            if not found:
                continue
            header = found.group(2)
            where = f"{path.relative_to(root)}:{number}"
            if header in reserved and reserved[header] != module:
                yield f"{where}: {header} is for {reserved[header]} only"
            other = header.split("/")[0]
            if "/" not in header or other not in rules or other == module:
                continue
            if header not in (f"{other}/{other}.h", f"{other}/{other}_sql.h"):
                yield f"{where}: {header} is private to {other}"
            if header.endswith("_sql.h"):
                yield f"{where}: the statements of {other} are its own"
            if other not in rules[module][0] and not is_test:
                yield f"{where}: {module} may not look at {other}"


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(offences(root))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
