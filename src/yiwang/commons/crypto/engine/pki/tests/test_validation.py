import datetime as dt
import ipaddress
import time

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import LocalSigner
from yiwang.commons.crypto.engine.pki import (
    Authority,
    Revocation,
    RevocationReason,
    check_certificate,
    der,
    new_root,
    parse_name,
    read_certificate,
)
from yiwang.commons.crypto.engine.pki.crls import extension_der

from .factories import DAY, HOUR, NOW, SUITES, crl, forged, key, leaf, subordinate, world

LATER = NOW + HOUR


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


@pytest.mark.parametrize("suite", SUITES)
def test_a_sound_chain_holds_and_is_shown(suite):
    w = world(suite)
    verdict = w.check(usage="sign")
    assert verdict.valid
    assert verdict.chain == (w.user, w.middle.certificate, w.root.certificate)
    assert [remark.code for remark in verdict.remarks] == ["demonstration"]


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (NOW - dt.timedelta(seconds=1), "not_yet_valid"),
        (NOW, None),
        (NOW + 100 * DAY, None),
        (NOW + 100 * DAY + dt.timedelta(seconds=1), "expired"),
    ],
)
def test_validity_has_sharp_ends(suite, at, wanted):
    w = world(suite)
    verdict = w.check(at=at, revocation="off")
    assert verdict.valid is (wanted is None)
    assert wanted is None or verdict.has(wanted)


def test_a_clock_in_the_past_is_named_as_such():
    verdict = world("national").check(at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    assert codes(verdict)[0] == "clock_behind"
    assert {"not_yet_valid", "status_early"} <= set(codes(verdict))


def test_an_anchor_that_ended_anchors_nothing():
    w = world("national")
    verdict = w.check(at=NOW + 3651 * DAY, revocation="off")
    assert verdict.has("expired")
    assert any(w.root.certificate.subject == reason.subject for reason in verdict.reasons)


def test_an_unknown_issuer_and_an_untrusted_root_are_told_apart():
    w = world("international")
    missing = w.check(intermediates=())
    assert codes(missing) == ["no_issuer"]
    stranger = new_root(key("international"), parse_name("CN=别的根"), since=NOW, days=10)
    untrusted = check_certificate(
        w.user,
        anchors=[stranger.certificate],
        intermediates=[w.middle.certificate, w.root.certificate],
        at=LATER,
    )
    assert codes(untrusted) == ["untrusted"]
    assert codes(check_certificate(w.user, anchors=(), at=LATER)) == ["no_issuer"]


@pytest.mark.parametrize("suite", SUITES)
def test_a_namesake_with_another_key_is_no_issuer(suite):
    w = world(suite)
    namesake = new_root(key(suite), parse_name("CN=示例根,O=示例机构,C=CN"), since=NOW, days=3650)
    assert namesake.certificate.subject_name == w.root.certificate.subject_name
    verdict = w.check(anchors=[namesake.certificate])
    assert codes(verdict) == ["bad_signature"]
    assert w.check(anchors=[namesake.certificate, w.root.certificate]).valid


@pytest.mark.parametrize("suite", SUITES)
def test_a_changed_bit_anywhere_in_the_signed_part_is_noticed(suite):
    w = world(suite)
    at = w.user.der.index(w.user.public_key) + len(w.user.public_key) - 5
    changed = bytearray(w.user.der)
    changed[at] ^= 1
    verdict = w.check(read_certificate(bytes(changed)))
    assert codes(verdict) == ["bad_signature"] or "key_weak" in codes(verdict)


def test_suites_do_not_mix_unnoticed():
    national, international = world("national"), world("international")
    mixed = Authority(national.root.certificate, LocalSigner(international.root_key))
    verdict = national.check(leaf(mixed, national.user_key))
    assert codes(verdict) == ["bad_signature"]


def test_a_user_cannot_issue():
    w = world("national")
    impostor = leaf(Authority(w.user, LocalSigner(w.user_key)), key("national"), "CN=冒充")
    verdict = w.check(impostor, intermediates=[w.user, w.middle.certificate], revocation="off")
    assert {"not_ca", "no_cert_sign", "path_length"} == set(codes(verdict))


def test_path_lengths_count_intermediates_but_not_renewals_of_a_key():
    w = world("international")
    below = subordinate(w.middle, key("international"), "CN=下级")
    verdict = w.check(
        leaf(below, w.user_key), intermediates=[below.certificate, w.middle.certificate], revocation="off"
    )
    assert codes(verdict) == ["path_length", "path_length"]  # of the intermediate (0) and of the root (1)
    renewed = subordinate(w.middle, key("international"), "CN=示例签发机构,C=CN")
    found = leaf(renewed, w.user_key)
    assert w.check(found, intermediates=[renewed.certificate, w.middle.certificate], revocation="off").valid


def test_critical_extensions_that_are_not_understood_make_a_certificate_useless():
    w = world("national")
    strange = der.sequence(der.oid("1.2.3.4"), der.value(der.BOOLEAN, b"\xff"), der.octets(b"\x05\x00"))
    harmless = der.sequence(der.oid("1.2.3.4"), der.octets(b"\x05\x00"))
    refused = forged(w.root, w.user_key, mutate=lambda m: m["extensions"].append(strange))
    accepted = forged(w.root, w.user_key, mutate=lambda m: m["extensions"].append(harmless))
    assert codes(w.check(refused)) == ["critical"]
    assert w.check(accepted).valid


def test_signature_algorithms_inside_and_outside_must_agree():
    w = world("national")
    other = der.sequence(der.oid("1.2.156.10197.1.501"), der.value(der.NULL))
    verdict = w.check(forged(w.root, w.user_key, mutate=lambda m: m.update(algorithm=other)))
    assert codes(verdict) == ["algorithm_differs"]


@pytest.mark.parametrize(
    ("usage", "purpose", "profile", "wanted"),
    [
        ("sign", None, "signing", []),
        ("encrypt", None, "signing", ["usage"]),
        ("sign", None, "encryption", ["usage"]),
        ("encrypt", None, "encryption", []),
        (None, "1.3.6.1.5.5.7.3.1", "server", []),
        (None, "1.3.6.1.5.5.7.3.9", "server", ["purpose"]),
        (None, "1.3.6.1.5.5.7.3.1", "signing", []),  # without the extension any purpose is allowed
    ],
)
def test_usages_and_purposes_bind_the_leaf(usage, purpose, profile, wanted):
    w = world("national")
    found = leaf(w.middle, w.user_key, profile=profile)
    assert codes(w.check(found, usage=usage, purpose=purpose)) == wanted


@pytest.mark.parametrize("suite", SUITES)
def test_a_revocation_counts_from_its_date_and_of_a_stolen_key_from_ever(suite):
    w = world(suite)
    for reason, before in ((RevocationReason.SUPERSEDED, True), (RevocationReason.KEY_COMPROMISE, False)):
        lists = [crl(w.root), crl(w.middle, Revocation(w.user.serial, NOW + 2 * HOUR, reason))]
        assert w.check(statuses=lists, at=LATER).valid is before
        after = w.check(statuses=lists, at=NOW + 3 * HOUR)
        assert codes(after) == ["revoked"]
        assert after.reasons[0].say("en").startswith(w.user.subject)


def test_a_revoked_intermediate_takes_all_below_with_it():
    w = world("national")
    lists = [crl(w.root, Revocation(w.middle.certificate.serial, NOW)), crl(w.middle)]
    verdict = w.check(statuses=lists)
    assert [(r.code, r.subject) for r in verdict.reasons] == [("revoked", w.middle.certificate.subject)]


@pytest.mark.parametrize(("wanted", "valid"), [("required", False), ("if_known", True), ("off", True)])
def test_missing_revocation_information_is_judged_as_the_caller_asks(wanted, valid):
    verdict = world("national").check(statuses=(), revocation=wanted)
    assert verdict.valid is valid
    assert verdict.has("status_unknown") is not valid
    assert valid is False or {"status_unknown", "not_checked"} & {r.code for r in verdict.remarks}


def test_the_past_may_be_judged_by_later_lists_unless_the_issuer_may_have_forgotten():
    w = world("national")
    user, today = leaf(w.middle, w.user_key, days=30), NOW + 20 * DAY
    wanted = {"at": LATER, "certificate": user}

    def lists(since, *revocations):
        return [crl(x, *revocations, since=since, until=since + DAY) for x in (w.root, w.middle)]

    assert codes(w.check(**wanted, statuses=lists(today))) == ["status_early", "status_early"]
    assert w.check(**wanted, statuses=lists(today), now=today).valid
    revoked = Revocation(user.serial, NOW + 10 * DAY)
    assert w.check(**wanted, statuses=lists(today, revoked), now=today).valid
    assert w.check(certificate=user, at=NOW + 11 * DAY, statuses=lists(today, revoked), now=today).has("revoked")
    late = NOW + 40 * DAY
    assert codes(w.check(**wanted, statuses=lists(late), now=late)) == ["status_unknown"]


def constrained(w, permitted=None, excluded=None):
    extension = extension_der(x509.NameConstraints(permitted, excluded), critical=True)
    basic = extension_der(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    private = key(w.suite)
    ca = forged(w.root, private, subject="CN=受限机构,C=CN", mutate=lambda m: m.update(extensions=[basic, extension]))
    return Authority(ca, LocalSigner(private))


@pytest.mark.parametrize(
    ("permitted", "excluded", "subject", "names", "inside"),
    [
        ([x509.DirectoryName(parse_name("O=示例单位,C=CN"))], None, "CN=甲,O=示例单位,C=CN", [], True),
        ([x509.DirectoryName(parse_name("O=示例单位,C=CN"))], None, "CN=甲,O=别的单位,C=CN", [], False),
        (None, [x509.DirectoryName(parse_name("O=示例单位,C=CN"))], "CN=甲,O=示例单位,C=CN", [], False),
        ([x509.DNSName("example.cn")], None, "CN=甲", ["a.example.cn", "EXAMPLE.cn"], True),
        ([x509.DNSName("example.cn")], None, "CN=甲", ["notexample.cn"], False),
        (None, [x509.DNSName("example.cn")], "CN=甲", ["a.example.cn"], False),
        ([x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))], None, "CN=甲", ["192.0.2.9"], True),
        ([x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))], None, "CN=甲", ["198.51.100.1"], False),
        ([x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))], None, "CN=甲", ["2001:db8::1"], False),
        ([x509.RFC822Name("example.cn")], None, "CN=甲", ["a@example.cn"], True),
        ([x509.RFC822Name(".example.cn")], None, "CN=甲", ["a@example.cn"], False),
        ([x509.RFC822Name("b@example.cn")], None, "CN=甲", ["a@example.cn"], False),
        (None, [x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))], "CN=甲", [], True),
    ],
)
def test_name_constraints_bind_all_below(permitted, excluded, subject, names, inside):
    w = world("international")
    ca = constrained(w, permitted, excluded)
    verdict = w.check(leaf(ca, w.user_key, subject, names=names), intermediates=[ca.certificate], revocation="off")
    assert codes(verdict) == ([] if inside else ["names"])


def test_a_trusted_certificate_needs_no_chain():
    w = world("national")
    assert check_certificate(w.user, anchors=[w.user], at=LATER).valid


def test_authorities_that_certify_each_other_end_within_the_budget():
    suite = "international"
    keys = [key(suite) for _ in range(12)]
    names = [parse_name(f"CN=环 {number}") for number in range(12)]
    roots = [new_root(k, n, since=NOW, days=10, path_length=None) for k, n in zip(keys, names, strict=True)]
    crossed = []
    for root in roots:
        for other in roots:
            if root is not other:

                def take_name(members, other=other):
                    members["subject"] = other.certificate.subject_der
                    members["serial"] = der.integer(len(crossed) + 1)
                    members["extensions"] = [extension_der(x509.BasicConstraints(True, None), critical=True)]

                crossed.append(forged(root, keys[roots.index(other)], mutate=take_name))
    user = leaf(roots[0], key(suite))
    begun = time.process_time()
    verdict = check_certificate(user, anchors=[world(suite).root.certificate], intermediates=crossed, at=LATER)
    assert time.process_time() - begun < 10
    assert not verdict.valid
    assert "budget" in codes(verdict)


def test_a_thousand_namesakes_do_not_hide_the_issuer():
    w = world("international")
    namesake = forged(
        w.root,
        key("international"),
        subject="CN=x",
        mutate=lambda m: m.update(subject=w.middle.certificate.subject_der),
    )
    crowd = [read_certificate(namesake.der)] * 999
    assert w.check(intermediates=[*crowd, w.middle.certificate]).valid


def test_among_many_certificates_of_one_issuer_that_which_holds_is_found():
    w = world("international")
    subject = "CN=示例签发机构,C=CN"
    ended = [subordinate(w.root, w.middle_key, subject, days=1 + n).certificate for n in range(13)]
    verdict = w.check(intermediates=[*ended, w.middle.certificate], at=NOW + 20 * DAY, revocation="off")
    assert verdict.valid
    assert w.check(intermediates=ended, at=NOW + 20 * DAY, revocation="off").has("expired")


def test_a_chain_that_is_too_long_is_refused():
    suite, private = "international", key("international")
    root = new_root(private, parse_name("CN=长"), since=NOW, days=100, path_length=None)
    authority, found = root, []
    for number in range(9):
        authority = subordinate(authority, key(suite), f"CN=第 {number} 级")
        found.append(authority.certificate)
    verdict = check_certificate(
        leaf(authority, key(suite)), anchors=[root.certificate], intermediates=found, at=LATER, revocation="off"
    )
    assert codes(verdict) == ["budget"]


@given(
    at=st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(9000, 1, 1), timezones=st.just(dt.UTC)),
    since=st.integers(-3, 3),
    reason=st.sampled_from(list(RevocationReason)),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_time_the_verdict_agrees_with_its_reasons(at, since, reason):
    w = world("international")
    revoked = Revocation(w.user.serial, NOW + since * DAY, reason)
    verdict = w.check(statuses=[crl(w.root), crl(w.middle, revoked)], at=at)
    assert verdict.valid is (not verdict.reasons)
    assert verdict.valid is (NOW <= at <= NOW + 7 * DAY and revoked.fault(at) is None)
    assert all(r.say("zh") and r.say("en") for r in verdict.reasons)
