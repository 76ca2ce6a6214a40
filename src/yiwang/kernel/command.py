"""`@command`: the only door through which anything is written.

The outermost command opens the transaction, takes the idempotency key, sets the database's marker, and at its end
writes audit, events, evidence and history in one statement, and jobs; commands that it calls join it. A refusal is audited too.
"""

import functools
import hashlib
import inspect
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Model

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import DomainError, IdempotencyMismatch
from yiwang.kernel.guard import opened
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry, IdempotencyKey
from yiwang.kernel.writes import Writes, insert

P = ParamSpec("P")
R = TypeVar("R")

_TRANSIENT = frozenset({"40001", "40P01"})  # serialisation failure, deadlock
_TRIES = 4


class AuditMissing(RuntimeError):
    """A command ended without `note()`. A programming error: the transaction is rolled back."""


@dataclass(slots=True)
class Run:
    """One outermost command while it runs, with all that it will write at its end."""

    id: UUID
    actor: Actor
    at: datetime
    stack: list[str] = field(default_factory=list)
    noted: list[bool] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    buffers: dict[str, list[Any]] = field(default_factory=dict)


_run: ContextVar[Run | None] = ContextVar("yiwang_run", default=None)
Writer = Callable[[Run, list[Any], Writes], None]
_writers: dict[str, Writer] = {}


def current() -> Run:
    """The running command. Raises RuntimeError outside one."""
    run = _run.get()
    if run is None:
        raise RuntimeError("only inside a command")
    return run


def buffer(name: str, writer: Writer) -> list[Any]:
    """A list that `writer(run, list, writes)` gets at the end of the outermost command: it adds its part to the last statement."""
    _writers.setdefault(name, writer)
    return current().buffers.setdefault(name, [])


def keep(row: Model) -> None:
    """Insert `row` at the end of the outermost command, in one statement with its audit. For records that are only added to."""
    buffer(row._meta.label, _insert).append(row)


def _insert(_run: Run, rows: list[Any], writes: Writes) -> None:
    writes.insert(rows)


def note(subject: SubjectRef, **details: Any) -> None:
    """Say what the command did to `subject`. `details`: JSON values, ids and labels only, no personal data."""
    run = current()
    run.noted[-1] = True
    run.audit.append(_entry(run.actor, run.stack[-1], run.at, run.id, subject=subject, details=details))


def command(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a keyword-only function with `by: Actor, at: datetime` the command `name` (`flow.complete_task`).

    If the function declares `idempotency_key: str | None`, a repeat with the same key and input by the same account
    returns the first result (None, str, int, bool, UUID, or JSON) and does nothing; with another input it raises
    IdempotencyMismatch. Deadlocks are retried.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(function).parameters
        if not {"by", "at"} <= parameters.keys() or any(
            p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters.values()
        ):
            raise TypeError(f"{name}: a command takes keywords only and ends in by, at")
        takes_key = "idempotency_key" in parameters

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if _run.get() is not None:
                return _join(name, function, kwargs)
            key = cast("str | None", kwargs.get("idempotency_key")) if takes_key else None
            return _outermost(name, function, kwargs, key)

        run.command_name = name  # type: ignore[attr-defined]
        return run

    return decorate


def _join(name: str, function: Callable[..., R], kwargs: Mapping[str, Any]) -> R:
    run = current()
    run.stack.append(name)
    run.noted.append(False)
    try:
        result = function(**kwargs)
        if not run.noted[-1]:
            raise AuditMissing(f"{name} ended without note()")
        return result
    finally:
        run.stack.pop()
        run.noted.pop()


def _outermost(name: str, function: Callable[..., R], kwargs: Mapping[str, Any], key: str | None) -> R:
    actor, at = cast("Actor", kwargs["by"]), cast("datetime", kwargs["at"])
    for attempt in range(_TRIES):
        try:
            return _attempt(name, function, kwargs, key, Run(id=new_id(), actor=actor, at=at))
        except DomainError as error:
            _audit_refusal(name, actor, at, error)
            raise
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in _TRANSIENT or connection.in_atomic_block or attempt == _TRIES - 1:
                raise
            time.sleep(0.02 * 2**attempt)
    raise AssertionError("unreachable")


def _attempt(name: str, function: Callable[..., R], kwargs: Mapping[str, Any], key: str | None, run: Run) -> R:
    token = _run.set(run)
    try:
        with opened(str(run.id)):
            seen: IdempotencyKey | None = None
            if key:
                seen, repeated = _take_key(name, key, kwargs, run)
                if repeated:
                    return cast("R", _decode(seen.result))
            result = _join(name, function, kwargs)
            writes = _written(run)
            if seen is not None:
                seen.result = _encode(result)
                writes.update(seen, "result")
            writes.send()
            return result
    finally:
        _run.reset(token)


def _written(run: Run) -> Writes:
    writes = Writes()
    writes.insert(run.audit)
    for name, rows in run.buffers.items():
        _writers[name](run, rows, writes)
    return writes


def _take_key(name: str, key: str, kwargs: Mapping[str, Any], run: Run) -> tuple[IdempotencyKey, bool]:
    fingerprint = _fingerprint(kwargs)
    account = str(run.actor.account_id or "")
    row = IdempotencyKey(key=key, command=name, account=account, fingerprint=fingerprint, at=run.at)
    # A concurrent twin waits here until the first one commits or rolls back.
    if insert(row, conflict="ON CONFLICT DO NOTHING"):
        return row, False
    kept = IdempotencyKey.objects.get(key=key, command=name, account=account)
    if bytes(kept.fingerprint) != fingerprint:
        raise IdempotencyMismatch
    return kept, True


def _fingerprint(kwargs: Mapping[str, Any]) -> bytes:
    essential = {k: v for k, v in kwargs.items() if k not in {"by", "at", "idempotency_key"}}
    text = json.dumps(essential, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.new("sm3", text.encode()).digest()


def _encode(result: Any) -> Any:
    return {"uuid": str(result)} if isinstance(result, UUID) else {"json": result}


def _decode(stored: Any) -> Any:
    return UUID(stored["uuid"]) if "uuid" in stored else stored["json"]


def _audit_refusal(name: str, actor: Actor, at: datetime, error: DomainError) -> None:
    if connection.in_atomic_block and connection.needs_rollback:
        return
    entry = _entry(actor, name, at, new_id(), outcome=AuditEntry.Outcome.REFUSED, error_code=error.code)
    with opened("refusal"):
        AuditEntry.objects.bulk_create([entry])


def _entry(
    actor: Actor,
    name: str,
    at: datetime,
    run: UUID,
    *,
    subject: SubjectRef | None = None,
    details: Mapping[str, Any] | None = None,
    outcome: str = AuditEntry.Outcome.DONE,
    error_code: str = "",
) -> AuditEntry:
    return AuditEntry(
        run=run,
        at=at,
        command=name,
        outcome=outcome,
        error_code=error_code,
        actor_kind=actor.kind,
        account_id=actor.account_id,
        on_behalf_kind=actor.on_behalf.kind if actor.on_behalf else "",
        on_behalf_id=actor.on_behalf.id if actor.on_behalf else None,
        organisation_id=actor.organisation_id,
        role=actor.role,
        purpose=actor.purpose,
        device=actor.device,
        zone=actor.zone,
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        details=dict(details or {}),
    )


@contextmanager
def revocable(*, lazily: bool = False) -> Iterator[Callable[[], None]]:
    """A part of the running command that can be taken back: on an exception nothing of the block stays.

    Neither rows nor the audit, events, evidence and jobs that the block had announced. With `lazily` the block calls what it
    is given before it writes its first row: until then there are no rows to take back, and no savepoint is paid for.
    Raises RuntimeError outside a command.
    """
    run = current()
    audited = len(run.audit)
    buffered = {name: len(rows) for name, rows in run.buffers.items()}
    try:
        with ExitStack() as savepoint:
            begun: list[None] = []

            def protect() -> None:
                if not begun:
                    begun.append(savepoint.enter_context(transaction.atomic()))

            if not lazily:
                protect()
            yield protect
    except BaseException:
        del run.audit[audited:]
        for name, rows in run.buffers.items():
            del rows[buffered.get(name, 0) :]
        raise


@contextmanager
def machinery(what: str) -> Iterator[None]:
    """Open the guard for the kernel's own book-keeping (relay, calendars of tests); writes no audit of its own."""
    with opened(f"kernel:{what}"):
        yield


def audit_outside(name: str, *, by: Actor, subject: SubjectRef | None, **details: Any) -> None:
    """Audit what a third-party app did by itself (a log-in, a password change), from its one signal handler."""
    entry = _entry(by, name, clock.now(), new_id(), subject=subject, details=details)
    with opened("third-party"):
        AuditEntry.objects.bulk_create([entry])
