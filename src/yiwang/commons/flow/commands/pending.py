"""A command to the engine as JSON, so that a halted instance can try it again after a restart."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.commons.flow import engine

Pending = dict[str, Any]


def to_start(variables: Mapping[str, Any]) -> Pending:
    return {"kind": "start", "variables": dict(variables)}


def to_complete(item_id: str, outputs: Mapping[str, Any]) -> Pending:
    return {"kind": "complete", "item_id": item_id, "outputs": dict(outputs)}


def to_fail(item_id: str, error_code: str) -> Pending:
    return {"kind": "fail", "item_id": item_id, "error_code": error_code}


def to_fire() -> Pending:
    return {"kind": "timers"}


def to_call_again(item_id: str) -> Pending:
    """A remote operation that failed too often; trying again defers its job anew."""
    return {"kind": "call", "item_id": item_id}


def to_correct(variables: Mapping[str, Any]) -> Pending:
    return {"kind": "correct", "variables": dict(variables)}


def to_reschedule(variables: Mapping[str, datetime]) -> Pending:
    return {"kind": "reschedule", "variables": {name: moment.isoformat() for name, moment in variables.items()}}


def engine_command(pending: Pending) -> engine.Command:
    match pending["kind"]:
        case "complete":
            return engine.Completion(pending["item_id"], pending["outputs"])
        case "fail":
            return engine.Failure(pending["item_id"], pending["error_code"])
        case "correct":
            return engine.Correction(pending["variables"])
        case "reschedule":
            moments = pending["variables"].items()
            return engine.Rescheduling({name: datetime.fromisoformat(text) for name, text in moments})
        case "timers":
            return engine.TimerDue()
    raise ValueError(pending["kind"])
