"""Seals and sealed files of several makers in use: for each the verdict that the standards give, and its reason."""

import random
from datetime import timedelta

import pytest

from yiwang.commons.seals.engine import Trust, parse_seal, parse_signed_value, verify_ofd, verify_sealed
from yiwang.commons.seals.engine.ofd.package import open_package

from .making import codes, marks, zipped

pytestmark = pytest.mark.data
UNSIGNED = (("unknown",) * 4, {"ofd.unsigned"})
HOLDS = (("valid", "valid", "valid", "unknown"), {"chain.no_roots"})

# file → marks (signature, references, seal, chain) without any trusted root, and the codes of the reasons
VERDICTS = {
    "ofdrw-crypto__hello-integrity.ofd": UNSIGNED,
    "ofdrw-crypto__hello.ofd": UNSIGNED,
    "ofdrw-layout__1-1.ofd": UNSIGNED,
    "ofdrw-layout__AddAttachment.ofd": UNSIGNED,
    "ofdrw-reader__helloworld.ofd": UNSIGNED,
    "ofdrw-sign__helloworld.ofd": UNSIGNED,
    "ofdrw-sign__VPage7.ofd": UNSIGNED,
    # a true seal, used four years after it ended
    "ofdrw-reader__SESV4SignDoc.ofd": (("valid", "valid", "invalid", "unknown"), {"seal.not_then", "chain.no_roots"}),
    # r and s alone, by whomever: the files match, who signed is not known
    "ofdrw-sign__DigitalSign.ofd": (("unknown", "valid", "unknown", "unknown"), {"value.bare", "value.no_seal"}),
    "ofdrw-sign__signedFile.ofd": HOLDS,
    "ofdrw-sign__v4signed.ofd": HOLDS,
    # the maker's signature holds over no covering that is known
    "ses/SESealData.DER": (
        ("invalid", "invalid", "invalid", "unknown"),
        {"seal.wrong", "seal.content", "seal.not_now", "chain.no_roots"},
    ),
    "ses/SignedValueV4.dat": (("valid", "unknown", "valid", "unknown"), {"value.no_document", "chain.no_roots"}),
    "ses/SignedValueV5.dat": (("valid", "unknown", "valid", "unknown"), {"value.no_document", "chain.no_roots"}),
    "ses/UserV1.esl": (("valid", "valid", "invalid", "unknown"), {"seal.not_now", "chain.no_roots"}),
    "ses/UserV4.esl": (("valid", "valid", "invalid", "unknown"), {"seal.not_now", "chain.no_roots"}),
    "ses/UserV5.esl": HOLDS,
    # three octets where a time stamp should be
    "ses/UserV5_ts.esl": (("valid", "valid", "valid", "unknown"), {"stamp.unreadable", "chain.no_roots"}),
}
SEALED = ["ofdrw-reader__SESV4SignDoc.ofd", "ofdrw-sign__signedFile.ofd", "ofdrw-sign__v4signed.ofd"]


@pytest.mark.parametrize("name", VERDICTS)
def test_each_sample_gets_its_verdict_and_reason(name, test_data):
    path = test_data / "ofd" / name
    if not path.exists():
        pytest.skip("not in this folder of test data")
    verdict = verify_sealed(path.read_bytes(), Trust())
    assert (marks(verdict), codes(verdict)) == VERDICTS[name]
    for language in ("zh", "en"):
        assert all(told.text(language) for told in (*verdict.reasons, *verdict.remarks))


def test_every_sample_that_is_there_gets_a_verdict(test_data):
    for path in sorted((test_data / "ofd").rglob("*")):
        if path.suffix.lower() in {".ofd", ".esl", ".dat", ".der"}:
            verdict = verify_sealed(path.read_bytes(), Trust())
            assert verdict.reasons
            assert not verdict.valid


@pytest.mark.parametrize("name", SEALED)
def test_a_change_in_any_protected_part_of_a_sample_is_found(name, test_data):
    files = dict(open_package((test_data / "ofd" / name).read_bytes()).files)
    untouched = verify_ofd(zipped(files), Trust())
    assert untouched.references.value == "valid"
    for part, content in files.items():
        if part.endswith("Signatures.xml"):
            continue
        put = content[: len(content) // 2] + bytes((content[len(content) // 2] ^ 1,)) + content[len(content) // 2 + 1 :]
        verdict = verify_ofd(zipped(files | {part: put}), Trust())
        assert "invalid" in marks(verdict), part


@pytest.mark.parametrize(("name", "version"), [("UserV1", 1), ("UserV4", 4), ("UserV5", 5)])
def test_reads_seals_of_all_versions(name, version, test_data):
    seal = parse_seal((test_data / "ofd" / "ses" / f"{name}.esl").read_bytes())
    assert seal.version == version
    assert seal.distinguished
    assert seal.info.picture.startswith(b"\x89PNG")
    assert (seal.info.width_mm, seal.info.height_mm) == (40, 40)
    assert len(seal.info.signers) == 1


def test_reads_signed_values_of_versions_4_and_5(test_data):
    for version in (4, 5):
        value = parse_signed_value((test_data / "ofd" / "ses" / f"SignedValueV{version}.dat").read_bytes())
        assert value.version == value.seal.version == version
        assert value.property_info == "/Doc_0/Signs/Sign_0/Signature.xml"
        assert len(value.data_hash) == 32


@pytest.mark.parametrize("name", ["ofdrw-sign__signedFile.ofd", "ofdrw-sign__v4signed.ofd"])
def test_a_sample_is_valid_under_its_own_certificates_and_no_longer_with_a_changed_byte(name, test_data):
    """The package is another program's: what it says of each file must agree, in both places and among the files."""
    data = (test_data / "ofd" / name).read_bytes()
    value = parse_signed_value(open_package(data).files["Doc_0/Signs/Sign_0/SignedValue.dat"])
    trust = Trust(roots=(value.certificate, value.seal.maker_certificate), at=value.at + timedelta(hours=1))
    assert verify_ofd(data, trust).valid
    chance = random.Random(20380540)
    for at in chance.sample(range(len(data)), 300):
        put = data[:at] + bytes((data[at] ^ chance.randrange(1, 256),)) + data[at + 1 :]
        assert not verify_ofd(put, trust).valid, at
