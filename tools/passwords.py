#!/usr/bin/env python3
"""The list of passwords and words that nobody may take as a password.

    passwords.py OUT.c OWN.txt SOURCE...

SOURCE is a dictionary of Data::Password::zxcvbn (a Perl file of 'word' => rank: leaked
passwords, names, common words), or a plain list, one word a line.  Written is a sorted
table without duplicates in small letters, for a search by halves; fewer than LEAST
entries end the build.
"""
import re
import sys

LEAST = 100_000
SHORTEST = 4  # what is shorter says nothing about a password of twelve characters
RANKED = re.compile(r"^    '((?:[^'\\]|\\.)*)' => \d+", re.M)


def words_of(path):
    text = open(path, encoding="utf-8", errors="replace").read()
    if path.endswith(".pm"):
        return [re.sub(r"\\(.)", r"\1", word) for word in RANKED.findall(text)]
    return [line.strip() for line in text.splitlines() if not line.startswith("#")]


def main():
    out, *sources = sys.argv[1:]
    words = {word.lower() for path in sources for word in words_of(path)}
    words = sorted(word.encode() for word in words
                   if len(word) >= SHORTEST and word.isprintable() and " " not in word)
    if len(words) < LEAST:
        sys.exit(f"passwords.py: {len(words)} entries, wanted are {LEAST}; "
                 "script/bootstrap installs the lists")
    with open(out, "w", encoding="ascii") as file:
        file.write("/* Made by tools/passwords.py. */\n#include \"people/people_own.h\"\n\n")
        file.write(f"const size_t password_list_count = {len(words)};\n")
        file.write("const char password_list[] =\n")
        at, places = 0, []
        for word in words:
            places.append(at)
            at += len(word) + 1
            escaped = "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\?'
                              else f"\\{byte:03o}" for byte in word)
            file.write(f'    "{escaped}\\0"\n')
        file.write("    ;\nconst uint32_t password_list_places[] = {\n")
        for start in range(0, len(places), 16):
            file.write("    " + ", ".join(map(str, places[start:start + 16])) + ",\n")
        file.write("};\n")


if __name__ == "__main__":
    main()
