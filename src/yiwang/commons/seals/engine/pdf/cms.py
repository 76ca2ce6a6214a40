"""The CMS of a PAdES B-B signature (ETSI EN 319 142-1, 5.3) by Ed25519 (RFC 8419): built, so that it can be built again.

A verifier rebuilds it from attributes, signature and certificate: so not one byte of it can be another.
"""

import hashlib
from typing import Final

from yiwang.commons.seals.engine import asn1
from yiwang.commons.seals.engine.trust import certificate_of
from yiwang.commons.seals.engine.wording import SealFault

ED25519: Final = "1.3.101.112"
_DATA, _SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
_SHA512: Final = "2.16.840.1.101.3.4.2.3"
_CONTENT_TYPE, _DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.47"


def signed_attributes(covered: bytes, certificate: bytes) -> bytes:
    """The SET OF attributes, DER, that is signed: content type, digest of what is covered, the signer's certificate."""
    listed = (
        _attribute(_CONTENT_TYPE, asn1.oid(_DATA)),
        _attribute(_DIGEST, asn1.octets(hashlib.sha512(covered).digest())),
        _attribute(_SIGNING_CERTIFICATE, _signing_certificate(certificate)),
    )
    return asn1.encode(asn1.SET, *sorted(listed))


def _attribute(kind: str, value: bytes) -> bytes:
    return asn1.sequence(asn1.oid(kind), asn1.encode(asn1.SET, value))


def _signing_certificate(certificate: bytes) -> bytes:
    """ESSCertIDv2 (RFC 5035) with SHA-512."""
    hashed = asn1.octets(hashlib.sha512(certificate).digest())
    return asn1.sequence(asn1.sequence(asn1.sequence(asn1.sequence(asn1.oid(_SHA512)), hashed)))


def signed_data(attributes: bytes, signature: bytes, certificate: bytes) -> bytes:
    """The whole ContentInfo, DER. Raises SealFault for a certificate that can't be read."""
    known = certificate_of(certificate)
    if known is None:
        raise SealFault("cert.unreadable", role="signer")
    digest = asn1.sequence(asn1.oid(_SHA512))
    signer = asn1.sequence(
        asn1.integer(1),
        asn1.sequence(known.issuer_der, asn1.integer(known.serial)),
        digest,
        b"\xa0" + attributes[1:],
        asn1.sequence(asn1.oid(ED25519)),
        asn1.octets(signature),
    )
    inner = asn1.sequence(
        asn1.integer(1),
        asn1.encode(asn1.SET, digest),
        asn1.sequence(asn1.oid(_DATA)),
        asn1.encode(0xA0, certificate),
        asn1.encode(asn1.SET, signer),
    )
    return asn1.sequence(asn1.oid(_SIGNED_DATA), asn1.encode(0xA0, inner))
