"""Judges seals and seal signatures (GB/T 38540-2020, 6.3 and 7.3) by trusted roots alone: what holds, what not, and why.

Nothing here raises for the sake of what is judged. The time of signing is the signer's own word unless a time stamp backs it.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from yiwang.commons.crypto.engine import signature_fault
from yiwang.commons.seals.engine import asn1, pkcs7, ses
from yiwang.commons.seals.engine.findings import Findings, Part
from yiwang.commons.seals.engine.ses import ParsedSeal, ParsedSignedValue
from yiwang.commons.seals.engine.timestamps import judge_timestamp
from yiwang.commons.seals.engine.trust import SKEW, Trust, certificate_of, judge_chain
from yiwang.commons.seals.engine.wording import SealFault, shown
from yiwang.kernel import clock
from yiwang.kernel.verdicts import Mark, Verdict

_UNSUPPORTED: Final = frozenset({"cms.hash", "cms.signers", "seal.version"})
_WORDY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a signed value is about: how its digest is computed (by hash name), the bytes themselves where at hand.

    `seal`: the seal file beside the value, empty where there is none; `path`: its name in a package; `at`: a time told
    beside it, taken where the value has none. `digest` None: the document is not there.
    """

    digest: Callable[[str], bytes] | None = None
    original: bytes | None = None
    seal: bytes = b""
    path: str = ""
    at: dt.datetime | None = None


def sealed_bytes(data: bytes, **about: Any) -> Sealed:
    """For a document that is at hand as a whole."""
    return Sealed(lambda name: hashlib.new(name, data).digest(), data, **about)


def judge_signed_value(value: bytes, sealed: Sealed, trust: Trust) -> Findings:
    """Judge a seal signature of any form: SES_Signature, GB/T 35275, or a bare SM2 signature. Never raises."""
    found = Findings()
    try:
        return _judge_value(value, sealed, trust)
    except Exception:
        logging.getLogger(__name__).exception("a signed value could not be judged")
        found.against("signature", "file.unreadable")
    return found


def _judge_value(value: bytes, sealed: Sealed, trust: Trust) -> Findings:
    found = Findings()
    try:
        if pkcs7.is_signed_data(value):
            _judge_signed_data(found, pkcs7.parse_signed_data(value), sealed, trust)
        elif _bare(value):
            found.more = {"form": "sm2"}
            found.against("signature", "value.bare", mark=Mark.UNKNOWN)
            found.against("seal", "value.no_seal", mark=Mark.UNKNOWN)
            found.judged("references")
        else:
            _judge_ses(found, ses.parse_signed_value(value), sealed, trust)
    except SealFault as fault:
        mark = Mark.UNKNOWN if fault.code in _UNSUPPORTED else Mark.INVALID
        found.against("signature", "value.unreadable", mark=mark, reason=fault.reason)
    return found


def _bare(value: bytes) -> bool:
    """Whether it is nothing but two numbers r and s."""
    try:
        numbers = asn1.read(value, limit=80).members(2, 2)
        return all(number.tag == asn1.INTEGER for number in numbers)
    except SealFault:
        return len(value) == 64


def _judge_ses(found: Findings, value: ParsedSignedValue, sealed: Sealed, trust: Trust) -> None:
    at = value.at or sealed.at
    found.more = {
        "form": f"ses{value.version}",
        **_about(value.seal),
        "at": _iso(at),
        "signer": _subject(value.certificate),
    }
    _judge_signature(found, value)
    if sealed.digest is None:
        found.against("references", "value.no_document", mark=Mark.UNKNOWN)
    elif value.data_hash != sealed.digest("sm3"):
        found.against("references", "data.differs", what=sealed.path or "document")
    found.judged("references")
    if sealed.path and value.property_info.lstrip("/") != sealed.path:
        found.remark("value.property", told=value.property_info, path=sealed.path)
    if value.at and sealed.at and abs(value.at - sealed.at) > _WORDY:
        found.remark("time.two", one=_clock(value.at), other=_clock(sealed.at))
    judge_seal_itself(found, value.seal)
    if sealed.seal and sealed.seal != value.seal.der:
        found.against("seal", "seal.other")
    if value.seal.version != value.version:
        found.remark("value.versions", value=value.version, seal=value.seal.version)
    stamped = judge_timestamp(found, value.timestamp, value.signature, trust) if value.timestamp else None
    _judge_fit(found, value, stamped or at)
    if stamped is not None and at is not None and at > stamped + SKEW:
        found.against("chain", "stamp.earlier", at=_clock(at), stamp=_clock(stamped))
    _judge_time(found, stamped or at, trust, stamped=stamped is not None)
    if at is not None:
        judge_chain(found, value.certificate, trust, at=stamped or at, role="signer")
    _judge_maker(found, value.seal, trust, used=stamped or at, signer=value.certificate)
    found.judged("seal", "chain")


def _judge_signature(found: Findings, value: ParsedSignedValue) -> None:
    certificate = certificate_of(value.certificate)
    if value.algorithm != ses.SM2_SM3:
        found.against("signature", "sig.algorithm", mark=Mark.UNKNOWN, oid=value.algorithm)
    if certificate is None:
        found.against("signature", "cert.unreadable", role="signer")
    elif signature_fault(certificate.public_key, ses.SM2_SM3, value.signed, value.signature) is not None:
        found.against("signature", "sig.wrong")
    if not value.distinguished:
        found.against("signature", "sig.not_der", mark=Mark.UNKNOWN)
    found.judged("signature")


def judge_seal_itself(found: Findings, seal: ParsedSeal, part: Any = "seal") -> None:
    """File what speaks against the maker's signature on a seal."""
    certificate = certificate_of(seal.maker_certificate)
    if seal.algorithm != ses.SM2_SM3:
        found.against(part, "sig.algorithm", mark=Mark.UNKNOWN, oid=seal.algorithm)
    if certificate is None:
        found.against(part, "cert.unreadable", role="maker")
    elif signature_fault(certificate.public_key, ses.SM2_SM3, seal.signed, seal.signature) is not None:
        found.against(part, "seal.wrong")
    if not seal.distinguished:
        found.against(part, "sig.not_der", mark=Mark.UNKNOWN)


def _judge_fit(found: Findings, value: ParsedSignedValue, at: dt.datetime | None) -> None:
    """The signer must be one of the seal's, the seal in force when it was used."""
    info, certificate = value.seal.info, value.certificate
    digests = {hashlib.new(name, certificate).digest() for name in ("sm3", "sha256")}
    listed = bool(digests & set(info.signers)) if value.seal.digests else certificate in info.signers
    if not listed:
        found.against("seal", "seal.not_listed")
    if at is not None and info.created - at > _WORDY:
        found.against("seal", "seal.made_later", made=_day(info.created), at=_day(at))
    if at is None:
        found.against("seal", "time.none", mark=Mark.UNKNOWN)
    elif not info.valid_from <= at <= info.valid_until:
        span = f"{_day(info.valid_from)}/{_day(info.valid_until)}"
        found.against("seal", "seal.not_then", at=_day(at), span=span)


def _judge_time(found: Findings, at: dt.datetime | None, trust: Trust, *, stamped: bool) -> None:
    if at is None:
        found.against("chain", "time.none", mark=Mark.UNKNOWN)
        return
    if at > trust.now + SKEW:
        found.against("chain", "time.future", at=_clock(at))
    if not stamped:
        found.remark("time.claimed", at=_clock(at))


def _judge_maker(
    found: Findings, seal: ParsedSeal, trust: Trust, *, used: dt.datetime | None, signer: bytes = b""
) -> None:
    """The maker's certificate must hold when the seal was made; makers date seals loosely, so when it was used will do.

    And it must be a maker's: else whoever has a certificate could make a seal of any name.
    """
    certificate, at = certificate_of(seal.maker_certificate), seal.info.created
    if certificate is not None and used is not None and not certificate.not_before <= at <= certificate.not_after:
        at = used if certificate.not_before <= used <= certificate.not_after else at
    chain = judge_chain(found, seal.maker_certificate, trust, at=at, role="maker")
    if not chain or trust.grants_seals(chain):
        return
    own = {signer, *seal.info.signers} & {seal.maker_certificate}
    code, mark = ("seal.self_made", Mark.INVALID) if own else ("seal.no_maker", Mark.UNKNOWN)
    found.against("chain", code, mark=mark, subject=chain[0].subject)


def _judge_signed_data(found: Findings, signed: pkcs7.SignedData, sealed: Sealed, trust: Trust) -> None:
    at = signed.at or sealed.at
    found.more = {"form": "pkcs7", "at": _iso(at), "signer": _subject(signed.certificate)}
    if not signed.certificate:
        found.against("signature", "cms.no_certificate", mark=Mark.UNKNOWN)
    elif certificate_of(signed.certificate) is None:
        found.against("signature", "cert.unreadable", role="signer")
    elif not _holds(signed, sealed):
        found.against("signature", "sig.wrong")
    found.judged("signature")
    if sealed.digest is None:
        found.against("references", "value.no_document", mark=Mark.UNKNOWN)
    elif not _covers(signed, sealed):
        found.against("references", "data.differs", what=sealed.path or "document")
    found.judged("references")
    _judge_seal_beside(found, signed, sealed, at, trust)
    _judge_time(found, at, trust, stamped=False)
    if at is not None and signed.certificate:
        judge_chain(found, signed.certificate, trust, at=at, role="signer", strangers=signed.others)
        found.judged("chain")


def _messages(signed: pkcs7.SignedData, sealed: Sealed) -> list[bytes]:
    """What may have been signed without attributes: what is brought along, else the document or its digest."""
    if signed.content is not None:
        return [signed.content]
    digest = [sealed.digest(signed.hash_name)] if sealed.digest is not None else []
    return [*([sealed.original] if sealed.original is not None else []), *digest]


def _holds(signed: pkcs7.SignedData, sealed: Sealed) -> bool:
    if signed.attributes:
        return signed.holds(b"") and (signed.content is None or signed.digest(signed.content) == signed.message_digest)
    return any(signed.holds(message) for message in _messages(signed, sealed))


def _covers(signed: pkcs7.SignedData, sealed: Sealed) -> bool:
    """Whether what was signed is the document: itself, or its digest."""
    assert sealed.digest is not None
    digest = sealed.digest(signed.hash_name)
    if signed.content is not None:
        return signed.content in {digest, sealed.original}
    if signed.attributes:
        return signed.message_digest in {digest, signed.digest(digest)}
    return any(signed.holds(message) for message in _messages(signed, sealed))


def _judge_seal_beside(
    found: Findings, signed: pkcs7.SignedData, sealed: Sealed, at: dt.datetime | None, trust: Trust
) -> None:
    """A seal file beside a plain signature: it must be true, in force, and made for the signer."""
    if not sealed.seal:
        found.against("seal", "value.no_seal", mark=Mark.UNKNOWN)
        return
    try:
        seal = ses.parse_seal(sealed.seal)
    except SealFault as fault:
        found.against("seal", "seal.unreadable", reason=fault.reason)
        return
    found.more |= _about(seal)
    judge_seal_itself(found, seal)
    stand_in = ParsedSignedValue(
        seal.version, seal, at, b"", "", signed.certificate, signed.algorithm, b"", signed.signature, b"", True
    )
    _judge_fit(found, stand_in, at)
    _judge_maker(found, seal, trust, used=at, signer=signed.certificate)
    found.judged("seal")


def unreadable(part: Part = "signature") -> Verdict:
    """The verdict on what broke the program that judges it: a refusal, and a line in the log for who mends it."""
    logging.getLogger(__name__).error("a file could not be judged", exc_info=True)  # noqa: LOG014 - called by handlers
    found = Findings()
    found.against(part, "file.unreadable")
    return found.verdict()


def verify_seal(data: bytes, trust: Trust) -> Verdict:
    """The verdict on a seal (SESeal) or on a signed value without its document. Never raises for their sake.

    Of a seal `signature` and `references` say that its content is what its maker signed, `seal` that it is in force now,
    `chain` that the maker's certificate leads to a trusted root. A signed value alone is never valid: what it seals is not there.
    """
    try:
        return _verify_seal(data, trust)
    except Exception:  # noqa: BLE001 - as in judge_signed_value
        return unreadable()


def _verify_seal(data: bytes, trust: Trust) -> Verdict:
    found = Findings()
    try:
        seal = ses.parse_seal(data)
    except SealFault as fault:
        judged = judge_signed_value(data, Sealed(), trust)
        if "form" in judged.more:
            return judged.verdict()
        found.against("signature", "seal.unreadable", mark=Mark.UNKNOWN, reason=fault.reason)
        return found.verdict()
    found.more = {"form": f"seal{seal.version}", **_about(seal)}
    judge_seal_itself(found, seal, "signature")
    found.judged("signature")
    if found.mark("signature") is not Mark.VALID:
        found.against("references", "seal.content", mark=found.mark("signature"))
        found.against("seal", "seal.content", mark=found.mark("signature"))
    found.judged("references")
    info = seal.info
    if not info.valid_from <= trust.now <= info.valid_until:
        span = f"{_day(info.valid_from)}/{_day(info.valid_until)}"
        found.against("seal", "seal.not_now", span=span)
    found.judged("seal")
    if seal.timestamp:
        judge_timestamp(found, seal.timestamp, seal.signature, trust)
    _judge_maker(found, seal, trust, used=trust.now)
    found.judged("chain")
    return found.verdict()


def _about(seal: ParsedSeal) -> dict[str, Any]:
    info = seal.info
    return {
        "seal_name": info.name,
        "seal_id": info.es_id,
        "seal_from": _iso(info.valid_from),
        "seal_until": _iso(info.valid_until),
        "maker": _subject(seal.maker_certificate),
    }


def _subject(der: bytes) -> str:
    certificate = certificate_of(der) if der else None
    return shown(certificate.subject) if certificate is not None else ""


def _clock(moment: dt.datetime) -> str:
    return f"{_here(moment):%Y-%m-%d %H:%M:%S}"


def _day(moment: dt.datetime) -> str:
    return f"{_here(moment):%Y-%m-%d}"


def _here(moment: dt.datetime) -> dt.datetime:
    """China's time, but for the last and first days that a calendar has: makers write 99991231235959Z for "for ever"."""
    return moment if moment.year in {dt.MINYEAR, dt.MAXYEAR} else moment.astimezone(clock.CHINA)


def _iso(moment: dt.datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment is not None else ""
