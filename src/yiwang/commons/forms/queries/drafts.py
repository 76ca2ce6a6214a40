"""Drafts: one's own only."""

from collections.abc import Collection
from uuid import UUID

from yiwang.commons.forms import policies
from yiwang.commons.forms.contracts import Answer, DraftView, Renewal
from yiwang.commons.forms.engine import Definition, check, evaluate, wrong_types
from yiwang.commons.forms.models import Draft
from yiwang.commons.forms.queries.definitions import definition
from yiwang.kernel import clock
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


def shared(*, file_ids: Collection[UUID], viewer: Actor) -> frozenset[UUID]:
    """Those files that lie in a draft which the viewer may use: at the counter two work on one draft. One query."""
    wanted = {str(file_id): file_id for file_id in file_ids}
    held = Draft.objects.filter(policies.own(viewer)).exclude(files={}).values_list("files", flat=True)
    return frozenset(wanted[each] for files in held for ids in files.values() for each in ids if each in wanted)


def renewal(*, draft_id: UUID, viewer: Actor) -> Renewal | None:
    """What moving the draft to the newest version of its form would do; None where it is of that version. Two queries."""
    held = draft(draft_id=draft_id, viewer=viewer)
    form = definition(key=held.key, viewer=viewer)
    return renewed(form, held) if form.version != held.version else None


def renewed(form: Definition, held: DraftView, /) -> Renewal:
    """Which of a draft's answers the version `form` still asks for and still takes."""
    asked = {name: answer.value for name, answer in held.answers.items() if name in form.questions}
    unfit = {fault.fact for fault in wrong_types(form, asked)}
    kept = tuple(name for name in held.answers if name in asked and name not in unfit)
    answers = {name: held.answers[name] for name in kept}
    state = evaluate(form, answers, today=clock.today())
    return Renewal(
        version=form.version,
        kept=kept,
        lost=tuple(name for name in held.answers if name not in kept),
        asked=tuple(fault.fact for fault in check(form, state, answers) if fault.code == "forms.required"),
    )


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
        pledged=tuple(row.pledged),
    )
