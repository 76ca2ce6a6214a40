"""Logs, entries and evidence for tests."""

from collections.abc import Sequence
from typing import Any

from yiwang.commons.ledger import commands
from yiwang.commons.ledger.contracts import NewEntry
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import record
from yiwang.kernel.ids import new_id

SYSTEM = Actor.system("test")


def a_log(suite: str = "international", **options: Any) -> int:
    """An open log."""
    return commands.open_log(suite=suite, by=SYSTEM, at=clock.now(), **options)


def drafts(many: int, since: int = 0) -> list[NewEntry]:
    """Entries that differ."""
    at = clock.now()
    return [NewEntry(f'{{"facts":{{"number":{n}}}}}'.encode(), "test.step", at) for n in range(since, since + many)]


def append(entries: Sequence[NewEntry]) -> int:
    return commands.append(entries=entries, by=SYSTEM, at=clock.now())


def sign() -> int:
    return commands.sign_checkpoint(by=SYSTEM, at=clock.now())


@command("test.take_steps")
def take_steps(*, many: int, subject: SubjectRef, by: Actor, at: Any) -> None:
    """A command that leaves evidence of `many` legal steps."""
    for number in range(many):
        record("test.step", subject, {"number": number})
    note(subject)


def evidence(many: int = 1, subject: SubjectRef | None = None) -> SubjectRef:
    """Evidence of so many steps of a record, as commands leave it."""
    subject = subject or SubjectRef("test", new_id())
    take_steps(many=many, subject=subject, by=SYSTEM, at=clock.now())
    return subject
