#!/usr/bin/env python3
"""Verify the package of a year, with nothing but this file, verify_ledger.py and Python.
Usage: verify_archive.py FOLDER [--checkpoint FILE]... [--key FILE]

Checked: every file against the manifest, none missing and none too many; the manifest
against the last entry of the chain; the chain against the signed checkpoints; every item's
text, made into its digest again, against the entry of its release; its attachments, its
decisions and its history against the same chain.  Without --key the package's own key.txt
is used, which whoever forged the package could have exchanged: keep the key yourself.
Exit status: 0 nothing found, 1 something found, 2 no such files.
"""
import argparse
import hashlib
import json
import pathlib
import sys

import verify_ledger

OWN_PROOF = {"manifest.json", "ledger.jsonl", "checkpoints.txt", "key.txt"}
PROFILES = {"sm3": 1, "sha256": 2}


class Package:
    def __init__(self, folder):
        self.folder, self.found, self.chain = pathlib.Path(folder), [], []

    def tell(self, place, what):
        self.found.append(f"{place}: {what}")

    def read(self, path):
        return (self.folder / path).read_bytes()

    def json(self, path):
        return json.loads(self.read(path).decode("utf-8", "strict"))

    def files(self):
        manifest = self.json("manifest.json")
        listed = {file["path"]: file for file in manifest["files"]}
        present = {path.relative_to(self.folder).as_posix()
                   for path in self.folder.rglob("*")
                   if path.is_file() and "__pycache__" not in path.parts}
        for path in sorted(present - listed.keys() - OWN_PROOF):
            self.tell(path, "is not in the manifest")
        for path, file in listed.items():
            if path not in present:
                self.tell(path, "is missing")
                continue
            data = self.read(path)
            if len(data) != file["size"] or hashlib.sha256(data).hexdigest() != file["sha256"]:
                self.tell(path, "is not the file that was exported")
        return manifest

    def ledger(self, texts, key):
        known = []
        for name, text in texts:
            try:
                known += list(verify_ledger.checkpoints_of(text, key))
                self.key_named(name, text, key)
            except (ValueError, IndexError) as fault:
                self.tell(name, f"no sound checkpoint ({fault})")
        lines = self.read("ledger.jsonl").decode("utf-8").splitlines()
        self.chain = [json.loads(line) for line in lines]
        group = self.chain[0]["group"] if self.chain else ""
        known = [one for one in known if str(one[0]) == group]
        (fault, _, sequence), _ = verify_ledger.check(lines, known)
        if fault:
            self.tell("ledger.jsonl", f"entry {sequence}: {fault}")
        return known

    def key_named(self, name, text, key):
        """The 16 digits before each signature are those of the key."""
        wanted = hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""
        for line in text.split("\n"):
            if line.startswith("— ") and key and line.split()[1] != wanted:
                self.tell(name, "signed by another key")

    def export(self, manifest):
        last = self.chain[-1] if self.chain else {}
        digest = "sha256:" + hashlib.sha256(self.read("manifest.json")).hexdigest()
        if last.get("act") != "archive.export" or last["digest"] != digest:
            self.tell("manifest.json", "is not the one that the chain names")
        if manifest["group"] != last.get("group"):
            self.tell("manifest.json", "is of another site group")

    def item(self, folder, entries):
        content = self.json(f"{folder}/content.json")
        about = self.json(f"{folder}/metadata.json")
        if made_digest(content) != content["digest"]:
            self.tell(f"{folder}/content.json", "is not the text of its digest")
        if about.get("digest", content["digest"]) != content["digest"]:
            self.tell(f"{folder}/metadata.json", "is of another text")
        subject = about["manuscript"]
        acts = {entry["act"] for entry in entries.get((subject, content["digest"]), [])}
        wanted = {"publication.migrate"} if about["migrated"] else {"publication.release"}
        if "path" in about and not about["migrated"] and not acts & wanted:
            self.tell(folder, "the chain knows no release of this text")
        for file in content["attachments"]:
            how, _, digest = file["digest"].partition(":")
            path = f"{folder}/attachments/{digest}"
            if not (self.folder / path).exists():
                self.tell(path, "is missing")
            elif verify_ledger.HASHES[how](self.read(path)).hex() != digest:
                self.tell(path, "is not the file of its digest")
        for decision in self.json(f"{folder}/decisions.json")["decisions"]:
            signed = [entry for entry in entries.get((subject, decision["digest"]), [])
                      if entry["act"].startswith("review.")]
            if not signed:
                self.tell(f"{folder}/decisions.json", "a decision that the chain knows not")
        self.history(folder)

    def history(self, folder):
        path = f"{folder}/history.jsonl"
        if not (self.folder / path).exists():
            return
        for text in self.read(path).decode("utf-8").splitlines():
            line = json.loads(text)
            place = line["sequence"] - 1
            same = dict(line)
            salt, payload = same.pop("salt", None), same.pop("payload", None)
            if place >= len(self.chain) or self.chain[place] != same:
                self.tell(path, f"entry {line['sequence']} is not that of the chain")
            elif salt is not None:
                how = line["hash"].split(":")[0]
                paid = verify_ledger.HASHES[how](
                    verify_ledger.named("salt", bytes.fromhex(salt))
                    + verify_ledger.named("payload", payload.encode())).hex()
                if f"{how}:{paid}" != line["payload_digest"]:
                    self.tell(path, f"the payload of entry {line['sequence']} was altered")


def made_digest(content):
    """Named, length-prefixed fields in their order, as the program's manual says."""
    named = verify_ledger.named
    data = named("shenfa-content", b"1") + named("title", content["title"].encode())
    data += named("body", content["body"].encode())
    for name, value in content["fields"]:
        data += named("field", name.encode()) + named("value", value.encode())
    for file in content["attachments"]:
        how, _, digest = file["digest"].partition(":")
        data += named("attachment", file["name"].encode())
        data += named("digest", bytes.fromhex(digest))
        data += named("size", f"{PROFILES[how]}:{file['size']}".encode())
        data += named("type", file["type"].encode()) + named("alt", file["alt"].encode())
        data += named("place", file["place"].encode())
    return "sm3:" + verify_ledger.sm3(data).hex()


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder")
    asked.add_argument("--checkpoint", action="append", default=[])
    asked.add_argument("--key")
    asked = asked.parse_args()
    package = Package(asked.folder)
    own = package.folder / "key.txt"
    key = (pathlib.Path(asked.key).read_text().strip() if asked.key
           else own.read_text().strip() if own.exists() else "")
    if asked.key and own.exists() and own.read_text().strip() != key:
        package.tell("key.txt", "is not the key that was kept")
    names = [package.folder / "checkpoints.txt", *map(pathlib.Path, asked.checkpoint)]
    texts = [(path.name, path.read_text()) for path in names if path.exists()]
    known, count = [], 0
    try:
        manifest = package.files()
        known = package.ledger(texts, key)
        package.export(manifest)
        entries = {}
        for entry in package.chain:
            entries.setdefault((entry["subject"], entry["digest"]), []).append(entry)
        for folder in sorted(package.folder.glob("items/*")):
            package.item(folder.relative_to(package.folder).as_posix(), entries)
            count += 1
        if count != manifest["items"]:
            package.tell("items", f"{count} instead of {manifest['items']}")
    except (ValueError, KeyError, TypeError, AttributeError, FileNotFoundError) as fault:
        package.tell(asked.folder, f"cannot be read as a package: {fault!r}")
    for line in package.found:
        print(line)
    if not package.found:
        print(f"{count} items, {len(package.chain)} entries, {len(known)} checkpoints: "
              "nothing found", "" if asked.key else "(no --key)")
    return 1 if package.found else 0


if __name__ == "__main__":
    sys.exit(main())
