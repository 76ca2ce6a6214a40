"""Signed data as GB/T 35275 has it (PKCS#7 with SM2) and as CMS has it (RFC 5652): read, and one signer checked.

Only what signatures of documents and time stamps need: one signer, the certificates brought along, what was signed.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Final

from yiwang.commons.crypto.engine import Certificate, signature_fault
from yiwang.commons.seals.engine import asn1
from yiwang.commons.seals.engine.asn1 import Node
from yiwang.commons.seals.engine.ses import SM2_SM3, SM3
from yiwang.commons.seals.engine.trust import certificate_of
from yiwang.commons.seals.engine.wording import SealFault

MAX_SIGNED: Final = 256 * 1024
MAX_CERTIFICATES: Final = 32
SIGNED_DATA: Final = frozenset({"1.2.156.10197.6.1.4.2.2", "1.2.840.113549.1.7.2"})
HASHES: Final = {
    SM3: "sm3",
    "1.2.156.10197.1.401.1": "sm3",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_RSA: Final = "1.2.840.113549.1.1.1"
_RSA_WITH: Final = {
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
_ECDSA_WITH: Final = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
_SM2_NAMES: Final = frozenset({SM2_SM3, "1.2.156.10197.1.301", "1.2.156.10197.1.301.1", "1.2.840.10045.2.1"})
_MESSAGE_DIGEST, _SIGNING_TIME = "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"


@dataclass(frozen=True, slots=True)
class SignedData:
    """What one signer signed. `content`: what is brought along, None where detached. `attributes`: as they were signed.

    `certificate`: the signer's, empty where it was not brought along; `others`: the rest.
    """

    content_type: str
    content: bytes | None
    hash_name: str
    algorithm: str
    attributes: bytes
    message_digest: bytes
    at: dt.datetime | None
    certificate: bytes = field(repr=False)
    others: tuple[bytes, ...] = field(repr=False)
    signature: bytes = field(repr=False)

    def holds(self, message: bytes) -> bool:
        """Whether the signature is the certificate's over the attributes, else over the message."""
        certificate = certificate_of(self.certificate)
        if certificate is None:
            return False
        signed = self.attributes or message
        return signature_fault(certificate.public_key, self.algorithm, signed, self.signature) is None

    def digest(self, message: bytes) -> bytes:
        return hashlib.new(self.hash_name, message).digest()


def is_signed_data(data: bytes) -> bool:
    """Whether it begins as signed data does."""
    try:
        return asn1.read(data, limit=MAX_SIGNED, trailing=True).members(1)[0].oid() in SIGNED_DATA
    except SealFault:
        return False


def parse_signed_data(data: bytes) -> SignedData:
    """Read signed data of one signer. Raises SealFault."""
    kind, wrapped = asn1.read(data, limit=MAX_SIGNED, trailing=False).members(2, 2)
    if kind.oid() not in SIGNED_DATA:
        raise SealFault("cms.none")
    inner = wrapped.expect(0xA0).children()
    if len(inner) != 1:
        raise SealFault("cms.none")
    members = inner[0].members(4, 6)
    certificates: list[bytes] = []
    for member in members[3:-1]:
        if member.tag == 0xA0:
            certificates = [each.whole for each in member.children()[:MAX_CERTIFICATES] if each.tag == asn1.SEQUENCE]
    signers = members[-1].expect(asn1.SET).children()
    if len(signers) != 1:
        raise SealFault("cms.signers", count=len(signers))
    content_type, content = _content(members[2])
    return _signer(signers[0], content_type, content, certificates)


def _content(node: Node) -> tuple[str, bytes | None]:
    kind, *held = node.members(1, 2)
    if not held:
        return kind.oid(), None
    inner = held[0].expect(0xA0).children()
    if len(inner) != 1:
        raise SealFault("cms.none")
    octets = inner[0].tag & 0x1F == asn1.OCTETS
    return kind.oid(), inner[0].octets() if octets else inner[0].body


def _signer(node: Node, content_type: str, content: bytes | None, certificates: list[bytes]) -> SignedData:
    members = node.members(5, 7)
    _, who, digest, *rest = members
    hash_name = HASHES.get(digest.members(1, 2)[0].oid())
    if hash_name is None:
        raise SealFault("cms.hash", oid=digest.children()[0].oid())
    attributes, told = b"", {}
    if rest[0].tag == 0xA0:
        signed = rest.pop(0)
        attributes = asn1.encode(asn1.SET, signed.body)
        told = _attributes(signed)
    if len(rest) < 2:
        raise SealFault("asn1.count", at=node.start, found=len(members))
    algorithm, signature = rest[0].members(1, 2)[0].oid(), rest[1].octets()
    chosen = _chosen(who, certificates)
    moment = told.get(_SIGNING_TIME)
    message_digest = told.get(_MESSAGE_DIGEST)
    if attributes and message_digest is None:
        raise SealFault("cms.none")
    return SignedData(
        content_type=content_type,
        content=content,
        hash_name=hash_name,
        algorithm=_algorithm(algorithm, hash_name, certificate_of(chosen)),
        attributes=attributes,
        message_digest=message_digest.octets() if message_digest is not None else b"",
        at=moment.time() if moment is not None else None,
        certificate=chosen,
        others=tuple(each for each in certificates if each != chosen),
        signature=signature,
    )


def _attributes(signed: Node) -> dict[str, Node]:
    told: dict[str, Node] = {}
    for attribute in signed.children():
        kind, values = attribute.members(2, 2)
        first = values.expect(asn1.SET).children()
        if kind.oid() in told or not first:
            raise SealFault("cms.none")
        told[kind.oid()] = first[0]
    return told


def _chosen(who: Node, certificates: list[bytes]) -> bytes:
    """The certificate that the signer is named by, by issuer and serial number or by key identifier."""
    for der in certificates:
        certificate = certificate_of(der)
        if certificate is None:
            continue
        if who.tag == asn1.SEQUENCE:
            issuer, serial = who.members(2, 2)
            if issuer.whole == certificate.issuer_der and serial.integer() == certificate.serial:
                return der
        elif who.body == certificate.key_id:
            return der
    return b""


def _algorithm(named: str, hash_name: str, certificate: Certificate | None) -> str:
    """The signature algorithm; older structures name only the kind of key, and the hash beside it."""
    kind = certificate.key.kind if certificate is not None else ""
    if kind == "sm2" and named in _SM2_NAMES and hash_name == "sm3":
        return SM2_SM3
    if named == _RSA:
        return _RSA_WITH.get(hash_name, named)
    return _ECDSA_WITH.get(hash_name, named) if named == "1.2.840.10045.2.1" else named
