"""What was found out about a document that anyone may check: the same four marks for every kind, and words for people.

Every `yiwang verify …` verb and every page of verification tells its verdict by these values, so that whoever reads one
reads all. No framework: verifying works offline, without a database.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Mark(StrEnum):
    """One part of a verdict. UNKNOWN: it could not be judged."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Told(Protocol):
    """Why something is so, in words of a language (`zh`, `en`)."""

    def text(self, language: str = "zh", /) -> str:
        """One sentence."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The four parts of a verdict, why they are so (`reasons`, empty where all hold), and what else was seen (`remarks`).

    `signature`: the signature values hold; `references`: what was signed is what is there; `seal`: the seal, or what
    stands in its place, is true and fits; `chain`: certificates or keys lead to trusted ones, in force and not revoked.
    """

    signature: Mark = Mark.UNKNOWN
    references: Mark = Mark.UNKNOWN
    seal: Mark = Mark.UNKNOWN
    chain: Mark = Mark.UNKNOWN
    reasons: Sequence[Told] = ()
    remarks: Sequence[Told] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Only when all four parts are."""
        return all(mark is Mark.VALID for mark in (self.signature, self.references, self.seal, self.chain))

    def as_json(self, language: str = "zh") -> dict[str, Any]:
        """The verdict as a JSON object; `more` adds members of its own after the common ones."""
        remarks = [remark.text(language) for remark in self.remarks]
        return {**self._judged(language), "remarks": remarks, **self.more}

    def line(self, language: str = "zh") -> str:
        """The one line that a `yiwang verify` verb ends with under `--json`: these six members for every kind of document.

        What strangers wrote into a reason is escaped where the line could not be written otherwise.
        """
        return json.dumps(self._judged(language), ensure_ascii=False).encode(errors="backslashreplace").decode()

    def _judged(self, language: str) -> dict[str, Any]:
        return {
            "valid": self.valid,
            "signature": self.signature.value,
            "references": self.references.value,
            "seal": self.seal.value,
            "chain": self.chain.value,
            "reasons": [reason.text(language) for reason in self.reasons],
        }


def worst(*marks: Mark) -> Mark:
    """INVALID where any is, else UNKNOWN where any is or there are none, else VALID."""
    if Mark.INVALID in marks:
        return Mark.INVALID
    return Mark.UNKNOWN if not marks or Mark.UNKNOWN in marks else Mark.VALID
