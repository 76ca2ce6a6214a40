"""Sending: the answers are checked as a whole, cut to what the forms ask, and the draft ends."""

from datetime import datetime
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.forms.commands.drafting import locked
from yiwang.commons.forms.contracts import AnswersInvalid, DraftConflict, Submission
from yiwang.commons.forms.engine import check, computed, evaluate, kept, taken
from yiwang.commons.forms.queries import definition
from yiwang.commons.forms.queries.drafts import view
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note


@command("forms.submit_draft")
def submit_draft(*, draft_id: UUID, expected_revision: int | None = None, by: Actor, at: datetime) -> Submission:
    """Take the complete answers out of a draft, which ends. Call it inside the command that files the case.

    Raises AnswersInvalid while something is missing or wrong, DraftConflict where the draft was saved again after
    `expected_revision` (the revision that the check page showed), DraftNotFound. Computed facts come along.
    """
    row = locked(draft_id, by)
    held = view(row=row)
    if expected_revision is not None and held.revision != expected_revision:
        raise DraftConflict(differences=(), revision=held.revision)
    form = definition(key=row.key, version=row.version, viewer=by)
    state = evaluate(form, held.answers, today=at.astimezone(CHINA).date())
    faults = check(form, state, held.answers)
    if faults:
        raise AnswersInvalid(faults)
    answers = kept(form, state, held.answers)
    whole = {**answers, **computed(form, state)}
    ids = [each for held_ids in held.files.values() for each in held_ids]
    if ids:
        files.take_over(file_ids=ids, by=by, at=at)
    row.delete()
    note(SubjectRef("draft", draft_id), form=held.key, version=held.version)
    return Submission(
        key=held.key,
        version=held.version,
        values={name: answer.value for name, answer in whole.items()},
        provenance=whole,
        forms=taken(form, state, answers),
        files=held.files,
        pledged=held.pledged,
    )
