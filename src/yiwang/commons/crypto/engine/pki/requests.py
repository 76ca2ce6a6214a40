"""Certification requests (PKCS#10, RFC 2986): who asks holds the key, and never shows it."""

from dataclasses import dataclass, field

from cryptography import x509

from yiwang.commons.crypto.engine import Signer

from . import der
from .algorithms import signature_fault
from .certificates import MAX_CERTIFICATE, from_pem, guarded, to_pem
from .crls import SIGNATURE_OIDS
from .reasons import PkiError, Reason, shown


@dataclass(frozen=True, slots=True)
class CertificationRequest:
    """A request as it came. `fault` is a reason where its signature does not prove that the key is held."""

    der: bytes = field(repr=False)
    subject: str
    name: x509.Name = field(repr=False)
    public_key: bytes = field(repr=False)
    fault: Reason | None


def read_certification_request(data: bytes) -> CertificationRequest:
    """A request in PEM or DER. PkiError where it is none."""
    if data[:1] != b"\x30":
        blocks = from_pem(data, ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"])
        if len(blocks) != 1:
            raise PkiError("nothing", what="request")
        data = blocks[0][1]
    top = der.read(data, limit=MAX_CERTIFICATE)
    return guarded("request", lambda: _read(data, top))


def _read(data: bytes, top: der.Node) -> CertificationRequest:
    loaded = x509.load_der_x509_csr(data)
    public = top.children()[0].children()[2].whole
    algorithm = loaded.signature_algorithm_oid.dotted_string
    fault = signature_fault(public, algorithm, loaded.tbs_certrequest_bytes, loaded.signature)
    return CertificationRequest(data, shown(loaded.subject.rfc4514_string()), loaded.subject, public, fault)


def write_certification_request(signer: Signer, name: x509.Name) -> str:
    """A request in PEM for the signer's key under the name."""
    algorithm = der.sequence(der.oid(SIGNATURE_OIDS[signer.suite.name]))
    asked = der.sequence(der.integer(0), name.public_bytes(), signer.public, der.explicit(0, b""))
    made = der.sequence(asked, algorithm, der.bits(signer.sign(asked)))
    return to_pem("CERTIFICATE REQUEST", made)
