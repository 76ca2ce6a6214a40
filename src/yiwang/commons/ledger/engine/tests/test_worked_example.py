"""The worked example of docs/guide/ledger-formats.md: written here, checked by three ways that share no code.

`YIWANG_WRITE_DOCS=1` writes it anew. Keys and Ed25519 signatures are the same each time; SM2 signatures are not, so
the national example stays as it was written and is only checked.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from yiwang.commons.crypto.engine import suite
from yiwang.commons.ledger.engine import (
    HASHERS,
    Checkpoint,
    MemoryTree,
    NoteSigner,
    Receipt,
    TrustedKeys,
    judge_receipt,
    leaf_hash,
)
from yiwang.kernel.evidence import canonical

from .samples import SampleLog, ed25519

ROOT = Path(__file__).resolve().parents[6]
PAGE = ROOT / "docs" / "guide" / "ledger-formats.md"
STANDALONE = ROOT / "docs" / "guide" / "verify_receipt.py"
EXAMPLE = re.compile(r"(?<=<!-- example -->\n).*?(?=<!-- /example -->)", re.DOTALL)
FILES = re.compile(r"^`(?P<name>[\w.-]+)`[^\n]*:\n\n```text\n(?P<text>.*?)```$", re.DOTALL | re.MULTILINE)
INDEX = 2


def statement(number):
    return canonical({
        "kind": "case.accepted",
        "subject": f"case:00000000-0000-7000-8000-{number:012d}",
        "at": f"2027-01-15T09:0{number}:00+08:00",
        "organisation": "00000000-0000-7000-8000-0000000000aa",
        "facts": {"number": f"SAMPLE-2027-{number:04d}", "sample": True},
    })  # fmt: skip


def international():
    """The receipt of the third of five entries, and the keys."""
    digest = suite("international").digest
    log = NoteSigner("ledger.sample.example/log", ed25519("sample log"))
    witnesses = {
        name: NoteSigner(f"{name}.sample.example/witness", ed25519(f"sample {name}"), cosigning=True)
        for name in ("archives", "university", "court")
    }
    tree = MemoryTree(digest, [statement(number) for number in range(5)])
    note = Checkpoint(log.name, tree.size, tree.root()).note(log)
    for at, name in enumerate(("archives", "university")):
        note = note.signed(witnesses[name], time=1_800_000_000 + at)
    receipt = Receipt(statement(INDEX), INDEX, tuple(tree.inclusion(INDEX)), note, "sha256")
    keys = {name: witness.verifier for name, witness in witnesses.items()}
    return receipt, TrustedKeys.of([log.verifier], keys, 2)


def section(page):
    receipt, trusted = international()
    checkpoint = receipt.checkpoint
    national = files(page)
    if "national.tlog-proof" not in national:
        sample = SampleLog.of("national", 5)
        national = {
            "national.tlog-proof": sample.receipt(INDEX).to_text(),
            "national-keys.txt": sample.trusted().text(),
        }
    written = {
        "keys.txt": ("whom the verifier trusts: any two of three witnesses", trusted.text()),
        "receipt.tlog-proof": ("the receipt of the third of five entries", receipt.to_text()),
        "national-keys.txt": ("the same for a log of the national suite", national["national-keys.txt"]),
        "national.tlog-proof": ("its receipt", national["national.tlog-proof"]),
    }
    facts = [
        ("the entry", f"`{receipt.entry.decode()}`"),
        ("its leaf hash", f"`{leaf_hash(HASHERS['sha256'], receipt.entry).hex()}`"),
        ("the root of five entries", f"`{checkpoint.root.hex()}`"),
        ("the log's public key (DER, hex)", f"`{trusted.logs[0].public.hex()}`"),
    ]
    table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)])
    blocks = [f"`{name}`, {what}:\n\n```text\n{text}```" for name, (what, text) in written.items()]
    return "\n\n".join([*blocks, table]) + "\n"


def files(page):
    return {found["name"]: found["text"] for found in FILES.finditer(page)}


@pytest.fixture
def folder(tmp_path):
    for name, text in files(PAGE.read_text()).items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_page_shows_what_the_program_writes():
    page = PAGE.read_text()
    if os.environ.get("YIWANG_WRITE_DOCS"):
        PAGE.write_text(EXAMPLE.sub(lambda _: section(page), page))
        page = PAGE.read_text()
    assert EXAMPLE.search(page)[0] == section(page)


@pytest.mark.parametrize(
    ("receipt", "keys"), [("receipt.tlog-proof", "keys.txt"), ("national.tlog-proof", "national-keys.txt")]
)
def test_both_receipts_verify_by_the_program_and_by_the_standalone_file(receipt, keys, folder):
    data, trusted = (folder / receipt).read_bytes(), TrustedKeys.parse((folder / keys).read_bytes())
    assert judge_receipt(data, trusted).valid

    def standalone():
        command = [sys.executable, "-I", str(STANDALONE), str(folder / receipt), str(folder / keys)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    done = standalone()
    assert (done.returncode, done.stderr) == (0, "")
    assert "VALID. What was logged" in done.stdout
    for old, new in ((b"index 2", b"index 1"), (b"\n5\n", b"\n6\n"), (b"AAAABrSdI", b"AAAABqSdI")):
        (folder / receipt).write_bytes(data.replace(old, new))
        if data.replace(old, new) != data:
            assert not judge_receipt((folder / receipt).read_bytes(), trusted).valid
            refused = standalone()
            assert (refused.returncode, refused.stdout.splitlines()[-1][:9]) == (1, "NOT VALID")


def test_the_commands_by_hand_verify_the_receipt_with_public_keys_alone(folder):
    script = PAGE.read_text().rpartition("```sh\n")[2].partition("```")[0]
    done = subprocess.run(
        ["sh", "-e"], input=script, capture_output=True, text=True, cwd=folder, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert f"entry: {statement(INDEX).decode()}" in done.stdout
    assert "root reached: True" in done.stdout
    assert done.stdout.count("Signature Verified Successfully") == 3


def test_keys_and_signatures_of_the_example_are_the_same_each_time():
    assert international()[0].to_text() == international()[0].to_text()
