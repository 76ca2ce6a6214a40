"""Judges the seals of a PDF: each signature by itself, and together whether every byte of the file is covered.

The last signature must reach the end of the file. What was added after an earlier one may be nothing but further
signatures; whether that is so is asked of pyHanko in a process of its own, with limits.
"""

import hashlib
from typing import Any

from yiwang.commons.seals.engine import asn1
from yiwang.commons.seals.engine.findings import Findings
from yiwang.commons.seals.engine.judging import Sealed, judge_signed_value
from yiwang.commons.seals.engine.pdf.changes import Look, later_changes
from yiwang.commons.seals.engine.pdf.cms import signed_data
from yiwang.commons.seals.engine.pdf.pictures import read_png
from yiwang.commons.seals.engine.pdf.signatures import PdfSignature, find_signatures
from yiwang.commons.seals.engine.pkcs7 import is_signed_data, parse_signed_data
from yiwang.commons.seals.engine.ses import SM2_SM3, parse_seal, parse_signed_value
from yiwang.commons.seals.engine.trust import Trust
from yiwang.commons.seals.engine.wording import SealFault
from yiwang.kernel.verdicts import Mark, Verdict


def is_sealed_pdf(data: bytes) -> bool:
    """Whether there is a signature, whatever it is worth."""
    return data.startswith(b"%PDF-") and b"/ByteRange" in data


def verify_pdf(data: bytes, trust: Trust) -> Verdict:
    """The verdict on a PDF and all its signatures. Never raises for the file's sake.

    `more["signatures"]`: what was found of each, in the order of signing.
    """
    found = Findings()
    try:
        signatures = find_signatures(data)
    except SealFault as fault:
        found.file("signature", fault.reason)
        found.file("references", fault.reason)
        return found.verdict({"form": "pdf", "signatures": []})
    if not signatures:
        found.against("signature", "pdf.unsigned", mark=Mark.UNKNOWN)
        return found.verdict({"form": "pdf", "signatures": []})
    each = [_judge(data, signature, trust) for signature in signatures]
    for one in each:
        found.take(one)
    told: list[dict[str, Any]] = [{**one.more, **one.marks()} for one in each]
    found.judged("signature", "references", "seal", "chain")
    if signatures[-1].end != len(data):
        found.against("references", "pdf.added", bytes=len(data) - signatures[-1].end)
    elif len(signatures) > 1 and all(one.mark("signature") is one.mark("references") is Mark.VALID for one in each):
        # An outsider can't bring a file here: each signature is somebody's, over what it covers.
        _judge_changes(found, data, signatures)
    return found.verdict({"form": "pdf", "signatures": told})


def _judge(data: bytes, signature: PdfSignature, trust: Trust) -> Findings:
    about = Sealed(digest=lambda name: signature.digest(data, name), seal=signature.seal, at=signature.at)
    found = judge_signed_value(signature.value, about, trust)
    if signature.ours and found.mark("signature") is Mark.VALID:
        _judge_form(found, signature.value)
    return found


def _judge_form(found: Findings, value: bytes) -> None:
    """A signature of this platform is built of its parts in one way only."""
    try:
        if _rebuilt(value) != value:
            found.against("signature", "pdf.form")
    except SealFault as fault:
        found.file("signature", fault.reason)


def _rebuilt(value: bytes) -> bytes:
    if is_signed_data(value):
        cms = parse_signed_data(value)
        return signed_data(cms.attributes, cms.signature, cms.certificate)
    ses = parse_signed_value(value)
    return asn1.sequence(ses.signed, asn1.octets(ses.certificate), asn1.oid(SM2_SM3), asn1.bits(ses.signature))


def _judge_changes(found: Findings, data: bytes, signatures: list[PdfSignature]) -> None:
    try:
        looks = [_look(signature) for signature in signatures]
    except SealFault as fault:
        found.file("references", fault.reason, Mark.UNKNOWN)
        return
    changes = later_changes(data, looks)
    if changes is None:
        found.against("references", "pdf.not_compared", mark=Mark.UNKNOWN)
    for number, fine in enumerate(changes or (), 1):
        if not fine:
            found.against("references", "pdf.changed", number=number)


def _look(signature: PdfSignature) -> Look:
    """What the seal of a signature looks like. Raises SealFault where there is no seal."""
    if not signature.ours:
        raise SealFault("pdf.not_compared")
    info = (parse_seal(signature.seal) if signature.seal else parse_signed_value(signature.value).seal).info
    dots = read_png(info.picture)
    colours, alpha = (hashlib.sha256(part).hexdigest() if part else "" for part in (dots.colours, dots.alpha))
    return Look(info.width_mm, info.height_mm, colours, alpha)
