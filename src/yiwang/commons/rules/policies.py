"""Who may see, edit and publish decisions. Deciding by a published decision needs no right: the rule is public."""

from collections.abc import Collection
from uuid import UUID

from yiwang.commons.identity import queries as identity
from yiwang.commons.rules.contracts import EDIT, PUBLISH, VIEW, MayNotEdit, MayNotPublish, MayNotView, OwnDraft
from yiwang.kernel.actor import Actor


def rights(viewer: Actor) -> frozenset[str]:
    """The actions on decisions that the viewer holds. One query."""
    if not (viewer.is_official or viewer.is_system):
        return frozenset()
    return frozenset(identity.held_among(viewer, (VIEW, EDIT, PUBLISH)))


def can_view(viewer: Actor) -> bool:
    """Whether the pages of decisions open: to whoever edits or publishes too."""
    return bool(rights(viewer))


def check_view(viewer: Actor) -> None:
    """Raises MayNotView."""
    if not can_view(viewer):
        raise MayNotView


def can_edit(viewer: Actor) -> bool:
    return EDIT in rights(viewer)


def check_edit(viewer: Actor) -> None:
    """Raises MayNotEdit."""
    if not can_edit(viewer):
        raise MayNotEdit


def can_publish(viewer: Actor, editors: Collection[UUID] = ()) -> bool:
    """Whoever wrote in the draft may not: two people answer for a rule."""
    return viewer.is_system or (viewer.account_id not in editors and PUBLISH in rights(viewer))


def check_publish(viewer: Actor, editors: Collection[UUID] = ()) -> None:
    """Raises MayNotPublish, OwnDraft."""
    if PUBLISH not in rights(viewer):
        raise MayNotPublish
    if not viewer.is_system and viewer.account_id in editors:
        raise OwnDraft
