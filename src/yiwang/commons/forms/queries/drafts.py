"""Drafts: one's own only."""

from uuid import UUID

from yiwang.commons.forms import policies
from yiwang.commons.forms.contracts import Answer, DraftView
from yiwang.commons.forms.models import Draft
from yiwang.kernel.actor import Actor, SubjectRef

_MOST = 50


def draft(*, draft_id: UUID, viewer: Actor) -> DraftView:
    """One draft. Raises DraftNotFound also for another's."""
    return view(row=policies.check_use(viewer, Draft.objects.filter(pk=draft_id).first()))


def drafts(*, viewer: Actor, key: str = "") -> tuple[DraftView, ...]:
    """The viewer's drafts in this capacity, the last touched first; of one form, or of all. At most fifty. One query."""
    rows = Draft.objects.filter(policies.own(viewer)).order_by("-updated_at", "-id")
    if key:
        rows = rows.filter(key=key)
    return tuple(view(row=row) for row in rows[:_MOST])


def view(*, row: Draft) -> DraftView:
    """The row as the value that leaves the context."""
    behalf = SubjectRef(row.on_behalf_kind, row.on_behalf_id) if row.on_behalf_id else None
    return DraftView(
        id=row.pk,
        key=row.key,
        version=row.version,
        step=row.step,
        answers={name: Answer.from_json(kept) for name, kept in row.answers.items()},
        files={key: tuple(UUID(each) for each in ids) for key, ids in row.files.items()},
        revision=row.revision,
        owner_id=row.owner_id,
        on_behalf=behalf,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
