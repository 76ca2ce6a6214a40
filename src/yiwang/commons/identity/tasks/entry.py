"""Jobs of logging in: a code goes out, what has run out is swept up."""

from uuid import UUID

from yiwang.commons.identity import commands
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job, periodic


@job("identity.carry_code", attempts=3)
def carry_code(code_id: str) -> None:
    """A failure of the carrier is tried again while the code is good."""
    commands.carry_code(code_id=UUID(code_id), by=Actor.system("identity.carry_code"), at=clock.now())


@periodic("identity.sweep_sessions", "17 * * * *")
def sweep_sessions() -> None:
    """Each hour."""
    commands.sweep_sessions(by=Actor.system("identity.sweep_sessions"), at=clock.now())
