"""Who may read, attach or discard a file."""

from collections.abc import Iterable
from uuid import UUID

from yiwang.commons.files import registry
from yiwang.commons.files.contracts import FileAttached, FileNotFound, ScanState
from yiwang.commons.files.models import FileRecord
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import Unauthenticated


def subject_of(record: FileRecord) -> SubjectRef | None:
    """The record that the file belongs to."""
    return SubjectRef(record.subject_kind, record.subject_id) if record.subject_id else None


def owns(actor: Actor, record: FileRecord) -> bool:
    """Whether the actor's account uploaded it, or the program acts."""
    return actor.is_system or (actor.account_id is not None and actor.account_id == record.owner_id)


def has(actor: Actor, record: FileRecord) -> bool:
    """The owner; while it belongs to nothing also those with whom the owner shares the draft or workplace it lies in."""
    if owns(actor, record):
        return True
    return record.pk in shared(actor, [record])


def shared(actor: Actor, records: Iterable[FileRecord]) -> frozenset[UUID]:
    """Of several records those that wait, are another's, and are shared with the actor. One query a keeper at most."""
    waiting = [record.pk for record in records if record.subject_id is None and not owns(actor, record)]
    return registry.held(actor, waiting) if actor.is_known else frozenset()


def can_read(viewer: Actor, record: FileRecord, among: frozenset[UUID] | None = None) -> bool:
    """The owner, who shares it, and whom the subject's context admits; an infected file nobody. `among`: see `shared`."""
    if record.scan == ScanState.INFECTED:
        return False
    if has(viewer, record) if among is None else owns(viewer, record) or record.pk in among:
        return True
    subject = subject_of(record)
    rule = registry.reader_of(subject.kind) if subject else None
    return subject is not None and rule is not None and rule(viewer, subject)


def check_read(viewer: Actor, record: FileRecord) -> None:
    """Raises FileNotFound: who may not read a file learns nothing of it."""
    if not can_read(viewer, record):
        raise FileNotFound


def check_store(actor: Actor) -> None:
    """Only somebody who is known uploads. Raises Unauthenticated."""
    if not (actor.is_known or actor.is_system):
        raise Unauthenticated


def check_attach(actor: Actor, record: FileRecord, subject: SubjectRef) -> None:
    """The owner, once. Raises FileNotFound, FileAttached."""
    if not has(actor, record) or record.scan == ScanState.INFECTED:
        raise FileNotFound
    if subject_of(record) not in {None, subject}:
        raise FileAttached


def check_take_over(actor: Actor, record: FileRecord) -> None:
    """Whoever holds a waiting upload may become its owner. Raises FileNotFound, FileAttached."""
    check_discard(actor, record)


def check_discard(actor: Actor, record: FileRecord) -> None:
    """The owner, while it belongs to nothing. Raises FileNotFound, FileAttached."""
    if not has(actor, record):
        raise FileNotFound
    if subject_of(record) is not None:
        raise FileAttached
