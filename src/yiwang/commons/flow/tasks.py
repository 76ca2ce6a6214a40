"""Background work of flow: due timers, remote operations and their time-outs. Each is idempotent and ends in one command."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from yiwang.commons.flow import commands, queries, registry
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job, periodic

TIMERS = Actor.system("flow timers")
MESSAGES = Actor.system("flow messages")
OPERATIONS = Actor.system("flow operations")
MIGRATIONS = Actor.system("flow migrations")
LEAVING = Actor.system("flow leaving")
_log = logging.getLogger(__name__)


@contextmanager
def _others_go_on(what: str, identifier: UUID) -> Iterator[None]:
    """A fault of one instance is logged and met again at the next round; it never keeps the others waiting."""
    try:
        yield
    except Exception:  # noqa: BLE001  whatever it is, the next round meets it again
        _log.exception("%s of %s failed", what, identifier)


@periodic("flow.timers", cron="* * * * * */5")
def fire_due_timers() -> None:
    """Every five seconds: instances with a due timer and processes that begin by one, each in its own transaction."""
    for instance_id in queries.due_instances(viewer=TIMERS):
        with _others_go_on("timers", instance_id):
            commands.fire_timers(instance_id=instance_id, by=TIMERS, at=clock.now())
    for subscription in queries.due_beginnings(viewer=TIMERS):
        with _others_go_on("start", subscription):
            commands.begin_due(subscription=subscription, by=TIMERS, at=clock.now())


@periodic("flow.timeouts", cron="* * * * *")
def stop_overdue_calls() -> None:
    """Every minute: remote operations that took longer than they may."""
    for call_id in queries.due_calls(viewer=OPERATIONS):
        with _others_go_on("time-out", call_id):
            commands.give_up_remote(call_id=call_id, by=OPERATIONS, at=clock.now())


@periodic("flow.left_by_date", cron="23 0 * * *")
def return_what_was_left() -> None:
    """Every day: an office that ended by its date is announced by nobody. A week back, for runs that were missed."""
    week_ago = clock.today() - timedelta(days=8)
    left = identity.left_since(day=week_ago, viewer=LEAVING)
    for account_id in queries.holding(account_ids=left, viewer=LEAVING):
        with _others_go_on("return of tasks", account_id):
            commands.return_tasks(account_id=account_id, by=LEAVING, at=clock.now())


@job("flow.deliver_message")
def deliver_message(message: str) -> None:
    """Hand on what a process threw; a repeat reaches nobody twice."""
    commands.deliver_message(message=UUID(message), by=MESSAGES, at=clock.now())


@job("flow.deliver_signal")
def deliver_signal(message: str, subscription: str) -> None:
    """Let one instance hear a signal."""
    commands.deliver_signal(message=UUID(message), subscription=UUID(subscription), by=MESSAGES, at=clock.now())


@periodic("flow.messages", cron="17 * * * *")
def forget_messages() -> None:
    """Every hour: messages that nobody will take and whose id need not be known any more."""
    commands.forget_messages(by=MESSAGES, at=clock.now())


@job("flow.run_operation", attempts=1)
def run_operation(call_id: str) -> None:
    """Call a remote operation outside any transaction; whatever comes of it is reported by one command."""
    found = queries.call(call_id=UUID(call_id), viewer=OPERATIONS)
    if found is None:
        return
    identifier = UUID(call_id)
    try:
        outputs = registry.run_named(found)
    except registry.BusinessError as error:
        commands.fail_remote(
            call_id=identifier, error=str(error), error_code=error.error_code, by=OPERATIONS, at=clock.now()
        )
    except Exception as error:  # noqa: BLE001  whatever a connector raises is a failed try
        text = f"{type(error).__name__}: {error}"
        commands.fail_remote(call_id=identifier, error=text, by=OPERATIONS, at=clock.now())
    else:
        if not isinstance(outputs, registry.Later):
            commands.complete_remote(call_id=identifier, outputs=outputs or {}, by=OPERATIONS, at=clock.now())


@job("flow.migrate_batch")
def migrate_batch(migration_id: str) -> None:
    """The next instances on their way to another version; defers itself until none is left."""
    commands.migrate_batch(migration_id=UUID(migration_id), by=MIGRATIONS, at=clock.now())
