"""What was known in processes that asked a decision: commons.rules tries a new version of it on that."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import WORK, HistoryKind
from yiwang.commons.flow.contrib.decisions import told
from yiwang.commons.flow.models import HistoryEntry, ProcessInstance
from yiwang.kernel.actor import Actor

AT_MOST = 20_000


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
