"""Who may read, attach or discard a file."""

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


def can_read(viewer: Actor, record: FileRecord) -> bool:
    """The owner, and whom the subject's context admits; an infected file nobody."""
    if record.scan == ScanState.INFECTED:
        return False
    if owns(viewer, record):
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
    if not owns(actor, record) or record.scan == ScanState.INFECTED:
        raise FileNotFound
    if subject_of(record) not in {None, subject}:
        raise FileAttached


def check_discard(actor: Actor, record: FileRecord) -> None:
    """The owner, while it belongs to nothing. Raises FileNotFound, FileAttached."""
    if not owns(actor, record):
        raise FileNotFound
    if subject_of(record) is not None:
        raise FileAttached
