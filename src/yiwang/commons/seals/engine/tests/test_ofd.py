"""Seals put on OFD files, one after another, and checked again."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest

from yiwang.commons.seals.engine import SealFault, Stamp, Trust, parse_seal, parse_signed_value, sign_ofd, verify_ofd
from yiwang.commons.seals.engine.ofd.package import open_package

from .making import NOW, STAMP, codes, documents, marks, plain_ofd, world, zipped

VALID = ("valid",) * 4


def test_a_sealed_file_is_valid_under_its_root():
    verdict = verify_ofd(world().signed(), world().trust())
    assert verdict.valid
    assert not verdict.reasons
    one = verdict.more["signatures"][0]
    assert one["form"] == "ses4"
    assert one["seal_name"] == "样本市行政审批局（样章）"
    assert one["stamps"] == [{"page": "1", "boundary": "85 40 40 40"}]


def test_without_a_root_the_chain_is_unknown_and_says_what_to_do():
    verdict = verify_ofd(world().signed(), Trust(at=NOW))
    assert marks(verdict) == ("valid", "valid", "valid", "unknown")
    assert not verdict.valid
    assert "--roots" in verdict.reasons[0].text("zh")
    assert "--roots" in verdict.reasons[0].text("en")


def test_without_a_revocation_list_the_chain_is_unknown_unless_that_is_accepted():
    sealed = world().signed()
    unknown = verify_ofd(sealed, world().trust(lists=()))
    assert marks(unknown) == ("valid", "valid", "valid", "unknown")
    assert codes(unknown) == {"chain.no_status"}
    assert verify_ofd(sealed, world().trust(lists=(), revocation="if_known")).valid


def test_a_second_seal_leaves_the_first_one_valid():
    once = world().signed()
    twice = world().signed(
        once, key=world().second, at=NOW + dt.timedelta(minutes=1), stamps=(Stamp(1, 10, 10, 40, 40),)
    )
    thrice = world().signed(twice, at=NOW + dt.timedelta(minutes=2))
    verdict = verify_ofd(thrice, world().trust())
    assert verdict.valid
    assert [one["path"] for one in verdict.more["signatures"]] == [
        f"Doc_0/Signs/Sign_{number}/Signature.xml" for number in range(3)
    ]
    first = open_package(once).files
    assert {name: open_package(thrice).files[name] for name in first if not name.endswith("Signatures.xml")} == {
        name: content for name, content in first.items() if not name.endswith("Signatures.xml")
    }


def test_the_same_input_makes_the_same_signature_xml():
    seal = world().seal(world().first)
    made = [open_package(world().signed(seal=seal)).files["Doc_0/Signs/Sign_0/Signature.xml"] for _ in range(2)]
    assert made[0] == made[1]


def test_any_zip_program_opens_a_sealed_file():
    with zipfile.ZipFile(BytesIO(world().signed())) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "OFD.xml"


def test_the_seal_stands_beside_its_signature_and_in_it():
    files = open_package(world().signed()).files
    seal, value = files["Doc_0/Signs/Sign_0/Seal.esl"], files["Doc_0/Signs/Sign_0/SignedValue.dat"]
    parsed = parse_signed_value(value)
    assert parsed.seal.der == seal
    assert parsed.property_info == "/Doc_0/Signs/Sign_0/Signature.xml"
    assert parsed.at == NOW
    assert parse_seal(seal).info.width_mm == 40


def test_an_earlier_signature_that_protects_the_list_forbids_further_ones():
    files = dict(open_package(world().signed()).files)
    closed = files["Doc_0/Signs/Sign_0/Signature.xml"].replace(
        b"</ofd:References>",
        b'<ofd:Reference FileRef="/Doc_0/Signs/Signatures.xml"><ofd:CheckValue>AA==</ofd:CheckValue></ofd:Reference>'
        b"</ofd:References>",
    )
    with pytest.raises(SealFault) as caught:
        world().signed(zipped(files | {"Doc_0/Signs/Sign_0/Signature.xml": closed}))
    assert caught.value.code == "make.closed"


@pytest.mark.parametrize("page", [-1, 2, 10_000])
def test_refuses_a_page_that_is_not_there(page):
    with pytest.raises(SealFault) as caught:
        world().signed(stamps=(Stamp(page, 0, 0, 40, 40),))
    assert caught.value.code == "make.page"


@pytest.mark.parametrize("document", [b"", b"PK\x03\x04", b"%PDF-1.7", zipped({"a.txt": b"x"})])
def test_refuses_to_seal_what_is_no_ofd(document):
    key = world().first
    with pytest.raises(SealFault):
        sign_ofd(document, seal=world().seal(key), signer=key.signer, certificate=key.der, stamps=(STAMP,), at=NOW)


def test_a_file_without_signatures_is_unknown_in_all_parts():
    verdict = verify_ofd(plain_ofd(), world().trust())
    assert marks(verdict) == ("unknown",) * 4
    assert codes(verdict) == {"ofd.unsigned"}


def test_every_file_is_protected_whatever_is_in_the_package():
    extra = {"Doc_0/Attachs/原件.txt": b"1", "Doc_0/Res/font_3.otf": bytes(1000)}
    sealed = world().signed(plain_ofd(extra))
    assert verify_ofd(sealed, world().trust()).valid
    for name in (*documents(), *extra):
        files = dict(open_package(sealed).files)
        files[name] += b" "
        verdict = verify_ofd(zipped(files), world().trust())
        assert marks(verdict)[1] == "invalid"
        assert any(name in reason.text() for reason in verdict.reasons)
