"""Flow's tables. A definition and a history line are written once; an instance's state is the engine's, all else a projection."""

from yiwang.commons.flow.models.desk import Delegation, SavedView
from yiwang.commons.flow.models.history import Halt, HistoryEntry, InstanceMigration
from yiwang.commons.flow.models.messages import ProcessMessage, Subscription
from yiwang.commons.flow.models.processes import ProcessDefinition, ProcessDraft, ProcessInstance
from yiwang.commons.flow.models.tasks import OperationCall, Task, Timer

__all__ = [
    "Delegation",
    "Halt",
    "HistoryEntry",
    "InstanceMigration",
    "OperationCall",
    "ProcessDefinition",
    "ProcessDraft",
    "ProcessInstance",
    "ProcessMessage",
    "SavedView",
    "Subscription",
    "Task",
    "Timer",
]
