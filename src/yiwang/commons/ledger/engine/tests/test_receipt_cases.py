"""Receipts with their verdicts in one held file, for every verifier there is: this one, the standalone file, the browser's.

`YIWANG_WRITE_DOCS=1` writes vectors/receipts.json anew (other keys, the same cases).
"""

import base64
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from yiwang.commons.ledger.engine import Receipt, TrustedKeys, judge_receipt

from .samples import TIME, SampleLog

HELD = Path(__file__).parent / "vectors" / "receipts.json"
STANDALONE = Path(__file__).resolve().parents[6] / "docs" / "guide" / "verify_receipt.py"
INDEX = 5
MARKS = ("valid", "signature", "references", "seal", "chain")


def changed_base64(line):
    """The line with one bit of its last value changed, still canonical."""
    head, _, encoded = line.rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    return f"{head} {base64.b64encode(raw).decode()}".lstrip()


def cases(name):
    """(what, receipt, trusted keys) for one suite; the verdict is computed when the file is written."""
    sample = SampleLog.of(name, 11)
    sample.entries[INDEX] = '{"facts":{"name":"样例"},"kind":"sample.step"}'.encode()
    sample.tree = type(sample.tree)(sample.suite.digest, sample.entries)
    receipt, keys = sample.receipt(INDEX), sample.trusted().text()
    text = receipt.to_text()
    lines = text.split("\n")
    note = receipt.note
    other = SampleLog.of(name, 11)
    stranger = replace(sample.trusted(), logs=(replace(other.log, name="other.example").verifier,))
    other_suite = SampleLog.of("national" if name == "international" else "international", 11)
    yield "valid, three of three witnesses", text, keys
    yield "valid, two of three witnesses", sample.receipt(INDEX, cosigned_by=2).to_text(), keys
    yield "valid, the first entry", sample.receipt(0).to_text(), keys
    yield "valid, the last entry", sample.receipt(10).to_text(), keys
    yield "valid, a log of one entry", sample.receipt(0, size=1).to_text(), keys
    yield "valid, no witness asked for", sample.receipt(INDEX, cosigned_by=0).to_text(), sample.trusted(0).text()
    yield "valid, an unknown signature is ignored", replace(receipt, note=note.signed(other.log)).to_text(), keys
    mixed = {"w1": sample.witnesses[0].verifier, "other": other_suite.witnesses[0].verifier}
    both = TrustedKeys.of([sample.log.verifier], mixed, 2).text()
    yield (
        "valid, witnesses of both suites",
        replace(receipt, note=note.signed(other_suite.witnesses[0], time=TIME)).to_text(),
        both,
    )
    yield "one witness of two needed", sample.receipt(INDEX, cosigned_by=1).to_text(), keys
    twice = sample.receipt(INDEX, cosigned_by=1)
    twice = replace(twice, note=twice.note.signed(sample.witnesses[0], time=TIME + 1))
    yield "one witness that signed twice", twice.to_text(), keys
    yield "another entry", replace(receipt, entry=receipt.entry + b" ").to_text(), keys
    yield "another index", text.replace(f"index {INDEX}\n", "index 4\n"), keys
    yield "an index beyond the size", text.replace(f"index {INDEX}\n", "index 11\n"), keys
    yield "another size", text.replace("\n11\n", "\n12\n"), keys
    yield "a proof line changed", "\n".join([*lines[:3], changed_base64(lines[3]), *lines[4:]]), keys
    yield "a proof line too few", "\n".join([*lines[:3], *lines[4:]]), keys
    yield "a proof line too many", "\n".join([*lines[:4], *lines[3:]]), keys
    log_line, first, second, third = (signature.line() for signature in note.signatures)
    yield "the log's signature changed", text.replace(log_line, changed_base64(log_line)), keys
    yield "the log's signature missing", text.replace(log_line + "\n", ""), keys
    yield "a cosignature changed", text.replace(second, changed_base64(second)), keys
    later = note.signatures[1]._replace(value=(TIME + 9).to_bytes(8) + note.signatures[1].value[8:])
    yield "a cosignature with another time", text.replace(first, later.line()), keys
    wrong = sample.witnesses[2].sign(sample.checkpoint(10).text(), time=TIME)
    yield "a cosignature of another checkpoint", text.replace(third, wrong.line()), keys
    yield "a log that nobody trusts", text, stranger.text()
    yield "another key of the log's name", text, keys.replace(sample.log.verifier.vkey, other.log.verifier.vkey)
    swapped = {"sm3": "sha256", "sha256": "sm3"}[receipt.hash_name]
    yield "the first line of the other hash", replace(receipt, hash_name=swapped).to_text(), keys
    yield "an unknown first line", "\n".join(["c2sp.org/tlog-proof@v2", *lines[1:]]), keys
    yield "base64 that is not canonical", text.replace(log_line, log_line.replace("=", "")), keys
    yield "a number with a leading zero", text.replace(f"index {INDEX}\n", f"index 0{INDEX}\n"), keys
    yield "lines that end in CR LF", text.replace("\n", "\r\n"), keys
    yield "the last newline missing", text[:-1], keys
    yield "an empty line at the end", text + "\n", keys
    yield "a cut file", text[: len(text) // 2], keys
    yield "no entry", text.replace(lines[1] + "\n", ""), keys
    yield "nothing", "", keys


def written():
    found = []
    for name in ("international", "national"):
        for what, receipt, keys in cases(name):
            line = judge_receipt(receipt.encode(), TrustedKeys.parse(keys)).as_json("en")
            marks = {key: line[key] for key in MARKS}
            found.append({"case": what, "suite": name, **marks, "receipt": receipt, "keys": keys})
    return found


if os.environ.get("YIWANG_WRITE_DOCS"):
    HELD.write_text(json.dumps(written(), ensure_ascii=False, indent=1) + "\n")
CASES = json.loads(HELD.read_text())


def identity(case):
    return f"{case['suite']}: {case['case']}"


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_each_case_is_judged_as_held(case):
    verdict = judge_receipt(case["receipt"].encode(), TrustedKeys.parse(case["keys"]))
    line = verdict.as_json()
    assert {key: line[key] for key in MARKS} == {key: case[key] for key in MARKS}
    assert verdict.valid == case["case"].startswith("valid") == (not verdict.reasons)


def test_both_suites_have_the_same_verdicts():
    by_suite = [
        {case["case"]: [case[mark] for mark in MARKS] for case in CASES if case["suite"] == name}
        for name in ("international", "national")
    ]
    assert by_suite[0] == by_suite[1]
    assert sum(case["valid"] for case in CASES) == 16


def test_the_standalone_verifier_agrees_on_every_case(tmp_path):
    code = (
        "import contextlib, io, json, runpy, sys\n"
        "run, cases = runpy.run_path(sys.argv[1]), json.load(open(sys.argv[2], encoding='utf-8'))\n"
        "for case in cases:\n"
        "    try:\n"
        "        with contextlib.redirect_stdout(io.StringIO()):\n"
        "            run['check'](case['receipt'], run['Policy'](case['keys']))\n"
        "        print(1)\n"
        "    except (run['Wrong'], ValueError, IndexError):\n"
        "        print(0)\n"
    )
    # Each signature is an openssl process or two: the other suite joins in longer runs, and in the worked example.
    chosen = [case for case in CASES if "YIWANG_FUZZ_EXAMPLES" in os.environ or case["suite"] == "international"]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(chosen))
    command = [sys.executable, "-I", "-c", code, str(STANDALONE), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    said = [line == "1" for line in done.stdout.split()]
    assert [identity(case) for case, valid in zip(chosen, said, strict=True) if valid != case["valid"]] == []


def test_held_receipts_are_written_as_they_were_read():
    for case in CASES:
        if case["valid"]:
            assert Receipt.parse(case["receipt"]).to_text() == case["receipt"]
