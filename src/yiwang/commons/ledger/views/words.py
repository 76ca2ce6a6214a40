"""Words for moments, states, kinds and keys."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import registry
from yiwang.commons.ledger.contracts import FindingKind, ReceiptState
from yiwang.commons.ledger.engine import KeyKind, NoteVerifier
from yiwang.kernel.actor import Actor
from yiwang.kernel.clock import CHINA
from yiwang.web.components import Component, Tag, Text, Tone


def chinese() -> bool:
    """Whether the page is shown in Chinese."""
    return (get_language() or "").startswith("zh")


def moment(at: datetime | None) -> str:
    """2026 年 11 月 23 日 09:41, 23 Nov 2026 09:41; empty for none."""
    if at is None:
        return ""
    return date_format(
        at.astimezone(CHINA), "Y\u00a0年\u00a0n\u00a0月\u00a0j\u00a0日 H:i" if chinese() else "j M Y H:i"
    )


def short_moment(at: datetime | None) -> str:
    """11 月 23 日 09:41, 23 Nov 09:41: where large figures stand."""
    return date_format(at.astimezone(CHINA), "n\u00a0月\u00a0j\u00a0日 H:i" if chinese() else "j M H:i") if at else ""


def kind(code: str) -> str:
    """What a statement of that kind says."""
    return _(registry.kind_words(code))


def step(code: str, stated: Mapping[str, Any]) -> str:
    """A step as its owner reads it: the kind, and what it was of where the statement names it (`kind`)."""
    of = stated.get("kind")
    named = registry.value_words("kind", of) if isinstance(of, str) else ""
    if not named or named == of:
        return kind(code)
    return _("%(step)s：%(of)s") % {"step": kind(code), "of": _(named)}


def number(value: int) -> str:
    """With a thin gap at the thousands."""
    return f"{value:,}".replace(",", "\u2009")


def state_tag(state: ReceiptState) -> Tag:
    """How far a receipt is, in short."""
    return {
        ReceiptState.WAITING_LOG: Tag(_("正在写入"), Tone.PLAIN),
        ReceiptState.WAITING_WITNESSES: Tag(_("等待见证"), Tone.WARN),
        ReceiptState.FINAL: Tag(_("已存证"), Tone.OK),
    }[state]


def state_sentence(state: ReceiptState, *, witnessed: bool) -> str:
    """The same in a sentence that says what happens next; `witnessed`: somebody has cosigned."""
    if state is ReceiptState.FINAL and not witnessed:
        return _("已写入常享链并由链签名。本平台目前没有要求见证单位共同签名。")
    return {
        ReceiptState.WAITING_LOG: _("这一步已经记下，正在写入常享链，通常几秒钟完成。"),
        ReceiptState.WAITING_WITNESSES: _("已写入常享链，正在等待见证单位共同签名。签名足够后即可下载回执。"),
        ReceiptState.FINAL: _("已写入常享链，见证单位已共同签名。"),
    }[state]


def finding(found: FindingKind) -> str:
    """What a finding means."""
    return {
        FindingKind.REWRITTEN: _("记录被改写"),
        FindingKind.FORKED: _("链出现分叉"),
        FindingKind.TRUNCATED: _("记录被截断"),
        FindingKind.EVIDENCE_DIFFERS: _("存证与原始记录不符"),
        FindingKind.SIGNATURE_WRONG: _("签名无效"),
        FindingKind.WITNESS_LIED: _("见证单位签名不实"),
        FindingKind.EVIDENCE_TOO_LONG: _("存证过长，未能上链"),
    }[found]


def organisations(ids: Iterable[UUID | None], viewer: Actor) -> Mapping[UUID, str]:
    """Names of organisations in the viewer's language. One query."""
    wanted = {each for each in ids if each is not None}
    found = identity.organisation_names(organisation_ids=wanted, viewer=viewer) if wanted else {}
    return {each: (ref.name if chinese() else ref.name_en or ref.name) for each, ref in found.items()}


def facts(given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(label, value) of the facts of a statement; what is empty is left out."""
    said = ((_(registry.fact_words(name)), _value(name, value)) for name, value in given.items())
    return tuple((label, value) for label, value in said if value)


def _value(name: str, value: object) -> str:
    if isinstance(value, list):
        return "、".join(_value(name, each) for each in value)
    words = registry.value_words(name, value)
    return _(words) if words else ""


def algorithm(key: NoteVerifier) -> str:
    """Which signature with which hash."""
    return "SM2 / SM3" if key.kind in {KeyKind.SM2, KeyKind.SM2_COSIGNATURE} else "Ed25519 / SHA-256"


def fingerprint(key: NoteVerifier) -> str:
    """SHA-256 of the SubjectPublicKeyInfo in groups of four, as `openssl pkey -pubin -outform DER | sha256sum` says it."""
    said = hashlib.sha256(key.public).hexdigest()
    return " ".join(said[at : at + 4] for at in range(0, len(said), 4))


@dataclass(frozen=True, slots=True)
class Code(Component):
    """Hexadecimal or base64: compared, not read; broken where the line ends."""

    template: ClassVar[str] = "ledger/code.html"
    words: Text
