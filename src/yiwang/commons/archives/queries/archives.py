"""Archives in lists and one by one. Paging and row scope happen in SQL; a page is a fixed number of queries."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q

from yiwang.commons.archives import policies
from yiwang.commons.archives.contracts import (
    KEEP,
    ArchiveRow,
    ArchiveStep,
    ArchiveView,
    CheckView,
    Retention,
    StandingView,
    State,
    StepView,
)
from yiwang.commons.archives.models import Archive, ArchiveCheck, ArchiveEvent
from yiwang.commons.archives.registry import Opened
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.paging import Page, paginate

_CHECKS = 20
_STEPS = 200


def archives(
    *,
    viewer: Actor,
    text: str = "",
    applicant: str = "",
    matter: str = "",
    year: int | None = None,
    state: str = "",
    organisation_id: UUID | None = None,
    waiting: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[ArchiveRow]:
    """Archives the viewer may see, the latest closed first. One query. Raises MayNotView, BadCursor.

    `text`: of the title, or a number as it begins; `applicant`: the whole name, found by its hash; `waiting`:
    `unscheduled`, `failing` or `expired`.
    """
    policies.check_view(viewer)
    rows = Archive.objects.filter(policies.visible(viewer))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(number__startswith=text) | Q(archive_number__startswith=text))
    if applicant:
        rows = rows.filter(applicant_hash__in=keyed_hashes(applicant, "archives.applicant"))
    exact = {"matter_code": matter, "year": year, "state": state, "organisation_id": organisation_id}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if waiting:
        rows = rows.filter(_waiting(waiting))
    page = paginate(rows.defer("applicant", "facts"), order=("-closed_at", "-id"), cursor=cursor, size=size)
    return page.map(row_view)


def _waiting(which: str) -> Q:
    if which == "unscheduled":
        return Q(state=State.OPENED.value, retention="")
    if which == "failing":
        return (Q(passed=False) | Q(waiting="fault")) & ~Q(state=State.DESTROYED.value)
    return Q(retain_until__lt=clock.today(), state__in=[State.ARCHIVED.value, State.PRESERVED.value])


def row_view(row: Archive, /) -> ArchiveRow:
    return ArchiveRow(
        id=row.pk,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        number=row.number,
        archive_number=row.archive_number,
        title=row.title,
        organisation=row.organisation_name,
        matter_code=row.matter_code,
        year=row.year,
        closed_at=row.closed_at,
        retention=Retention(row.retention) if row.retention else None,
        retain_until=row.retain_until,
        state=State(row.state),
        passed=row.passed,
        waiting=row.waiting,
        size=row.size,
    )


def archive(*, archive_id: UUID, viewer: Actor) -> ArchiveView:
    """One archive with its checks and history. Raises MayNotView, ArchiveNotFound. Four queries."""
    policies.check_view(viewer)
    row = policies.found(Archive.objects.filter(policies.visible(viewer), pk=archive_id).first())
    checks = list(ArchiveCheck.objects.filter(archive=row).order_by("-at", "-id")[:_CHECKS])
    events = list(ArchiveEvent.objects.filter(archive=row).order_by("-at", "-id")[:_STEPS])
    accounts = {each.account_id for each in events if each.account_id}
    names = identity.account_names(account_ids=accounts, viewer=viewer) if accounts else {}
    return ArchiveView(
        row=row_view(row),
        digest=row.digest,
        retention_ground=row.retention_ground,
        applicant=row.applicant or "",
        packed_at=row.packed_at,
        next_check=row.next_check,
        organisation_id=row.organisation_id,
        held=row.held,
        accepted=frozenset(row.accepted),
        checks=tuple(_check(each) for each in checks),
        steps=tuple(
            StepView(ArchiveStep(e.step), e.at, names.get(e.account_id, "") if e.account_id else "", e.words)
            for e in reversed(events)
        ),
    )


def _check(row: ArchiveCheck) -> CheckView:
    findings = tuple((each["id"], each["outcome"], each.get("evidence", "")) for each in row.findings)
    return CheckView(row.stage, row.at, row.passed, findings)


def keepers(*, archive_id: UUID, viewer: Actor) -> tuple[UUID, ...]:
    """The accounts of the archivists of an archive, for telling them. Two queries. Raises ArchiveNotFound."""
    row = policies.found(Archive.objects.filter(policies.visible(viewer), pk=archive_id).first())
    found = identity.holders(
        viewer=viewer, action=KEEP, organisation_id=row.organisation_id, scope_key=row.scope_key, grade=row.grade
    )
    return tuple(each.id for each in found)


def of_subjects(*, subjects: Collection[SubjectRef], viewer: Actor) -> Mapping[SubjectRef, ArchiveRow]:
    """The archives of these records, whoever may see the records. One query."""
    del viewer
    rows = Archive.objects.filter(subject_id__in=[each.id for each in subjects]).defer("applicant", "facts")
    found = {SubjectRef(row.subject_kind, row.subject_id): row_view(row) for row in rows}
    return {each: found[each] for each in subjects if each in found}


def archived_of(*, kind: str, ids: Collection[UUID], viewer: Actor) -> Mapping[UUID, UUID]:
    """The archives of records of a kind that are archived, by record; for whoever may see the records. One query."""
    del viewer
    rows = Archive.objects.filter(subject_kind=kind, subject_id__in=ids)
    rows = rows.exclude(state__in=[State.OPENED.value, State.PACKED.value, State.CHECKED.value])
    return dict(rows.values_list("subject_id", "pk"))


def opened(*, archive_id: UUID, viewer: Actor) -> tuple[Opened, Archive] | None:
    """An archive that is to be packed or checked, for the job. None where there is none."""
    del viewer
    row = Archive.objects.filter(pk=archive_id).first()
    if row is None:
        return None
    patient = clock.now() - row.opened_at < timedelta(hours=24)
    view = Opened(row.pk, SubjectRef(row.subject_kind, row.subject_id), row.number, row.archive_number, patient)
    return view, row


def waiting_jobs(*, since: datetime, viewer: Actor, limit: int = 500) -> tuple[UUID, ...]:
    """Archives with a retention that were opened or packed before `since`, have come no further, and were not tried since."""
    del viewer
    rows = Archive.objects.filter(
        Q(state=State.OPENED.value) & ~Q(retention="") | Q(state=State.PACKED.value, passed__isnull=True),
        Q(tried_at__isnull=True) | Q(tried_at__lt=since),
        state_at__lt=since,
    )
    return tuple(rows.order_by(F("tried_at").asc(nulls_first=True), "opened_at").values_list("pk", flat=True)[:limit])


def due_for_check(*, viewer: Actor, everything: bool = False, limit: int = 100_000) -> tuple[UUID, ...]:
    """Archives whose package is due for its check, those longest due first."""
    del viewer
    kept = [State.ARCHIVED.value, State.TRANSFERRED.value, State.PRESERVED.value]
    rows = Archive.objects.filter(state__in=kept)
    if not everything:
        rows = rows.filter(next_check__lte=clock.today())
    return tuple(rows.order_by("next_check", "pk").values_list("pk", flat=True)[:limit])


def is_kept(*, digest: str, viewer: Actor) -> bool:
    """Whether an archive that is not destroyed has the package of that digest. One query."""
    del viewer
    return bool(Archive.objects.filter(digest=digest).exclude(state=State.DESTROYED.value).exists())


def waiting_for(*, viewer: Actor, most: int = 100) -> int:
    """How many archives wait for an archivist's act, at most `most`: undecided periods, failed checks. One query."""
    rows = Archive.objects.filter(policies.visible(viewer))
    count: int = rows.filter(_waiting("unscheduled") | _waiting("failing"))[:most].count()
    return count


def standing(*, viewer: Actor) -> StandingView:
    """How many are in which state, and what waits for an archivist. One query. Raises MayNotView."""
    policies.check_view(viewer)
    found = Archive.objects.filter(policies.visible(viewer)).aggregate(
        **{state.value: Count("pk", filter=Q(state=state.value)) for state in State},
        unscheduled=Count("pk", filter=_waiting("unscheduled")),
        failing=Count("pk", filter=_waiting("failing")),
        expired=Count("pk", filter=_waiting("expired")),
    )
    by_state = tuple((state, found[state.value]) for state in State)
    return StandingView(by_state, found["unscheduled"], found["failing"], found["expired"])
