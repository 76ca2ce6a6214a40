"""OCSP (RFC 6960) in both directions: ask and judge responses of others, answer the questions of others."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from yiwang.commons.crypto.engine import Signer

from . import der
from .algorithms import signature_fault
from .certificates import Certificate, NameKey, guarded, name_key, read_certificate
from .crls import SIGNATURE_OIDS
from .reasons import PkiError, Reason
from .status import REASON_NUMBERS, Finding, Revocation, RevocationReason, freshness, unusable

MAX_REQUEST = 16 * 1024
MAX_RESPONSE = 256 * 1024
MAX_QUESTIONS = 32
MAX_NONCE = 128  # RFC 9654
WITHOUT_END = dt.timedelta(days=1)  # how long an answer counts that names no end
OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"

_BASIC, _NONCE = "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.48.1.2"
_DIGESTS = {
    "1.2.156.10197.1.401": "sm3",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "1.3.14.3.2.26": "sha1",  # names a certificate only; nothing rests on its strength
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_log = logging.getLogger(__name__)


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class Question:
    """One CertID of a request, and its bytes as they came."""

    der: bytes
    digest: str  # "" where the hash is not known here
    name_hash: bytes
    key_hash: bytes
    serial: int

    def about(self, issuer: Certificate) -> bool:
        return bool(self.digest) and (self.name_hash, self.key_hash) == (
            _digest(self.digest, issuer.subject_der),
            _digest(self.digest, issuer.key.raw),
        )


def write_request(
    certificate: Certificate, issuer: Certificate, *, nonce: bytes = b"", digest: str | None = None
) -> bytes:
    """A question about one certificate, DER. `digest` names the issuer: by default SM3 for SM2, else SHA-256.

    Some responders outside know only "sha1".
    """
    wanted = digest or ("sm3" if issuer.suite == "national" else "sha256")
    dotted = next(oid for oid, name in _DIGESTS.items() if name == wanted)
    question = der.sequence(
        der.sequence(der.oid(dotted), b"" if wanted == "sm3" else der.value(der.NULL)),
        der.octets(_digest(wanted, issuer.subject_der)),
        der.octets(_digest(wanted, issuer.key.raw)),
        der.integer(certificate.serial),
    )
    extensions = der.explicit(2, der.sequence(_nonce_extension(nonce))) if nonce else b""
    return der.sequence(der.sequence(der.sequence(der.sequence(question)), extensions))


def _nonce_extension(nonce: bytes) -> bytes:
    return der.sequence(der.oid(_NONCE), der.octets(der.octets(nonce)))


def read_request(data: bytes) -> tuple[list[Question], bytes]:
    """The questions of a request and its nonce. PkiError where it is none, or asks more than MAX_QUESTIONS."""
    top = der.read(data, limit=MAX_REQUEST)
    return guarded("ocsp_request", lambda: _request(top))


def _request(top: der.Node) -> tuple[list[Question], bytes]:
    members = top.expect(der.SEQUENCE).children()[0].expect(der.SEQUENCE).children()
    (asked,) = [node for node in members if node.tag == der.SEQUENCE]
    questions = [_question(node.children()[0]) for node in asked.children()]
    if not questions or len(questions) > MAX_QUESTIONS:
        raise PkiError("too_many", what="OCSP", limit=MAX_QUESTIONS)
    nonce = b""
    for holder in (node for node in members if node.tag == 0xA2):
        for extension in holder.children()[0].expect(der.SEQUENCE).children():
            dotted, *_, value = extension.children()
            if dotted.oid() == _NONCE:
                nonce = der.read(value.expect(der.OCTETS).body, limit=MAX_NONCE + 4).expect(der.OCTETS).body
    return questions, nonce


def _question(node: der.Node) -> Question:
    algorithm, name_hash, key_hash, serial = node.expect(der.SEQUENCE).children()
    if serial.end - serial.content > 21:  # RFC 5280 4.1.2.2: 20 octets, and a sign
        raise PkiError("malformed", what="ocsp_request", detail="serial number")
    digest = _DIGESTS.get(algorithm.children()[0].oid(), "")
    return Question(
        node.whole, digest, name_hash.expect(der.OCTETS).body, key_hash.expect(der.OCTETS).body, serial.integer()
    )


class ResponseStatus(IntEnum):
    """OCSPResponseStatus (RFC 6960 4.2.1)."""

    SUCCESSFUL = 0
    MALFORMED = 1
    INTERNAL = 2
    TRY_LATER = 3
    SIGNATURE_REQUIRED = 5
    UNAUTHORIZED = 6


Answer = Revocation | bool
"""A revocation; True: issued and not revoked; False: never issued here."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers for one issuer. `signer` holds the issuer's key, or that of `delegate`, which the issuer certified for it.

    A pure function of the request, the clock and `status_of`; whoever serves it adds only HTTP
    (`application/ocsp-request` in, `application/ocsp-response` out).
    """

    issuer: Certificate
    signer: Signer
    status_of: Callable[[int], Answer]
    delegate: Certificate | None = None
    lifetime: dt.timedelta = dt.timedelta(hours=1)

    def respond(self, request: bytes, at: dt.datetime) -> bytes:
        """The response to a request of a stranger, DER. Never raises: errors are statuses of the protocol."""
        try:
            questions, nonce = read_request(request)
        except PkiError:
            return _refusal(ResponseStatus.MALFORMED)
        try:
            answers = b"".join(self._answer(question, at) for question in questions)
            return self._signed(answers, nonce, at)
        except Exception:  # noqa: BLE001 - the protocol has a status for whatever `status_of` or a device may raise
            _log.exception("no answer to an OCSP request")
            return _refusal(ResponseStatus.INTERNAL)

    def _answer(self, question: Question, at: dt.datetime) -> bytes:
        known = self.status_of(question.serial) if question.about(self.issuer) else False
        if isinstance(known, Revocation):
            reason = der.explicit(0, der.integer(REASON_NUMBERS[known.reason], der.ENUMERATED))
            status = der.value(
                0xA1, der.general_time(known.since), reason if known.reason != RevocationReason.UNSPECIFIED else b""
            )
        else:
            status = der.value(0x80 if known else 0x82)
        until = der.explicit(0, der.general_time(at + self.lifetime))
        return der.sequence(question.der, status, der.general_time(at), until)

    def _signed(self, answers: bytes, nonce: bytes, at: dt.datetime) -> bytes:
        own = self.delegate or self.issuer
        data = der.sequence(
            der.explicit(2, der.octets(_digest("sha1", own.key.raw))),
            der.general_time(at),
            der.value(der.SEQUENCE, answers),
            der.explicit(1, der.sequence(_nonce_extension(nonce))) if nonce else b"",
        )
        algorithm = der.sequence(der.oid(SIGNATURE_OIDS[self.signer.suite.name]))
        certificates = der.explicit(0, der.sequence(own.der)) if self.delegate else b""
        basic = der.sequence(data, algorithm, der.bits(self.signer.sign(data)), certificates)
        return der.sequence(
            der.integer(0, der.ENUMERATED), der.explicit(0, der.sequence(der.oid(_BASIC), der.octets(basic)))
        )


def _refusal(status: ResponseStatus) -> bytes:
    return der.sequence(der.integer(status, der.ENUMERATED))


@dataclass(frozen=True, slots=True)
class Single:
    """What a response says of one certificate. `known` is False for "unknown"."""

    serial: int
    issuer: tuple[bytes, bytes]  # hashes of its name and of its key
    known: bool
    revocation: Revocation | None
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Response:
    """A response of a responder. Reading does not check the signature; `finding` does. Built by `read_response`."""

    der: bytes = field(repr=False)
    status: ResponseStatus
    answers: tuple[Single, ...] = ()
    nonce: bytes = b""
    responder_key: bytes | None = field(default=None, repr=False)
    responder_name: NameKey | None = field(default=None, repr=False)
    certificates: tuple[Certificate, ...] = field(default=(), repr=False)
    fault: Reason | None = None
    signature_algorithm: str = ""
    tbs: bytes = field(default=b"", repr=False)
    signature: bytes = field(default=b"", repr=False)

    def finding(
        self, certificate: Certificate, issuer: Certificate, at: dt.datetime, now: dt.datetime | None = None
    ) -> Finding | None:
        """What the response says of a certificate at `at`; None where it is about others. Never raises."""
        if self.status is not ResponseStatus.SUCCESSFUL:
            return unusable("responder", status=self.status.name.lower())
        answer = self._about(certificate, issuer)
        if answer is None:
            return None
        fault = self.fault or self._signature_fault(issuer, at)
        if fault is not None:
            return Finding(fault, decisive=False)
        if answer.revocation is not None and (against := answer.revocation.fault(at)) is not None:
            return Finding(against)
        return freshness(answer.since, answer.until, certificate, at, now) or (
            Finding() if answer.known else unusable("status_unknown")
        )

    def _about(self, certificate: Certificate, issuer: Certificate) -> Single | None:
        # Hashes of different functions can't meet, so that which one was used need not be asked.
        named = {(_digest(name, issuer.subject_der), _digest(name, issuer.key.raw)) for name in _DIGESTS.values()}
        return next((a for a in self.answers if a.serial == certificate.serial and a.issuer in named), None)

    def _signature_fault(self, issuer: Certificate, at: dt.datetime) -> Reason | None:
        """Signed by the issuer itself, or by a key that it certified for this (RFC 6960 4.2.2.2)."""
        for signer in (issuer, *self.certificates):
            if self.responder_key is not None and self.responder_key != _digest("sha1", signer.key.raw):
                continue
            if self.responder_name is not None and self.responder_name != signer.subject_name:
                continue
            if signer.public_key != issuer.public_key and not _delegated(signer, issuer, at):
                return Reason("status_signer")
            fault = signature_fault(signer.public_key, self.signature_algorithm, self.tbs, self.signature)
            return Reason("status_signature") if fault and fault.code == "bad_signature" else fault
        return Reason("status_signer")


def _delegated(signer: Certificate, issuer: Certificate, at: dt.datetime) -> bool:
    return (
        signer.issuer_name == issuer.subject_name
        and OCSP_SIGNING in (signer.purposes or ())
        and not signer.unknown_critical
        and signer.not_before <= at <= signer.not_after
        and signature_fault(issuer.public_key, signer.signature_algorithm, signer.tbs, signer.signature, signer.scheme)
        is None
    )


def read_response(data: bytes, *, nonce: bytes = b"") -> Response:
    """A response in DER. PkiError where it is none. With `nonce`, one that doesn't carry it can't be used."""
    der.read(data, limit=MAX_RESPONSE)
    return guarded("ocsp_response", lambda: _response(data, nonce))


def _response(data: bytes, nonce: bytes) -> Response:
    loaded = ocsp.load_der_ocsp_response(data)
    status = ResponseStatus(loaded.response_status.value)
    if status is not ResponseStatus.SUCCESSFUL:
        return Response(data, status)
    answers = tuple(_single(answer) for answer in loaded.responses)
    if len(answers) > MAX_QUESTIONS or len(loaded.certificates) > MAX_QUESTIONS:
        raise PkiError("too_many", what="OCSP", limit=MAX_QUESTIONS)
    got, fault = b"", None
    for extension in loaded.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            got = extension.value.nonce
        elif extension.critical:
            fault = Reason("critical", {"oid": extension.oid.dotted_string})
    if nonce and got != nonce:
        fault = Reason("nonce")
    return Response(
        der=data,
        status=status,
        answers=answers,
        nonce=got,
        responder_key=loaded.responder_key_hash,
        responder_name=name_key(loaded.responder_name) if loaded.responder_name is not None else None,
        certificates=tuple(read_certificate(c.public_bytes(Encoding.DER)) for c in loaded.certificates),
        fault=fault,
        signature_algorithm=loaded.signature_algorithm_oid.dotted_string,
        tbs=loaded.tbs_response_bytes,
        signature=loaded.signature,
    )


def _single(answer: ocsp.OCSPSingleResponse) -> Single:
    revocation = None
    if answer.certificate_status is ocsp.OCSPCertStatus.REVOKED and answer.revocation_time_utc is not None:
        reason = RevocationReason.named(answer.revocation_reason.value if answer.revocation_reason else "")
        revocation = Revocation(answer.serial_number, answer.revocation_time_utc, reason)
    since = answer.this_update_utc
    return Single(
        serial=answer.serial_number,
        issuer=(answer.issuer_name_hash, answer.issuer_key_hash),
        known=answer.certificate_status is not ocsp.OCSPCertStatus.UNKNOWN,
        revocation=revocation,
        since=since,
        until=answer.next_update_utc or since + WITHOUT_END,
    )
