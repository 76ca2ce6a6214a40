import dataclasses
import datetime as dt

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import LocalSigner
from yiwang.commons.crypto.engine.pki import (
    PkiError,
    Responder,
    Revocation,
    RevocationReason,
    der,
    read_response,
    write_request,
)
from yiwang.commons.crypto.engine.pki.ocsp import MAX_QUESTIONS, ResponseStatus, read_request

from .factories import DAY, HOUR, NOW, SUITES, key, leaf, world

LATER = NOW + HOUR
REVOKED = Revocation(77, NOW, RevocationReason.KEY_COMPROMISE)


def responder(w, answer=True, **more):
    return Responder(
        **{
            "issuer": w.middle.certificate,
            "signer": w.middle.signer,
            "status_of": lambda serial: answer if serial == w.user.serial else False,
            **more,
        }
    )


def said(w, answers, at=LATER, request_nonce=b"n" * 16, expected=b"n" * 16, digest=None):
    request = write_request(w.user, w.middle.certificate, nonce=request_nonce, digest=digest)
    response = read_response(answers.respond(request, at), nonce=expected)
    finding = response.finding(w.user, w.middle.certificate, at)
    return finding.fault.code if finding.fault else None


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("digest", [None, "sha1", "sha256", "sm3", "sha512"])
@pytest.mark.parametrize(("answer", "wanted"), [(True, None), (REVOKED, "revoked"), (False, "status_unknown")])
def test_question_and_answer_go_round(suite, digest, answer, wanted):
    w = world(suite)
    assert said(w, responder(w, answer), digest=digest) == wanted


def test_a_good_answer_is_enough_for_a_chain():
    w = world("national")
    middle = read_response(responder(w).respond(write_request(w.user, w.middle.certificate), LATER))
    assert w.check(statuses=[middle, w.lists[0]]).valid
    revoked = read_response(responder(w, REVOKED).respond(write_request(w.user, w.middle.certificate), LATER))
    assert w.check(statuses=[*w.lists, middle, revoked]).has("revoked")


def test_answers_end():
    w = world("national")
    answer = read_response(responder(w).respond(write_request(w.user, w.middle.certificate), LATER))
    for at, wanted in ((LATER + 2 * HOUR, "status_stale"), (NOW, "status_early"), (LATER + HOUR, None)):
        finding = answer.finding(w.user, w.middle.certificate, at)
        assert (finding.fault.code if finding.fault else None) == wanted


def test_a_replayed_answer_is_noticed_by_its_nonce():
    w = world("international")
    assert said(w, responder(w), request_nonce=b"old", expected=b"new") == "nonce"
    assert said(w, responder(w), request_nonce=b"", expected=b"new") == "nonce"
    assert said(w, responder(w), request_nonce=b"", expected=b"") is None


@pytest.mark.parametrize("suite", SUITES)
def test_answers_of_another_key_say_nothing(suite):
    w = world(suite)
    assert said(w, responder(w, signer=LocalSigner(key(suite)))) == "status_signature"


@pytest.mark.parametrize("suite", SUITES)
def test_a_delegate_needs_the_purpose_and_its_validity(suite):
    w = world(suite)
    private = key(suite)
    for profile, days, wanted in (("ocsp", 100, None), ("signing", 100, "status_signer"), ("ocsp", 1, "status_signer")):
        delegate = leaf(w.middle, private, "CN=应答服务", profile=profile, days=days)
        answers = responder(w, signer=LocalSigner(private), delegate=delegate)
        assert said(w, answers, at=NOW + 2 * DAY) == wanted
    foreign = leaf(w.root, private, "CN=应答服务", profile="ocsp")
    assert said(w, responder(w, signer=LocalSigner(private), delegate=foreign)) == "status_signer"


def test_an_answer_about_another_certificate_is_no_answer():
    w = world("national")
    answer = read_response(responder(w).respond(write_request(w.user, w.middle.certificate), LATER))
    assert answer.finding(leaf(w.middle, w.user_key), w.middle.certificate, LATER) is None
    assert answer.finding(w.middle.certificate, w.root.certificate, LATER) is None


@pytest.mark.parametrize(
    "request_bytes", [b"", b"\x30", b"\x30\x00", b"\x30" * 3000, bytes(20_000), b"\x30\x80\x00\x00"]
)
def test_strange_requests_are_answered_as_malformed(request_bytes):
    w = world("national")
    assert read_response(responder(w).respond(request_bytes, LATER)).status is ResponseStatus.MALFORMED


def test_too_many_questions_are_malformed():
    w = world("international")
    one = (
        der.read(write_request(w.user, w.middle.certificate), limit=9999)
        .children()[0]
        .children()[0]
        .children()[0]
        .whole
    )
    for count, status in ((MAX_QUESTIONS, ResponseStatus.SUCCESSFUL), (MAX_QUESTIONS + 1, ResponseStatus.MALFORMED)):
        request = der.sequence(der.sequence(der.sequence(one * count)))
        assert read_response(responder(w).respond(request, LATER)).status is status


def test_a_broken_register_gives_an_error_of_the_protocol(caplog):
    def broken(serial):
        raise OSError

    w = world("national")
    answer = responder(w, status_of=broken).respond(write_request(w.user, w.middle.certificate), LATER)
    found = read_response(answer)
    assert found.status is ResponseStatus.INTERNAL
    assert found.finding(w.user, w.middle.certificate, LATER).fault.say("en") == "the responder answered “internal”"
    assert "OSError" in caplog.text


def test_requests_of_cryptography_are_understood_and_answers_too():
    w = world("international")
    from cryptography import x509

    user, issuer = (x509.load_der_x509_certificate(c.der) for c in (w.user, w.middle.certificate))
    request = ocsp.OCSPRequestBuilder().add_certificate(user, issuer, hashes.SHA256()).build()
    data = request.public_bytes(Encoding.DER)
    (question,), nonce = read_request(data)
    assert question.about(w.middle.certificate)
    assert (question.serial, nonce) == (w.user.serial, b"")
    answer = ocsp.load_der_ocsp_response(responder(w, REVOKED).respond(data, LATER))
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_time_utc == NOW
    assert answer.revocation_reason is x509.ReasonFlags.key_compromise


def test_questions_about_other_issuers_are_not_looked_up():
    w = world("national")
    asked = []
    answers = responder(w, status_of=asked.append)
    answers.respond(write_request(w.middle.certificate, w.root.certificate), LATER)
    assert asked == []


@pytest.mark.parametrize("suite", SUITES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_answer_is_refused_or_says_the_same(suite, data):
    w = world(suite)
    whole = _revoked(suite)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        found = read_response(bytes(changed)).finding(w.user, w.middle.certificate, LATER)
    except PkiError:
        return
    assert found is None or found.fault is not None


_KEPT = {}


def _revoked(suite):
    if suite not in _KEPT:
        w = world(suite)
        revoked = dataclasses.replace(REVOKED, serial=w.user.serial, since=NOW - dt.timedelta(days=3))
        _KEPT[suite] = responder(w, revoked).respond(write_request(w.user, w.middle.certificate), LATER)
    return _KEPT[suite]
