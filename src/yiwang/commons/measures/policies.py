"""Who may see measures, and which rows they count: those that a grant of `measures.view` reaches."""

from django.db.models import Q

from yiwang.commons.identity import queries as identity
from yiwang.commons.measures.contracts import VIEW, NotGranted
from yiwang.kernel.actor import Actor


def can_view(viewer: Actor) -> bool:
    """Whether any row at all may be counted. One query."""
    return viewer.is_system or (viewer.is_official and VIEW in identity.held_among(viewer, (VIEW,)))


def check_view(viewer: Actor) -> None:
    """Raises NotGranted."""
    if not can_view(viewer):
        raise NotGranted


def reach(viewer: Actor) -> Q:
    """The row filter of every figure and every list behind one."""
    return identity.scope(viewer=viewer, action=VIEW)
