"""Background work of notify: a channel carries a message; the job is tried again until it succeeds."""

from uuid import UUID

from yiwang.commons.notify import queries, registry
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job


@job("notify.carry")
def carry(message_id: str, channel: str) -> None:
    """A channel that is no longer installed, and a message whose recipient is gone, end the job."""
    carrier = registry.channels().get(channel)
    found = queries.to_carry(message_id=UUID(message_id), viewer=Actor.system("notify.carry"))
    if carrier is not None and found is not None:
        carrier.carry(*found)
