"""Packages: the same bytes for the same content, one verdict for whatever bytes, every change found."""

import hashlib
import io
import json
import os
import random
import struct
import time
import zipfile
import zlib

import pytest

from yiwang.commons.archives.engine import (
    ArchiveFault,
    Reason,
    TrustedArchives,
    open_package,
    read_container,
    read_metadata,
    verify_package,
    write_container,
)
from yiwang.commons.ledger.engine import Checkpoint, MemoryTree, Receipt
from yiwang.commons.rules.engine import Source, prove
from yiwang.kernel.verdicts import Mark, Verdict

from . import samples
from .samples import AT, KEYS, NUMBER, PDF, Item, Kind, content, item, package, trusted

PACKAGE = package()
FOLDER = "SAMPLE001-ZW.2026-D30-00001"


def verify(data, **options):
    return verify_package(data, trusted(), **options)


def codes(verdict):
    return {each.code for each in verdict.reasons if isinstance(each, Reason)}


def repacked(**changed):
    """The package with files of other content (None: without them), its container whole."""
    files = read_container(PACKAGE)
    for name, body in changed.items():
        path = f"{FOLDER}/{name}"
        if body is None:
            del files[path]
        else:
            files[path] = body(files.get(path, b"")) if callable(body) else body
    return write_container(files)


@pytest.mark.parametrize("name", ["national", "international"])
def test_a_package_verifies_with_the_archives_public_key_alone(name):
    verdict = verify_package(package(name), trusted(name))
    assert verdict.valid, verdict.reasons
    assert verdict.more["archive"] == NUMBER


def test_but_for_the_signature_the_same_content_gives_the_same_bytes():
    first, second = (open_package(package()).files for _ in range(2))
    assert {name for name in first if first[name] != second[name]} <= {"signature.json"}
    assert package("international") == package("international")


def test_any_zip_program_and_any_bagit_program_can_read_it():
    with zipfile.ZipFile(io.BytesIO(PACKAGE)) as found:
        assert found.testzip() is None
        files = {name.removeprefix(f"{FOLDER}/"): found.read(name) for name in found.namelist()}
    lines = files["manifest-sha512.txt"].decode().splitlines()
    for line in (*lines, *files["tagmanifest-sha512.txt"].decode().splitlines()):
        digest, path = line.split("  ")
        assert hashlib.sha512(files[path]).hexdigest() == digest
    payload = {name: body for name, body in files.items() if name.startswith("data/")}
    assert {line.split("  ")[1] for line in lines} == payload.keys()
    assert f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n" in files["bag-info.txt"].decode()


def test_a_changed_byte_anywhere_is_found():
    chance = random.Random(6)
    many = int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "3000"))
    places = range(len(PACKAGE)) if many >= len(PACKAGE) else chance.sample(range(len(PACKAGE)), many)
    for at in places:
        changed = bytearray(PACKAGE)
        changed[at] ^= 1 << chance.randrange(8)
        assert not verify(bytes(changed)).valid, at


def test_a_changed_file_is_found_though_the_container_was_made_anew():
    for path, body in read_container(PACKAGE).items():
        files = read_container(PACKAGE)
        files[path] = body[:-1] + bytes([body[-1] ^ 1])
        verdict = verify(write_container(files))
        assert not verdict.valid, path


def test_it_is_cut_anywhere_or_goes_on_after_its_end():
    assert not [at for at in range(0, len(PACKAGE), 61) if verify(PACKAGE[:at]).valid]
    assert not verify(PACKAGE + b"\0").valid
    assert codes(verify(PACKAGE[:-3])) == {"container.cut"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"data/material/001.pdf": None}, "bag.missing"),
        ({"data/material/002.pdf": PDF}, "bag.extra"),
        ({"data/material/001.pdf": lambda body: body + b" "}, "bag.changed"),
        ({"data/form/form.json": b'{"number":"OTHER"}'}, "metadata.number"),
        ({"notes.txt": b"x"}, "bag.extra"),
        ({"fetch.txt": b"https://sample.example/ 1 data/material/001.pdf\n"}, "bag.extra"),
        ({"bag-info.txt": b"\n" * 5_000_000}, "bag.large"),
        ({"manifest-sm3.txt": b"a  b\n" * 1_000_000}, "bag.large"),
        ({"data/form/form.json": b"[" + b"[]," * 3_000_000 + b"[]]"}, "bag.large"),
        ({"signature.json": b"[" * 5_000_000}, "signature.form"),
        ({"signature.json": None}, "bag.missing"),
        ({"signature.json": lambda body: body[:-1] + b" \n"}, "signature.form"),
        ({"bagit.txt": b"BagIt-Version: 0.97\n"}, "bag.tag"),
        ({"manifest-sm3.txt": lambda body: body + body}, "bag.manifest"),
        ({"data/metadata.xml": b"<?xml version='1.0'?><a/>"}, "metadata.xml"),
    ],
)
def test_it_says_what_was_changed(changed, code):
    verdict = verify(repacked(**changed))
    assert code in codes(verdict)
    assert not verdict.valid


def test_one_who_signs_a_changed_package_anew_is_not_trusted():
    forged = package("international")
    verdict = verify(forged)
    assert (verdict.signature, verdict.references, verdict.chain) == (Mark.VALID, Mark.VALID, Mark.INVALID)
    assert codes(verdict) == {"keys.unknown"}
    assert codes(verify_package(PACKAGE, None)) == {"keys.none"}


def test_a_wrong_receipt_inside_is_named():
    items = (
        *content().items[:-2],
        item(Kind.EVIDENCE, "009.tlog-proof", b"no receipt", "text/plain"),
        content().items[-1],
    )
    verdict = verify(package(items=items))
    assert (verdict.seal, codes(verdict)) == (Mark.UNKNOWN, {"receipt.wrong"})
    without = tuple(each for each in content().items if each.name != "trusted-keys.txt")
    assert codes(verify(package(items=without))) == {"receipt.no_keys"}


def test_sealed_files_are_judged_by_whoever_knows_seals():
    items = (*content().items, item(Kind.RESULT, "001.pdf", PDF, "application/pdf", sealed=True))
    data = package(items=items)
    assert (verify(data).seal, codes(verify(data))) == (Mark.UNKNOWN, {"sealed.unjudged"})
    wrong = Verdict(Mark.INVALID, Mark.VALID, Mark.VALID, Mark.VALID, reasons=(Reason("signature.wrong"),))
    assert codes(verify(data, judge_sealed=lambda _: wrong)) == {"sealed.wrong"}
    right = Verdict(Mark.VALID, Mark.VALID, Mark.VALID, Mark.VALID)
    assert verify(data, judge_sealed=lambda _: right).valid


def zipped(compression=zipfile.ZIP_DEFLATED, **files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, body in files.items():
            made.writestr(name, body)
    return target.getvalue()


def local(name, body, **changes):
    told = {
        "version": 20,
        "flags": 0x800,
        "method": 0,
        "time": 0,
        "date": 0x21,
        "size": len(body),
        "extra": 0,
    } | changes
    return struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", told["version"], told["flags"], told["method"], told["time"], told["date"],
        zlib.crc32(body), told["size"], told["size"], len(name), told["extra"],
    ) + name + body  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "container.kind"),
        (b"%PDF-1.7", "container.kind"),
        (zipped(**{"a/bomb": bytes(20_000_000)}), "container.packed"),
        (zipped(zipfile.ZIP_STORED, **{"a/b": b"x"}), "container.form"),
        (local(b"../../etc/passwd", b"x"), "container.name"),
        (local(b"/etc/passwd", b"x"), "container.name"),
        (local(b"a/../b", b"x"), "container.name"),
        (local(b"a\\b", b"x"), "container.name"),
        (local(b"a/b", b"x", size=0xFFFFFFFF), "container.cut"),
        (local(b"a/b", b"x", flags=0x801), "container.packed"),
        (local(b"a/b", b"x") * 2, "container.order"),
        (local(b"a/B", b"x") + local(b"a/b", b"x"), "container.order"),
        (b"PK\3\4", "container.cut"),
    ],
)
def test_hostile_files_get_a_clear_verdict(data, code):
    verdict = verify(data)
    assert (verdict.valid, codes(verdict)) == (False, {code})
    assert all(reason.text(language) for reason in verdict.reasons for language in ("zh", "en"))


def test_more_files_than_allowed_are_refused_in_no_time():
    data = b"".join(local(f"a/{n:06}".encode(), b"") for n in range(60_000))
    began = time.monotonic()
    assert codes(verify(data)) == {"container.many"}
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "metadata.unsafe"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "metadata.unsafe"),
        ("<电子档案 xmlns='urn:yiwang:archive:1'><?x ?><b/></电子档案>".encode(), "metadata.xml"),
        (b"<a>" * 100_000, "metadata.xml"),
        (b"\xff\xfe<", "metadata.xml"),
        (b"", "metadata.xml"),
    ],
)
def test_metadata_never_resolves_entities(xml, code):
    with pytest.raises(ArchiveFault) as caught:
        read_metadata(xml)
    assert caught.value.reason.code == code
    assert not verify(repacked(**{"data/metadata.xml": xml})).valid


def test_names_that_climb_are_never_written():
    for name in ("../a", "a b", "", "x/", "é"):
        with pytest.raises(ArchiveFault):
            package(items=(Item(Kind.FORM, name, "样例", b"x", "text/plain", AT),))
    with pytest.raises(ArchiveFault):
        package(items=tuple(Item(Kind.FORM, name, "样例", b"x", "text/plain", AT) for name in ("a.txt", "A.txt")))


def test_a_file_that_the_metadata_names_again_and_again_is_read_once():
    row = f"<数字对象><文件名>data/material/001.pdf</文件名><大小>{len(PDF)}</大小><盖章>是</盖章></数字对象>"
    xml = f"<电子档案 xmlns='urn:yiwang:archive:1'>{row * 20_000}</电子档案>".encode()
    large = PDF + bytes(1_000_000)
    judged = []
    began = time.process_time()
    verdict = verify(repacked(**{"data/metadata.xml": xml, "data/material/001.pdf": large}), judge_sealed=judged.append)
    assert time.process_time() - began < 4
    assert ("metadata.xml" in codes(verdict), judged) == (True, [])


def chained(*steps):
    """A history whose steps follow each other."""
    told, previous = [], "0" * 64
    for number, action in enumerate(steps, 1):
        made = hashlib.sha256(f"{previous}{action}".encode()).hexdigest()
        told.append({"seq": number, "action": action, "previous": previous, "hash": made})
        previous = made
    return told


def with_history(steps, chain):
    """A package with that history, and a receipt of a statement that the second step has the hash `chain`."""
    entry = json.dumps({"facts": {"event": 2, "chain": chain}, "kind": "sample.step"}).encode()
    tree = MemoryTree(samples.NATIONAL.digest, [entry])
    note = Checkpoint(samples.LOG.name, 1, tree.root(1)).note(samples.LOG).signed(samples.WITNESS, time=1_800_000_000)
    receipt = Receipt(entry, 0, tuple(tree.inclusion(0, 1)), note, samples.NATIONAL.hash_name).to_text().encode()
    others = [each for each in content().items if each.name not in {"history.json", "001.tlog-proof"}]
    history = json.dumps({"number": "SAMPLE-CASE-1", "steps": steps}).encode()
    return package(
        items=(
            *others,
            item(Kind.HISTORY, "history.json", history, "application/json"),
            item(Kind.EVIDENCE, "001.tlog-proof", receipt, "application/vnd.yiwang.tlog-proof"),
        )
    )


def test_a_history_that_is_not_the_one_in_the_ledger_is_found_though_the_archive_signed_it():
    steps = chained("submit", "close")
    assert verify(with_history(steps, steps[1]["hash"])).valid
    other = chained("submit", "refuse")
    assert codes(verify(with_history(other, steps[1]["hash"]))) == {"metadata.chain"}
    torn = [steps[0], steps[1] | {"previous": "0" * 64}]
    assert codes(verify(with_history(torn, steps[1]["hash"]))) == {"metadata.chain"}
    renumbered = [steps[0], steps[1] | {"seq": 3}]
    assert codes(verify(with_history(renumbered, steps[1]["hash"]))) == {"metadata.chain"}


XML = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:sample" name="sample" id="d">
<inputData id="i" name="months"><variable name="months" typeRef="number"/></inputData>
<decision id="grant" name="grant"><variable name="grant" typeRef="boolean"/>
<informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
<literalExpression id="l"><text>months &gt;= 12</text></literalExpression></decision></definitions>"""


def decided(proof, facts):
    more = (
        item(Kind.DECISION, "proof-001.json", proof, "application/json"),
        item(Kind.DECISION, "facts-001.json", facts, "application/json"),
    )
    return package(items=(*content().items, *more))


def test_decisions_inside_are_decided_again_from_the_facts_beside_them():
    proof = prove(Source(XML), "grant", {"months": 14}).to_json()
    assert verify(decided(proof, b'{"months":14}')).valid
    for changed, facts in (
        (proof.replace(b'"output":true', b'"output":false'), b'{"months":14}'),
        (proof, b'{"months":11}'),
        (proof, b"{}"),
        (proof, b"[]"),
        (b"{}", b'{"months":14}'),
    ):
        verdict = verify(decided(changed, facts))
        assert (verdict.references, codes(verdict)) == (Mark.INVALID, {"proof.wrong"})
    stranger = verify_package(decided(b"{}", b"{}"), trusted("international"))
    assert codes(stranger) == {"keys.unknown"}, "models that nobody trusted has signed are not run"


def test_a_file_of_keys_names_the_line_that_is_wrong():
    text = TrustedArchives.text([("样例 局", KEYS["national"].public)])
    assert TrustedArchives.parse(text.encode()).keys == {KEYS["national"].public: "样例-局"}
    with pytest.raises(ArchiveFault, match="line 2"):
        TrustedArchives.parse(b"# remark\narchive only-a-name\n")
