"""Who may see, manage and destroy keys. The program itself creates and uses its own."""

from collections.abc import Mapping
from uuid import UUID

from yiwang.commons.crypto.contracts import (
    DESTROY,
    MANAGE,
    VIEW,
    MayNotDestroy,
    MayNotManage,
    MayNotView,
    OwnRetirement,
)
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor


def rights(viewer: Actor) -> frozenset[str]:
    """The actions on keys that the viewer holds. One query, none for the program.

    Keys belong to the whole installation: to manage or destroy them takes a grant over its whole territory.
    """
    if viewer.is_system:
        return frozenset((VIEW, MANAGE, DESTROY))
    if not viewer.is_official:
        return frozenset()
    return counted(identity.held_among(viewer, (VIEW, MANAGE, DESTROY)))


def counted(held: Mapping[str, bool]) -> frozenset[str]:
    """Of grants by action, each with whether it is over the whole territory: those that count for keys."""
    return frozenset(action for action, whole in held.items() if whole or action == VIEW)


def can_view(viewer: Actor) -> bool:
    """Whether the pages of keys open: to whoever manages or destroys too."""
    return bool(rights(viewer))


def check_view(viewer: Actor) -> None:
    """Raises MayNotView."""
    if not can_view(viewer):
        raise MayNotView


def can_manage(viewer: Actor) -> bool:
    return MANAGE in rights(viewer)


def check_manage(viewer: Actor) -> None:
    """Raises MayNotManage."""
    if not can_manage(viewer):
        raise MayNotManage


def can_destroy(viewer: Actor, retired_by: UUID | None = None) -> bool:
    """Whoever retired it may not: two people answer for what can't be taken back."""
    if viewer.is_system:
        return True
    return DESTROY in rights(viewer) and (retired_by is None or viewer.account_id != retired_by)


def check_destroy(viewer: Actor, retired_by: UUID | None = None) -> None:
    """Raises MayNotDestroy, OwnRetirement."""
    if DESTROY not in rights(viewer):
        raise MayNotDestroy
    if not can_destroy(viewer, retired_by):
        raise OwnRetirement
