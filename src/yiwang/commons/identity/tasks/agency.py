"""Mandates whose last day is over: their end is written, and both sides hear of it."""

from yiwang.commons.identity.commands import agency as commands
from yiwang.commons.identity.queries import agency as queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import periodic

_SYSTEM = Actor.system("identity.mandates")


@periodic("identity.run_out_mandates", "7 * * * *")
def end_run_out_mandates() -> None:
    """Each hour, so that a missed run is soon made up for."""
    for mandate_id in queries.run_out(viewer=_SYSTEM):
        commands.end_run_out(mandate_id=mandate_id, by=_SYSTEM, at=clock.now())
