"""What a holder agreed to."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.commons.identity import queries as identity
from yiwang.commons.privacy import policies, rules
from yiwang.commons.privacy.contracts import ConsentState, ConsentView, DataRef, NoSuchConsent
from yiwang.commons.privacy.models import AccessEntry, Consent
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

_ORDER = ("-given_at", "-id")


def consents_of(
    *, viewer: Actor, in_force: bool | None = None, cursor: str | None = None, size: int = 20
) -> Page[ConsentView]:
    """The viewer's consents (of whom they act for), newest first, all or those in force, or the ended. Two queries."""
    rows = _own(viewer).defer("text")
    if in_force is not None:
        now = Q(withdrawn_at__isnull=True, until__gt=clock.now())
        rows = rows.filter(now if in_force else ~now)
    page = paginate(rows, order=_ORDER, cursor=cursor, size=size)
    views = iter(consent_views(rows=page.items))
    return page.map(lambda _row: next(views))


def consent(*, consent_id: UUID, viewer: Actor) -> ConsentView:
    """One consent with the words that were shown and how often it was used. Three queries. Raises NoSuchConsent."""
    row = _own(viewer).filter(pk=consent_id).first()
    if row is None:
        raise NoSuchConsent
    uses = AccessEntry.objects.filter(holder_id=row.holder_id, at__gte=row.given_at, consent_id=row.pk).count()
    return consent_views(rows=[row], text=row.text, uses=uses)[0]


def consent_in_force(
    *,
    holder: SubjectRef,
    organisation_id: UUID,
    purpose: str,
    data: DataRef,
    subject: SubjectRef | None = None,
    at: datetime | None = None,
    viewer: Actor,
) -> ConsentView | None:
    """The consent on which this may be used now, the newest; for the same subject where one is named.

    No promise for later: whoever uses the data names it to `commands.record_access`, which locks it. Two queries.
    """
    del viewer
    at = at or clock.now()
    rows = Consent.objects.filter(
        holder_kind=holder.kind,
        holder_id=holder.id,
        organisation_id=organisation_id,
        purpose=purpose,
        data_kind=data.kind,
        withdrawn_at__isnull=True,
        given_at__lte=at,
        until__gt=at,
    ).filter(Q(data_id=data.id) if data.id else Q(data_id__isnull=True))
    rows = rows.filter(subject_id=subject.id) if subject else rows
    found = [row for row in rows.defer("text").order_by(*_ORDER) if rules.covers(_data(row), data)]
    return consent_views(rows=found[:1])[0] if found else None


def withdrawals(*, consent_ids: Collection[UUID], viewer: Actor) -> Mapping[UUID, datetime]:
    """When those of these consents were taken back that were: for the program, which tells whoever relied on them. One query."""
    if not viewer.is_system or not consent_ids:
        return {}
    rows = Consent.objects.filter(pk__in=list(consent_ids), withdrawn_at__isnull=False)
    return dict(rows.values_list("pk", "withdrawn_at"))


def _own(viewer: Actor) -> QuerySet[Consent]:
    whose = policies.holder(viewer)
    rows: QuerySet[Consent] = Consent.objects.all()
    return rows.filter(holder_kind=whose.kind, holder_id=whose.id) if whose else rows.none()


def _data(row: Consent) -> DataRef:
    return DataRef(row.data_kind, row.data_id, row.data_key, row.data_words, row.is_sensitive)


def consent_views(*, rows: Iterable[Consent], text: str = "", uses: int | None = None) -> list[ConsentView]:
    """The rows as their holder reads them. One query for the names of organisations."""
    rows = list(rows)
    if not rows:
        return []
    names = identity.organisation_names(
        organisation_ids={row.organisation_id for row in rows}, viewer=Actor.system("privacy.names")
    )
    now = clock.now()
    return [
        ConsentView(
            id=row.pk,
            holder=SubjectRef(row.holder_kind, row.holder_id),
            organisation_id=row.organisation_id,
            organisation=names[row.organisation_id].name if row.organisation_id in names else "",
            purpose=row.purpose,
            data=_data(row),
            subject=SubjectRef(row.subject_kind, row.subject_id) if row.subject_id else None,
            subject_words=row.subject_words,
            separate=row.separate,
            given_at=row.given_at,
            until=row.until,
            withdrawn_at=row.withdrawn_at,
            state=ConsentState(rules.state(withdrawn_at=row.withdrawn_at, until=row.until, at=now)),
            version=row.text_version,
            text=text,
            uses=uses,
        )
        for row in rows
    ]
