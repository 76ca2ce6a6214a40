"""Drafts of processes: begun from what is published, saved as one draws, published by somebody else, or discarded."""

import re
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yiwang.commons.flow import engine, policies
from yiwang.commons.flow.commands.publishing import lock, publish_definition
from yiwang.commons.flow.contracts import (
    DefinitionRefused,
    DraftState,
    NoReason,
    ProcessDraftChanged,
    ProcessDraftNotFound,
    ProcessDraftOutdated,
    ProcessDraftTooLarge,
    ProcessDraftUnchanged,
    ProcessFileRefused,
    ProcessKeyRefused,
    ProcessKeyTaken,
    Published,
    UnknownProcess,
)
from yiwang.commons.flow.models import ProcessDefinition, ProcessDraft
from yiwang.commons.flow.queries.linting import linted
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

DRAFT = "process_draft"
MAX_BYTES = 2 * 1024 * 1024
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OPEN = DraftState.OPEN.value


@command("flow.begin_process")
def begin_process(*, key: str, title: str, bpmn: bytes = b"", by: Actor, at: datetime) -> UUID:
    """Begin a new process as a draft, from a BPMN file or from a first drawing. The file's process gets the id `key`.

    Raises MayNotDesign, ProcessKeyRefused, ProcessKeyTaken, ProcessDraftTooLarge, ProcessFileRefused.
    """
    policies.check_design(by)
    key, title = key.strip(), title.strip()
    if not _KEY.fullmatch(key):
        raise ProcessKeyRefused(fields={"key": ProcessKeyRefused.message})
    lock(key)
    drafted = ProcessDraft.objects.filter(key=key, state=_OPEN).exists()
    if drafted or ProcessDefinition.objects.filter(key=key).exists():
        raise ProcessKeyTaken(key=key)
    _check_size(bpmn or b" ")
    first = engine.blank_process(key, title or key, start=_("开始"), task=_("第一步"), end=_("结束"))
    text = engine.brought(bpmn, key) if bpmn else first
    if text is None:
        raise ProcessFileRefused(fields={"file": ProcessFileRefused.message})
    editors = [str(by.account_id)] if by.account_id else []
    return _begun(key, engine.process_name(text) or title or key, text, 0, editors, by, at)


@command("flow.begin_draft")
def begin_draft(*, key: str, by: Actor, at: datetime) -> UUID:
    """Begin the next version from the newest one; an open draft is returned as it is. Raises MayNotDesign, UnknownProcess."""
    policies.check_design(by)
    lock(key)
    row = ProcessDraft.objects.filter(key=key, state=_OPEN).only("pk").first()
    if row is not None:
        note(SubjectRef(DRAFT, row.pk), key=key, changed=False)
        return UUID(str(row.pk))
    base = ProcessDefinition.objects.filter(key=key).order_by("-version").defer("spec").first()
    if base is None:
        raise UnknownProcess(key=key)
    return _begun(key, base.title, bytes(base.bpmn), base.version, [], by, at)


def _begun(key: str, title: str, bpmn: bytes, based_on: int, editors: list[str], by: Actor, at: datetime) -> UUID:
    """Whoever brings a drawing of their own counts as its first editor."""
    row = ProcessDraft(
        key=key,
        title=title[:200],
        bpmn=bpmn,
        state=_OPEN,
        based_on=based_on,
        editors=editors,
        created_at=at,
        updated_at=at,
        updated_by_id=by.account_id,
    )
    row.save(force_insert=True)
    note(SubjectRef(DRAFT, row.pk), key=key, based_on=based_on)
    return row.pk


@command("flow.save_draft")
def save_draft(*, key: str, revision: int, bpmn: bytes, by: Actor, at: datetime) -> int:
    """Keep what was drawn over `revision`; returns the new revision. Nothing is checked yet: half a drawing can be saved.

    Raises MayNotDesign, ProcessDraftTooLarge, ProcessDraftNotFound, ProcessDraftChanged where somebody else saved in between.
    """
    policies.check_design(by)
    _check_size(bpmn)
    row = _open(key, revision)
    if bpmn == bytes(row.bpmn):
        note(SubjectRef(DRAFT, row.pk), key=key, revision=row.revision, changed=False)
        return row.revision
    row.bpmn, row.title = bpmn, (engine.process_name(bpmn) or row.title)[:200]
    row.revision += 1
    account = str(by.account_id or "")
    row.editors = [*row.editors, account] if account and account not in row.editors else row.editors
    row.updated_at, row.updated_by_id = at, by.account_id
    row.save()
    note(SubjectRef(DRAFT, row.pk), key=key, revision=row.revision, changed=True)
    return row.revision


@command("flow.publish_draft")
def publish_draft(*, key: str, revision: int, reason: str, by: Actor, at: datetime) -> Published:
    """Publish the draft as the next version. Whoever drew in it may not (四眼原则); what runs keeps its version.

    Raises MayNotPublishProcess, OwnProcessDraft, NoReason, ProcessDraftChanged, ProcessDraftUnchanged, DefinitionRefused,
    ProcessDraftOutdated where another version was published since it was begun.
    """
    lock(key)
    row = _open(key, revision)
    policies.check_publish_draft(by, [UUID(each) for each in row.editors])
    if not reason.strip():
        raise NoReason(fields={"reason": NoReason.message})
    _check_newest(row)
    file, bpmn = f"{key}.bpmn", bytes(row.bpmn)
    model, found = linted(bpmn=bpmn, file=file, key=key, viewer=by)
    if model is None:
        raise DefinitionRefused(key=file, findings=tuple(each for each in found if each.is_error))
    done = publish_definition(bpmn=bpmn, file=file, reason=reason.strip(), by=by, at=at)
    if not done.created:
        raise ProcessDraftUnchanged(version=done.version)
    _end(row, DraftState.PUBLISHED, at)
    note(SubjectRef(DRAFT, row.pk), key=key, version=done.version)
    return done


@command("flow.discard_draft")
def discard_draft(*, key: str, revision: int, by: Actor, at: datetime) -> None:
    """Give the draft up; what is published stays. Raises MayNotDesign, ProcessDraftNotFound, ProcessDraftChanged."""
    policies.check_design(by)
    row = _open(key, revision)
    _end(row, DraftState.DISCARDED, at)
    note(SubjectRef(DRAFT, row.pk), key=key, revision=revision)


def _check_newest(row: ProcessDraft) -> None:
    """What was published in between would be lost: the draft does not know of it."""
    newest = ProcessDefinition.objects.filter(key=row.key).order_by("-version").defer("bpmn", "spec").first()
    if newest is not None and newest.version != row.based_on:
        raise ProcessDraftOutdated(version=newest.version, who=_name(newest.published_by_id) or _("配置包"))


def _name(account_id: UUID | None) -> str:
    return identity.account_name(account_id=account_id, viewer=Actor.system("flow"))


def _check_size(bpmn: bytes) -> None:
    if not 0 < len(bpmn) <= MAX_BYTES:
        raise ProcessDraftTooLarge(limit=MAX_BYTES // 1024 // 1024)


def _end(row: ProcessDraft, state: DraftState, at: datetime) -> None:
    row.state, row.ended_at = state.value, at
    row.save(update_fields=["state", "ended_at"])


def _open(key: str, revision: int) -> ProcessDraft:
    row: ProcessDraft | None = ProcessDraft.objects.select_for_update().filter(key=key, state=_OPEN).first()
    if row is None:
        raise ProcessDraftNotFound(key=key)
    if row.revision != revision:
        raise ProcessDraftChanged(
            who=_name(row.updated_by_id), when=timezone.localtime(row.updated_at).strftime("%H:%M")
        )
    return row
