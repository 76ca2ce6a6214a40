import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from yiwang.commons.crypto.engine.pki import PkiError, parse_name, read_certificate, read_certificates

from .factories import DAY, NOW, SUITES, forged, key, leaf, world

SYSTEM = sorted(Path("/etc/ssl/certs").glob("*.pem"))


@pytest.mark.parametrize("suite", SUITES)
def test_a_certificate_shows_what_was_put_into_it(suite):
    w = world(suite)
    found = leaf(w.middle, w.user_key, names=["example.cn", "192.0.2.7", "a@example.cn"], days=30)
    assert found.subject == "CN=示例用户,O=示例单位,C=CN"
    assert found.issuer == w.middle.certificate.subject
    assert (found.not_before, found.not_after) == (NOW, NOW + 30 * DAY)
    assert found.usages == {"digitalSignature", "nonRepudiation"}
    assert [str(name.value) for name in found.alternative_names] == ["example.cn", "192.0.2.7", "a@example.cn"]
    assert (found.suite, found.role, found.ca) == (suite, "signing", False)
    assert found.algorithm == {"national": "sm2-sm3", "international": "ed25519"}[suite]
    assert found.authority_key_id == w.middle.certificate.key_id


@pytest.mark.parametrize("suite", SUITES)
def test_every_certificate_of_the_authority_says_that_it_is_a_demonstration(suite):
    w = world(suite)
    for certificate in (w.root.certificate, w.middle.certificate, w.user):
        assert certificate.demonstration
        assert "仅供测试和演示".encode() in certificate.der
    assert "仅供测试演示 TEST ONLY" in w.root.certificate.subject


def test_pem_files_of_several_are_read_in_order():
    w = world("national")
    text = "Bag Attributes\n" + w.user.pem() + "\n# 签发机构\n" + w.middle.certificate.pem()
    assert read_certificates(text.encode()) == (w.user, w.middle.certificate)
    assert read_certificates(w.user.der) == (w.user,)
    assert read_certificates(text.replace("\n", "\r\n").encode()) == (w.user, w.middle.certificate)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pki.nothing"),
        (b"hello", "pki.nothing"),
        (b"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----", "pki.malformed"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "pki.malformed"),
        (b"-----BEGIN CERTIFICATE-----\n" * 1000, "pki.nothing"),
        (b"\x30" * 10_000, "pki.malformed"),
        (b"\x30\x84\x00\x10\x00\x00" + bytes(70_000), "pki.too_large"),
        (b" " * 5_000_000, "pki.too_large"),
    ],
)
def test_files_without_certificates_are_refused_with_a_reason(data, code):
    with pytest.raises(PkiError) as refusal:
        read_certificates(data)
    assert refusal.value.code == code
    assert refusal.value.reason.say("zh")
    assert refusal.value.reason.say("en")


def test_serial_numbers_are_positive_and_short():
    w = world("international")
    for number in (b"\x02\x01\x00", b"\x02\x01\xff", b"\x02\x16\x01" + bytes(21)):
        with pytest.raises(PkiError, match="serial number"):
            forged(w.root, w.user_key, mutate=lambda m, number=number: m.update(serial=number))


def test_an_extension_may_stand_once():
    w = world("international")
    with pytest.raises(PkiError, match="xtension"):
        forged(w.root, w.user_key, mutate=lambda m: m["extensions"].extend(m["extensions"]))


def test_names_with_control_characters_are_shown_without_them():
    w = world("national")
    shown = leaf(w.root, key("national"), "CN=a\x1b[2Jb\u202ec").subject
    assert shown == "CN=a\ufffd[2Jb\ufffdc"


def test_names_are_compared_without_case_and_runs_of_spaces():
    w = world("national")
    one = leaf(w.root, w.user_key, "CN=Example  Office,O=示例")
    other = leaf(w.root, w.user_key, "CN=example office,O=示例")
    assert one.subject_name == other.subject_name
    assert one.subject_name != leaf(w.root, w.user_key, "O=示例,CN=Example Office").subject_name


def test_certificates_of_version_1_are_no_authorities():
    w = world("international")

    def version_1(members):
        del members["version"]
        members["extensions"] = []

    old = forged(w.root, w.user_key, mutate=version_1)
    assert not old.ca
    assert old.usages is None


def test_names_that_cannot_be_written_are_refused():
    for text in ("", "示例", "XX=1", "CN=" + "x" * 100, "C=CHN"):
        with pytest.raises(PkiError):
            parse_name(text)


@pytest.mark.skipif(not SYSTEM, reason="no certificates of the system")
def test_reads_the_roots_of_the_system_as_cryptography_does():
    refused = 0
    for path in SYSTEM:
        data = path.read_bytes()
        if b"BEGIN CERTIFICATE" not in data:
            continue
        try:
            found = read_certificates(data)[0]
        except PkiError:
            refused += 1  # roots with the serial number 0 (RFC 5280 4.1.2.2)
            continue
        loaded = x509.load_pem_x509_certificate(data)
        assert found.der == loaded.public_bytes(Encoding.DER)
        assert found.public_key == loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert found.tbs == loaded.tbs_certificate_bytes
        assert found.subject_der == loaded.subject.public_bytes()
        assert found.serial == loaded.serial_number
        assert found.ca or loaded.version is x509.Version.v1
    assert refused < len(SYSTEM) / 5


def test_times_before_1950_and_after_9999_are_no_times():
    w = world("national")
    with pytest.raises(PkiError):
        forged(
            w.root,
            w.user_key,
            mutate=lambda m: m.update(validity=b"\x30\x1e\x17\x0d991332000000Z\x17\x0d500101000000Z"),
        )
    far = forged(w.root, w.user_key, until=dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC))
    assert far.not_after.year == 9999


def test_reading_again_gives_an_equal_certificate():
    w = world("national")
    assert read_certificate(w.user.der) == w.user
    assert len({read_certificate(w.user.der), w.user, w.root.certificate}) == 2
