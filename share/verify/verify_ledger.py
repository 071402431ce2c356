#!/usr/bin/env python3
"""Verify an export of a Shenfa ledger, with nothing but this file and Python.
Usage: verify_ledger.py EXPORT [--checkpoint FILE]... [--key FILE]

EXPORT: what `shenfa ledger export` printed.  FILE: checkpoints that you kept, from
/.well-known/shenfa/checkpoint of the public site or from mail; and the key from
/.well-known/shenfa/key, as you kept it on the first day.  Written apart from the program,
after its manual only.  Exit status: 0 nothing found, 1 something found, 2 no such files.
"""
import argparse
import hashlib
import json
import struct
import sys

FIELDS = ("version group sequence at person post door act subject_kind subject outcome "
          "digest payload_digest key rule previous").split()


def sm3(data):
    return hashlib.new("sm3", data).digest()  # from the OpenSSL below Python, 1.1.1 or later


HASHES = {"sm3": sm3, "sha256": lambda data: hashlib.sha256(data).digest()}


def named(name, value):
    return name.encode() + b"\0" + struct.pack(">Q", len(value)) + value


class Tree:
    """RFC 6962: full subtrees, largest first, as (size, hash)."""
    def __init__(self, how):
        self.hash, self.peaks = HASHES[how], []

    def add(self, entry_hash):
        size, digest = 1, self.hash(b"\0" + entry_hash)
        while self.peaks and self.peaks[-1][0] == size:
            digest = self.hash(b"\1" + self.peaks.pop()[1] + digest)
            size *= 2
        self.peaks.append((size, digest))

    def root(self):
        digest = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            digest = self.hash(b"\1" + left + digest)
        return digest


# Elliptic curves: y² = x³ + ax + b over p, by the schoolbook; slow and clear.
P, A, B, N, GX, GY = (int(x, 16) for x in """
FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0""".split())


def add(one, other):
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = ((3 * x1 * x1 + A) * pow(2 * y1, -1, P) if one == other
             else (y2 - y1) * pow(x2 - x1, -1, P)) % P
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(number, point, plus=add, total=None):
    while number:
        total = plus(total, point) if number & 1 else total
        point, number = plus(point, point), number >> 1
    return total


def sm2_signed(key, text, sig):
    """GB/T 32918.2, with the usual identity."""
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    identity = b"1234567812345678"
    z = sm3(struct.pack(">H", len(identity) * 8) + identity
            + b"".join(n.to_bytes(32, "big") for n in (A, B, GX, GY, x, y)))
    e = int.from_bytes(sm3(z + text), "big")
    r, s = int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big")
    point = add(times(s, (GX, GY)), times((r + s) % N, (x, y)))
    return (0 < r < N and 0 < s < N and (r + s) % N != 0 and point is not None
            and (e + point[0]) % N == r)


Q = 2**255 - 19
D = -121665 * pow(121666, -1, Q) % Q
L = 2**252 + 27742317777372353535851937790883648493


def ed_add(one, other):
    if one is None:
        return other
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + k, -1, Q) % Q,
            (y1 * y2 + x1 * x2) * pow(1 - k, -1, Q) % Q)


def ed_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if (x * x - square) % Q:
        x = x * pow(2, (Q - 1) // 4, Q) % Q
    if (x * x - square) % Q or y >= Q:
        raise ValueError("no point")
    return (x if x & 1 == sign else Q - x), y


def ed25519_signed(key, text, sig):
    try:
        point, r = ed_point(key), ed_point(sig[:32])
    except ValueError:
        return False
    s = int.from_bytes(sig[32:], "little")
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + text).digest(), "little") % L
    base = ed_point((4 * pow(5, -1, Q) % Q).to_bytes(32, "little"))
    return s < L and times(s, base, ed_add) == ed_add(r, times(h, point, ed_add))


def checkpoints_of(text, key):
    """Yield (chain, size, root, head) of each; ValueError with a word for what is wrong."""
    lines = [line for line in text.split("\n") if line]
    while lines:
        body, last, lines = lines[:6], lines[6], lines[7:]
        values = [line.partition(" ")[2] for line in body]
        if [line.partition(" ")[0] for line in body] != "shenfa chain size root head at".split():
            raise ValueError("line")
        if key:
            kind, _, hexa = key.partition(":")
            signed = (sm2_signed if kind == "sm2" else ed25519_signed)(
                bytes.fromhex(hexa), ("\n".join(body) + "\n").encode(),
                bytes.fromhex(last.split()[2]))
            if not signed:
                raise ValueError("signature")
        yield int(values[1]), int(values[2]), values[3], values[4]


def check(lines, known):
    """Return ((fault, chain, sequence), count); the fault is empty if nothing was found."""
    chains, count = {}, 0
    for count, text in enumerate(lines, 1):
        line = json.loads(text)
        chain, how = int(line["group"]), line["hash"].split(":")[0]
        state = chains.setdefault(chain, {"size": 0, "hash": "", "at": 0, "tree": Tree(how)})
        place = (chain, state["size"] + 1)
        if line["sequence"] != state["size"] + 1 or int(line["at"]) < state["at"]:
            return ("order", *place), count
        if line["previous"] != state["hash"]:
            return ("chain", *place), count
        made = HASHES[how](b"".join(named(f, str(line[f]).encode()) for f in FIELDS))
        if f"{how}:{made.hex()}" != line["hash"]:
            return ("entry", *place), count
        if "payload" in line:
            paid = HASHES[how](named("salt", bytes.fromhex(line["salt"]))
                               + named("payload", line["payload"].encode()))
            if f"{how}:{paid.hex()}" != line["payload_digest"]:
                return ("payload", *place), count
        state["tree"].add(made)
        state.update(size=state["size"] + 1, hash=line["hash"], at=int(line["at"]))
        for _, _, root, head in (k for k in known if k[:2] == (chain, state["size"])):
            if (f"{how}:{state['tree'].root().hex()}", line["hash"]) != (root, head):
                return ("rewritten", chain, state["size"]), count
    for chain, size, _, _ in sorted(known):
        if size > chains.get(chain, {"size": 0})["size"]:
            return ("cut", chain, chains.get(chain, {"size": 0})["size"] + 1), count
    return ("", 0, 0), count


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("export")
    asked.add_argument("--checkpoint", action="append", default=[])
    asked.add_argument("--key")
    asked = asked.parse_args()
    try:
        key = open(asked.key).read().strip() if asked.key else ""
        known = [k for path in asked.checkpoint for k in checkpoints_of(open(path).read(), key)]
    except ValueError as fault:
        print(f"a checkpoint is not sound: {fault}")
        return 1
    with open(asked.export, encoding="utf-8") as lines:
        (fault, chain, sequence), count = check(lines, known)
    if fault:
        print(f"chain {chain}, entry {sequence}: {fault}")
        return 1
    print(f"{count} entries, {len(known)} checkpoints: nothing found", "" if key else "(no --key)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
