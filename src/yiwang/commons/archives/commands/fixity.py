"""The fixity run: begun, brought forward, ended; so that its progress is seen while it works."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.archives.models import FixityRun
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_SUBJECT = "fixity_run"


@command("archives.start_fixity")
def start_fixity(*, total: int, by: Actor, at: datetime) -> UUID:
    """Begin a run over `total` packages."""
    made = FixityRun(started_at=at, total=total)
    made.save(force_insert=True)
    note(SubjectRef(_SUBJECT, made.pk), total=total)
    return UUID(str(made.pk))


@command("archives.advance_fixity")
def advance_fixity(*, run_id: UUID, done: int, failed: int, by: Actor, at: datetime) -> None:
    """So many are done, and so many of them failed."""
    FixityRun.objects.filter(pk=run_id).update(done=done, failed=failed)
    note(SubjectRef(_SUBJECT, run_id), done=done, failed=failed)


@command("archives.end_fixity")
def end_fixity(*, run_id: UUID, done: int, failed: int, by: Actor, at: datetime) -> None:
    """The run has ended."""
    FixityRun.objects.filter(pk=run_id).update(done=done, failed=failed, ended_at=at)
    note(SubjectRef(_SUBJECT, run_id), done=done, failed=failed, ended=True)
