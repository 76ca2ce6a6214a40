"""A running process as a drawing: its model's elements in their order, each with where it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yiwang.commons.flow.contracts.kinds import InstanceStatus


class NodeState(StrEnum):
    """Of one element in one instance; an element that was not reached yet has none."""

    PASSED = "passed"
    CURRENT = "current"
    HALTED = "halted"
    TAKEN_AWAY = "taken_away"


@dataclass(frozen=True, slots=True)
class DiagramNode:
    """An element of the model. `kind` is its BPMN tag (`userTask`), `who` holds its task, `child` is the process it called."""

    element_id: str
    name: str
    kind: str
    state: NodeState | None = None
    at: datetime | None = None
    who: str = ""
    child: UUID | None = None

    @property
    def is_step(self) -> bool:
        """Whether it is something that is done, and not a branch or an event."""
        return self.kind.endswith(("Task", "task", "callActivity", "subProcess"))


@dataclass(frozen=True, slots=True)
class DiagramView:
    """Where an instance stands. `nodes` follow the sequence flows from the start, those without a name included."""

    instance_id: UUID
    title: str
    definition_id: UUID
    process: str
    version: int
    status: InstanceStatus
    nodes: tuple[DiagramNode, ...]
