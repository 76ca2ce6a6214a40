"""Processes as those see them who draw them: one process with its versions and draft, texts, what a model may name."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from yiwang.commons.flow import policies, registry
from yiwang.commons.flow.contracts import (
    DraftState,
    Finding,
    ProcessDraftNotFound,
    ProcessDraftRow,
    ProcessDraftView,
    ProcessPage,
    Suggestions,
    UnknownProcess,
)
from yiwang.commons.flow.engine import ElementChange, compare
from yiwang.commons.flow.models import ProcessDefinition, ProcessDraft
from yiwang.commons.flow.queries.linting import linted
from yiwang.commons.flow.queries.migrating import versions
from yiwang.commons.identity import queries as identity
from yiwang.commons.rules import queries as rules
from yiwang.kernel.actor import Actor

_OPEN = DraftState.OPEN.value
_SHOWN = 50
_NAMED = 500


def design_rights(*, viewer: Actor) -> Mapping[str, bool]:
    """The actions of administration and drafting that the viewer holds, with whether over the whole. One query."""
    return policies.rights(viewer)


def process_drafts(*, viewer: Actor) -> tuple[ProcessDraftRow, ...]:
    """The open drafts, the last changed first, at most fifty. Two queries. Raises NotAdministrator."""
    policies.check_see_designs(viewer)
    rows = list(ProcessDraft.objects.filter(state=_OPEN).defer("bpmn").order_by("-updated_at", "-id")[:_SHOWN])
    names = _names([row.updated_by_id for row in rows], viewer)
    return tuple(
        ProcessDraftRow(row.key, row.title, row.based_on, row.updated_at, _name(names, row.updated_by_id))
        for row in rows
    )


def process_page(*, key: str, viewer: Actor) -> ProcessPage:
    """A process with its newest fifty versions and its draft. Raises NotAdministrator, UnknownProcess."""
    page = versions(viewer=viewer, key=key, size=_SHOWN)
    draft = ProcessDraft.objects.filter(key=key, state=_OPEN).first()
    if not page.items and draft is None:
        raise UnknownProcess(key=key)
    title = page.items[0].title if page.items else draft.title if draft else key
    return ProcessPage(key, title, tuple(page.items), _draft(draft, viewer) if draft else None)


def _draft(row: ProcessDraft, viewer: Actor) -> ProcessDraftView:
    editors = tuple(UUID(each) for each in row.editors)
    names = _names([*editors, row.updated_by_id], viewer)
    return ProcessDraftView(
        id=row.pk,
        key=row.key,
        title=row.title,
        bpmn=bytes(row.bpmn),
        revision=row.revision,
        based_on=row.based_on,
        created_at=row.created_at,
        updated_at=row.updated_at,
        updated_by=_name(names, row.updated_by_id),
        editors=editors,
        editor_names=tuple(names[each] for each in editors if each in names),
    )


def _names(accounts: Iterable[UUID | None], viewer: Actor) -> Mapping[UUID, str]:
    known = {each for each in accounts if each is not None}
    return identity.account_names(account_ids=known, viewer=viewer) if known else {}


def _name(names: Mapping[UUID, str], account_id: UUID | None) -> str:
    return names.get(account_id, "") if account_id is not None else ""


def can_publish_draft(*, draft: ProcessDraftView, viewer: Actor) -> bool:
    """Whether the viewer may publish this draft: the right over the whole, and no stroke of it drawn by them."""
    return policies.can_publish_draft(viewer, draft.editors)


def process_text(*, key: str, version: int, viewer: Actor) -> tuple[str, bytes, int]:
    """Title, BPMN file and revision of a version, of the draft where `version` is 0.

    Raises NotAdministrator, UnknownProcess, ProcessDraftNotFound.
    """
    policies.check_see_designs(viewer)
    if version:
        found = ProcessDefinition.objects.filter(key=key, version=version).values_list("title", "bpmn").first()
        if found is None:
            raise UnknownProcess(key=key)
        return found[0], bytes(found[1]), 0
    row = ProcessDraft.objects.filter(key=key, state=_OPEN).first()
    if row is None:
        raise ProcessDraftNotFound(key=key)
    return row.title, bytes(row.bpmn), row.revision


def draft_findings(*, key: str, viewer: Actor) -> tuple[Finding, ...]:
    """What the lint says of the draft as it is saved, errors first. Raises NotAdministrator, ProcessDraftNotFound."""
    _title, bpmn, _revision = process_text(key=key, version=0, viewer=viewer)
    return linted(bpmn=bpmn, file=f"{key}.bpmn", key=key, viewer=viewer)[1]


def process_changes(*, key: str, before: int, after: int, viewer: Actor) -> tuple[ElementChange, ...] | None:
    """What differs between two texts (0: the draft), in the order of the later; None where one of them is no BPMN.

    Raises as `process_text`.
    """
    texts = [process_text(key=key, version=each, viewer=viewer)[1] for each in (before, after)]
    return compare(*texts)


def suggestions(*, viewer: Actor) -> Suggestions:
    """What the editor offers where a model names something. Two queries. Raises NotAdministrator."""
    policies.check_see_designs(viewer)
    published = ProcessDefinition.objects.order_by("key", "-version").distinct("key").values_list("key", "title")
    return Suggestions(
        tuple(registry.operations()), rules.decisions_in_force(viewer=viewer, size=_NAMED), tuple(published[:_NAMED])
    )
