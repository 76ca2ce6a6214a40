"""Electronic seals and their signatures (GB/T 38540-2020; GM/T 0031-2014 as version 1, GM/T 0031-2025 as version 5).

Measured on seals of several makers: in versions 4 and 5 the maker signs eSealInfo alone; in version 1 a SEQUENCE of
eSealInfo, certificate and algorithm. Read tolerantly, written strictly; what it means is judged elsewhere.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from yiwang.commons.crypto.engine import Signer
from yiwang.commons.seals.engine import asn1
from yiwang.commons.seals.engine.asn1 import Node
from yiwang.commons.seals.engine.wording import SealFault

SM2_SM3: Final = "1.2.156.10197.1.501"
SM3: Final = "1.2.156.10197.1.401"
VENDOR: Final = "Yiwang"
MAX_SEAL: Final = 4 * 1024 * 1024
MAX_CERTIFICATES: Final = 256
_FIRST_VERSION, _NATIONAL_VERSION, _LAST_VERSION = 1, 4, 5
_EXPLICIT_0: Final = 0xA0


@dataclass(frozen=True, slots=True)
class SealInfo:
    """What a seal says of itself. `signers`: DER certificates of those who may use it, or (digest list) their digests.

    `type`: the code of the standard (here 1 for a unit's, 2 for a person's); `picture_type`: `PNG`, `GIF`, `ofd` …
    """

    es_id: str
    name: str
    created: dt.datetime
    valid_from: dt.datetime
    valid_until: dt.datetime
    picture: bytes = field(repr=False)
    picture_type: str = "PNG"
    width_mm: int = 40
    height_mm: int = 40
    signers: tuple[bytes, ...] = field(default=(), repr=False)
    vendor: str = VENDOR
    type: int = 1


@dataclass(frozen=True, slots=True)
class ParsedSeal:
    """A seal as read. `signed`: what its maker signed. `digests`: whether `info.signers` are digests."""

    der: bytes = field(repr=False)
    version: int
    info: SealInfo
    digests: bool
    maker_certificate: bytes = field(repr=False)
    algorithm: str
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    timestamp: bytes = field(repr=False)
    distinguished: bool


@dataclass(frozen=True, slots=True)
class ParsedSignedValue:
    """A seal signature (SES_Signature) as read. `signed`: DER of toSign. `at`: None where no time could be read."""

    version: int
    seal: ParsedSeal
    at: dt.datetime | None
    data_hash: bytes
    property_info: str
    certificate: bytes = field(repr=False)
    algorithm: str
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    timestamp: bytes = field(repr=False)
    distinguished: bool


def parse_seal(der: bytes) -> ParsedSeal:
    """Read a SESeal of any version. Raises SealFault."""
    return _seal(asn1.read(der, limit=MAX_SEAL))


def parse_signed_value(der: bytes) -> ParsedSignedValue:
    """Read an SES_Signature of any version. Raises SealFault."""
    top = asn1.read(der, limit=MAX_SEAL)
    to_sign, *rest = top.members(2, 5)
    members = to_sign.members(5, 8)
    version = members[0].integer()
    seal = _seal(members[1])
    if len(rest) == 1:
        return _first_signature(top, version, seal, members, rest[0])
    certificate, algorithm, signature, *more = _parts(top, rest)
    moment = members[2]
    return ParsedSignedValue(
        version=_known(version),
        seal=seal,
        at=moment.time() if moment.tag in {asn1.UTC_TIME, asn1.GENERAL_TIME} else _loose_time(moment),
        data_hash=_octets(members[3]),
        property_info=members[4].text(),
        certificate=_certificate(certificate),
        algorithm=_algorithm(algorithm),
        signed=to_sign.whole,
        signature=_signature_octets(signature),
        timestamp=_timestamp(more),
        distinguished=top.all_distinguished() and _usual(certificate, algorithm, signature),
    )


def _first_signature(
    top: Node, version: int, seal: ParsedSeal, members: list[Node], signature: Node
) -> ParsedSignedValue:
    """Version 1 holds certificate and algorithm inside what is signed."""
    if len(members) != 7:
        raise SealFault("asn1.count", at=top.start, found=len(members))
    return ParsedSignedValue(
        version=_known(version),
        seal=seal,
        at=_loose_time(members[2]),
        data_hash=_octets(members[3]),
        property_info=members[4].text(),
        certificate=_certificate(members[5]),
        algorithm=_algorithm(members[6]),
        signed=top.children()[0].whole,
        signature=_signature_octets(signature),
        timestamp=b"",
        distinguished=top.all_distinguished() and _usual(members[5], members[6], signature),
    )


def _seal(top: Node) -> ParsedSeal:
    info_node, *rest = top.members(2, 5)
    header, es_id, about, picture, *_ = info_node.members(4, 5)
    mark, version_node, vendor, *_ = header.members(3, 3)
    if mark.text() != "ES":
        raise SealFault("seal.no_seal")
    version = _known(version_node.integer())
    info, digests = _info(es_id, vendor, about, picture)
    more: list[Node] = []
    if len(rest) == 1:
        certificate, algorithm, signature = rest[0].members(3, 3)
        signed = asn1.sequence(info_node.whole, certificate.whole, algorithm.whole)
    else:
        certificate, algorithm, signature, *more = _parts(top, rest)
        signed = info_node.whole
    return ParsedSeal(
        der=top.whole,
        version=version,
        info=info,
        digests=digests,
        maker_certificate=_certificate(certificate),
        algorithm=_algorithm(algorithm),
        signed=signed,
        signature=_signature_octets(signature),
        timestamp=_timestamp(more),
        distinguished=top.all_distinguished() and _usual(certificate, algorithm, signature),
    )


def _parts(top: Node, rest: list[Node]) -> list[Node]:
    """Certificate, algorithm, signature and at most a time stamp: nothing that nobody signed has a place beside them."""
    if not 3 <= len(rest) <= 4 or (len(rest) == 4 and rest[3].tag != _EXPLICIT_0):
        raise SealFault("asn1.count", at=top.start, found=len(rest))
    return rest


def _usual(*nodes: Node) -> bool:
    """Whether certificate, algorithm and signature stand in the forms that the standard has for them."""
    certificate, algorithm, signature = nodes
    in_a_row = signature.tag == asn1.BITS and signature.stop - signature.content == 65
    return (certificate.tag, algorithm.tag, signature.tag) == (asn1.OCTETS, asn1.OID, asn1.BITS) and not in_a_row


def _info(es_id: Node, vendor: Node, about: Node, picture: Node) -> tuple[SealInfo, bool]:
    kind, name, *rest = about.members(6, 8)
    digests = False
    if rest[0].tag == asn1.INTEGER:
        digests = rest.pop(0).integer() == 2
    if not 4 <= len(rest) <= 5:
        raise SealFault("asn1.count", at=about.start, found=len(rest))
    listed, created, since, until, *_ = rest
    picture_type, data, width, height, *_ = picture.members(4, 5)
    info = SealInfo(
        es_id=es_id.text(),
        vendor=vendor.text(),
        type=kind.integer(),
        name=name.text(),
        created=created.time(),
        valid_from=since.time(),
        valid_until=until.time(),
        picture=data.octets(),
        picture_type=picture_type.text(),
        width_mm=width.integer(),
        height_mm=height.integer(),
        signers=_signers(listed),
    )
    return info, digests


def _signers(listed: Node) -> tuple[bytes, ...]:
    entries = listed.children()
    if len(entries) > MAX_CERTIFICATES:
        raise SealFault("asn1.many", limit=MAX_CERTIFICATES)
    return tuple(_listed(entry) for entry in entries)


def _listed(entry: Node) -> bytes:
    """A certificate, or the digest of one with the name of its algorithm."""
    if entry.tag == asn1.SEQUENCE and (members := entry.children()) and members[0].tag != asn1.SEQUENCE:
        return entry.members(2, 2)[1].octets()
    return _certificate(entry)


def _certificate(node: Node) -> bytes:
    """In an OCTET STRING as the standard has it, or bare."""
    return node.whole if node.tag == asn1.SEQUENCE else node.octets()


def _algorithm(node: Node) -> str:
    """An OID as the standard has it, or an AlgorithmIdentifier."""
    return node.members(1, 2)[0].oid() if node.tag == asn1.SEQUENCE else node.oid()


def _octets(node: Node) -> bytes:
    return node.bits() if node.tag == asn1.BITS else node.octets()


def _signature_octets(node: Node) -> bytes:
    """The signature value; r and s in a row (64 octets), as some devices give them, become a SEQUENCE."""
    value = _octets(node)
    if len(value) == 64:
        return asn1.sequence(*(asn1.integer(int.from_bytes(half, "big")) for half in (value[:32], value[32:])))
    return value


def _timestamp(more: list[Node]) -> bytes:
    """The octets of `timeStamp [0]`, empty where there is none."""
    for node in more:
        if node.tag == _EXPLICIT_0:
            inner = node.children()
            if len(inner) != 1 or inner[0].tag != asn1.BITS:
                return b"\0"
            return inner[0].bits() or b"\0"
    return b""


def _loose_time(node: Node) -> dt.datetime | None:
    """Version 1 puts a time, or a time stamp, into a BIT STRING in whichever form the maker likes."""
    if node.tag in {asn1.UTC_TIME, asn1.GENERAL_TIME}:
        return node.time()
    body = node.bits() if node.tag == asn1.BITS else node.body
    if body[:1] in {b"\x17", b"\x18"}:
        try:
            return asn1.read(body).time()
        except SealFault:
            return None
    return asn1.loose_moment(body[:40].decode("ascii", errors="replace"))


def _known(version: int) -> int:
    """Versions 2 and 3 were drafts; what a structure is follows from its shape."""
    if not _FIRST_VERSION <= version <= _LAST_VERSION:
        raise SealFault("seal.version", version=version)
    return version


def make_seal(info: SealInfo, *, maker: Signer, maker_certificate: bytes) -> bytes:
    """A version 4 seal (GB/T 38540-2020, 6.2), DER, signed by its maker. Raises SealFault for what it can't hold."""
    if maker.suite.name != "national":
        raise SealFault("make.suite")
    if not info.signers or not info.picture:
        raise SealFault("make.empty")
    if not 0 < info.width_mm <= 300 or not 0 < info.height_mm <= 300 or info.valid_until <= info.valid_from:
        raise SealFault("make.range")
    about = asn1.sequence(
        asn1.integer(info.type),
        asn1.utf8(info.name),
        asn1.integer(1),
        asn1.sequence(*(asn1.octets(certificate) for certificate in info.signers)),
        asn1.general_time(info.created),
        asn1.general_time(info.valid_from),
        asn1.general_time(info.valid_until),
    )
    picture = asn1.sequence(
        asn1.ia5(info.picture_type),
        asn1.octets(info.picture),
        asn1.integer(info.width_mm),
        asn1.integer(info.height_mm),
    )
    header = asn1.sequence(asn1.ia5("ES"), asn1.integer(_NATIONAL_VERSION), asn1.ia5(info.vendor))
    body = asn1.sequence(header, asn1.ia5(info.es_id), about, picture)
    made = asn1.sequence(body, asn1.octets(maker_certificate), asn1.oid(SM2_SM3), asn1.bits(maker.sign(body)))
    if len(made) > MAX_SEAL:
        raise SealFault("asn1.large", size=len(made), limit=MAX_SEAL)
    return made


def sign_value(
    *, seal: bytes, data_hash: bytes, property_info: str, signer: Signer, certificate: bytes, at: dt.datetime
) -> bytes:
    """A version 4 SES_Signature (GB/T 38540-2020, 7.2), DER. `data_hash`: SM3 of what is sealed; `at`: aware."""
    if signer.suite.name != "national":
        raise SealFault("make.suite")
    to_sign = asn1.sequence(
        asn1.integer(_NATIONAL_VERSION),
        seal,
        asn1.general_time(at),
        asn1.bits(data_hash),
        asn1.ia5(property_info),
    )
    return asn1.sequence(to_sign, asn1.octets(certificate), asn1.oid(SM2_SM3), asn1.bits(signer.sign(to_sign)))
