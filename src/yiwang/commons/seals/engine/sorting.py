"""One door for whatever may bear a seal: the content says what it is, never a name or a media type."""

from yiwang.commons.seals.engine.judging import unreadable, verify_seal
from yiwang.commons.seals.engine.ofd.package import is_package
from yiwang.commons.seals.engine.ofd.verifying import verify_ofd
from yiwang.commons.seals.engine.trust import Trust
from yiwang.commons.seals.engine.wording import Reason
from yiwang.kernel.verdicts import Verdict

_HEAD = 1024


def kind_of(data: bytes) -> str:
    """`ofd`, `pdf`, `statement` (a signed JSON object), `seal` (an ASN.1 structure), or empty."""
    if is_package(data):
        return "ofd"
    if b"%PDF-" in data[:_HEAD]:
        return "pdf"
    if data.lstrip()[:1] == b"{":
        return "statement"
    return "seal" if data[:1] == b"\x30" else ""


def verify_sealed(data: bytes, trust: Trust) -> Verdict:
    """The verdict on an OFD, a PDF, a signed statement, a seal or a signed value. Never raises for their sake."""
    try:
        return _verify(data, trust)
    except Exception:  # noqa: BLE001 - whatever a stranger's file brings about must be a refusal
        return unreadable()


def _verify(data: bytes, trust: Trust) -> Verdict:
    kind = kind_of(data)
    if kind == "ofd":
        return verify_ofd(data, trust)
    if kind == "seal":
        return verify_seal(data, trust)
    if kind == "pdf":
        from yiwang.commons.seals.engine.pdf import verify_pdf  # loads much that nothing else needs

        return verify_pdf(data, trust)
    if kind == "statement":
        from yiwang.commons.seals.engine.statements import verify_statement

        return verify_statement(data, trust)
    return Verdict(reasons=(Reason("file.unknown"),))


def is_sealed(data: bytes) -> bool:
    """Whether it bears a signature or seal at all; what can't be read is said to, so that it gets judged."""
    kind = kind_of(data)
    if kind == "pdf":
        from yiwang.commons.seals.engine.pdf import is_sealed_pdf

        return is_sealed_pdf(data)
    if kind == "ofd":
        verdict = verify_ofd(data, Trust())
        return not any(isinstance(reason, Reason) and reason.code == "ofd.unsigned" for reason in verdict.reasons)
    return bool(kind)
