"""Who may see, keep and decide on archives: officials by grants over organisation and matter, the program itself."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from yiwang.commons.archives.contracts import (
    APPROVE,
    KEEP,
    VIEW,
    ArchiveNotFound,
    MayNotKeep,
    MayNotView,
    OwnProposal,
)
from yiwang.commons.archives.models import Archive
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor

_PROGRAM = Actor.system("archives: who decides")


def visible(viewer: Actor) -> Q:
    """The row filter of every list."""
    if viewer.is_system:
        return Q()
    if not viewer.is_official:
        return Q(pk__in=())
    return Q(identity.scope(viewer=viewer, action=VIEW))


def visible_lists(viewer: Actor) -> Q:
    """The lists of the organisations whose archives the viewer may see, keep or decide on."""
    if viewer.is_system:
        return Q()
    if not viewer.is_official:
        return Q(pk__in=())
    found = Q(proposed_by=viewer.account_id)
    for action in (VIEW, APPROVE):
        found |= Q(identity.scope(viewer=viewer, action=action, scope_key=None, grade=None))
    return found


def can_view(viewer: Actor) -> bool:
    """Whether the pages of archives open."""
    return viewer.is_system or (viewer.is_official and bool(identity.held_among(viewer, (VIEW, KEEP, APPROVE))))


def check_view(viewer: Actor) -> None:
    """Raises MayNotView."""
    if not can_view(viewer):
        raise MayNotView


def can_keep(viewer: Actor, archive: Archive | None = None) -> bool:
    """Whether the viewer is an archivist: of this archive, or of any."""
    return _holds(viewer, KEEP, archive)


def check_keep(by: Actor, archive: Archive | None = None) -> None:
    """Raises MayNotKeep."""
    if not can_keep(by, archive):
        raise MayNotKeep


def can_approve(viewer: Actor) -> bool:
    """Whether the viewer decides on lists of destruction."""
    return _holds(viewer, APPROVE, None)


def check_approve(by: Actor, proposed_by: object, archives: Iterable[Archive]) -> None:
    """Raises MayNotKeep, OwnProposal: two people answer for what can't be taken back, within what both may reach."""
    kinds = {(each.organisation_id, each.scope_key, each.grade): each for each in archives}
    if not can_approve(by) or not all(_holds(by, APPROVE, each) for each in kinds.values()):
        raise MayNotKeep
    if by.account_id is None or not isinstance(proposed_by, UUID):  # the program never answers for a destruction
        raise MayNotKeep
    if _same_person(by, proposed_by):
        raise OwnProposal


def check_decide_access(by: Actor, archive: Archive, asked_by: object) -> None:
    """Raises MayNotKeep, OwnProposal."""
    check_keep(by, archive)
    if isinstance(asked_by, UUID) and _same_person(by, asked_by):
        raise OwnProposal


def _same_person(by: Actor, account_id: UUID) -> bool:
    """Whether it is the same account, or another account of the same person."""
    if by.account_id == account_id:
        return True
    other = identity.account(account_id=account_id, viewer=_PROGRAM).person_id
    return by.person_id is not None and by.person_id == other


def found(archive: Archive | None) -> Archive:
    """Raises ArchiveNotFound."""
    if archive is None:
        raise ArchiveNotFound
    return archive


def _holds(viewer: Actor, action: str, archive: Archive | None) -> bool:
    if viewer.is_system:
        return True
    if not viewer.is_official:
        return False
    if archive is None:
        return bool(identity.held_among(viewer, (action,)))
    return identity.holds(
        viewer, action, organisation_id=archive.organisation_id, scope_key=archive.scope_key, grade=archive.grade
    )
