"""What a judge finds, gathered part by part. A part that nobody has judged stays UNKNOWN, whatever else holds."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from yiwang.commons.seals.engine.wording import Reason
from yiwang.kernel.verdicts import Mark, Told, Verdict, worst

Part = Literal["signature", "references", "seal", "chain"]
MOST_WORDS: Final = 60
"""Reasons, and remarks, that are told of one file; the marks count all."""
PARTS: Final[tuple[Part, ...]] = ("signature", "references", "seal", "chain")


class Findings:
    """The four marks of one document or signature in the making, with reasons, remarks and what else is told."""

    def __init__(self) -> None:
        self._filed: dict[Part, list[Mark]] = {part: [] for part in PARTS}
        self._judged: set[Part] = set()
        self.reasons: list[Told] = []
        self.remarks: list[Told] = []
        self.more: dict[str, Any] = {}

    def against(self, part: Part, code: str, *, mark: Mark = Mark.INVALID, **params: Any) -> None:
        """File a reason why a part does not hold (or, UNKNOWN, why it can't be judged)."""
        self.file(part, Reason(code, params), mark)

    def file(self, part: Part, reason: Told, mark: Mark = Mark.INVALID) -> None:
        self._filed[part].append(mark)
        if len(self.reasons) < MOST_WORDS and reason not in self.reasons:
            self.reasons.append(reason)

    def remark(self, code: str, **params: Any) -> None:
        reason = Reason(code, params)
        if len(self.remarks) < MOST_WORDS and reason not in self.remarks:
            self.remarks.append(reason)

    def judged(self, *parts: Part) -> None:
        """All that can be asked of these parts has been asked."""
        self._judged.update(parts)

    def unjudged(self, part: Part) -> bool:
        return part not in self._judged and not self._filed[part]

    def mark(self, part: Part) -> Mark:
        return worst(*self._filed[part], Mark.VALID if part in self._judged else Mark.UNKNOWN)

    def take(self, other: "Findings", parts: Iterable[Part] = PARTS) -> None:
        """Another's marks and words as part of one's own."""
        for part in parts:
            self._filed[part].append(other.mark(part))
        self.reasons += [reason for reason in other.reasons if reason not in self.reasons]
        self.remarks += [remark for remark in other.remarks if remark not in self.remarks]

    def marks(self) -> dict[str, str]:
        return {part: self.mark(part).value for part in PARTS}

    def verdict(self, more: Mapping[str, Any] | None = None) -> Verdict:
        return Verdict(
            signature=self.mark("signature"),
            references=self.mark("references"),
            seal=self.mark("seal"),
            chain=self.mark("chain"),
            reasons=tuple(self.reasons),
            remarks=tuple(self.remarks),
            more=dict(self.more if more is None else more),
        )
