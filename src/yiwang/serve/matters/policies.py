"""Who may publish. Reading the catalogue is everybody's right."""

from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Forbidden

PUBLISH = "matters.publish"


def can_publish(by: Actor) -> bool:
    """The program itself (a pack that was checked), or an official with the grant."""
    return by.is_system or identity.holds(by, PUBLISH)


def check_publish(by: Actor) -> None:
    """Raises Forbidden."""
    if not can_publish(by):
        raise Forbidden
