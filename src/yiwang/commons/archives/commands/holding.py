"""What must not be destroyed for now, whatever its period: a law suit, a review or an audit needs it (暂缓销毁)."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.archives import policies
from yiwang.commons.archives.commands.journal import locked, take
from yiwang.commons.archives.contracts import ArchiveStep, PurposeMissing
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command


@command("archives.hold")
def hold(*, archive_id: UUID, ground: str, by: Actor, at: datetime) -> None:
    """Keep an archive from being destroyed; one that is listed for it leaves the list.

    Raises ArchiveNotFound, MayNotKeep, PurposeMissing, ArchiveStateRefused.
    """
    row = locked(archive_id)
    policies.check_keep(by, row)
    if len(ground.strip()) < 2:
        raise PurposeMissing
    row.held = ground.strip()[:200]
    take(row, ArchiveStep.HOLD, by=by, at=at, words=row.held)


@command("archives.release")
def release(*, archive_id: UUID, ground: str, by: Actor, at: datetime) -> None:
    """The reason is gone: its period decides again. Raises ArchiveNotFound, MayNotKeep, PurposeMissing, ArchiveStateRefused."""
    row = locked(archive_id)
    policies.check_keep(by, row)
    if len(ground.strip()) < 2:
        raise PurposeMissing
    row.held = ""
    take(row, ArchiveStep.RELEASE, by=by, at=at, words=ground.strip())
