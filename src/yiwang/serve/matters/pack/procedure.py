"""`procedure.yaml`: what holds for all matters of a pack unless a matter says otherwise.

Special procedures by key, remedies with the courts by region, and the word with which an organisation numbers documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yiwang.kernel.packs import Document, PackReader
from yiwang.kernel.packs.reader import load_schema
from yiwang.serve.matters.contracts import LimitUnit, ProcedureKind, RemedyTerms, Span, SpecialTerms
from yiwang.serve.matters.pack.words import Words

FILE = "procedure.yaml"
_SCHEMA = Path(__file__).parents[1] / "schemas" / "procedure.json"
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Procedure:
    """The file as it stands; empty where the pack has none."""

    data: Data = field(default_factory=dict)

    @property
    def special(self) -> Data:
        return self.data.get("special_procedures") or {}

    @property
    def document_words(self) -> Mapping[str, str]:
        """The numbering word of organisations by their code: `常卫`, as in 常卫许受〔2026〕12号."""
        return (self.data.get("documents") or {}).get("words") or {}

    def courts(self, words: Words) -> Mapping[str, str]:
        """The court by the region's code; the key `default` serves the others."""
        return {str(code): words(name) for code, name in (self.data.get("courts") or {}).items()}

    def remedies(self, words: Words) -> RemedyTerms:
        return remedies(self.data.get("remedies") or {}, words, RemedyTerms())


NO_PROCEDURE = Procedure()


def document(reader: PackReader) -> Document | None:
    """The checked file, where there is one."""
    return reader.yaml(FILE, schema=load_schema(_SCHEMA)) if reader.exists(FILE) else None


def read(reader: PackReader) -> Procedure:
    """What the pack says; nothing where the file is missing or faulty, which its own part reports."""
    found = document(reader)
    return Procedure(found.data) if found is not None else NO_PROCEDURE


def entries(procedure: Procedure) -> dict[tuple[ProcedureKind, str], tuple[str, str]]:
    """What is kept by place: courts by region, words by organisation."""
    words = Words()
    courts = {
        (ProcedureKind.COURT, code): (name, words.english.get(name, ""))
        for code, name in procedure.courts(words).items()
    }
    numbering = {(ProcedureKind.WORD, code): (word, "") for code, word in procedure.document_words.items()}
    return {**courts, **numbering}


def remedies(data: Data, words: Words, base: RemedyTerms) -> RemedyTerms:
    """`base` with what `data` says otherwise."""
    review, litigation = data.get("review") or {}, data.get("litigation") or {}
    return replace(
        base,
        review_authority=words(review.get("authority")) or base.review_authority,
        review_days=int(review.get("days") or base.review_days),
        review_basis=str(review.get("basis") or base.review_basis),
        court=words(litigation.get("court")) or base.court,
        litigation_months=int(litigation.get("months") or base.litigation_months),
        litigation_basis=str(litigation.get("basis") or base.litigation_basis),
    )


def special(data: Data, words: Words, *, key: str) -> SpecialTerms:
    """One special procedure."""
    longest = data.get("longest")
    return SpecialTerms(
        key=key,
        name=words(data["name"]),
        basis=str(data.get("basis") or ""),
        longest=Span(int(longest["count"]), LimitUnit(longest["unit"])) if longest else None,
        note=words(data.get("note")),
    )
