"""The kill campaign's process for bare processes: publishes two models, starts them, completes tasks, sends messages.

Each request may be repeated after a lost answer: keys and message ids make a repeat change nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    call,
    catch,
    chain,
    end,
    flow,
    mapping,
    message,
    on_message,
    script,
    start,
    timer,
    user,
)
from yiwang.site.smoke.inside import main

T = TypeVar("T")


def named(model: bytes, *elements: str) -> bytes:
    """The model with names for these: only what has a name stands in the history."""
    for element in elements:
        model = model.replace(f'id="{element}"'.encode(), f'id="{element}" name="{element}"'.encode())
    return model


APPLICANT = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'
SHORT, LONG = timer("timeDuration", "PT3S"), timer("timeDuration", "PT6S")
INNER = named(bpmn(
    start(), catch("answered", on_message("answer")), user("unanswered", APPLICANT), boundary("given_up", "unanswered", LONG),
    end("e1"), end("e2"), chain("start", "answered", "unanswered", "e1"), flow("given_up", "e2"),
    root=message("answer"), process_id="clockwork_inner",
), "answered", "given_up")  # fmt: skip
OUTER = named(bpmn(
    start(), user("apply", APPLICANT), boundary("reminder", "apply", SHORT, interrupting=False), script("remind", "=true", "reminded"),
    call("ask", "clockwork_inner", mapping(inputs={"id": "=id"})), user("confirm", APPLICANT), end("e1"), end("e2"),
    chain("start", "apply", "ask", "confirm", "e1"), chain("reminder", "remind", "e2"), process_id="clockwork_outer",
), "reminder", "remind")  # fmt: skip
"""apply (a reminder after 3 s) → a called process: a message, then a task that nobody does within 6 s → confirm."""


def publish(request: Mapping[str, Any]) -> int:
    from yiwang.commons.flow import commands

    return len([commands.publish_definition(bpmn=each, **_now()) for each in (INNER, OUTER)])


def begin(request: Mapping[str, Any]) -> str:
    """An instance about the subject of that id; the same one at a repeat."""
    from yiwang.commons.flow import commands
    from yiwang.kernel.actor import SubjectRef

    subject = SubjectRef("clockwork", UUID(request["id"]))
    return str(
        commands.start(
            key="clockwork_outer", subject=subject, title="样例流程", variables={"id": request["id"]},
            idempotency_key=f"begin:{request['id']}", **_now(),
        )
    )  # fmt: skip


def complete(request: Mapping[str, Any]) -> bool:
    from yiwang.commons.flow import commands

    commands.complete_task(
        task_id=UUID(request["task"]), outputs={}, idempotency_key=f"complete:{request['task']}", **_now()
    )
    return True


def answer(request: Mapping[str, Any]) -> list[str]:
    """The message for one instance; sent again it reaches whom it reached."""
    from yiwang.commons.flow import commands

    reached = commands.correlate(name="answer", key=request["id"], message_id=f"answer-{request['id']}", **_now())
    return [str(each) for each in reached]


def _now() -> dict[str, Any]:
    from yiwang.kernel import clock
    from yiwang.kernel.actor import Actor

    at: datetime = clock.now()
    return {"by": Actor.system("kills"), "at": at}


def _afresh(does: Callable[[Mapping[str, Any]], T]) -> Callable[[Mapping[str, Any]], T]:
    """On a new connection, where the database has gone meanwhile."""

    def run(request: Mapping[str, Any]) -> T:
        from django.db import connection

        try:
            return does(request)
        finally:
            connection.close()

    return run


if __name__ == "__main__":
    main({each.__name__: _afresh(each) for each in (publish, begin, complete, answer)})
