"""Who may watch the log as an operator. Entries, heads, tiles and receipts are public: they hold public facts and salted hashes."""

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger.contracts import WATCH, MayNotWatch
from yiwang.kernel.actor import Actor


def can_watch(viewer: Actor) -> bool:
    """Whether the operator's pages of the log open."""
    return viewer.is_system or (viewer.is_official and bool(identity.held_among(viewer, (WATCH,))))


def check_watch(viewer: Actor) -> None:
    """Raises MayNotWatch."""
    if not can_watch(viewer):
        raise MayNotWatch
