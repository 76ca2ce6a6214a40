#!/usr/bin/env python3
"""Checks a receipt of the ledger without Yiwang: one file, Python's standard library and the `openssl` command.

    python3 verify_receipt.py RECEIPT TRUSTED-KEYS

Written apart from the program itself, after docs/guide/ledger-formats.md, so that nobody has to trust the program.
Exit code 0: valid, 1: not. OpenSSL 3 or newer; with SM2 and SM3 for the national suite.
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

HASHES = {"c2sp.org/tlog-proof@v1": "sha256", "yiwang/tlog-proof-sm3@v1": "sm3"}
# signature type → (hash of a log that signs so, DER before the raw public key, is it a witness's)
ED25519 = bytes.fromhex("302a300506032b6570032100")
SM2 = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
TYPES = {
    b"\x01": ("sha256", ED25519, False),
    b"\x04": ("sha256", ED25519, True),
    b"\xffyiwang/sm2-note/v1\n": ("sm3", SM2, False),
    b"\xffyiwang/sm2-cosignature/v1\n": ("sm3", SM2, True),
}


class Wrong(Exception):
    """Why the receipt is not valid."""


def need(condition, why):
    if not condition:
        raise Wrong(why)


def unbase64(text):
    value = base64.b64decode(text, validate=True)
    need(base64.b64encode(value).decode() == text, f"not canonical base64: {text[:40]}")
    return value


def whole_number(text):
    need(text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"), f"not a number: {text[:40]}")
    return int(text)


def digest(name, data):
    try:
        return hashlib.new(name, data).digest()
    except ValueError:
        command = ["openssl", "dgst", f"-{name}", "-binary"]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout


class Key:
    """A vkey: name+id+base64(type ‖ public key)."""

    def __init__(self, vkey):
        self.name, key_id, encoded = vkey.split("+", 2)
        raw = unbase64(encoded)
        kind = next((kind for kind in TYPES if raw.startswith(kind)), None)
        need(kind is not None, f"unknown kind of key: {vkey[:60]}")
        self.hash, prefix, self.cosigns = TYPES[kind]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        need(self.id.hex() == key_id, f"the id does not belong to the key: {vkey[:60]}")
        self.der = prefix + raw[len(kind) :]

    def verifies(self, text, signature):
        """Whether `signature`, the bytes after the key id, is by this key over the note's text."""
        message = text.encode()
        if self.cosigns:
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = f"cosignature/v1\ntime {time}\n".encode() + message
        if len(signature) != 64:
            return False
        with tempfile.TemporaryDirectory() as folder:
            key, told, signed = (Path(folder) / name for name in ("key.der", "message", "signature"))
            key.write_bytes(self.der)
            told.write_bytes(message)
            if self.hash == "sm3":
                signed.write_bytes(der_signature(signature))
                pem = Path(folder) / "key.pem"
                subprocess.run(
                    ["openssl", "pkey", "-pubin", "-inform", "DER", "-in", key, "-out", pem],
                    check=True, capture_output=True,
                )  # fmt: skip
                command = ["openssl", "dgst", "-sm3", "-verify", pem, "-sigopt", "distid:1234567812345678"]
                command += ["-signature", signed, told]
            else:
                signed.write_bytes(signature)
                command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key, "-rawin"]
                command += ["-in", told, "-sigfile", signed]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0


def der_signature(raw):
    """SEQUENCE{INTEGER r, INTEGER s} of r‖s, as openssl reads it."""
    body = b""
    for part in (raw[:32], raw[32:]):
        number = part.lstrip(b"\0") or b"\0"
        number = b"\0" + number if number[0] > 127 else number
        body += bytes([2, len(number)]) + number
    return bytes([0x30, len(body)]) + body


class Policy:
    """The file of trusted keys: logs, witnesses, groups of them, and the quorum."""

    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "log":
                self.logs.append(Key(words[1]))
            elif words[0] == "witness":
                self.witnesses[words[1]] = Key(words[2])
            elif words[0] == "group":
                count = {"any": 1, "all": len(words) - 3}.get(words[2]) or whole_number(words[2])
                need(1 <= count <= len(words) - 3, f"impossible threshold: {line}")
                self.groups[words[1]] = (count, words[3:])
            elif words[0] == "quorum":
                self.quorum = words[1]
            else:
                raise Wrong(f"unknown line in the file of keys: {line[:40]}")
        need(self.quorum is not None, "the file of keys names no quorum")

    def reached(self, cosigned):
        done = {"none", *cosigned}
        for name, (count, members) in self.groups.items():
            if sum(member in done for member in members) >= count:
                done.add(name)
        return self.quorum in done


def root_of(name, entry, index, size, proof):
    """The root that the proof leads to (RFC 9162 section 2.1.3.2)."""
    need(index < size, "the index is beyond the size")
    fn, sn, node = index, size - 1, digest(name, b"\0" + entry)
    for sibling in proof:
        need(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            node = digest(name, b"\1" + sibling + node)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = digest(name, b"\1" + node + sibling)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "the proof is too short")
    return node


def check(receipt, policy):
    head, _, note = receipt.partition("\n\n")
    header, extra, index, *proof = head.split("\n")
    need(header in HASHES, "not a receipt")
    name = HASHES[header]
    need(extra.startswith("extra ") and index.startswith("index "), "the entry or its index is missing")
    entry, index = unbase64(extra[6:]), whole_number(index[6:])
    text, gap, lines = note.rpartition("\n\n")
    need(gap and lines.endswith("\n"), "the checkpoint is not signed, or was cut")
    text += "\n"
    origin, size, root = text.split("\n")[:3]

    root, size = unbase64(root), whole_number(size)
    found = root_of(name, entry, index, size, [unbase64(line) for line in proof])
    need(found == root, "the proof does not lead to the root of the checkpoint")
    print(f"in the log: entry {index} of {size}, {origin}")

    logged, cosigned = False, []
    for line in lines[:-1].split("\n"):
        dash, signer, encoded = line.split(" ")
        need(dash == "\u2014", "not a signature line")
        raw = unbase64(encoded)
        for key in policy.logs:
            if (signer, raw[:4], origin, name) == (key.name, key.id, key.name, key.hash):
                need(key.verifies(text, raw[4:]), f"the signature of the log {signer} is wrong")
                logged = True
                print(f"signed by the log: {signer}")
        for short, key in policy.witnesses.items():
            if (signer, raw[:4]) == (key.name, key.id):
                need(key.verifies(text, raw[4:]), f"the signature of the witness {short} is wrong")
                cosigned.append(short)
                print(f"cosigned by {short}: {signer}")
    need(logged, "not signed by a trusted log")
    need(policy.reached(cosigned), f"the quorum {policy.quorum} is not reached")
    print(f"quorum reached: {policy.quorum}")
    return entry


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        receipt, keys = (Path(name).read_bytes().decode() for name in sys.argv[1:])
        entry = check(receipt, Policy(keys))
    except (Wrong, ValueError, IndexError, OSError, subprocess.CalledProcessError) as error:
        print(f"NOT VALID: {error}")
        sys.exit(1)
    print(f"VALID. What was logged: {entry.decode(errors='backslashreplace')!r}")


if __name__ == "__main__":
    main()
