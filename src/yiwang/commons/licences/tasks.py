"""Background work of licences: sealing, catching up, expiry, imports."""

from uuid import UUID

from yiwang.commons.licences import commands, queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import DomainError
from yiwang.kernel.jobs import job, periodic
from yiwang.kernel.settings import settings

MAKER = Actor.system("制作电子证照")
IMPORTER = Actor.system("归集电子证照")


@job(commands.SEAL_JOB)
def seal(licence_id: str) -> None:
    """Seal what waits. What hinders it is kept with the licence and tried again by `catch_up`: no job piles up."""
    wanted = UUID(licence_id)
    try:
        commands.seal_pending(licence_id=wanted, by=MAKER, at=clock.now())
    except DomainError as refused:
        commands.note_problem(licence_id=wanted, problem=refused.sentence(), by=MAKER, at=clock.now())
    except ValueError as fault:  # the values do not fit the layout
        commands.note_problem(licence_id=wanted, problem=str(fault), by=MAKER, at=clock.now())


@periodic("licences.catch_up", cron="* * * * *")
def catch_up() -> None:
    """What was not sealed at once is tried again."""
    commands.catch_up(by=MAKER, at=clock.now())
    _keep_status_key()


def _keep_status_key() -> None:
    """The key of the status list, and its public line where `yiwang verify licence --status` looks for it."""
    verifier = queries.status_verifier(viewer=MAKER)
    if verifier is None:
        commands.make_status_key(by=MAKER, at=clock.now())
        return
    place = settings().data_dir / "trust" / "licence-status.key"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{verifier.vkey}\n", "utf-8")


@periodic("licences.expire", cron="5 0 * * *")
def expire() -> None:
    """Mark what ended yesterday, and forget the wrong codes of long ago."""
    commands.forget_tries(by=MAKER, at=clock.now())
    while commands.expire(by=MAKER, at=clock.now()):
        pass


@job(commands.IMPORT_JOB)
def take_in(import_id: str) -> None:
    """Take a file in, batch by batch; killed, it goes on from the last whole batch. What fails is told on its page."""
    try:
        while commands.import_batch(import_id=UUID(import_id), by=IMPORTER, at=clock.now()):
            pass
    except Exception as fault:
        commands.note_import_failed(
            import_id=UUID(import_id), problem=type(fault).__name__, by=IMPORTER, at=clock.now()
        )
        raise
