"""Signatures in the forms that others write: SES versions 1 and 5, GB/T 35275, bare SM2, time stamps."""

import datetime as dt

import pytest

from yiwang.commons.seals.engine import Trust, asn1, parse_signed_value, verify_ofd, verify_seal

from .making import NOW, World, codes, marks, new_authority, world
from .making_others import seal_of, signed_data, sm3, timestamp, value_of, with_value

VALID = ("valid",) * 4


@pytest.mark.parametrize("version", [1, 4, 5])
def test_seal_signatures_of_all_versions_are_judged(version):
    key = world().first
    seal = world().seal(key) if version == 4 else seal_of(version, key)
    made = with_value(lambda told: value_of(version, seal, key, sm3(told)), seal=seal)
    verdict = verify_ofd(made, world().trust())
    assert (marks(verdict), codes(verdict)) == (VALID, set())
    assert verdict.more["signatures"][0]["form"] == f"ses{version}"


@pytest.mark.parametrize("version", [1, 4, 5])
def test_a_value_over_something_else_is_refused_in_all_versions(version):
    key = world().first
    seal = world().seal(key) if version == 4 else seal_of(version, key)
    made = with_value(lambda told: value_of(version, seal, key, sm3(told + b" ")), seal=seal)
    verdict = verify_ofd(made, world().trust())
    assert (marks(verdict)[:3], codes(verdict)) == (("valid", "invalid", "valid"), {"data.differs"})


@pytest.mark.parametrize("version", [1, 5])
def test_seals_of_other_versions_are_judged_alone(version):
    verdict = verify_seal(seal_of(version, world().first), world().trust())
    assert (marks(verdict), codes(verdict)) == (VALID, set())


def test_a_version_1_seal_signed_as_version_4_is_refused():
    """Their makers sign different things; one must not pass for the other."""
    seal = asn1.read(seal_of(1, world().first)).children()
    certificate, algorithm, _ = seal[1].children()
    signature = asn1.bits(world().maker.signer.sign(seal[0].whole))
    put = asn1.sequence(seal[0].whole, asn1.sequence(certificate.whole, algorithm.whole, signature))
    assert marks(verify_seal(put, world().trust()))[0] == "invalid"


@pytest.mark.parametrize(
    ("attributes", "detached", "hashed"),
    [(True, True, False), (True, False, False), (False, True, False), (False, True, True), (False, False, True), (True, False, True)],
)  # fmt: skip
def test_digital_signatures_by_gb_t_35275_are_judged(attributes, detached, hashed):
    def value(told):
        return signed_data(world().first, sm3(told) if hashed else told, attributes=attributes, detached=detached)

    verdict = verify_ofd(with_value(value, seal=b""), world().trust())
    assert marks(verdict) == ("valid", "valid", "unknown", "valid")
    assert codes(verdict) == {"value.no_seal"}
    assert verdict.more["signatures"][0]["form"] == "pkcs7"


def test_a_digital_signature_beside_a_true_seal_of_the_signer_is_valid():
    seal = world().seal(world().first)
    verdict = verify_ofd(with_value(lambda told: signed_data(world().first, told), seal=seal), world().trust())
    assert (marks(verdict), codes(verdict)) == (VALID, set())


def test_a_digital_signature_beside_another_s_seal_is_not():
    seal = world().seal(world().second)
    verdict = verify_ofd(with_value(lambda told: signed_data(world().first, told), seal=seal), world().trust())
    assert (marks(verdict)[2], codes(verdict)) == ("invalid", {"seal.not_listed"})


@pytest.mark.parametrize("detached", [True, False])
@pytest.mark.parametrize("attributes", [True, False])
def test_a_digital_signature_over_something_else_is_refused(attributes, detached):
    def value(told):
        return signed_data(world().first, told + b" ", attributes=attributes, detached=detached)

    verdict = verify_ofd(with_value(value, seal=b""), world().trust())
    assert marks(verdict)[1] == "invalid"
    assert "data.differs" in codes(verdict)


def test_a_digital_signature_without_its_certificate_is_unknown():
    verdict = verify_ofd(
        with_value(lambda told: signed_data(world().first, told, certificates=()), seal=b""), world().trust()
    )
    assert marks(verdict)[0] == "unknown"
    assert "cms.no_certificate" in codes(verdict)


def test_a_digital_signature_with_another_s_certificate_is_unknown():
    verdict = verify_ofd(
        with_value(lambda told: signed_data(world().first, told, certificates=(world().second.der,)), seal=b""),
        world().trust(),
    )
    assert "cms.no_certificate" in codes(verdict)


def test_certificates_brought_along_complete_a_chain():
    root = new_authority("Outer Root")
    other = World(root, None, None, None)
    middle = other.key("Middle", profile="authority")
    leaf = World(type(root)(middle.certificate, middle.signer), None, None, None).key("Leaf")
    trust = Trust(roots=(root.certificate.der,), at=NOW, revocation="if_known")
    for certificates, mark in (((leaf.der, middle.der), "valid"), ((leaf.der,), "invalid")):
        made = with_value(lambda told, c=certificates: signed_data(leaf, told, certificates=c), seal=b"")
        assert marks(verify_ofd(made, trust))[3] == mark


def test_a_bare_signature_says_that_its_signer_is_not_known():
    made = with_value(world().first.signer.sign, seal=b"")
    verdict = verify_ofd(made, world().trust())
    assert marks(verdict) == ("unknown", "valid", "unknown", "unknown")
    assert codes(verdict) == {"value.bare", "value.no_seal"}


def stamped(stamp):
    key = world().first
    seal = world().seal(key)
    return with_value(lambda told: value_of(4, seal, key, sm3(told), stamp=stamp), seal=seal)


def test_a_time_stamp_that_holds_is_told():
    service = world().key("Sample Time", profile="time_stamping")
    verdict = verify_ofd(stamped(lambda signature: timestamp(service, signature)), world().trust())
    assert (marks(verdict), codes(verdict)) == (VALID, set())
    assert {"stamp.holds"} <= {remark.code for remark in verdict.remarks}
    assert "time.claimed" not in {remark.code for remark in verdict.remarks}


def test_a_time_stamp_over_another_signature_is_refused():
    service = world().key("Sample Time", profile="time_stamping")
    verdict = verify_ofd(stamped(lambda _: timestamp(service, b"another")), world().trust())
    assert (marks(verdict)[3], codes(verdict)) == ("invalid", {"stamp.wrong"})


def test_a_time_stamp_of_a_service_that_nobody_trusts_is_refused():
    service = World(new_authority("Mallory"), None, None, None).key("Time", profile="time_stamping")
    verdict = verify_ofd(stamped(lambda signature: timestamp(service, signature)), world().trust())
    assert (marks(verdict)[3], codes(verdict)) == ("invalid", {"cert.fault"})


def test_a_time_stamp_that_can_t_be_read_leaves_the_time_unknown():
    verdict = verify_ofd(stamped(lambda _: b"\x01\x02\x03"), world().trust())
    assert (marks(verdict)[3], codes(verdict)) == ("unknown", {"stamp.unreadable"})


def test_signed_data_in_ber_with_indefinite_lengths_is_read():
    """As common programs write it: the outer layers without lengths."""

    def loose(told):
        kind, wrapped = asn1.read(signed_data(world().first, told)).children()
        inner = b"\x30\x80" + wrapped.children()[0].body + b"\0\0"
        return b"\x30\x80" + kind.whole + b"\xa0\x80" + inner + b"\0\0" + b"\0\0"

    verdict = verify_ofd(with_value(loose, seal=b""), world().trust())
    assert marks(verdict) == ("valid", "valid", "unknown", "valid")


def test_a_seal_signature_that_is_not_der_is_not_called_valid():
    key = world().first
    seal = world().seal(key)

    def loose(told):
        value = value_of(4, seal, key, sm3(told))
        body = asn1.read(value).body
        return b"\x30\x84" + len(body).to_bytes(4, "big") + body

    verdict = verify_ofd(with_value(loose, seal=seal), world().trust())
    assert (marks(verdict), codes(verdict)) == (("unknown", "valid", "valid", "valid"), {"sig.not_der"})


@pytest.mark.parametrize(
    "text",
    ["20260520100000", "2026-05-20 10:00:00", "2026-05-20T02:00:00Z", "20260520020000Z", "20260520100000.5+0800"],
)
def test_times_are_read_as_makers_write_them(text):
    assert asn1.loose_moment(text).replace(microsecond=0) == NOW


@pytest.mark.parametrize("text", ["", "2026", "20261320000000Z", "20260520106000", "yesterday", "9" * 14])
def test_what_is_no_time_is_none(text):
    assert asn1.loose_moment(text) is None


def test_a_version_1_value_tells_its_time_in_any_form():
    key, seal = world().first, seal_of(1, world().first)
    body = asn1.read(value_of(1, seal, key, sm3(b"x")))
    for told in (b"2026-05-20 10:00:00", b"20260520020000Z", asn1.encode(asn1.UTC_TIME, b"260520020000Z")):
        parts = [part.whole for part in body.children()[0].children()]
        parts[2] = asn1.bits(told)
        value = parse_signed_value(asn1.sequence(asn1.sequence(*parts), body.children()[1].whole))
        assert value.at == NOW.astimezone(dt.UTC)
