"""Decisions as those see them who keep them: the list, one decision with its versions and draft, texts, trials."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from yiwang.commons.identity import queries as identity
from yiwang.commons.rules import policies, rules
from yiwang.commons.rules.contracts import (
    Change,
    DecisionNotFound,
    DecisionPage,
    DecisionRow,
    DecisionText,
    DraftNotFound,
    DraftState,
    DraftView,
    Example,
    Finding,
    TermState,
    TrialNotFound,
    TrialState,
    TrialView,
    VersionRow,
)
from yiwang.commons.rules.models import Decision, DecisionDraft, DecisionTerm, DecisionTrial, DecisionVersion
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate

_OPEN = (DraftState.OPEN.value, DraftState.CHECKED.value)
_GOING = (TrialState.WAITING.value, TrialState.RUNNING.value)


def rights(*, viewer: Actor) -> frozenset[str]:
    """The actions on decisions that the viewer holds, for buttons and navigation. One query."""
    return policies.rights(viewer)


def decisions(
    *, viewer: Actor, text: str = "", state: str = "", cursor: str | None = None, size: int = 20
) -> Page[DecisionRow]:
    """Decisions, the last changed first; `text` finds by title or key, `state` is in_force, draft, scheduled or none.

    Two queries. Raises MayNotView.
    """
    policies.check_view(viewer)
    rows = _listed()
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(key__icontains=text))
    conditions = {
        "in_force": Q(now__isnull=False),
        "draft": ~Q(draft=""),
        "scheduled": Q(later__isnull=False),
        "none": Q(now__isnull=True),
    }
    if state in conditions:
        rows = rows.filter(conditions[state])
    return paginate(rows, order=("-changed_at", "-id"), cursor=cursor, size=size).map(_row)


def _listed() -> "QuerySet[Decision]":
    today = clock.today()
    terms = DecisionTerm.objects.filter(key=OuterRef("key"))
    now = terms.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), valid_from__lte=today)
    later = terms.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), valid_from__gt=today)
    later = later.order_by("valid_from")
    drafts = DecisionDraft.objects.filter(key=OuterRef("key"), state__in=_OPEN)
    length = Func("version__examples", function="jsonb_array_length", output_field=IntegerField())
    found: QuerySet[Decision] = Decision.objects.annotate(
        now=Subquery(now.values("version__version")[:1]),
        since=Subquery(now.values("valid_from")[:1]),
        count=Subquery(now.annotate(n=length).values("n")[:1]),
        later=Subquery(later.values("version__version")[:1]),
        draft=Coalesce(Subquery(drafts.values("state")[:1]), Value(""), output_field=CharField()),
    )
    return found


def _row(row: Any) -> DecisionRow:
    draft = DraftState(row.draft) if row.draft else None
    return DecisionRow(
        row.pk, row.key, row.title, row.now or 0, row.since, row.count or 0, draft, row.later or 0, row.changed_at
    )


def decision_page(*, key: str, viewer: Actor) -> DecisionPage:
    """One decision with all its versions and its open draft. Raises MayNotView, DecisionNotFound."""
    policies.check_view(viewer)
    row = Decision.objects.filter(key=key).first()
    if row is None:
        raise DecisionNotFound(key=key)
    terms = list(
        DecisionTerm.objects.filter(key=key)
        .annotate(n=Func("version__examples", function="jsonb_array_length", output_field=IntegerField()))
        .select_related("version")
        .defer("version__xml", "version__imports", "version__examples")
        .order_by("-version__version")
    )
    draft = DecisionDraft.objects.filter(key=key, state__in=_OPEN).first()
    editors = tuple(UUID(each) for each in draft.editors) if draft else ()
    accounts = [term.version.published_by_id for term in terms] + list(editors)
    accounts += [draft.updated_by_id] if draft else []
    names = _names(accounts, viewer)
    return DecisionPage(
        key, row.title, tuple(_version(term, names) for term in terms), _draft(draft, editors, names) if draft else None
    )


def _names(accounts: Iterable[UUID | None], viewer: Actor) -> Mapping[UUID, str]:
    known = {each for each in accounts if each is not None}
    return identity.account_names(account_ids=known, viewer=viewer) if known else {}


def _version(term: Any, names: Mapping[UUID, str]) -> VersionRow:
    row = term.version
    held = rules.Term(row.pk, term.valid_from, term.valid_to, TermState(term.state))
    return VersionRow(
        row.pk,
        row.version,
        row.title,
        rules.standing(held, clock.today()),
        term.valid_from,
        term.valid_to,
        row.published_at,
        names.get(row.published_by_id, ""),
        row.reason,
        term.ended_reason,
        term.n,
    )


def _draft(row: DecisionDraft, editors: tuple[UUID, ...], names: Mapping[UUID, str]) -> DraftView:
    return DraftView(
        id=row.pk,
        key=row.key,
        title=row.title,
        xml=row.xml,
        imports=tuple(row.imports),
        examples=tuple(Example.read(each) for each in row.examples),
        state=DraftState(row.state),
        revision=row.revision,
        based_on=row.based_on,
        findings=tuple(Finding.read(each) for each in row.findings),
        created_at=row.created_at,
        updated_at=row.updated_at,
        updated_by=row.updated_by_id,
        updated_by_name=names.get(row.updated_by_id, "") if row.updated_by_id else "",
        editors=editors,
        editor_names=tuple(names[each] for each in editors if each in names),
    )


def text_of(*, key: str, version: int, viewer: Actor) -> DecisionText:
    """The text of a version, of the draft where `version` is 0. Raises MayNotView, DecisionNotFound, DraftNotFound."""
    policies.check_view(viewer)
    if version:
        row = DecisionVersion.objects.filter(key=key, version=version).first()
        if row is None:
            raise DecisionNotFound(key=key)
        return DecisionText(key, row.title, version, row.xml, tuple(row.imports), _examples(row.examples), row.sha256)
    draft = DecisionDraft.objects.filter(key=key, state__in=_OPEN).first()
    if draft is None:
        raise DraftNotFound(key=key)
    return DecisionText(
        key, draft.title, 0, draft.xml, tuple(draft.imports), _examples(draft.examples), "", draft.revision
    )


def _examples(data: list[Any]) -> tuple[Example, ...]:
    return tuple(Example.read(each) for each in data)


def can_publish(*, draft: DraftView, viewer: Actor) -> bool:
    """Whether the viewer may publish this draft: the right, and no line of it written by them."""
    return policies.can_publish(viewer, draft.editors)


def trials(*, key: str, viewer: Actor, size: int = 10) -> tuple[TrialView, ...]:
    """The last trials of a decision, newest first. Raises MayNotView."""
    policies.check_view(viewer)
    rows = list(DecisionTrial.objects.filter(key=key).defer("content", "xml", "imports").order_by("-created_at")[:size])
    names = _names((row.created_by_id for row in rows), viewer)
    return tuple(_trial(row, names) for row in rows)


def trial(*, trial_id: UUID, viewer: Actor) -> TrialView:
    """One trial. Raises MayNotView, TrialNotFound."""
    policies.check_view(viewer)
    row = DecisionTrial.objects.filter(pk=trial_id).defer("content", "xml", "imports").first()
    if row is None:
        raise TrialNotFound
    return _trial(row, _names((row.created_by_id,), viewer))


def waiting_trial(*, trial_id: UUID, viewer: Actor) -> "tuple[DecisionText, int, str, bytes | None] | None":
    """What a job needs: the text to try, the version before it, the source, the uploaded facts; None where it is over."""
    policies.check_view(viewer)
    row = DecisionTrial.objects.filter(pk=trial_id, state__in=_GOING).first()
    if row is None:
        return None
    text = DecisionText(row.key, "", row.after, row.xml, tuple(row.imports), (), "", row.revision)
    return text, row.before, row.source, None if row.content is None else bytes(row.content)


def _trial(row: DecisionTrial, names: Mapping[UUID, str]) -> TrialView:
    result = row.result
    return TrialView(
        id=row.pk,
        key=row.key,
        before=row.before,
        after=row.after,
        revision=row.revision,
        source=row.file_name or row.source,
        state=TrialState(row.state),
        done=row.done,
        total=row.total,
        changed=row.changed,
        refused=row.refused,
        outcomes=tuple((word, old, new) for word, old, new in result.get("outcomes", ())),
        changes=tuple(Change(c["before"], c["after"], c["count"], tuple(c["rows"])) for c in result.get("changes", ())),
        seconds=row.seconds,
        error=row.error,
        by=names.get(row.created_by_id, "") if row.created_by_id else "",
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
