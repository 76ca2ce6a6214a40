"""What crosses the border of search: documents that come in, hits that go out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from yiwang.kernel.errors import Invalid
from yiwang.kernel.text import gettext_noop as _


class Visibility(StrEnum):
    """Who finds a document."""

    PUBLIC = "public"
    SCOPED = "scoped"


@dataclass(frozen=True, slots=True)
class Document:
    """What a context wants found. `key` is unique in its kind and language; a repeat replaces.

    `keywords` are other names (weighed almost like the title), `text` the summary, `details` what else people may ask
    for (materials, results, questions; weighed least). `payload`: JSON for rendering the hit (address, summary…), public
    like the document. `boost` multiplies the score (1 is normal, a bundle may have 1.3). `themes`, `audiences` and
    `regions` (division codes) are what hits can be kept to; without regions it is offered everywhere. Scoped documents
    are found by their `owner_id` (an account) and by officials whose grants reach organisation, scope key and grade.
    """

    key: str
    title: str
    keywords: tuple[str, ...] = ()
    text: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    language: str = "zh"
    boost: float = 1.0
    details: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    owner_id: UUID | None = None
    organisation_id: UUID | None = None
    scope_key: str = ""
    grade: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """Characters `start` to `end` (excluded) of a text that matched."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document. `title_ranges` and `snippet_ranges` say what to mark; `score` is comparable in one search."""

    kind: str
    key: str
    title: str
    title_ranges: tuple[Range, ...]
    snippet: str
    snippet_ranges: tuple[Range, ...]
    payload: Mapping[str, Any]
    score: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A document that somebody may have meant."""

    kind: str
    key: str
    title: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Narrow:
    """Keeps hits to a theme, an audience (`person`, `legal_entity`), a region (division code: what is offered there,
    in a part of it, or all around it). Empty: no limit.
    """

    theme: str = ""
    audience: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Synonym:
    """`term` as people say it; `means` as the documents say it; no `means`: words to ignore in a query.

    Two-way: each of them stands for the others. `weight`: how much the term says beside others, above 0 to 1 (「公司」
    says little, 「注销」 much).
    """

    term: str
    means: tuple[str, ...]
    two_way: bool = False
    weight: float = 1.0


class BadDocument(Invalid):
    """A document without key or title, or larger than search takes."""

    code = "search.bad_document"
    message = _("要收录的内容不合规范：{key}。")
    next_step = _("请检查标题、编号和长度。")
