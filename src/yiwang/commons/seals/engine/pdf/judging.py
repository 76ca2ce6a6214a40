"""Judges the seals of a PDF: each signature by itself, and together whether every byte of the file is covered.

The last signature must reach the end of the file. What was added after an earlier one may be nothing but further
signatures; whether that is so is asked of pyHanko in a process of its own, with limits.
"""

from typing import Any

from yiwang.commons.seals.engine.findings import Findings
from yiwang.commons.seals.engine.judging import Sealed, judge_signed_value
from yiwang.commons.seals.engine.pdf.changes import later_changes
from yiwang.commons.seals.engine.pdf.cms import signed_data
from yiwang.commons.seals.engine.pdf.signatures import PdfSignature, find_signatures
from yiwang.commons.seals.engine.pkcs7 import is_signed_data, parse_signed_data
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
    told: list[dict[str, Any]] = []
    for signature in signatures:
        one = _judge(data, signature, trust)
        found.take(one)
        told.append({**one.more, **one.marks()})
    found.judged("signature", "references", "seal", "chain")
    if signatures[-1].end != len(data):
        found.against("references", "pdf.added", bytes=len(data) - signatures[-1].end)
    elif len(signatures) > 1:
        _judge_changes(found, data, signatures)
    return found.verdict({"form": "pdf", "signatures": told})


def _judge(data: bytes, signature: PdfSignature, trust: Trust) -> Findings:
    about = Sealed(digest=lambda name: signature.digest(data, name), seal=signature.seal, at=signature.at)
    found = judge_signed_value(signature.value, about, trust)
    if signature.ours and is_signed_data(signature.value):
        _judge_form(found, signature.value)
    return found


def _judge_form(found: Findings, value: bytes) -> None:
    """A signature of this platform is built of its parts in one way only."""
    try:
        parts = parse_signed_data(value)
        if parts.others or value != signed_data(parts.attributes, parts.signature, parts.certificate):
            found.against("signature", "pdf.form")
    except SealFault as fault:
        found.file("signature", fault.reason)


def _judge_changes(found: Findings, data: bytes, signatures: list[PdfSignature]) -> None:
    changes = later_changes(data, len(signatures))
    if changes is None:
        found.against("references", "pdf.not_compared", mark=Mark.UNKNOWN)
    for number, fine in enumerate(changes or (), 1):
        if not fine:
            found.against("references", "pdf.changed", number=number)
