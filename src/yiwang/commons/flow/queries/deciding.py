"""What was known in processes that asked a decision: commons.rules tries a new version of it on that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import WORK, HistoryKind
from yiwang.commons.flow.contrib.decisions import told
from yiwang.commons.flow.models import HistoryEntry, ProcessInstance
from yiwang.kernel.actor import Actor, SubjectRef

AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A decision that a process asked: key and version, the rules that held, when; `known`: its variables as they are now."""

    key: str
    version: int
    matched_rules: tuple[int, ...]
    at: datetime
    known: Mapping[str, Any]


def decisions_made(*, subject: SubjectRef, viewer: Actor) -> tuple[DecisionMade, ...]:
    """The decisions in the processes about `subject`, oldest first; for the program's own records only. One query."""
    if not viewer.is_system:
        return ()
    rows = HistoryEntry.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, kind=HistoryKind.DECIDED.value
    ).select_related("instance")
    return tuple(
        DecisionMade(
            row.details["decision"],
            row.details["version"],
            tuple(row.details.get("matched_rules", ())),
            row.at,
            {name: told(value) for name, value in row.instance.variables.items()},
        )
        for row in rows.order_by("at", "id")
    )


class ProcessVariables:
    """Fills `rules.registry.PastInputs` with the variables of processes in reach, as they are now, without saying whose."""

    def count(self, decision_key: str, *, viewer: Actor) -> int:
        return _asked(decision_key, viewer)[:AT_MOST].count()

    def facts(self, decision_key: str, *, limit: int, viewer: Actor) -> Iterator[Mapping[str, Any]]:
        """Those that began last first."""
        rows = _asked(decision_key, viewer).order_by("-started_at", "-id").values_list("variables", flat=True)
        for variables in rows[: min(limit, AT_MOST)].iterator():
            yield {name: told(value) for name, value in variables.items()}


def _asked(decision_key: str, viewer: Actor) -> "QuerySet[ProcessInstance]":
    lines = HistoryEntry.objects.filter(kind=HistoryKind.DECIDED.value, details__decision=decision_key)
    rows: QuerySet[ProcessInstance] = ProcessInstance.objects.filter(
        policies.instances_in_reach(viewer, WORK), pk__in=lines.values("instance_id")
    )
    return rows
