"""The cases that somebody holds, in the fewest words: what the ledger's pages of their evidence are about."""

from dataclasses import dataclass
from uuid import UUID

from yiwang.kernel.actor import Actor
from yiwang.serve.cases import policies
from yiwang.serve.cases.models import Case

_MOST = 2000


@dataclass(frozen=True, slots=True)
class HeldCase:
    """One case; `whole` is the number of the bundle that it is part of."""

    id: UUID
    title: str
    number: str
    whole: str


def held(*, viewer: Actor) -> tuple[HeldCase, ...]:
    """A resident's own cases with their members, the newest first, at most two thousand. One query."""
    rows = Case.objects.filter(policies.own(viewer)).order_by("-submitted_at", "-id")
    found = rows.values_list("id", "title", "number", "parent__number")[:_MOST]
    return tuple(HeldCase(case_id, title, number, whole or "") for case_id, title, number, whole in found)
