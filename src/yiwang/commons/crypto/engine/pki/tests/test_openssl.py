"""Certificates, lists and OCSP against the OpenSSL command line, both ways and in both suites.

OpenSSL 3.0 takes the signer's identity of SM2 (`distid`) as an option where it checks a certificate, and only for the
last one of a chain; where it checks lists and OCSP responses there is no such option and it assumes an empty identity.
There its command line reads what we wrote, and its `dgst -verify` checks the signature with the identity.
"""

import subprocess
from pathlib import Path

import pytest

from yiwang.commons.crypto.engine import LocalSigner
from yiwang.commons.crypto.engine.pki import (
    Responder,
    Revocation,
    RevocationReason,
    check_certificate,
    parse_name,
    private_key_pem,
    read_certificates,
    read_certification_request,
    read_list,
    read_private_key,
    read_response,
    write_certification_request,
    write_list,
)
from yiwang.commons.crypto.engine.pki.certificates import to_pem
from yiwang.commons.crypto.engine.pki.ocsp import write_request
from yiwang.kernel.clock import now

from .factories import DAY, HOUR, NOW, SUITES, world

ID = "distid:1234567812345678"
CONFIGURATION = """
[ca]
default_ca = here
[here]
database = index.txt
crlnumber = crlnumber
default_md = {digest}
default_crl_days = 30
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[user]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
authorityKeyIdentifier = keyid
"""


def run(folder: Path, *arguments: str, check=True) -> subprocess.CompletedProcess:
    found = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False, timeout=60)
    assert not check or found.returncode == 0, found.stderr.decode()
    return found


class Theirs:
    """An authority that lives in a folder of OpenSSL's own tools: root.pem, user.pem, the keys, crl.pem."""

    def __init__(self, folder: Path, suite: str) -> None:
        self.folder, self.suite = folder, suite
        national = suite == "national"
        self.signing = ["-sigopt", ID] if national else []
        self.digest = ["-sm3"] if national else []
        kind = "SM2" if national else "ed25519"
        (folder / "ca.cnf").write_text(CONFIGURATION.format(digest="sm3" if national else "default"))
        (folder / "index.txt").write_text("")
        (folder / "crlnumber").write_text("01\n")
        for name in ("root", "user"):
            run(folder, "genpkey", "-algorithm", kind, "-out", f"{name}.key")
        run(
            folder, "req", "-new", "-x509", *self.digest, *self.signing, "-key", "root.key", "-out", "root.pem",
            "-days", "30", "-utf8", "-subj", "/C=CN/O=示例/CN=示例根", "-config", "ca.cnf", "-extensions", "root",
        )  # fmt: skip
        run(
            folder, "req", "-new", *self.digest, *self.signing, "-key", "user.key", "-out", "user.csr", "-utf8",
            "-subj", "/C=CN/CN=示例用户", "-config", "ca.cnf",
        )  # fmt: skip
        run(
            folder, "x509", "-req", "-in", "user.csr", "-CA", "root.pem", "-CAkey", "root.key", *self.digest,
            *self.signing, *(["-vfyopt", ID] if national else []), "-days", "20", "-out", "user.pem",
            "-extfile", "ca.cnf", "-extensions", "user", "-set_serial", "0x1234567890",
        )  # fmt: skip
        self.root, self.user = (read_certificates((folder / f"{n}.pem").read_bytes())[0] for n in ("root", "user"))
        self.at = self.user.not_before + HOUR

    def ca(self, *arguments: str) -> None:
        run(self.folder, "ca", "-config", "ca.cnf", "-keyfile", "root.key", "-cert", "root.pem", *arguments)

    def list(self):
        self.ca("-gencrl", *self.signing, "-out", "crl.pem")
        return read_list((self.folder / "crl.pem").read_bytes())


@pytest.fixture(scope="module", params=SUITES)
def theirs(request, tmp_path_factory):
    return Theirs(tmp_path_factory.mktemp(request.param), request.param)


def test_we_verify_what_openssl_issued(theirs):
    verdict = check_certificate(
        theirs.user, anchors=[theirs.root], statuses=[theirs.list()], at=theirs.at, usage="sign"
    )
    assert verdict.valid, verdict.reasons
    assert (theirs.user.subject, theirs.user.serial, theirs.user.suite) == (
        "CN=示例用户,C=CN",
        0x1234567890,
        theirs.suite,
    )
    private = read_private_key((theirs.folder / "user.key").read_bytes())
    assert private


def test_we_find_what_openssl_revoked(theirs):
    theirs.ca("-revoke", "user.pem", "-crl_reason", "keyCompromise")
    verdict = check_certificate(theirs.user, anchors=[theirs.root], statuses=[theirs.list()], at=theirs.at)
    assert [reason.code for reason in verdict.reasons] == ["revoked"]
    assert verdict.reasons[0].params["reason"] == "keyCompromise"
    (theirs.folder / "index.txt").write_text("")


@pytest.mark.parametrize("theirs", ["national"], indirect=True)
def test_the_empty_identity_of_some_programs_is_refused(theirs):
    theirs.ca("-gencrl", "-out", "nameless.pem")
    nameless = read_list((theirs.folder / "nameless.pem").read_bytes())
    verdict = check_certificate(theirs.user, anchors=[theirs.root], statuses=[nameless], at=theirs.at)
    assert [reason.code for reason in verdict.reasons] == ["status_signature"]


@pytest.mark.parametrize("revoked", [False, True])
def test_openssl_answers_our_questions(theirs, revoked):
    until = f"{theirs.user.not_after:%y%m%d%H%M%SZ}"
    since = f"{theirs.at:%y%m%d%H%M%SZ},superseded" if revoked else ""
    state = "R" if revoked else "V"
    (theirs.folder / "index.txt").write_text(f"{state}\t{until}\t{since}\t1234567890\tunknown\t/C=CN/CN=x\n")
    request = write_request(theirs.user, theirs.root, nonce=b"0123456789abcdef")
    (theirs.folder / "request.der").write_bytes(request)
    digest = ["-rmd", "sm3", "-rsigopt", ID] if theirs.suite == "national" else []
    run(
        theirs.folder, "ocsp", "-index", "index.txt", "-CA", "root.pem", "-rsigner", "root.pem", "-rkey", "root.key",
        *digest, "-reqin", "request.der", "-respout", "response.der", "-ndays", "3",
    )  # fmt: skip
    answer = read_response((theirs.folder / "response.der").read_bytes(), nonce=b"0123456789abcdef")
    finding = answer.finding(theirs.user, theirs.root, now() + HOUR)
    assert (finding.fault.code if finding.fault else None) == ("revoked" if revoked else None)


@pytest.fixture(scope="module", params=SUITES)
def ours(request, tmp_path_factory):
    w, folder = world(request.param), tmp_path_factory.mktemp("ours")
    (folder / "root.pem").write_text(w.root.certificate.pem())
    (folder / "middle.pem").write_text(w.middle.certificate.pem())
    (folder / "user.pem").write_text(w.user.pem())
    (folder / "middle.key").write_text(private_key_pem(w.middle_key))
    (folder / "middle.pub").write_text(to_pem("PUBLIC KEY", w.middle.certificate.public_key))
    return w, folder


@pytest.mark.parametrize("suite", SUITES)
def test_requests_are_understood_both_ways(suite, tmp_path):
    theirs = Theirs(tmp_path, suite)
    found = read_certification_request((tmp_path / "user.csr").read_bytes())
    assert (found.subject, found.fault, found.public_key) == ("CN=示例用户,C=CN", None, theirs.user.public_key)
    signer = LocalSigner(world(suite).user_key)
    (tmp_path / "ours.csr").write_text(write_certification_request(signer, parse_name("CN=示例,C=CN")))
    run(tmp_path, "req", "-in", "ours.csr", "-verify", "-noout", *(["-vfyopt", ID] if suite == "national" else []))


AT = ["-attime", str(int((NOW + HOUR).timestamp()))]


def identity(w):
    return ["-vfyopt", ID] if w.suite == "national" else []


def test_openssl_accepts_what_we_issued(ours):
    w, folder = ours
    for anchor, certificate in (("root.pem", "middle.pem"), ("middle.pem", "user.pem")):
        run(folder, "verify", "-x509_strict", "-partial_chain", *AT, *identity(w), "-trusted", anchor, certificate)
    if w.suite == "international":  # for SM2 the option counts for the last of a chain only
        run(folder, "verify", "-x509_strict", *AT, "-CAfile", "root.pem", "-untrusted", "middle.pem", "user.pem")
    text = run(folder, "x509", "-in", "user.pem", "-noout", "-text").stdout.decode()
    assert "仅供测试和演示" in text
    assert "Digital Signature, Non Repudiation" in text


def test_openssl_refuses_what_another_key_signed(ours):
    w, folder = ours
    verify = ["verify", "-partial_chain", *AT, *identity(w), "-trusted", "root.pem", "user.pem"]
    assert run(folder, *verify, check=False).returncode != 0


def openssl_accepts(w, folder, tbs: bytes, signature: bytes) -> bool:
    (folder / "tbs").write_bytes(tbs)
    (folder / "signature").write_bytes(signature)
    if w.suite == "national":
        command = ["dgst", "-sm3", "-verify", "middle.pub", "-signature", "signature", "-sigopt", ID, "tbs"]
    else:
        command = [
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "middle.pub",
            "-rawin",
            "-in",
            "tbs",
            "-sigfile",
            "signature",
        ]
    return run(folder, *command, check=False).returncode == 0


def test_openssl_reads_and_checks_our_lists(ours):
    w, folder = ours
    revoked = Revocation(w.user.serial, NOW, RevocationReason.SUPERSEDED)
    made = read_list(
        write_list(w.middle.certificate, w.middle.signer, [revoked], number=3, since=NOW, until=NOW + 7 * DAY)
    )
    (folder / "crl.pem").write_text(made.pem())
    text = run(folder, "crl", "-in", "crl.pem", "-noout", "-text").stdout.decode()
    assert "Superseded" in text
    assert f"Serial Number: {w.user.serial_hex}" in text
    assert openssl_accepts(w, folder, made.tbs, made.signature)
    assert not openssl_accepts(w, folder, made.tbs + b"x", made.signature)
    if w.suite == "international":
        run(folder, "crl", "-in", "crl.pem", "-noout", "-CAfile", "middle.pem")
        (folder / "both.pem").write_text(w.root.certificate.pem() + made.pem())
        check = [
            "verify",
            "-crl_check",
            "-partial_chain",
            *AT,
            "-trusted",
            "middle.pem",
            "-CRLfile",
            "crl.pem",
            "user.pem",
        ]
        found = run(folder, *check, check=False)
        assert b"certificate revoked" in found.stderr


@pytest.mark.parametrize("answer", [True, False, None])
def test_we_answer_the_questions_of_openssl(ours, answer):
    w, folder = ours
    run(folder, "ocsp", "-issuer", "middle.pem", "-cert", "user.pem", "-reqout", "request.der")
    known = Revocation(w.user.serial, NOW, RevocationReason.WITHDRAWN) if answer is None else answer
    responder = Responder(w.middle.certificate, w.middle.signer, lambda serial: known)
    moment = now()
    response = responder.respond((folder / "request.der").read_bytes(), moment)
    (folder / "response.der").write_bytes(response)
    found = read_response(response)
    assert found.nonce
    assert openssl_accepts(w, folder, found.tbs, found.signature)
    trust = ["-noverify"] if w.suite == "national" else ["-CAfile", "root.pem", "-verify_other", "middle.pem"]
    command = ["ocsp", "-respin", "response.der", *trust, *(AT if "-CAfile" in trust else [])]
    text = run(folder, *command, "-issuer", "middle.pem", "-cert", "user.pem", "-no_nonce")
    wanted = {True: "user.pem: good", False: "user.pem: unknown", None: "user.pem: revoked"}[answer]
    assert wanted in text.stdout.decode()
    if w.suite == "international":
        assert b"Response verify OK" in run(folder, *command, "-reqin", "request.der").stderr  # the nonce too
