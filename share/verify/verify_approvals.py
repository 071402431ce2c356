#!/usr/bin/env python3
"""Verify who approved what in an export of a Shenfa ledger, with Python and two files.
Usage: verify_approvals.py EXPORT [--registrar FILE]

EXPORT: what `shenfa ledger export --payloads` printed; check it with verify_ledger.py first,
which must lie beside this file and says whether the entries themselves are whole.  FILE: the
key of the registrar, as you kept it on the first day (the first entry "people.registrar"),
and of those that followed it, one a line; without it the export's own first is believed.  Written apart from the program, after its manual
only.  Exit status: 0 nothing found, 1 something found, 2 no such files.
"""
import argparse
import json
import sys

from verify_ledger import ed25519_signed, sm2_signed

DECIDING = set("review.submit review.decide review.propose review.enter-paper "
               "review.confirm-paper publication.release publication.schedule "
               "publication.withdraw matter.answer".split())


def signed(key, text, signature):
    kind, _, hexa = key.partition(":")
    check = {"sm2": sm2_signed, "ed25519": ed25519_signed}.get(kind)
    try:
        key, signature = bytes.fromhex(hexa), bytes.fromhex(signature)
    except ValueError:
        return False
    return check is not None and len(signature) == 64 and check(key, text.encode(), signature)


def lines_of(statement):
    """The first value of each name; a text that is no statement has none."""
    lines, values = statement.split("\n"), {}
    if lines[0] != "shenfa approval 1":
        return values
    for line in lines[1:]:
        name, _, value = line.partition(" ")
        values.setdefault(name, value)
    return values


class Approvals:
    """What is known while the lines of an export are read from the first."""
    def __init__(self, registrar):
        self.registrars = set(registrar.split())
        self.began, self.count, self.certified = None, 0, set()

    def is_certified(self, person, key, certificate):
        if not certificate:
            return key in self.registrars
        if (person, key, certificate) in self.certified:
            return True
        registrar, origin, at, signature = certificate.split(" ", 3)
        text = (f"shenfa signing key 1\nperson {person}\nkey {key}\n"
                f"origin {origin}\nat {at}\n")
        sound = registrar in self.registrars and signed(registrar, text, signature)
        if sound:
            self.certified.add((person, key, certificate))
        return sound

    def fault_of(self, entry, given):
        """What is wrong with one signature of an entry, or the empty string."""
        said = lines_of(given["statement"])
        wanted = {
            "act": entry["act"], "group": entry["group"], "digest": entry["digest"],
            "subject": f"{entry['subject_kind']} {entry['subject']}",
            "signer": entry["person"], "key": given["key"],
            "after": f"{entry['sequence'] - 1} {entry['previous']}"}
        for name, value in wanted.items():
            if said.get(name) != value:
                return name
        if not self.is_certified(entry["person"], given["key"], given["certificate"]):
            return "certificate"
        if not signed(given["key"], given["statement"], given["signature"]):
            return "signature"
        return ""

    def check(self, entry):
        if "payload" not in entry:
            return ""
        payload = json.loads(entry["payload"])
        if entry["act"] == "people.registrar":
            self.registrars = self.registrars or {payload["key"]}
            return "" if payload["key"] in self.registrars else "registrar"
        if entry["act"] == "approval.begin":
            if self.began is not None:
                return "begun twice"
            self.began = {c["chain"]: c["sequence"] for c in payload["chains"]}
        given = payload.get("signed", []) if isinstance(payload, dict) else []
        if (not given and entry["act"] in DECIDING and entry["outcome"] == 0
                and self.began is not None
                and entry["sequence"] > self.began.get(entry["group"], 0)):
            return "unsigned"
        for one in given:
            self.count += 1
            fault = self.fault_of(entry, one)
            if fault:
                return fault
        return ""


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("export")
    asked.add_argument("--registrar")
    asked = asked.parse_args()
    registrar = open(asked.registrar).read().strip() if asked.registrar else ""
    approvals, erased = Approvals(registrar), 0
    with open(asked.export, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            erased += "payload" not in entry
            fault = approvals.check(entry)
            if fault:
                print(f"chain {entry['group']}, entry {entry['sequence']}: {fault}")
                return 1
    print(f"{approvals.count} signatures, {erased} entries without a payload: nothing found",
          "" if asked.registrar else "(no --registrar)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
