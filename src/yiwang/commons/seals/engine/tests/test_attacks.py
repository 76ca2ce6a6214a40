"""What a forger tries: each attempt gets a clear verdict."""

import datetime as dt
import io
import random
import struct
import time
import warnings
import zipfile

import pytest

from yiwang.commons.crypto.engine import suite
from yiwang.commons.seals.engine import Trust, asn1, ses, sign_value, verify_ofd
from yiwang.commons.seals.engine.ofd.package import open_package, pack

from .making import NOW, World, codes, documents, marks, new_authority, plain_ofd, revocation, world, zipped

SIGN = "Doc_0/Signs/Sign_0"


def changed(sealed, **files):
    return pack({**open_package(sealed).files, **files})


def without(sealed, *names):
    return pack({name: content for name, content in open_package(sealed).files.items() if name not in names})


def resealed(sealed, *, seal, key, info=f"/{SIGN}/Signature.xml", at=NOW, data=None):
    """The file with another signature value over the same Signature.xml, and its seal."""
    files = dict(open_package(sealed).files)
    digest = suite("national").digest(files[f"{SIGN}/Signature.xml"]) if data is None else data
    value = sign_value(seal=seal, data_hash=digest, property_info=info, signer=key.signer, certificate=key.der, at=at)
    return pack(files | {f"{SIGN}/SignedValue.dat": value})


def test_a_forged_seal_over_a_true_signature_is_not_the_one_that_was_signed():
    forged = world().seal(world().first, name="伪造的印章")
    verdict = verify_ofd(changed(world().signed(), **{f"{SIGN}/Seal.esl": forged}), world().trust())
    assert marks(verdict)[1:3] == ("invalid", "invalid")
    assert "seal.other" in codes(verdict)


def test_a_forged_seal_inside_the_signature_value_breaks_the_signature():
    sealed = world().signed()
    value = open_package(sealed).files[f"{SIGN}/SignedValue.dat"]
    true, forged = ses.parse_signed_value(value).seal.der, world().seal(world().first, name="伪造的印章")
    top = asn1.read(value).children()
    parts = [forged if part.whole == true else part.whole for part in top[0].children()]
    put = asn1.sequence(asn1.sequence(*parts), *(part.whole for part in top[1:]))
    verdict = verify_ofd(changed(sealed, **{f"{SIGN}/SignedValue.dat": put}), world().trust())
    assert marks(verdict)[0] == "invalid"
    assert "sig.wrong" in codes(verdict)


def test_a_seal_of_a_maker_of_ones_own_is_not_trusted():
    mallory = World(new_authority("Mallory"), None, None, None)
    maker, signer = mallory.key("Sample Maker", profile="seal_maker"), mallory.key("Sample One")
    seal = mallory.seal(signer, maker=maker)
    verdict = verify_ofd(mallory.signed(key=signer, seal=seal), world().trust())
    assert marks(verdict) == ("valid", "valid", "valid", "invalid")
    assert codes(verdict) == {"cert.fault"}


def test_a_seal_whose_maker_did_not_sign_it_is_invalid():
    seal = bytearray(world().seal(world().first))
    seal[seal.index("样本市".encode())] ^= 1
    verdict = verify_ofd(world().signed(seal=bytes(seal)), world().trust())
    assert marks(verdict) == ("valid", "valid", "invalid", "valid")
    assert codes(verdict) == {"seal.wrong"}


def test_a_signer_who_is_not_listed_in_the_seal_has_no_right_to_it():
    verdict = verify_ofd(world().signed(key=world().second, seal=world().seal(world().first)), world().trust())
    assert marks(verdict) == ("valid", "valid", "invalid", "valid")
    assert codes(verdict) == {"seal.not_listed"}


@pytest.mark.parametrize("days", [(-90, -1), (1, 90)])
def test_a_seal_used_before_or_after_its_time_is_invalid(days):
    verdict = verify_ofd(world().signed(seal=world().seal(world().first, days=days)), world().trust())
    assert marks(verdict)[2] == "invalid"
    assert "seal.not_then" in codes(verdict)


def test_a_certificate_that_had_expired_at_signing_is_invalid():
    key = world().key("Sample Expired", since=NOW - dt.timedelta(days=90), days=80)
    verdict = verify_ofd(world().signed(key=key), world().trust())
    assert marks(verdict) == ("valid", "valid", "valid", "invalid")
    assert "到期" in verdict.reasons[0].text()


def test_a_certificate_that_expired_after_signing_still_holds():
    key = world().key("Sample Short", days=110)
    verdict = verify_ofd(world().signed(key=key), world().trust(at=NOW + dt.timedelta(days=300)))
    assert verdict.valid, [reason.text() for reason in verdict.reasons]


def test_a_revoked_certificate_is_invalid_and_one_revoked_later_is_not():
    sealed = world().signed()
    verdict = verify_ofd(sealed, world().trust(revocation(world().first)))
    assert marks(verdict) == ("valid", "valid", "valid", "invalid")
    assert "吊销" in verdict.reasons[0].text()
    later = revocation(world().first, since=NOW + dt.timedelta(days=1))
    assert verify_ofd(sealed, world().trust(later, at=NOW + dt.timedelta(days=2))).valid


def test_a_certificate_that_this_installation_withdrew_is_invalid():
    withdrawn = frozenset({world().maker.certificate.fingerprint})
    verdict = verify_ofd(world().signed(), world().trust(revoked=withdrawn))
    assert marks(verdict)[3] == "invalid"
    assert codes(verdict) == {"cert.withdrawn"}


def test_a_time_of_signing_in_the_future_is_refused():
    verdict = verify_ofd(world().signed(at=NOW + dt.timedelta(days=20)), world().trust())
    assert marks(verdict)[3] == "invalid"
    assert "time.future" in codes(verdict)


def test_a_signature_moved_from_another_document_does_not_fit():
    other = open_package(world().signed(plain_ofd({"Doc_0/a.txt": b"1"}))).files
    moved = {name: other[name] for name in (f"{SIGN}/SignedValue.dat", f"{SIGN}/Seal.esl")}
    verdict = verify_ofd(changed(world().signed(), **moved), world().trust())
    assert "data.differs" in codes(verdict)


@pytest.mark.parametrize(
    "name", ["Doc_0/Pages/Page_9/Content.xml", "Doc_0/Annots/Annotations.xml", "stray.txt", f"{SIGN}/more.xml"]
)
def test_a_file_added_after_sealing_is_told_and_refused(name):
    for made in (
        changed(world().signed(), **{name: b"<x/>"}),
        zipped({**open_package(world().signed()).files, name: b"x"}),
    ):
        verdict = verify_ofd(made, world().trust())
        assert marks(verdict)[1] == "invalid"
        assert "ref.unprotected" in codes(verdict)
        assert any(name in reason.text() for reason in verdict.reasons)


def test_a_removed_file_is_told():
    verdict = verify_ofd(without(world().signed(), "Doc_0/Pages/Page_1/Content.xml"), world().trust())
    assert "ref.missing" in codes(verdict)


def test_a_signature_taken_off_the_list_is_told_as_unprotected():
    twice = world().signed(world().signed(), key=world().second)
    listed = open_package(world().signed()).files["Doc_0/Signs/Signatures.xml"]
    verdict = verify_ofd(changed(twice, **{"Doc_0/Signs/Signatures.xml": listed}), world().trust())
    assert "ref.unprotected" in codes(verdict)


def test_a_file_added_between_two_signatures_is_told_by_a_remark():
    files = {**open_package(world().signed()).files, "Doc_0/Attachs/later.txt": b"1"}
    verdict = verify_ofd(world().signed(pack(files), key=world().second), world().trust())
    assert verdict.valid
    assert any(remark.code == "ref.later" and "later.txt" in remark.text() for remark in verdict.remarks)


def test_an_earlier_signature_that_protects_the_list_fails_once_another_is_added():
    """As programs do that sign "the whole": the list they protected changes with the next signature."""
    files = dict(open_package(world().signed()).files)
    added = (
        b'<ofd:Reference FileRef="/Doc_0/Signs/Signatures.xml"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference>'
    )
    told = files[f"{SIGN}/Signature.xml"].replace(b"</ofd:References>", added + b"</ofd:References>")
    made = zipped(files | {f"{SIGN}/Signature.xml": told})
    verdict = verify_ofd(resealed(made, seal=world().seal(world().first), key=world().first), world().trust())
    assert marks(verdict)[1] == "invalid"
    assert "ref.list" in codes(verdict)


def test_names_that_differ_only_in_case_are_refused():
    page = "Doc_0/Pages/Page_0/Content.xml"
    for twin in (page.upper(), page.replace("Content", "content")):
        verdict = verify_ofd(zipped({**open_package(world().signed()).files, twin: b"<x/>"}), world().trust())
        assert codes(verdict) == {"zip.twice"}
        assert marks(verdict)[1] == "invalid"


def test_the_same_name_twice_is_refused():
    kept = io.BytesIO(zipped(open_package(world().signed()).files))
    with zipfile.ZipFile(kept, "a") as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out.writestr("Doc_0/Pages/Page_0/Content.xml", b"<x/>")
    assert codes(verify_ofd(kept.getvalue(), world().trust())) == {"zip.twice"}


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "a/../../b", "a\\..\\b", "C:/x", "a//b", "./a", "a\x00b", " "]
)
def test_paths_that_lead_elsewhere_are_refused(name):
    files = {name: b"x", **documents()}
    kept = zipped({("%" * len(name) if key == name else key): value for key, value in files.items()})
    kept = kept.replace(b"%" * len(name), name.encode())
    verdict = verify_ofd(kept, Trust())
    assert not verdict.valid
    assert codes(verdict) <= {"zip.path", "zip.none", "zip.end"}


def test_a_location_that_leads_out_of_the_package_is_refused():
    parts = documents()
    parts["OFD.xml"] = parts["OFD.xml"].replace(b"Doc_0/Document.xml", b"../../../etc/passwd")
    assert codes(verify_ofd(zipped(parts), Trust())) == {"ofd.outside"}


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]>',
    ],
)
def test_documents_with_entities_are_refused(head):
    parts = documents()
    parts["OFD.xml"] = parts["OFD.xml"].replace(b"<ofd:OFD", head + b"<ofd:OFD", 1)
    assert codes(verify_ofd(zipped(parts), Trust())) == {"xml.entities"}


def test_deeply_nested_xml_is_refused():
    parts = documents() | {"OFD.xml": b"<a>" * 100_000}
    assert codes(verify_ofd(zipped(parts), Trust())) == {"xml.limits"}


def test_a_bomb_is_refused_before_it_goes_off():
    bomb = zipped(documents({"Doc_0/bomb": bytes(60 * 1024 * 1024)}))
    assert len(bomb) < 100_000
    assert codes(verify_ofd(bomb, Trust())) == {"zip.bomb"}


def test_a_bomb_that_lies_about_its_size_is_refused():
    bomb = bytearray(zipped(documents({"Doc_0/bomb": bytes(1000_000)})))
    for at in [at for at in range(len(bomb) - 4) if bomb[at : at + 4] == struct.pack("<I", 1000_000)]:
        bomb[at : at + 4] = struct.pack("<I", 10)
    assert codes(verify_ofd(bytes(bomb), Trust())) == {"zip.damaged"}


def test_entries_that_overlap_are_refused():
    data = bytearray(zipped(documents()))
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 1)
    data[second + 42 : second + 46] = data[directory + 42 : directory + 46]
    assert codes(verify_ofd(bytes(data), Trust())) & {"zip.differs", "zip.overlap"}


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.99, 0.999])
def test_a_truncated_file_gets_a_verdict(share):
    sealed = world().signed()
    verdict = verify_ofd(sealed[: int(len(sealed) * share)], world().trust())
    assert not verdict.valid
    assert verdict.reasons


@pytest.mark.parametrize("more", [b"\0", b"PK", b"appended"])
def test_bytes_before_or_behind_the_package_are_refused(more):
    for made in (world().signed() + more, more + world().signed()):
        assert not verify_ofd(made, world().trust()).valid


def test_a_package_that_another_program_rewrote_is_not_called_valid():
    verdict = verify_ofd(zipped(open_package(world().signed()).files), world().trust())
    assert marks(verdict) == ("valid", "invalid", "valid", "valid")
    assert codes(verdict) == {"zip.not_ours"}


def test_spaces_added_to_the_list_of_signatures_are_found():
    listed = open_package(world().signed()).files["Doc_0/Signs/Signatures.xml"]
    for put in (listed + b"\n", listed.replace(b'ID="1"', b'ID="3"'), listed.replace(b">1<", b">7<")):
        verdict = verify_ofd(changed(world().signed(), **{"Doc_0/Signs/Signatures.xml": put}), world().trust())
        assert codes(verdict) == {"zip.not_ours"}


def test_a_file_referred_to_thousands_of_times_is_hashed_once():
    """A list of references to one large file, and to files that are not there."""
    files = documents({"Doc_0/large": random.Random(1).randbytes(4_000_000)})
    for i in range(3000):
        files[f"Doc_0/r/{i}"] = b""
    sealed = dict(open_package(world().signed(zipped(files))).files)
    told = sealed[f"{SIGN}/Signature.xml"]
    more = b'<ofd:Reference FileRef="/Doc_0/large"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference>' * 9000
    more += b'<ofd:Reference FileRef="Doc_0/absent"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference>' * 9000
    put = told.replace(b"</ofd:References>", more + b"</ofd:References>")
    began = time.process_time()
    verdict = verify_ofd(pack(sealed | {f"{SIGN}/Signature.xml": put}), world().trust())
    assert marks(verdict)[1] == "invalid"
    assert time.process_time() - began < 5  # a second or less; hashing each time would take minutes


def test_text_in_half_a_million_pieces_is_read_once():
    parts = documents()
    parts["OFD.xml"] = parts["OFD.xml"].replace(b"</ofd:OFD>", b"a<!---->" * 480_000 + b"</ofd:OFD>")
    began = time.process_time()
    assert codes(verify_ofd(pack(parts), Trust())) == {"ofd.unsigned"}
    assert time.process_time() - began < 5  # quadratic work would take a minute


@pytest.mark.parametrize("names", [("\u00e9.xml", "e\u0301.xml"), ("\u00df", "SS"), ("a", "A")])
def test_names_that_a_file_system_would_take_for_one_are_refused(names):
    assert codes(verify_ofd(zipped(documents(dict.fromkeys(names, b"x"))), Trust())) == {"zip.twice"}


def test_attachments_may_have_chinese_names_with_wide_spaces():
    sealed = world().signed(plain_ofd({"Doc_0/Attachs/附件　一（正本）.pdf": b"1"}))
    assert verify_ofd(sealed, world().trust()).valid
