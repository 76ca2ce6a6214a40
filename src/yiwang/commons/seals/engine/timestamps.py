"""Time stamps of RFC 3161 beside a signature: what they claim, and whether that can be believed."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from yiwang.commons.seals.engine import asn1
from yiwang.commons.seals.engine.findings import Findings
from yiwang.commons.seals.engine.pkcs7 import HASHES, SignedData, parse_signed_data
from yiwang.commons.seals.engine.trust import Trust, certificate_of, judge_chain
from yiwang.commons.seals.engine.wording import SealFault
from yiwang.kernel.verdicts import Mark

_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A time stamp as read: when, over which digest, by whom."""

    at: dt.datetime
    hash_name: str
    imprint: bytes
    signed: SignedData


def parse_timestamp(token: bytes) -> TimeStamp:
    """Read a TimeStampToken, or a TimeStampResp around one. Raises SealFault."""
    top = asn1.read(token, limit=256 * 1024).members(1, 2)
    if top[0].tag == asn1.SEQUENCE and len(top) > 1:
        token = top[1].whole
    signed = parse_signed_data(token)
    if signed.content_type != _TST_INFO or signed.content is None:
        raise SealFault("cms.none")
    _, _, imprint, _, moment, *_ = asn1.read(signed.content).members(5, 12)
    algorithm, digest = imprint.members(2, 2)
    name = HASHES.get(algorithm.members(1, 2)[0].oid())
    if name is None:
        raise SealFault("cms.hash", oid=algorithm.children()[0].oid())
    return TimeStamp(moment.time(), name, digest.octets(), signed)


def judge_timestamp(found: Findings, token: bytes, signature: bytes, trust: Trust) -> dt.datetime | None:
    """The time of a stamp over a signature value where it holds. Otherwise a reason is filed against the chain."""
    try:
        stamp = parse_timestamp(token)
    except SealFault as fault:
        found.against("chain", "stamp.unreadable", mark=Mark.UNKNOWN, reason=fault.reason)
        return None
    signed = stamp.signed
    meant = {_digest(stamp.hash_name, value) for value in (signature, asn1.bits(signature))}
    content = signed.content or b""
    sound = signed.message_digest == signed.digest(content) if signed.attributes else True
    if stamp.imprint not in meant or not sound or not signed.holds(content):
        found.against("chain", "stamp.wrong", at=f"{stamp.at:%Y-%m-%d %H:%M:%S}Z")
        return None
    certificate = certificate_of(signed.certificate)
    if certificate is None or (certificate.purposes or set()) != {_TIME_STAMPING}:
        found.against("chain", "stamp.no_service", at=f"{stamp.at:%Y-%m-%d %H:%M:%S}Z")
        return None
    judge_chain(found, signed.certificate, trust, at=stamp.at, role="stamper", strangers=signed.others)
    found.remark("stamp.holds", at=f"{stamp.at:%Y-%m-%d %H:%M:%S}Z")
    return stamp.at


def _digest(hash_name: str, value: bytes) -> bytes:
    return hashlib.new(hash_name, value).digest()
