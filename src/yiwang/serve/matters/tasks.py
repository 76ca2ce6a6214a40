"""Background work of matters: versions take effect on their day."""

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import periodic
from yiwang.serve.matters import commands, queries


@periodic("matters.put_in_force", cron="*/10 * * * *")
def put_in_force() -> None:
    """Every ten minutes, so that the day begins with its versions also after the worker was away."""
    if queries.waiting_versions(viewer=Actor.system("matters")):
        commands.put_in_force(by=Actor.system("matters.put_in_force"), at=clock.now())
