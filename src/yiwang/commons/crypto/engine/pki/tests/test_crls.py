import datetime as dt
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from yiwang.commons.crypto.engine import LocalSigner
from yiwang.commons.crypto.engine.pki import (
    Authority,
    PkiError,
    Revocation,
    RevocationReason,
    der,
    read_certificate,
    read_list,
    write_list,
)

from .factories import DAY, HOUR, NOW, SUITES, crl, key, leaf, world

LATER = NOW + HOUR


@pytest.mark.parametrize("suite", SUITES)
def test_a_list_keeps_numbers_dates_and_reasons(suite):
    w = world(suite)
    revoked = [Revocation(number + 1, NOW, reason) for number, reason in enumerate(RevocationReason)]
    found = crl(w.root, *revoked, number=7)
    assert (found.number, found.entries, found.since, found.until) == (7, len(revoked), NOW, NOW + 7 * DAY)
    assert read_list(found.pem().encode()).der == found.der
    loaded = x509.load_der_x509_crl(found.der)
    for revocation in revoked:
        entry = loaded.get_revoked_certificate_by_serial_number(revocation.serial)
        reasons = [e.value.reason.value for e in entry.extensions]
        assert reasons == ([] if revocation.reason == "unspecified" else [revocation.reason.value])


def statement(w, found, at=LATER, certificate=None, issuer=None):
    finding = found.finding(certificate or w.user, issuer or w.middle.certificate, at)
    return finding if finding is None or finding.fault is None else finding.fault.code


@pytest.mark.parametrize("suite", SUITES)
def test_lists_are_used_only_by_whom_they_are_about_and_when(suite):
    w = world(suite)
    assert statement(w, crl(w.root)) is None
    assert statement(w, crl(w.middle)).fault is None
    assert statement(w, crl(w.middle), at=NOW + 8 * DAY) == "status_stale"
    assert statement(w, crl(w.middle), at=NOW - DAY) == "status_early"


@pytest.mark.parametrize("suite", SUITES)
def test_a_list_that_another_key_signed_says_nothing(suite):
    w = world(suite)
    thief = Authority(w.middle.certificate, LocalSigner(key(suite)))
    assert statement(w, crl(thief)) == "status_signature"
    other = world("international" if suite == "national" else "national")
    mixed = Authority(w.middle.certificate, LocalSigner(other.user_key))
    assert statement(w, crl(mixed)) == "status_signature"


def test_only_keys_for_lists_sign_lists():
    w = world("national")
    user = Authority(w.user, LocalSigner(w.user_key))
    below = leaf(user, key("national"))
    assert statement(w, crl(user), certificate=below, issuer=w.user) == "status_signer"


def test_a_revocation_outlives_its_list():
    w = world("national")
    old = crl(w.middle, Revocation(w.user.serial, NOW))
    assert statement(w, old, at=NOW + 50 * DAY) == "revoked"


@pytest.fixture(scope="module")
def foreign():
    """An issuer with ECDSA, whose lists `cryptography` builds: with every extension that it knows."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Foreign")])
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), 5, NOW, NOW + 900 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.CRLDistributionPoints(
                [x509.DistributionPoint([x509.UniformResourceIdentifier("http://a.example/1.crl")], None, None, None)]
            ),
            critical=False,
        )
        .sign(private, hashes.SHA256())
    )
    certificate = read_certificate(made.public_bytes(Encoding.DER))

    def build(*extensions, serial=9, entry=None):
        builder = x509.CertificateRevocationListBuilder(name, NOW, NOW + 7 * DAY)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        revoked = x509.RevokedCertificateBuilder(serial, NOW)
        if entry is not None:
            revoked = revoked.add_extension(entry, critical=True)
        builder = builder.add_revoked_certificate(revoked.build())
        return read_list(builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER))

    return certificate, build


def scope(**more):
    settings = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**settings, **more})


def url(text):
    return [x509.UniformResourceIdentifier(text)]


@pytest.mark.parametrize(
    ("extension", "wanted"),
    [
        (None, None),
        (x509.CRLNumber(3), None),
        (x509.DeltaCRLIndicator(2), "status_delta"),
        (scope(indirect_crl=True), "status_scope"),
        (scope(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})), "status_scope"),
        (scope(only_contains_attribute_certs=True), "status_scope"),
        (scope(only_contains_user_certs=True), "status_scope"),
        (scope(only_contains_ca_certs=True), None),
        (scope(full_name=url("http://a.example/1.crl")), None),
        (scope(full_name=url("http://a.example/2.crl")), "status_scope"),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), "critical"),
    ],
)
def test_partial_lists_are_refused_with_a_reason(foreign, extension, wanted):
    certificate, build = foreign
    found = build(*([(extension, True)] if extension else []))
    finding = found.finding(certificate, certificate, LATER)
    assert (finding.fault.code if finding.fault else None) == wanted
    assert finding.decisive is (wanted is None)


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        (None, "revoked"),
        (x509.CRLReason(x509.ReasonFlags.certificate_hold), "revoked"),
        (x509.CRLReason(x509.ReasonFlags.remove_from_crl), "status_delta"),
        (x509.InvalidityDate(dt.datetime(2026, 1, 1)), "revoked"),
        (x509.CertificateIssuer([x509.DNSName("other.example")]), "critical"),
    ],
)
def test_entries_are_read_with_their_extensions(foreign, entry, wanted):
    certificate, build = foreign
    finding = build(serial=certificate.serial, entry=entry).finding(certificate, certificate, LATER)
    assert finding.fault.code == wanted


def test_what_is_no_list_is_refused():
    w = world("national")
    whole = crl(w.root).der
    for data, code in (
        (b"", "nothing"),
        (w.user.der, "malformed"),
        (whole[:-1], "malformed"),
        (whole + b"\x00", "malformed"),
        (bytes(33 * 1024 * 1024), "too_large"),
        (b"\x30\x80" * 100_000, "malformed"),
    ):
        with pytest.raises(PkiError) as refusal:
            read_list(data)
        assert refusal.value.code == f"pki.{code}"


def test_inner_and_outer_algorithm_of_a_list_must_agree():
    w = world("national")
    other = der.sequence(der.oid("1.2.156.10197.1.501"), der.value(der.NULL))
    members = [node.whole for node in der.read(crl(w.middle).tbs, limit=9999).children()]
    plain, members[1] = members[1], other
    tbs = der.sequence(*members)
    made = der.sequence(tbs, plain, der.bits(w.middle.signer.sign(tbs)))
    with pytest.raises(PkiError, match="signature algorithms do not match"):
        read_list(made)


def test_a_hundred_thousand_entries_are_searched_in_a_moment():
    w = world("international")
    entry = der.sequence(der.integer(1 << 100), der.time(NOW))
    one = write_list(
        w.middle.certificate, w.middle.signer, [Revocation(1 << 100, NOW)], number=1, since=NOW, until=NOW + DAY
    )
    members = [node.whole for node in der.read(one, limit=9999).children()[0].children()]
    members[5] = der.value(der.SEQUENCE, entry * 99_999 + der.sequence(der.integer(w.user.serial), der.time(NOW)))
    tbs = der.sequence(*members)
    algorithm = members[1]
    made = der.sequence(tbs, algorithm, der.bits(w.middle.signer.sign(tbs)))
    begun = time.process_time()
    found = read_list(made)
    assert statement(w, found) == "revoked"
    assert time.process_time() - begun < 10
    assert found.entries == 100_000
