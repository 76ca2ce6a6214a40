"""Token engine for BPMN 2.0 processes with FEEL, on SpiffWorkflow (imported unchanged) behind our own values.

Knows no framework, no database, no rules context: the host injects a FEEL evaluator and runs operations. Semantics:
variables belong to the instance (a loop instance and a sub-process with inputs have their own scope); a step that raises
changes nothing; a null condition halts; nothing of a model is ever evaluated as Python.
"""

from .beginnings import Round, first_round, next_round
from .blank import blank_process, brought, process_name
from .codec import variables_of
from .comparing import ChangeKind, ElementChange, compare
from .drawing import check_drawn, element_names
from .errors import BusinessError, EngineError, EvaluationHalt, ExpressionFault, ModelRefused, UnknownItem
from .model import Model, Parsed, advance, load, parse, start
from .moving import CannotMove, Move, Obstacle
from .ports import Evaluator, Performer, leave_open
from .timers import moment_in
from .values import (
    Arrival,
    Assignment,
    Beginning,
    Cancel,
    Command,
    Completion,
    Correction,
    DueTimer,
    Ended,
    Escalation,
    Failure,
    Finding,
    FinishedItem,
    ItemKind,
    PathEvent,
    PathKind,
    Rescheduling,
    Severity,
    Step,
    Subscription,
    Thrown,
    TimerDue,
    Use,
    WorkItem,
)
from .values_json import FeelDecoder, FeelEncoder, dumps, loads

__all__ = [
    "Arrival",
    "Assignment",
    "Beginning",
    "BusinessError",
    "Cancel",
    "CannotMove",
    "ChangeKind",
    "Command",
    "Completion",
    "Correction",
    "DueTimer",
    "ElementChange",
    "Ended",
    "EngineError",
    "Escalation",
    "EvaluationHalt",
    "Evaluator",
    "ExpressionFault",
    "Failure",
    "FeelDecoder",
    "FeelEncoder",
    "Finding",
    "FinishedItem",
    "ItemKind",
    "Model",
    "ModelRefused",
    "Move",
    "Obstacle",
    "Parsed",
    "PathEvent",
    "PathKind",
    "Performer",
    "Rescheduling",
    "Round",
    "Severity",
    "Step",
    "Subscription",
    "Thrown",
    "TimerDue",
    "UnknownItem",
    "Use",
    "WorkItem",
    "advance",
    "blank_process",
    "brought",
    "check_drawn",
    "compare",
    "dumps",
    "element_names",
    "first_round",
    "leave_open",
    "load",
    "loads",
    "moment_in",
    "next_round",
    "parse",
    "process_name",
    "start",
    "variables_of",
]
