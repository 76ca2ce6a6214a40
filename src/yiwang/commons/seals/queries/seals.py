"""Seals in lists, one with its whole life, and the seal that an organisation uses for something."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import policies, rules
from yiwang.commons.seals.contracts import (
    AutomationRow,
    KeeperRow,
    SealId,
    SealKind,
    SealNotFound,
    SealPage,
    SealState,
    SealVerb,
    SealView,
    StepRow,
    UseRule,
)
from yiwang.commons.seals.models import Seal, SealUse
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate


def seals(
    *,
    viewer: Actor,
    text: str = "",
    state: str = "",
    kind: str = "",
    mine: bool = False,
    cursor: str | None = None,
    size: int = 20,
) -> Page[SealView]:
    """Seals of the organisations in reach, the last changed first, found by number, name or organisation.

    `mine`: those that the viewer keeps. Two queries. Raises MayNotSee.
    """
    policies.check_view(viewer)
    rows: QuerySet[Seal] = Seal.objects.filter(policies.visible(viewer)).select_related("organisation")
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(organisation__name__icontains=text))
    if state in set(SealState):
        rows = rows.filter(state=state)
    if kind in set(SealKind):
        rows = rows.filter(kind=kind)
    if mine:
        rows = rows.filter(policies.kept_by(viewer, "pk"))
    rows = rows.defer("data", "picture", "certificate")
    return paginate(rows, order=("-changed_at", "-id"), cursor=cursor, size=size).map(view_of_row)


def seal_for(*, organisation_id: UUID, kind: str = SealKind.OFFICIAL.value, viewer: Actor) -> SealView | None:
    """The seal in force of an organisation for something; None where it has none. Public knowledge. One query."""
    del viewer
    rows = Seal.objects.filter(
        organisation_id=organisation_id, kind=kind, state__in=[each.value for each in rules.IN_FORCE]
    )
    row = rows.select_related("organisation").defer("data", "picture", "certificate").first()
    return view_of_row(row) if row is not None else None


def view_of_row(row: Any, /) -> SealView:
    """A row, with its organisation, as the value that leaves the context."""
    return SealView(
        id=SealId(row.pk),
        code=row.code,
        kind=SealKind(row.kind),
        name=row.name,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        state=SealState(row.state),
        rule=UseRule(row.rule),
        width_mm=row.width_mm,
        height_mm=row.height_mm,
        suite=row.suite,
        sample=row.sample,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def seal_page(*, seal_id: UUID, viewer: Actor) -> SealPage:
    """One seal with its life, its keepers and what one may do. A constant number of queries. Raises SealNotFound."""
    row = _seen(seal_id, viewer)
    steps = list(row.steps.order_by("-at", "-id")[:200])
    keepers = list(row.keepers.order_by("-since", "-id")[:200])
    automations = list(row.automations.order_by("until", "kind", "id")[:100])
    accounts = {
        each
        for each in (
            *(step.account_id for step in steps),
            *(held.account_id for held in keepers),
            *(held.handed_by_id for held in keepers),
            *(each.approved_by_id for each in automations),
        )
        if each is not None
    }
    known = identity.account_names(account_ids=accounts, viewer=viewer) if accounts else {}
    names: dict[UUID | None, str] = {account_id: name for account_id, name in known.items()}  # noqa: C416  a wider key
    state = SealState(row.state)
    kept = policies.can_use(viewer, row)
    return SealPage(
        seal=view_of_row(row),
        reason=row.reason,
        applied_at=row.applied_at,
        steps=tuple(
            StepRow(s.at, SealVerb(s.verb), SealState(s.after), names.get(s.account_id, ""), s.reason) for s in steps
        ),
        keepers=tuple(
            KeeperRow(k.account_id, names.get(k.account_id, ""), k.since, k.until, names.get(k.handed_by_id, ""))
            for k in keepers
        ),
        automations=tuple(
            AutomationRow(a.kind, a.basis, names.get(a.approved_by_id, ""), a.since, a.until) for a in automations
        ),
        verbs=frozenset(verb for verb in rules.verbs(state) if policies.can_step(viewer, row, verb)),
        may_use=kept and state in rules.USABLE and row.rule == UseRule.ONE.value,
        may_ask=state in rules.USABLE and policies.can_ask(viewer, row),
        may_authorise=state not in rules.ENDED and policies.can_authorise(viewer, row),
        certificate_subject=_subject(row),
        certificate_until=row.certificate_until,
        certificate_fingerprint=row.fingerprint,
        has_picture=row.picture is not None,
        uses=SealUse.objects.filter(seal=row).count(),
        evidence=row.code,
        destruction_evidence=row.destruction_file,
    )


def _subject(row: Seal) -> str:
    if not row.certificate:
        return ""
    from yiwang.commons.crypto.engine import read_certificate

    return read_certificate(bytes(row.certificate)).subject


def seal_by_code(*, code: str, viewer: Actor) -> SealView:
    """By its number, for the command line. Raises SealNotFound."""
    row = Seal.objects.select_related("organisation").filter(code=code).first()
    if row is None:
        raise SealNotFound
    policies.check_see(viewer, row)
    return view_of_row(row)


def key_of_seal(*, seal_id: UUID, viewer: Actor) -> UUID | None:
    """The pool key of a seal. Raises SealNotFound."""
    return _seen(seal_id, viewer).key_id


def picture(*, seal_id: UUID, viewer: Actor) -> bytes:
    """The picture of a seal (PNG) for whoever may see the seal. Raises SealNotFound."""
    row = _seen(seal_id, viewer)
    if row.picture is None:
        raise SealNotFound
    return bytes(row.picture)


def applies_for(*, viewer: Actor) -> tuple[UUID, ...]:
    """Of the organisations in reach those for which the viewer may apply, at most 200, in official order."""
    from yiwang.commons.seals.contracts import APPLY

    found = identity.organisations(viewer=viewer, size=1000).items
    return tuple(each.id for each in found if identity.holds(viewer, APPLY, organisation_id=each.id))[:200]


def may(*, viewer: Actor, actions: tuple[str, ...]) -> frozenset[str]:
    """Which of these actions the viewer holds anywhere, for buttons and navigation. One query."""
    return frozenset(identity.held_among(viewer, actions))


def _seen(seal_id: UUID, viewer: Actor) -> Seal:
    row: Seal | None = Seal.objects.select_related("organisation").filter(pk=seal_id).first()
    if row is None:
        raise SealNotFound
    policies.check_see(viewer, row)
    return row


def holder_of_key(key_id: UUID, /) -> str:
    """What the pool must not touch by itself: the key of a seal in force, and that of the seal-making system."""
    from yiwang.commons.crypto import queries as pool
    from yiwang.commons.seals.queries.keys import MAKER

    row = Seal.objects.filter(key_id=key_id, state__in=("approved", "made", "in_custody")).values_list("name").first()
    if row is not None:
        return f"电子印章 {row[0]}"
    return "制章系统" if pool.key_id_of(name=MAKER) == key_id else ""


def document_kinds() -> tuple[str, ...]:
    """Kinds of documents for which automatic use can be approved."""
    from yiwang.commons.seals import registry

    return tuple(dict.fromkeys(("case_document", "case_result", "licence", "archive", *registry.document_kinds())))
