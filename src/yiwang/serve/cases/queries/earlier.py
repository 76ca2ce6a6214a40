"""What an applicant answered in earlier cases, so that nothing has to be typed twice."""

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
    """An earlier case of an applicant. `key`: of the bundle, else the matter's code. `open`: not closed yet.

    `in_vain`: it ended without what was applied for, so that applying again is the same wish once more.
    """

    number: str
    key: str
    title: str
    submitted_at: datetime
    open: bool
    in_vain: bool
    answers: tuple[Answer, ...]


def earlier(
    *, person_id: UUID | None = None, entity_id: UUID | None = None, viewer: Actor, most: int = 5
) -> tuple[EarlierCase, ...]:
    """The last cases of the person or legal entity that the viewer may see, without the members of bundles, newest first.

    One query.
    """
    whose = {"entity_id": entity_id} if entity_id is not None else {"person_id": person_id}
    rows = Case.objects.filter(policies.visible(viewer), parent__isnull=True, **whose)
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
