"""A command to the engine as JSON, so that a halted instance can try it again after a restart."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from yiwang.commons.flow import engine

Pending = dict[str, Any]


def to_start(variables: Mapping[str, Any], entry: str = "") -> Pending:
    return {"kind": "start", "variables": dict(variables), "entry": entry}


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


def to_arrive(subscription_id: str, payload: Mapping[str, Any], message: str) -> Pending:
    """`message`: the id of what arrives, which is handed on where nobody waits for it any more."""
    return {"kind": "arrive", "subscription_id": subscription_id, "payload": dict(payload), "message": message}


def to_escalate(item_id: str, code: str) -> Pending:
    return {"kind": "escalate", "item_id": item_id, "code": code}


def engine_command(pending: Pending) -> engine.Command:
    """Raises KeyError for a kind that is no command to the engine."""
    return _COMMANDS[pending["kind"]](pending)


def _rescheduling(pending: Pending) -> engine.Rescheduling:
    moments = pending["variables"].items()
    return engine.Rescheduling({name: datetime.fromisoformat(text) for name, text in moments})


_COMMANDS: dict[str, Callable[[Pending], engine.Command]] = {
    "complete": lambda pending: engine.Completion(pending["item_id"], pending["outputs"]),
    "fail": lambda pending: engine.Failure(pending["item_id"], pending["error_code"]),
    "arrive": lambda pending: engine.Arrival(pending["subscription_id"], pending["payload"]),
    "escalate": lambda pending: engine.Escalation(pending["item_id"], pending["code"]),
    "correct": lambda pending: engine.Correction(pending["variables"]),
    "reschedule": _rescheduling,
    "timers": lambda _pending: engine.TimerDue(),
}
