"""Drafts: begun, saved from several tabs without losing anything, filled from data, forgotten."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.files.contracts import FileAttached, FileNotFound
from yiwang.commons.forms import policies
from yiwang.commons.forms.contracts import (
    KEPT,
    Answer,
    AnswersInvalid,
    Difference,
    DraftConflict,
    Renewal,
    Source,
    TooMuch,
    UnknownFacts,
)  # fmt: skip
from yiwang.commons.forms.engine import Definition, answered, prefilled, wrong_types
from yiwang.commons.forms.models import Draft
from yiwang.commons.forms.queries import applicant_facts, definition
from yiwang.commons.forms.queries.drafts import renewed, view
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note

_LARGEST: Final = 200_000


@command("forms.start_draft")
def start_draft(
    *,
    key: str,
    values: Mapping[str, Any] | None = None,
    step: str = "",
    idempotency_key: str | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Begin a draft of the latest version of form `key`, with JSON `values` typed already, and proposals of the account.

    Raises Unauthenticated, FormNotFound, UnknownFacts, AnswersInvalid, TooMuch.
    """
    del idempotency_key
    owner_id = policies.check_begin(by)
    form = definition(key=key, viewer=by)
    _check_values(form, values or {})
    today = at.astimezone(CHINA).date()
    answers = prefilled(form, answered({}, values or {}, revision=1), applicant_facts(viewer=by), today=today)
    row = Draft(
        key=key,
        version=form.version,
        owner_id=owner_id,
        on_behalf_kind=by.on_behalf.kind if by.on_behalf else "",
        on_behalf_id=by.on_behalf.id if by.on_behalf else None,
        step=step or form.steps[0].key,
        answers=_stored(answers),
        created_at=at,
        updated_at=at,
    )
    row.save(force_insert=True)
    note(SubjectRef("draft", row.pk), form=key, version=form.version)
    return row.pk


@command("forms.save_draft")
def save_draft(
    *,
    draft_id: UUID,
    values: Mapping[str, Any],
    expected_revision: int,
    step: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Save JSON `values` by fact (None clears) over what is kept; returns the new revision.

    Saves of other facts since `expected_revision` are kept beside these. Where another save changed the same fact to
    something else, nothing is saved and DraftConflict carries both. To overwrite after looking, save with the revision
    of the conflict. Raises DraftNotFound, UnknownFacts, AnswersInvalid, TooMuch.
    """
    row = locked(draft_id, by)
    form = definition(key=row.key, version=row.version, viewer=by)
    _check_values(form, values)
    before = view(row=row).answers
    differences = tuple(
        Difference(name, value, before[name].value if name in before else None)
        for name, value in values.items()
        if name in before and before[name].revision > expected_revision and before[name].value != value
    )
    if differences:
        raise DraftConflict(differences=differences, revision=row.revision)
    row.revision += 1
    today = at.astimezone(CHINA).date()
    answers = prefilled(form, answered(before, values, revision=row.revision), applicant_facts(viewer=by), today=today)
    row.answers = _stored(answers)
    row.step = step or row.step
    row.updated_at = at
    row.save(update_fields=["answers", "step", "revision", "updated_at"])
    note(SubjectRef("draft", row.pk), revision=row.revision, facts=sorted(values))
    return int(row.revision)


@command("forms.fill_draft")
def fill_draft(*, draft_id: UUID, answers: Mapping[str, Answer], by: Actor, at: datetime) -> int:
    """Put answers of licences and shared data into a draft, over what was typed; returns the new revision.

    Raises DraftNotFound, UnknownFacts, AnswersInvalid; ValueError for an answer said to be typed.
    """
    if any(answer.source is Source.TYPED for answer in answers.values()):
        raise ValueError("typed answers are saved by save_draft")
    row = locked(draft_id, by)
    form = definition(key=row.key, version=row.version, viewer=by)
    _check_values(form, {name: answer.value for name, answer in answers.items()})
    row.revision += 1
    fresh = {name: replace(answer, revision=row.revision) for name, answer in answers.items()}
    row.answers = _stored({**view(row=row).answers, **fresh})
    row.updated_at = at
    row.save(update_fields=["answers", "revision", "updated_at"])
    note(SubjectRef("draft", row.pk), revision=row.revision, filled=sorted(answers))
    return int(row.revision)


@command("forms.renew_draft")
def renew_draft(*, draft_id: UUID, by: Actor, at: datetime) -> Renewal:
    """Move a draft to the newest version of its form; answers stay where the fact is still asked and the value still fits.

    Nothing else is lost: uploads stay. A draft of the newest version stays as it is. Raises DraftNotFound, FormNotFound.
    """
    row = locked(draft_id, by)
    held = view(row=row)
    form = definition(key=row.key, viewer=by)
    moved = renewed(form, held)
    if row.version != form.version:
        answers = {name: held.answers[name] for name in moved.kept}
        today = at.astimezone(CHINA).date()
        row.answers = _stored(prefilled(form, answers, applicant_facts(viewer=by), today=today))
        row.version, row.revision, row.updated_at = form.version, row.revision + 1, at
        row.step = row.step if row.step in {step.key for step in form.steps} else form.steps[0].key
        row.save(update_fields=["answers", "version", "revision", "step", "updated_at"])
    note(SubjectRef("draft", draft_id), version=form.version, lost=list(moved.lost))
    return moved


@command("forms.discard_draft")
def discard_draft(*, draft_id: UUID, by: Actor, at: datetime) -> None:
    """Forget a draft with its uploads. Raises DraftNotFound."""
    row = locked(draft_id, by)
    for file_id in (each for ids in view(row=row).files.values() for each in ids):
        with contextlib.suppress(FileNotFound, FileAttached):
            files.discard(file_id=file_id, by=by, at=at)
    row.delete()
    note(SubjectRef("draft", draft_id))


@command("forms.purge_drafts")
def purge_drafts(*, by: Actor, at: datetime) -> int:
    """Forget drafts nobody has touched for 90 days; returns how many (个人信息保护法 19: no longer than needed)."""
    del by
    gone, _each = Draft.objects.filter(updated_at__lt=at - KEPT).delete()
    note(SubjectRef("draft", UUID(int=0)), purged=gone)
    return int(gone)


def locked(draft_id: UUID, by: Actor) -> Draft:
    """The draft's row, locked until commit, if it is the actor's."""
    return policies.check_use(by, Draft.objects.select_for_update().filter(pk=draft_id).first())


def _check_values(form: Definition, values: Mapping[str, Any]) -> None:
    unknown = sorted(name for name in values if name not in form.questions)
    if unknown:
        raise UnknownFacts(names="、".join(name[:40] for name in unknown[:5]))
    faults = wrong_types(form, values)
    if faults:
        raise AnswersInvalid(faults)


def _stored(answers: Mapping[str, Answer]) -> dict[str, Any]:
    stored = {name: answer.as_json() for name, answer in answers.items()}
    if len(json.dumps(stored, ensure_ascii=False)) > _LARGEST:
        raise TooMuch
    return stored
