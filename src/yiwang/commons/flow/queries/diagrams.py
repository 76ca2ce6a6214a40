"""Where a process stands, for the drawing on its page. Constant queries, whatever the length of its history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from defusedxml.ElementTree import fromstring
from django.db.models import BooleanField, F, Max, Value
from django.db.models.functions import Coalesce

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import (
    CallStatus,
    DiagramNode,
    DiagramView,
    HistoryKind,
    InstanceStatus,
    NodeState,
    UnknownInstance,
    UnknownProcess,
)
from yiwang.commons.flow.models import (
    Halt,
    HistoryEntry,
    OperationCall,
    ProcessDefinition,
    ProcessInstance,
    Task,
    Timer,
)
from yiwang.kernel.actor import Actor, SubjectRef

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_BOUNDARY = "boundaryEvent"


@dataclass(frozen=True, slots=True)
class _Element:
    id: str
    name: str
    kind: str


@dataclass(slots=True)
class _Standing:
    """What an instance's rows say about its elements."""

    passed: dict[str, datetime] = field(default_factory=dict)
    away: dict[str, datetime] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    timers: set[str] = field(default_factory=set)
    children: dict[str, UUID] = field(default_factory=dict)
    halted: str | None = None


def diagram(*, instance_id: UUID, viewer: Actor) -> DiagramView:
    """Where an instance stands. Raises UnknownInstance, also for those who may not know. Six queries.

    The names of officials who hold its tasks are shown to officials only.
    """
    return _view(ProcessInstance.objects.filter(policies.known(viewer), pk=instance_id), viewer)


def diagram_of(*, subject: SubjectRef, viewer: Actor) -> DiagramView:
    """The same for the outermost (or only) process about a subject, the newest of several. Raises UnknownInstance."""
    rows = ProcessInstance.objects.filter(policies.known(viewer), subject_kind=subject.kind, subject_id=subject.id)
    return _view(rows.order_by(F("parent").asc(nulls_first=True), "-started_at"), viewer)


def published_bpmn(*, definition_id: UUID, viewer: Actor) -> tuple[str, int, bytes]:
    """Key, version and file of a published definition. Definitions are public. Raises UnknownProcess."""
    del viewer
    found = ProcessDefinition.objects.filter(pk=definition_id).values_list("key", "version", "bpmn").first()
    if found is None:
        raise UnknownProcess(key=str(definition_id))
    key, version, bpmn = found
    return key, version, bytes(bpmn)


def _view(rows: Any, viewer: Actor) -> DiagramView:
    found = rows.values("pk", "title", "status", "definition_id", "definition__title", "definition__version").first()
    if found is None:
        raise UnknownInstance
    standing = _standing(found["pk"], named=viewer.is_official or viewer.is_system)
    elements = _elements(found["definition_id"])
    return DiagramView(
        instance_id=found["pk"],
        title=found["title"],
        definition_id=found["definition_id"],
        process=found["definition__title"],
        version=found["definition__version"],
        status=InstanceStatus(found["status"]),
        nodes=tuple(_node(each, standing) for each in elements),
    )


def _standing(instance_id: UUID, *, named: bool) -> _Standing:
    standing = _Standing()
    of_it: dict[str, Any] = {"instance_id": instance_id}
    left = (HistoryKind.PASSED.value, HistoryKind.TAKEN_AWAY.value)
    seen = HistoryEntry.objects.filter(**of_it, kind__in=left).exclude(element_id="").values("element_id", "kind")
    for row in seen.annotate(last=Max("at")).order_by():
        gone = standing.passed if row["kind"] == HistoryKind.PASSED.value else standing.away
        gone[row["element_id"]] = row["last"]
    holder = Coalesce("assignee__person__name", "assignee__username")
    tasks = Task.objects.filter(**of_it, status__in=policies.WAITING).values_list("element_id", holder)
    standing.waiting = {element_id: (who or "") if named else "" for element_id, who in tasks}
    open_calls = [CallStatus.PENDING.value, CallStatus.FAILED.value]
    calls = OperationCall.objects.filter(**of_it, status__in=open_calls).values_list("element_id")
    timers = Timer.objects.filter(**of_it).values_list("element_id")
    for element_id, is_timer in _both(calls, timers):
        if is_timer:
            standing.timers.add(element_id)
        else:
            standing.waiting.setdefault(element_id, "")
    running = _children(instance_id, standing)
    standing.waiting.update(dict.fromkeys(running, ""))
    standing.halted = (
        Halt.objects.filter(**of_it, resolved_at__isnull=True).values_list("element_id", flat=True).first()
    )
    return standing


def _both(calls: Any, timers: Any) -> Iterable[tuple[str, bool]]:
    """Elements of open calls and of timers, told apart, in one query."""
    marked = [rows.annotate(timer=Value(flag, BooleanField())) for rows, flag in ((calls, False), (timers, True))]
    found: Iterable[tuple[str, bool]] = marked[0].union(marked[1])
    return found


def _children(instance_id: UUID, standing: _Standing) -> list[str]:
    """Notes which process each element called, the latest of several; the elements whose process still runs."""
    called = HistoryEntry.objects.filter(instance_id=instance_id, kind=HistoryKind.CALLED.value).order_by("at", "id")
    elements = {row["details"].get("child"): row["element_id"] for row in called.values("element_id", "details")}
    running = []
    rows = ProcessInstance.objects.filter(parent_id=instance_id).order_by("started_at", "id")
    for pk, status in rows.values_list("pk", "status"):
        element_id = elements.get(str(pk))
        if element_id is None:
            continue
        standing.children[element_id] = pk
        if status in {InstanceStatus.RUNNING.value, InstanceStatus.HALTED.value}:
            running.append(element_id)
    return running


def _node(element: _Element, standing: _Standing) -> DiagramNode:
    state, at = _state(element, standing)
    return DiagramNode(
        element_id=element.id,
        name=element.name,
        kind=element.kind,
        state=state,
        at=at,
        who=standing.waiting.get(element.id, "") if state is NodeState.CURRENT else "",
        child=standing.children.get(element.id),
    )


def _state(element: _Element, standing: _Standing) -> tuple[NodeState | None, datetime | None]:
    """A boundary event waits beside its activity, so its timer is no place where the process stands."""
    if standing.halted is not None and standing.halted == element.id:
        return NodeState.HALTED, None
    waits = element.id in standing.timers and element.kind != _BOUNDARY
    if waits or element.id in standing.waiting:
        return NodeState.CURRENT, None
    if element.id in standing.passed:
        return NodeState.PASSED, standing.passed[element.id]
    if element.id in standing.away:
        return NodeState.TAKEN_AWAY, standing.away[element.id]
    return None, None


@lru_cache(maxsize=256)
def _elements(definition_id: UUID) -> tuple[_Element, ...]:
    """The elements of a published definition, which never changes, as the sequence flows lead through them."""
    bpmn = ProcessDefinition.objects.filter(pk=definition_id).values_list("bpmn", flat=True).get()
    found: dict[str, _Element] = {}
    after: dict[str, list[str]] = {}
    attached: list[tuple[str, str]] = []
    for node in fromstring(bytes(bpmn)).iter():
        kind = node.tag.removeprefix(_BPMN) if isinstance(node.tag, str) else ""
        identifier = node.get("id", "")
        if kind == "sequenceFlow":
            after.setdefault(node.get("sourceRef", ""), []).append(node.get("targetRef", ""))
        elif identifier and kind.endswith(("ask", "Event", "Gateway", "callActivity", "ubProcess", "transaction")):
            found[identifier] = _Element(identifier, " ".join(node.get("name", "").split()), kind)
            if kind == _BOUNDARY:
                attached.append((node.get("attachedToRef", ""), identifier))
    for host, identifier in attached:
        after.setdefault(host, []).append(identifier)
    return tuple(_ordered(found, after))


def _ordered(found: Mapping[str, _Element], after: Mapping[str, list[str]]) -> Iterable[_Element]:
    """Breadth first from the elements that nothing leads to; what can't be reached comes last, as it stands in the file."""
    led_to = {target for targets in after.values() for target in targets}
    queue = [identifier for identifier in found if identifier not in led_to] or list(found)[:1]
    seen = set(queue)
    for identifier in queue:
        for target in after.get(identifier, ()):
            if target in found and target not in seen:
                seen.add(target)
                queue.append(target)
    queue += [identifier for identifier in found if identifier not in seen]
    return (found[identifier] for identifier in queue)
