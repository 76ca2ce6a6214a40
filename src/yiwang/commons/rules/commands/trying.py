"""Trying a change of a decision on many facts, in the background."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.rules import policies, registry
from yiwang.commons.rules.contracts import (
    DecisionNotFound,
    DraftNotFound,
    DraftState,
    FactsTooLarge,
    NoFacts,
    TrialNotFound,
    TrialState,
)
from yiwang.commons.rules.models import DecisionDraft, DecisionTrial, DecisionVersion
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer

TRIAL = "decision_trial"
MAX_BYTES = 20 * 1024 * 1024
_OPEN = (DraftState.OPEN.value, DraftState.CHECKED.value)
_GOING = (TrialState.WAITING.value, TrialState.RUNNING.value)


@command("rules.begin_trial")
def begin_trial(
    *,
    key: str,
    before: int,
    after: int = 0,
    source: str = "",
    file_name: str = "",
    content: bytes | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Try version `after` (0: the draft) against `before` on an uploaded table, or on the past facts of `source`.

    Raises MayNotView, DecisionNotFound, DraftNotFound, NoFacts, FactsTooLarge.
    """
    policies.check_view(by)
    if content is None and registry.past_source(source) is None:
        raise NoFacts
    if content is not None and not 0 < len(content) <= MAX_BYTES:
        raise FactsTooLarge(limit=MAX_BYTES // 1024 // 1024)
    if before and not DecisionVersion.objects.filter(key=key, version=before).exists():
        raise DecisionNotFound(key=key)
    text: DecisionDraft | DecisionVersion | None
    if after:
        text = DecisionVersion.objects.filter(key=key, version=after).first()
    else:
        text = DecisionDraft.objects.filter(key=key, state__in=_OPEN).first()
    if text is None:
        raise DecisionNotFound(key=key) if after else DraftNotFound(key=key)
    row = DecisionTrial(
        key=key,
        before=before,
        after=after,
        revision=text.revision if isinstance(text, DecisionDraft) else 0,
        xml=text.xml,
        imports=text.imports,
        source="" if content is not None else source,
        file_name=file_name[:200],
        content=content,
        state=TrialState.WAITING.value,
        created_by_id=by.account_id,
        created_at=at,
    )
    row.save(force_insert=True)
    defer("rules.run_trial", trial_id=str(row.pk))
    note(SubjectRef(TRIAL, row.pk), key=key, before=before, after=after, bytes=len(content or b""))
    return row.pk


@command("rules.report_trial")
def report_trial(*, trial_id: UUID, done: int, total: int, by: Actor, at: datetime) -> None:
    """How far the trial has come. Raises TrialNotFound also where it is over."""
    del by, at
    row = _going(trial_id)
    row.state, row.done, row.total = TrialState.RUNNING.value, done, max(total, done)
    row.save(update_fields=["state", "done", "total"])
    note(SubjectRef(TRIAL, row.pk), done=done, total=total)


@command("rules.end_trial")
def end_trial(
    *,
    trial_id: UUID,
    done: int = 0,
    refused: int = 0,
    changed: int = 0,
    seconds: float = 0,
    result: Mapping[str, Any] | None = None,
    error: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Keep what came out, or why nothing did; the facts themselves go. Raises TrialNotFound."""
    del by
    row = _going(trial_id)
    row.state = (TrialState.FAILED if error else TrialState.DONE).value
    row.done, row.total, row.refused, row.changed, row.seconds = done, done, refused, changed, seconds
    row.result, row.error, row.content, row.ended_at = dict(result or {}), error[:200], None, at
    row.save()
    note(SubjectRef(TRIAL, row.pk), done=done, changed=changed, refused=refused, failed=bool(error))


def _going(trial_id: UUID) -> DecisionTrial:
    row: DecisionTrial | None = DecisionTrial.objects.select_for_update().filter(pk=trial_id, state__in=_GOING).first()
    if row is None:
        raise TrialNotFound
    return row
