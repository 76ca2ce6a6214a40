"""Drafts: begun from what holds, saved as one writes, checked, published by somebody else, or discarded."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yiwang.commons.identity import queries as identity
from yiwang.commons.rules import policies, rules
from yiwang.commons.rules.commands.publishing import check_sound, lock, place
from yiwang.commons.rules.contracts import (
    DecisionNotFound,
    DecisionRef,
    DraftChanged,
    DraftClosed,
    DraftNotFound,
    DraftOutdated,
    DraftState,
    Example,
    Finding,
    KeyRefused,
    KeyTaken,
    NotChecked,
    ReasonMissing,
)
from yiwang.commons.rules.models import Decision, DecisionDraft, DecisionVersion
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

DRAFT = "decision_draft"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OPEN = (DraftState.OPEN.value, DraftState.CHECKED.value)


@command("rules.begin_decision")
def begin_decision(*, key: str, title: str, xml: str = "", by: Actor, at: datetime) -> UUID:
    """Begin a new decision as a draft, from a DMN file or from a first model. Raises MayNotEdit, KeyRefused, KeyTaken."""
    policies.check_edit(by)
    key, title = key.strip(), title.strip()
    if not _KEY.fullmatch(key):
        raise KeyRefused(fields={"key": KeyRefused.message})
    lock(key)
    if Decision.objects.filter(key=key).exists():
        raise KeyTaken(key=key)
    text = xml or rules.first_model(key, title or key, fact="事实", result="结果")
    Decision(key=key, title=title[:200] or key, changed_at=at).save(force_insert=True)
    return _begun(key, title or key, text, None, by, at)


@command("rules.begin_draft")
def begin_draft(*, key: str, by: Actor, at: datetime) -> UUID:
    """Begin the next version from the newest one; an open draft is returned as it is. Raises MayNotEdit, DecisionNotFound."""
    policies.check_edit(by)
    lock(key)
    row = DecisionDraft.objects.filter(key=key, state__in=_OPEN).first()
    if row is not None:
        note(SubjectRef(DRAFT, row.pk), key=key, changed=False)
        return UUID(str(row.pk))
    base = DecisionVersion.objects.filter(key=key).order_by("-version").first()
    if base is None:
        raise DecisionNotFound(key=key)
    Decision.objects.filter(key=key).update(changed_at=at)
    return _begun(key, base.title, base.xml, base, by, at)


def _begun(key: str, title: str, xml: str, base: DecisionVersion | None, by: Actor, at: datetime) -> UUID:
    """Whoever brings a text of their own counts as its first editor."""
    row = DecisionDraft(
        key=key,
        title=title[:200],
        xml=xml,
        imports=base.imports if base else [],
        examples=base.examples if base else [],
        state=DraftState.OPEN.value,
        based_on=base.version if base else 0,
        editors=[str(by.account_id)] if base is None and by.account_id else [],
        created_at=at,
        updated_at=at,
        updated_by_id=by.account_id,
    )
    row.save(force_insert=True)
    note(SubjectRef(DRAFT, row.pk), key=key, based_on=row.based_on)
    return row.pk


@command("rules.save_draft")
def save_draft(
    *,
    key: str,
    revision: int,
    xml: str | None = None,
    examples: Sequence[Mapping[str, Any]] | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Keep what was written over `revision`; returns the new revision. Nothing is checked yet: half a table can be saved.

    Raises MayNotEdit, DraftNotFound, DraftChanged where somebody else saved in between.
    """
    policies.check_edit(by)
    row = _open(key, revision)
    kept = [Example.read(each).data for each in examples] if examples is not None else row.examples
    if (xml is None or xml == row.xml) and kept == row.examples:
        note(SubjectRef(DRAFT, row.pk), key=key, revision=row.revision, changed=False)
        return row.revision
    layout = rules.layout_of(xml, key) if xml is not None else None
    row.xml = row.xml if xml is None else xml
    row.title = (layout.title if layout is not None else row.title)[:200] or key
    row.examples, row.findings = kept, []
    _move(row, rules.DraftMove.EDIT)
    row.revision += 1
    account = str(by.account_id or "")
    row.editors = [*row.editors, account] if account and account not in row.editors else row.editors
    row.updated_at, row.updated_by_id = at, by.account_id
    row.save()
    Decision.objects.filter(key=key).update(changed_at=at, title=row.title)
    note(SubjectRef(DRAFT, row.pk), key=key, revision=row.revision, changed=True)
    return row.revision


@command("rules.check_draft")
def check_draft(*, key: str, revision: int, by: Actor, at: datetime) -> tuple[Finding, ...]:
    """Check the draft as it stands; without an error and with all examples holding it may be published.

    Raises MayNotView, DraftNotFound, DraftChanged.
    """
    policies.check_view(by)
    row = _open(key, revision)
    checked = rules.check_text(key, row.xml, row.imports, [Example.read(each) for each in row.examples])
    row.findings = [finding.data for finding in checked.findings]
    _move(row, rules.DraftMove.PASS if checked.passes else rules.DraftMove.FAIL)
    row.save(update_fields=["findings", "state"])
    failed = len(checked.examined.failed)
    note(SubjectRef(DRAFT, row.pk), key=key, revision=revision, errors=len(checked.errors), failed_examples=failed)
    del at
    return checked.findings


@command("rules.publish_draft")
def publish_draft(
    *, key: str, revision: int, effective_from: date, reason: str, by: Actor, at: datetime
) -> DecisionRef:
    """Publish the checked draft, to hold from `effective_from`. Whoever wrote in it may not (四眼原则).

    Raises MayNotPublish, OwnDraft, ReasonMissing, NotChecked, DraftChanged, DecisionFaulty, CheckFails, ExamplesFail,
    DraftOutdated where another version was published since it was begun.
    """
    lock(key)
    row = _open(key, revision)
    policies.check_publish(by, [UUID(each) for each in row.editors])
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    if rules.moved(DraftState(row.state), rules.DraftMove.PUBLISH) is None:
        raise NotChecked
    _check_newest(row)
    examples = tuple(Example.read(each) for each in row.examples)
    check_sound(key, row.xml, row.imports, examples)
    ref = place(key, row.title, row.xml, row.imports, examples, effective_from, reason.strip(), by, at)
    _move(row, rules.DraftMove.PUBLISH)
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    note(SubjectRef(DRAFT, row.pk), key=key, version=ref.version)
    return ref


@command("rules.discard_draft")
def discard_draft(*, key: str, revision: int, by: Actor, at: datetime) -> None:
    """Give the draft up; what holds stays. Raises MayNotEdit, DraftNotFound, DraftChanged."""
    policies.check_edit(by)
    row = _open(key, revision)
    _move(row, rules.DraftMove.DISCARD)
    row.ended_at = at
    row.save(update_fields=["state", "ended_at"])
    if not DecisionVersion.objects.filter(key=key).exists():
        Decision.objects.filter(key=key).delete()
    note(SubjectRef(DRAFT, row.pk), key=key, revision=revision)


def _open(key: str, revision: int) -> DecisionDraft:
    row: DecisionDraft | None = DecisionDraft.objects.select_for_update().filter(key=key, state__in=_OPEN).first()
    if row is None:
        raise DraftNotFound(key=key)
    if row.revision != revision:
        raise DraftChanged(who=_name(row.updated_by_id), when=timezone.localtime(row.updated_at).strftime("%H:%M"))
    return row


def _check_newest(row: DecisionDraft) -> None:
    """What was published in between would be lost: the draft does not know of it."""
    newest = DecisionVersion.objects.filter(key=row.key).order_by("-version").only("version", "published_by").first()
    if newest is not None and newest.version != row.based_on:
        raise DraftOutdated(version=newest.version, who=_name(newest.published_by_id) or _("配置包"))


def _name(account_id: UUID | None) -> str:
    return identity.account_name(account_id=account_id, viewer=Actor.system("rules"))


def _move(row: DecisionDraft, move: rules.DraftMove) -> None:
    state = rules.moved(DraftState(row.state), move)
    if state is None:
        raise DraftClosed
    row.state = state.value
