"""The wording of documents in force: what the program ships, and what a pack has published for a kind since."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from yiwang.kernel import clock
from yiwang.serve.cases import rules
from yiwang.serve.cases.contracts import DocumentKind
from yiwang.serve.cases.models import DocumentTemplate

_FILE = Path(__file__).parents[1] / "wording" / "documents.yaml"
PLACES = {
    "applicant", "authority", "matter", "case_number", "today", "submitted_day", "accepted_day", "decision_day", "days",
    "due_day", "deed", "ground", "reason", "results_words", "review_authority", "court", "review_days",
    "litigation_months",
}  # fmt: skip
"""What every document of a case can tell."""
_CACHED_FOR = timedelta(seconds=60)
_published: tuple[datetime, Mapping[str, rules.Template]] | None = None


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Any]:
    """The file of the program: `version`, `lines` (the character of a line of business), `documents`."""
    data: Mapping[str, Any] = YAML(typ="safe").load(_FILE.read_text("utf-8"))
    return data


def template(*, kind: DocumentKind) -> rules.Template:
    """The wording of a kind in force: the newest that a pack published, else the shipped one. Mostly no query."""
    return _of_packs().get(kind.value) or read(
        kind=kind.value, version=shipped()["version"], content=shipped()["documents"][kind.value]
    )


def line_word(*, line: str) -> str:
    """The character of a line of business in numbers, empty where none is known."""
    return str(shipped()["lines"].get(line, ""))


def known_places(*, kind: DocumentKind) -> set[str]:
    """The places that a wording of this kind may use: those of the case, and those of the shipped wording."""
    own = shipped()["documents"][kind.value]
    return PLACES | rules.places(read(kind=kind.value, version="", content=own))


def read(*, kind: str, version: str, content: Mapping[str, Any]) -> rules.Template:
    """A template from its data."""
    paragraphs = tuple(
        rules.Paragraph(str(p["text"]), p.get("when", ""), p.get("each", "")) for p in content["paragraphs"]
    )
    return rules.Template(kind, str(version), str(content["title"]), str(content["word"]), paragraphs)


def forget() -> None:
    """Ask the table again next time."""
    global _published  # noqa: PLW0603
    _published = None


def _of_packs() -> Mapping[str, rules.Template]:
    global _published  # noqa: PLW0603  wording changes a few times a year and is asked at each legal step
    now = clock.now()
    if _published is None or not timedelta(0) <= now - _published[0] < _CACHED_FOR:
        rows = DocumentTemplate.objects.order_by("published_at", "pk")
        _published = (now, {row.kind: read(kind=row.kind, version=row.version, content=row.content) for row in rows})
    return _published[1]
