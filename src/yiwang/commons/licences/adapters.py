"""What files tell licences: somebody opens a licence's file."""

from yiwang.commons.licences import commands
from yiwang.commons.privacy.contracts import AccessWay
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef


def watch_files(actor: Actor, subject: SubjectRef, /) -> None:
    """Officials leave an entry with the holder before the bytes leave."""
    if actor.is_official:
        commands.note_look(licence_id=subject.id, way=AccessWay.DOWNLOADED, by=actor, at=clock.now())
