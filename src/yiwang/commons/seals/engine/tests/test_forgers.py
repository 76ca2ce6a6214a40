"""Forgers who hold true certificates, and structures that no program would write."""

import base64
import datetime as dt
import os
import random
import struct
import zlib

import pytest

from yiwang.commons.seals.engine import Trust, asn1, verify_ofd, verify_seal, verify_sealed
from yiwang.commons.seals.engine.ofd.package import open_package, pack

from .making import NAMESPACE, NOW, codes, documents, marks, revocation, world, zipped
from .making_others import seal_of, signed_data, sm3, timestamp, value_of, with_value

SIGN = "Doc_0/Signs/Sign_0"
VALID = ("valid",) * 4
CHANGES = int(os.environ.get("YIWANG_CHANGED_STRUCTURES", "50"))
LATER = NOW + dt.timedelta(days=100)


def with_bytes(value):
    return pack({**open_package(world().signed()).files, f"{SIGN}/SignedValue.dat": value})


def true_value():
    return open_package(world().signed()).files[f"{SIGN}/SignedValue.dat"]


def test_whoever_has_a_certificate_can_not_make_seals():
    mallory, eve = world().key("Mallory"), world().key("Eve")
    own = world().signed(key=mallory, seal=world().seal(mallory, maker=mallory, name="某市公安局"))
    verdict = verify_ofd(own, world().trust())
    assert (marks(verdict), codes(verdict)) == (("valid", "valid", "valid", "invalid"), {"seal.self_made"})
    another = world().signed(key=mallory, seal=world().seal(mallory, maker=eve, name="某市公安局"))
    verdict = verify_ofd(another, world().trust())
    assert (marks(verdict), codes(verdict)) == (("valid", "valid", "valid", "unknown"), {"seal.no_maker"})
    assert "--makers" in verdict.reasons[0].text("zh")


def test_a_maker_may_be_named_by_whoever_verifies():
    maker = world().key("Maker of another authority's")
    sealed = world().signed(seal=world().seal(world().first, maker=maker))
    assert not verify_ofd(sealed, world().trust()).valid
    assert verify_ofd(sealed, world().trust(makers=(maker.der,))).valid
    assert not verify_ofd(sealed, world().trust(makers=(world().second.der,))).valid


def test_a_certificate_revoked_since_is_remarked():
    verdict = verify_ofd(
        world().signed(), world().trust(revocation(world().first, since=NOW + dt.timedelta(days=1)), at=LATER)
    )
    assert verdict.valid
    assert "cert.revoked_since" in {remark.code for remark in verdict.remarks}


def stamped(key, seal, *, stamp_at, at=NOW, service=None):
    service = service or world().key("Sample Time", profile="time_stamping")
    made = with_value(
        lambda told: value_of(
            4, seal, key, sm3(told), at=at, stamp=lambda value: timestamp(service, value, at=stamp_at)
        ),
        seal=seal,
    )
    return verify_ofd(made, world().trust(at=LATER))


def test_a_signer_is_no_time_stamp_service():
    seal = world().seal(world().first)
    verdict = stamped(world().first, seal, stamp_at=NOW, service=world().second)
    assert (marks(verdict)[3], codes(verdict)) == ("invalid", {"stamp.no_service"})


def test_a_seal_is_judged_at_the_time_that_a_stamp_proves():
    seal = world().seal(world().first, days=(-90, 10))
    assert codes(stamped(world().first, seal, stamp_at=NOW + dt.timedelta(days=60))) == {"seal.not_then"}


@pytest.mark.parametrize("profile", ["server", "ocsp", "time_stamping"])
def test_certificates_for_other_purposes_sign_no_documents(profile):
    key = world().key("Sample Server", profile=profile)
    assert "cert.purpose" in codes(verify_ofd(world().signed(key=key), world().trust()))


def test_a_second_document_put_in_front_of_a_sealed_one_is_not_covered_by_its_seal():
    """Its signer did not protect what decides which pages are shown; another wraps it and signs all of it himself."""
    files = dict(open_package(world().signed()).files)
    told = files[f"{SIGN}/Signature.xml"]
    start = told.index(b'<ofd:Reference FileRef="/OFD.xml">')
    end = told.index(b"</ofd:Reference>", start) + len(b"</ofd:Reference>")
    told = told[:start] + told[end:]
    files[f"{SIGN}/Signature.xml"] = told
    key = world().first
    files[f"{SIGN}/SignedValue.dat"] = value_of(4, files[f"{SIGN}/Seal.esl"], key, sm3(told))
    verdict = verify_ofd(world().signed(zipped(files), key=world().second), world().trust())
    assert marks(verdict) == ("valid", "unknown", "valid", "valid")
    assert codes(verdict) == {"ref.core"}


@pytest.mark.parametrize(
    "extra",
    [
        {"Doc_0/Signs/Sign_0/leftover.txt": b"1"},
        {"..a/x.txt": b"1"},
    ],
)
def test_what_is_sealed_here_is_valid_here_whatever_lay_in_the_package(extra):
    once = world().signed(zipped(documents(extra)))
    assert verify_ofd(world().signed(once, key=world().second), world().trust()).valid


def test_a_list_of_signatures_that_was_emptied_may_be_used_again():
    files = documents()
    files["OFD.xml"] = files["OFD.xml"].replace(
        b"</ofd:DocBody>", b"<ofd:Signatures>Doc_0/S.xml</ofd:Signatures></ofd:DocBody>"
    )
    files["Doc_0/S.xml"] = f"<ofd:Signatures {NAMESPACE}><ofd:MaxSignId>7</ofd:MaxSignId></ofd:Signatures>".encode()
    assert verify_ofd(world().signed(zipped(files)), world().trust()).valid


def test_a_told_time_after_the_stamp_contradicts_it():
    seal = world().seal(world().first)
    verdict = stamped(world().first, seal, stamp_at=NOW, at=NOW + dt.timedelta(days=20))
    assert "stamp.earlier" in codes(verdict)


def test_a_seal_made_after_its_use_is_refused():
    seal = world().seal(world().first, created=NOW + dt.timedelta(days=9))
    assert "seal.made_later" in codes(verify_ofd(world().signed(seal=seal), world().trust()))


def foreign_second():
    """A file sealed here, then signed by another program that puts a seal beside a digital signature."""
    files = dict(open_package(world().signed(key=world().second)).files)
    place = "Doc_0/Signs/Sign_1"
    files[f"{place}/Seal.esl"] = world().seal(world().first)
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{base64.b64encode(sm3(content)).decode()}</ofd:CheckValue></ofd:Reference>'
        for name, content in files.items()
        if name != "Doc_0/Signs/Signatures.xml"
    )
    told = (
        f'<ofd:Signature {NAMESPACE}><ofd:SignedInfo><ofd:Provider ProviderName="another"/>'
        f'<ofd:References CheckMethod="SM3">{references}</ofd:References>'
        f"<ofd:Seal><ofd:BaseLoc>/{place}/Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
        f"<ofd:SignedValue>/{place}/SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    ).encode()
    files |= {f"{place}/Signature.xml": told, f"{place}/SignedValue.dat": signed_data(world().first, told)}
    line = f'<ofd:Signature ID="2" Type="Seal" BaseLoc="/{place}/Signature.xml"/></ofd:Signatures>'.encode()
    listed = files["Doc_0/Signs/Signatures.xml"].replace(b"</ofd:Signatures>", line)
    return files | {"Doc_0/Signs/Signatures.xml": listed}


def test_a_file_sealed_by_two_programs_is_valid():
    verdict = verify_ofd(zipped(foreign_second()), world().trust())
    assert (marks(verdict), codes(verdict)) == (VALID, set())


def test_a_seal_that_can_t_be_read_counts_though_another_is_fine():
    verdict = verify_ofd(zipped(foreign_second() | {"Doc_0/Signs/Sign_1/Seal.esl": b"garbage"}), world().trust())
    assert marks(verdict)[1:3] == ("invalid", "invalid")
    assert "seal.unreadable" in codes(verdict)


def test_an_earlier_signature_taken_off_the_list_is_missed():
    files = foreign_second()
    listed = files["Doc_0/Signs/Signatures.xml"]
    start = listed.index(b'<ofd:Signature ID="1"')
    files["Doc_0/Signs/Signatures.xml"] = listed[:start] + listed[listed.index(b"/>", start) + 2 :]
    verdict = verify_ofd(zipped(files), world().trust())
    assert marks(verdict)[1] == "invalid"
    assert codes(verdict) == {"ref.unlisted"}


def test_a_seal_beside_a_digital_signature_must_be_referred_to():
    files = dict(
        open_package(with_value(lambda told: signed_data(world().first, told), seal=world().seal(world().first))).files
    )
    told = files[f"{SIGN}/Signature.xml"]
    mark = b'<ofd:Reference FileRef="/Doc_0/Signs/Sign_0/Seal.esl">'
    start = told.index(mark)
    told = told[:start] + told[told.index(b"</ofd:Reference>", start) + len(b"</ofd:Reference>") :]
    files |= {f"{SIGN}/Signature.xml": told, f"{SIGN}/SignedValue.dat": signed_data(world().first, told)}
    files[f"{SIGN}/Seal.esl"] = world().seal(world().first, name="另一枚印章")
    assert codes(verify_ofd(zipped(files), world().trust())) == {"ref.unprotected"}


def parts_of(value):
    return asn1.read(value).children()


def test_nothing_that_nobody_signed_has_a_place_in_a_value():
    parts = [part.whole for part in parts_of(true_value())]
    certificate = parts_of(true_value())[1].octets()
    in_pieces = asn1.encode(0x24, asn1.octets(certificate[:100]), asn1.octets(certificate[100:]))
    for put in (
        [*parts, asn1.octets(b"x" * 4000)],
        [parts[0], in_pieces, *parts[2:]],
        [*parts, asn1.encode(0xA0, b"")],
    ):
        assert not verify_ofd(with_bytes(asn1.sequence(*put)), world().trust()).valid


def test_another_writing_of_the_same_signature_is_not_ours():
    to_sign, certificate, algorithm, signature = parts_of(true_value())
    numbers = [number.integer() for number in asn1.read(signature.bits()).children()]
    in_a_row = asn1.bits(b"".join(number.to_bytes(32, "big") for number in numbers))
    other = asn1.oid("1.2.156.10197.1.301")
    for put in ((algorithm.whole, in_a_row), (other, signature.whole)):
        verdict = verify_ofd(with_bytes(asn1.sequence(to_sign.whole, certificate.whole, *put)), world().trust())
        assert marks(verdict)[0] == "unknown"


@pytest.mark.parametrize(
    "text", [b"99991231235959Z", b"00010101000000Z", b"00010101000000+0800", b"99991231235959-0800"]
)
def test_the_last_and_first_days_of_the_calendar_get_a_verdict(text):
    to_sign, *rest = parts_of(true_value())
    inner = [part.whole for part in to_sign.children()]
    inner[2] = asn1.encode(asn1.GENERAL_TIME, text)
    put = asn1.sequence(asn1.sequence(*inner), *(part.whole for part in rest))
    for trust in (world().trust(), Trust(at=NOW)):
        verdict = verify_ofd(with_bytes(put), trust)
        assert marks(verdict)[0] == "invalid"
        assert "file.unreadable" not in codes(verdict)


def test_a_seal_without_end_may_be_used():
    endless = {"valid_until": dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)}
    assert verify_ofd(world().signed(seal=world().seal(world().first, **endless)), world().trust()).valid
    early = {"valid_from": NOW + dt.timedelta(days=9), **endless}
    assert codes(verify_seal(world().seal(world().first, **early), world().trust())) == {"seal.not_now"}


def test_an_endless_number_in_the_list_gets_a_verdict():
    files = open_package(world().signed()).files
    put = files["Doc_0/Signs/Signatures.xml"].replace(b'ID="1"', b'ID="' + b"9" * 5000 + b'"')
    assert codes(verify_ofd(pack({**files, "Doc_0/Signs/Signatures.xml": put}), world().trust())) == {"zip.not_ours"}


def renaming(files, other_names):
    """A package whose entries carry a second name that some programs heed (Info-ZIP Unicode Path)."""
    bodies, directory, at = [], [], 0
    for name, content in files.items():
        raw, extra = name.encode(), b""
        if name in other_names:
            told = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + other_names[name].encode()
            extra = struct.pack("<HH", 0x7075, len(told)) + told
        common = (20, 0, 0, 0, 0x21, zlib.crc32(content), len(content), len(content), len(raw), len(extra))
        bodies.append(struct.pack("<IHHHHHIIIHH", 0x04034B50, *common) + raw + extra + content)
        directory.append(struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, *common, 0, 0, 0, 0, at) + raw + extra)
        at += len(bodies[-1])
    listed = b"".join(directory)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(files), len(files), len(listed), at, 0)
    return b"".join((*bodies, listed, end))


def test_entries_with_a_second_name_are_refused():
    first, second = (f"Doc_0/Pages/Page_{number}/Content.xml" for number in (0, 1))
    verdict = verify_ofd(renaming(foreign_second(), {first: second, second: first}), world().trust())
    assert (marks(verdict)[1], codes(verdict)) == ("invalid", {"zip.renamed"})


def changed_structure(data, chance):
    """A structure with one value dropped, doubled, moved, emptied or given another type, lengths made right."""
    top = asn1.read(data)
    path = []
    while top.tag & 0x20 and (children := top.children()) and (not path or chance.random() < 0.75):
        path.append((top, chance.randrange(len(children))))
        top = children[path[-1][1]]
    put = chance.choice(
        (
            b"",
            top.whole * 2,
            asn1.encode(chance.choice((2, 3, 4, 5, 6, 12, 22, 24, 48, 49, 160)), top.body),
            bytes((top.tag, 0)),
        )
    )
    for node, index in reversed(path):
        inner = [child.whole for child in node.children()]
        inner[index] = put
        if chance.random() < 0.1:
            chance.shuffle(inner)
        put = asn1.encode(node.tag, *inner)
    return put


@pytest.mark.parametrize("form", ["ses4", "ses5", "ses1", "cms", "seal", "stamped"])
def test_changed_structures_get_a_verdict_and_are_never_valid(form):
    chance, key = random.Random(form), world().first
    service = world().key("Sample Time", profile="time_stamping")
    told = open_package(world().signed()).files[f"{SIGN}/Signature.xml"]
    made = {
        "ses4": true_value,
        "ses5": lambda: value_of(5, seal_of(5, key), key, sm3(told)),
        "ses1": lambda: value_of(1, seal_of(1, key), key, sm3(told)),
        "cms": lambda: signed_data(key, told),
        "seal": lambda: world().seal(key),
        "stamped": lambda: value_of(
            4, world().seal(key), key, sm3(told), stamp=lambda value: timestamp(service, value)
        ),
    }[form]()
    for _ in range(CHANGES):
        put = changed_structure(made, chance)
        verdicts = [verify_ofd(with_bytes(put), world().trust()), verify_sealed(put, world().trust())]
        for verdict in verdicts:
            assert "file.unreadable" not in codes(verdict), put.hex()
            assert not verdict.valid or put == made
            assert all(reason.text("en") for reason in verdict.reasons)
