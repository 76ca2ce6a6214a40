"""Background work of seals: the trust folder kept up to date, deadlines of signatures kept."""

import logging

from yiwang.commons.seals import commands, queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job, periodic

_PROGRAM = Actor.system("seals")
_log = logging.getLogger(__name__)


@job("seals.write_trust")
def write_trust() -> None:
    """After seals were made or certificates changed."""
    commands.write_trust(by=_PROGRAM, at=clock.now())


@periodic("seals.trust", cron="*/10 * * * *")
def look_after_trust() -> None:
    """Every ten minutes: a certificate that the pool revoked must reach the folder too."""
    if queries.trust_outdated(viewer=_PROGRAM):
        commands.write_trust(by=_PROGRAM, at=clock.now())


@periodic("seals.signatures", cron="17 * * * *")
def look_after_signatures() -> None:
    """Every hour: reminders before the deadline, and the end of what was not signed in time."""
    now = clock.now()
    for cosignature_id in queries.overdue_signatures(viewer=_PROGRAM):
        commands.expire_signatures(cosignature_id=cosignature_id, by=_PROGRAM, at=now)
    for cosignature_id in queries.signatures_to_remind(viewer=_PROGRAM):
        commands.remind_signers(cosignature_id=cosignature_id, by=_PROGRAM, at=now)
