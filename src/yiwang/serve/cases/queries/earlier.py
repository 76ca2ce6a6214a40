"""What a person answered in earlier cases, so that nothing has to be typed twice."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import policies
from yiwang.serve.cases.contracts import Answer, ResultKind
from yiwang.serve.cases.models import Case

_IN_VAIN = frozenset({ResultKind.REFUSED, ResultKind.NOT_ACCEPTED, ResultKind.WITHDRAWN, ResultKind.DISCONTINUED})


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """An earlier case of a person. `key`: of the bundle, else the matter's code. `open`: not closed yet.

    `in_vain`: it ended without what was applied for, so that applying again is the same wish once more.
    """

    number: str
    key: str
    title: str
    submitted_at: datetime
    open: bool
    in_vain: bool
    answers: tuple[Answer, ...]


def earlier(*, person_id: UUID, viewer: Actor, most: int = 5) -> tuple[EarlierCase, ...]:
    """The person's last cases that the viewer may see, without the members of bundles, newest first. One query."""
    rows = Case.objects.filter(policies.visible(viewer), person_id=person_id, parent__isnull=True)
    return tuple(
        EarlierCase(
            number=row.number,
            key=row.bundle_key or row.matter_code,
            title=row.title,
            submitted_at=row.submitted_at,
            open=row.closed_at is None,
            in_vain=row.result in _IN_VAIN,
            answers=tuple(Answer(**answer) for answer in row.answers),
        )
        for row in rows.order_by("-submitted_at", "-id")[:most]
    )
