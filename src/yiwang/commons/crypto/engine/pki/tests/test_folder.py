import json
import threading
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.crypto.engine import LocalSigner
from yiwang.commons.crypto.engine.pki import (
    AuthorityFolder,
    PkiError,
    RevocationReason,
    check_certificate,
    check_pair,
    envelop_key,
    open_enveloped_key,
    parse_name,
    private_key_pem,
    read_certification_request,
    read_response,
    write_certification_request,
    write_request,
)

from .factories import DAY, HOUR, NOW, SUITES, key, leaf, public, world

NAME = parse_name("CN=示例根,O=示例机构,C=CN")


def authority(path, suite="national", **more):
    return AuthorityFolder.create(path / "ca", key(suite), NAME, at=NOW, days=3650, **more)


@pytest.mark.parametrize("suite", SUITES)
def test_issues_lists_revokes_and_answers(tmp_path, suite):
    made = authority(tmp_path, suite, crl_url="http://ca.example/crl", ocsp_url="http://ca.example/ocsp")
    user = made.issue(public(key(suite)), parse_name("CN=甲"), profile="signing", at=NOW, days=30)
    other = made.issue(public(key(suite)), parse_name("CN=乙"), profile="signing", at=NOW, days=30)
    assert (user.crl_urls, user.ocsp_urls) == (("http://ca.example/crl",), ("http://ca.example/ocsp",))
    made.revoke(user.serial, RevocationReason.SUPERSEDED, NOW + HOUR)
    again = AuthorityFolder.open(made.path)
    statuses = again.list(NOW + HOUR, 7), again.list(NOW + HOUR, 7)
    assert [found.number for found in statuses] == [1, 2]
    anchors, at = [again.authority.certificate], NOW + 2 * HOUR
    assert check_certificate(user, anchors=anchors, statuses=statuses, at=at).has("revoked")
    assert check_certificate(other, anchors=anchors, statuses=statuses, at=at).valid
    for certificate, valid in ((user, False), (other, True)):
        request = write_request(certificate, again.authority.certificate)
        answer = read_response(again.responder().respond(request, at))
        assert check_certificate(certificate, anchors=anchors, statuses=[answer], at=at).valid is valid


def test_the_key_is_for_its_owner_alone_and_may_be_locked(tmp_path):
    made = authority(tmp_path, passphrase=b"secret")
    assert (made.path / "key.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(PkiError) as refusal:
        AuthorityFolder.open(made.path)
    assert refusal.value.code == "pki.passphrase"
    assert AuthorityFolder.open(made.path, b"secret").authority.certificate == made.authority.certificate


def test_folders_in_use_or_of_others_are_refused(tmp_path):
    made = authority(tmp_path)
    for attempt, code in (
        (lambda: authority(tmp_path), "pki.folder_taken"),
        (lambda: AuthorityFolder.open(tmp_path), "pki.folder_missing"),
        (lambda: made.revoke(5, RevocationReason.UNSPECIFIED, NOW), "pki.never_issued"),
    ):
        with pytest.raises(PkiError) as refusal:
            attempt()
        assert refusal.value.code == code
    (made.path / "key.pem").write_text(private_key_pem(key("national")))
    with pytest.raises(PkiError, match="不符"):
        AuthorityFolder.open(made.path)


def test_a_certificate_is_revoked_once(tmp_path):
    made = authority(tmp_path)
    user = made.issue(public(key("national")), NAME, profile="signing", at=NOW, days=1)
    made.revoke(user.serial, RevocationReason.HOLD, NOW)
    with pytest.raises(PkiError, match="已被吊销"):
        made.revoke(user.serial, RevocationReason.HOLD, NOW)


def test_two_hands_at_once_lose_nothing(tmp_path):
    made = authority(tmp_path, "international")
    keys = [public(key("international")) for _ in range(8)]

    def issue(part):
        mine = AuthorityFolder.open(made.path)
        for each in part:
            mine.issue(each, NAME, profile="signing", at=NOW, days=1)

    hands = [threading.Thread(target=issue, args=(keys[n::2],)) for n in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(json.loads((made.path / "register.json").read_text())["certificates"]) == len(keys)
    assert len(list((made.path / "certificates").iterdir())) == len(keys)


@pytest.mark.parametrize("suite", SUITES)
def test_a_request_must_prove_that_the_key_is_held(tmp_path, suite):
    made = authority(tmp_path, suite)
    signer = LocalSigner(key(suite))
    request = read_certification_request(write_certification_request(signer, parse_name("CN=请求人")).encode())
    issued = made.issue_for(request, profile="signing", at=NOW, days=3)
    assert (issued.subject, issued.public_key) == ("CN=请求人", signer.public)
    changed = bytearray(request.der)
    changed[request.der.index(b"\x0c") + 2] ^= 1
    with pytest.raises(PkiError, match="持有"):
        made.issue_for(read_certification_request(bytes(changed)), profile="signing", at=NOW, days=3)


def test_nobody_gets_a_certificate_for_ever_or_for_a_bad_key(tmp_path):
    made = authority(tmp_path)
    for days in (0, -1, 4000):
        with pytest.raises(PkiError):
            made.issue(public(key("national")), NAME, profile="signing", at=NOW, days=days)
    with pytest.raises(PkiError):
        made.issue(b"\x30\x00", NAME, profile="signing", at=NOW, days=1)
    with pytest.raises(PkiError):
        made.issue(public(key("national")), NAME, profile="server", at=NOW, days=1, names=["不是域名@@"])
    last = made.issue(public(key("national")), NAME, profile="signing", at=NOW + 3649 * DAY, days=900)
    assert last.not_after == made.authority.certificate.not_after


def test_double_certificates_belong_together():
    w = world("national")
    signing, encryption = (leaf(w.middle, key("national"), profile=profile) for profile in ("signing", "encryption"))
    assert check_pair(signing, encryption).valid
    for one, other, detail in (
        (encryption, signing, "digitalSignature"),
        (signing, leaf(w.middle, key("national"), "CN=别人", profile="encryption"), "subject"),
        (signing, leaf(w.root, key("national"), profile="encryption"), "issuer"),
        (world("international").user, encryption, "SM2"),
    ):
        assert any(reason.params["detail"] == detail for reason in check_pair(one, other).reasons)


def test_an_encryption_key_comes_in_an_envelope_for_the_signing_key():
    signing, encryption, other = (key("national") for _ in range(3))
    envelope = envelop_key(encryption, public(signing))
    assert open_enveloped_key(envelope, signing) == encryption
    for wrong in (other, key("international")):
        with pytest.raises(PkiError) as refusal:
            open_enveloped_key(envelope, wrong)
        assert refusal.value.code == "pki.key_refused"


@cache
def enveloped():
    return envelop_key(world("national").middle_key, public(world("national").user_key))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_envelope_is_refused(data):
    envelope = bytearray(enveloped())
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= data.draw(st.integers(1, 255))
    try:
        opened = open_enveloped_key(bytes(envelope), world("national").user_key)
    except PkiError:
        return
    assert opened == world("national").middle_key  # under another name of the algorithm
