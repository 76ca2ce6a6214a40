"""Ports of privacy: purposes, legal bases, wordings of consent, addresses of cases, what is told on withdrawal, what is exported.

Contexts register at start-up. Keys stand in rows for ever, so a key keeps its meaning.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yiwang.commons.privacy.contracts import CONSENT, SHOWN, STATUTORY_DUTY, Basis, ConsentView
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A version of the words that somebody agrees to.

    `words` and the others are msgids of the registering context; `words` has the fields {organisation} {purpose} {data} {until}
    (PIPL art. 17: who, what for, which, how long). `sensitive` is added where the data is sensitive: why it is needed and what
    it may mean for the person (art. 30). `refusing` says what happens without consent (art. 16), `withdrawing` how to
    take it back and what that does (art. 15). A change of any word is a new version.
    """

    key: str
    version: int
    words: str
    refusing: str
    withdrawing: str
    sensitive: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A part of the export (PIPL art. 45): `collect(holder, viewer)` yields rows of JSON values."""

    key: str
    title: str
    collect: Callable[[SubjectRef, Actor], Iterable[Mapping[str, Any]]]


Address = Callable[[SubjectRef, str], str]
"""(the case, its words) → a path that its holder may open, "" where there is none. Asks no database."""
Effect = Callable[[Sequence[ConsentView], Actor], Mapping[Any, str]]
"""What withdrawal does to the work of the consents' subjects: sentences by consent id."""

_bases: dict[str, Basis] = {}
_purposes: dict[str, str] = {}
_texts: dict[str, ConsentText] = {}
_addresses: dict[str, Address] = {}
_effects: dict[str, Effect] = {}
_holdings: dict[str, Holding] = {}


def register_basis(*bases: Basis) -> None:
    """Add legal grounds; a key stands for one ground."""
    for basis in bases:
        if _bases.setdefault(basis.key, basis) != basis:
            raise ValueError(f"two legal bases are called {basis.key}")


def basis_of(key: str) -> Basis | None:
    """The ground of that key."""
    return _bases.get(key)


def bases() -> tuple[Basis, ...]:
    """The catalogue, consent first."""
    return tuple(_bases.values())


def register_purpose(key: str, words: str) -> None:
    """Name a purpose; `words` are a msgid that completes 用于…."""
    if _purposes.setdefault(key, words) != words:
        raise ValueError(f"two purposes are called {key}")


def purpose_words(key: str) -> str:
    """The msgid of a purpose, "" where nobody registered it."""
    return _purposes.get(key, "")


def register_text(text: ConsentText) -> None:
    """The wording that is asked with now; earlier versions stand with the consents that were given in them."""
    known = _texts.get(text.key)
    if known is not None and known != text and known.version == text.version:
        raise ValueError(f"two wordings of {text.key} have version {text.version}")
    if known is None or text.version >= known.version:
        _texts[text.key] = text


def text_of(key: str) -> ConsentText | None:
    """The newest wording of that key."""
    return _texts.get(key)


def register_subject(kind: str, address: Address) -> None:
    """Let entries and consents lead to the page of what they were made for."""
    _addresses[kind] = address


def address_of(subject: SubjectRef | None, words: str) -> str:
    """The page of a case for its holder, "" where there is none."""
    address = _addresses.get(subject.kind) if subject else None
    return address(subject, words) if address and subject else ""


def register_effect(kind: str, effect: Effect) -> None:
    """Say what a withdrawal does to subjects of that kind."""
    _effects[kind] = effect


def effects_of(consents: Sequence[ConsentView], viewer: Actor) -> dict[Any, str]:
    """What withdrawing does, by consent id; one call for each kind of subject."""
    found: dict[Any, str] = {}
    for kind, effect in _effects.items():
        of_kind = [each for each in consents if each.subject and each.subject.kind == kind]
        if of_kind:
            found.update(effect(of_kind, viewer))
    return found


def register_holding(holding: Holding) -> None:
    """Add a part to what a person can take along; a second registration of the key replaces the first."""
    _holdings[holding.key] = holding


def holdings() -> tuple[Holding, ...]:
    """The parts of the export."""
    return tuple(_holdings.values())


register_basis(
    Basis(CONSENT, _("本人同意"), _("《个人信息保护法》第十三条第一款第（一）项"), _("您已经同意")),
    Basis(
        SHOWN,
        _("本人出示"),
        _("《个人信息保护法》第十三条第一款第（一）项"),
        _("您自己出示给对方核验"),
    ),
    Basis(
        STATUTORY_DUTY,
        _("履行法定职责"),
        _("《个人信息保护法》第十三条第一款第（三）项、第三十四条"),
        _("法律、行政法规规定的职责所必需，不得超出必需的范围和限度"),
        needs_ground=True,
    ),
    Basis(
        "contract",
        _("订立、履行合同"),
        _("《个人信息保护法》第十三条第一款第（二）项"),
        _("订立、履行您作为一方当事人的合同所必需"),
        needs_ground=True,
    ),
    Basis(
        "emergency",
        _("紧急情况"),
        _("《个人信息保护法》第十三条第一款第（四）项"),
        _("应对突发公共卫生事件，或者紧急情况下保护生命健康和财产安全所必需"),
        needs_ground=True,
    ),
    Basis(
        "public_interest",
        _("新闻报道、舆论监督"),
        _("《个人信息保护法》第十三条第一款第（五）项"),
        _("为公共利益，在合理的范围内处理"),
        needs_ground=True,
    ),
    Basis(
        "disclosed",
        _("已经公开的信息"),
        _("《个人信息保护法》第十三条第一款第（六）项"),
        _("您自行公开或者其他已经合法公开的信息，在合理的范围内处理"),
    ),
    Basis(
        "other_law",
        _("法律、行政法规规定的其他情形"),
        _("《个人信息保护法》第十三条第一款第（七）项"),
        _("法律、行政法规另有规定"),
        needs_ground=True,
    ),
)
