"""A process as the engine keeps it: what the reader found in the XML and the linter normalised.

It is stored as compressed JSON, independent of the token library, so that a version published today can be built by any later one.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter


class NodeKind(StrEnum):
    START = "startEvent"
    END = "endEvent"
    TERMINATE = "terminateEndEvent"
    ERROR_END = "errorEndEvent"
    PASS = "task"  # noqa: S105 - a BPMN element, no password
    USER = "userTask"
    SERVICE = "serviceTask"
    DECISION = "businessRuleTask"
    SCRIPT = "scriptTask"
    CALL = "callActivity"
    SUBPROCESS = "subProcess"
    PARALLEL = "parallelGateway"
    EXCLUSIVE = "exclusiveGateway"
    INCLUSIVE = "inclusiveGateway"
    TIMER_CATCH = "intermediateCatchEvent"
    PASS_THROUGH = "intermediateThrowEvent"  # noqa: S105 - a BPMN element
    BOUNDARY_TIMER = "boundaryTimer"
    BOUNDARY_ERROR = "boundaryError"
    RECEIVE = "receiveTask"
    EVENT_GATEWAY = "eventBasedGateway"
    EVENT_SUBPROCESS = "eventSubProcess"
    EVENT_START = "eventStart"
    EVENT_CATCH = "eventCatch"
    EVENT_THROW = "eventThrow"
    EVENT_END = "eventEnd"
    BOUNDARY_EVENT = "boundaryEvent"
    AD_HOC = "adHocChoice"


class TimerKind(StrEnum):
    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


class EventKind(StrEnum):
    MESSAGE = "message"
    SIGNAL = "signal"
    ESCALATION = "escalation"
    CONDITION = "conditional"
    ERROR = "error"
    TIMER = "timer"


@dataclass(frozen=True)
class EventRule:
    """What an event throws or waits for. `name` is the name of a message or signal, the code of an escalation or error
    (empty catches every code); `key` a message's correlation key; both are FEEL where they begin with '='.
    """

    kind: EventKind
    name: str = ""
    key: str = ""
    condition: str = ""
    message_id: str = ""
    time_to_live: str = ""


@dataclass(frozen=True)
class Mapped:
    """One zeebe:input or zeebe:output: `source` is FEEL where it begins with '=', else literal."""

    source: str
    target: str


@dataclass(frozen=True)
class Work:
    """What the host is asked for at a waiting node. Texts that begin with '=' are FEEL."""

    target: str = ""
    result_variable: str = ""
    assignee: str = ""
    candidate_groups: str = ""
    form_key: str = ""
    due: str = ""
    retries: int = 3
    headers: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()
    passes_all_in: bool = True
    passes_all_out: bool = True


@dataclass(frozen=True)
class Loop:
    sequential: bool
    collection: str
    element: str = ""
    output_collection: str = ""
    output_element: str = ""
    completion: str = ""
    ad_hoc: bool = False


@dataclass(frozen=True)
class AdHoc:
    """Which elements of an ad-hoc sub-process begin, and when it is complete: as Camunda 8 reads it."""

    collection: str = ""
    completion: str = ""
    cancels: bool = True
    output_collection: str = ""
    output_element: str = ""


@dataclass(frozen=True)
class TimerRule:
    kind: TimerKind
    text: str


@dataclass(frozen=True)
class Node:
    id: str
    kind: NodeKind
    line: int
    name: str = ""
    documentation: str = ""
    default_flow: str = ""
    work: Work | None = None
    loop: Loop | None = None
    timer: TimerRule | None = None
    attached_to: str = ""
    interrupting: bool = True
    error_code: str = ""
    event: EventRule | None = None
    listeners: tuple[tuple[str, Work], ...] = ()
    script: str = ""
    result_variable: str = ""
    body: Body | None = None
    ad_hoc: AdHoc | None = None
    corrects: str = ""


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    line: int
    name: str = ""
    condition: str = ""


@dataclass(frozen=True)
class Body:
    """The inside of a process or of an embedded sub-process, nodes and flows in the order of the file."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]

    def outgoing(self, node_id: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == node_id]

    def incoming(self, node_id: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == node_id]


@dataclass(frozen=True)
class Process:
    id: str
    name: str
    body: Body
    documentation: str = ""


_ADAPTER: TypeAdapter[Process] = TypeAdapter(Process)
_MARK = b"YF1"


def to_blob(process: Process) -> bytes:
    return _MARK + zlib.compress(_ADAPTER.dump_json(process, exclude_defaults=True), 9)


def from_blob(blob: bytes) -> Process:
    """Raises ValueError when the blob was not written by `to_blob`."""
    if not blob.startswith(_MARK):
        raise ValueError("not a process definition of this engine")
    return _ADAPTER.validate_json(zlib.decompress(blob[len(_MARK) :]))


def expression_in(text: str) -> str | None:
    """The FEEL text after a leading '=', or None for a literal (the Camunda 8 convention)."""
    stripped = text.strip()
    return stripped[1:].strip() if stripped.startswith("=") else None
