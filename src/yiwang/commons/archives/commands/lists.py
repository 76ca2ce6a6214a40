"""Lists: archives to be destroyed (proposed by one, decided by another, kept for good) and archives handed over."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from yiwang.commons.archives import policies, rules
from yiwang.commons.archives.commands.journal import next_in, take
from yiwang.commons.archives.contracts import (
    ArchiveDestroyed,
    ArchiveNotFound,
    ArchiveStateRefused,
    ArchiveStep,
    ListKind,
    ListNotFound,
    ListState,
    NothingChosen,
    OnHold,
    PurposeMissing,
    State,
    StillKept,
)
from yiwang.commons.archives.models import Archive, ArchiveList, ArchiveListItem
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.kernel.jobs import defer
from yiwang.kernel.outbox import publish

_CODES = {ListKind.DESTRUCTION: "XH", ListKind.TRANSFER: "YJ"}
_SUBJECT = "archive_list"
MOST = 5_000


def _rows(archive_ids: Collection[UUID], by: Actor) -> list[Archive]:
    """The archives, locked, all of them within what the archivist keeps. Raises NothingChosen, ArchiveNotFound, MayNotKeep."""
    policies.check_keep(by)
    wanted = set(archive_ids)
    if not wanted or len(wanted) > MOST:
        raise NothingChosen
    found = Archive.objects.select_for_update(of=("self",)).filter(policies.visible(by), pk__in=wanted)
    rows = list(found.order_by("archive_number", "pk"))
    if len(rows) != len(wanted):
        raise ArchiveNotFound
    for organisation, scope in {(row.organisation_id, row.scope_key) for row in rows}:
        policies.check_keep(by, next(r for r in rows if (r.organisation_id, r.scope_key) == (organisation, scope)))
    return rows


def _listed(
    kind: ListKind, state: ListState, rows: list[Archive], *, reason: str, target: str, by: Actor, at: datetime
) -> ArchiveList:
    series = f"{_CODES[kind]}{at.astimezone(CHINA).year}"
    made = ArchiveList(
        number=f"{series}-{next_in(series):04}",
        kind=kind.value,
        state=state.value,
        reason=reason[:200],
        target=target[:120],
        organisation_id=by.organisation_id or rows[0].organisation_id,
        proposed_at=at,
        proposed_by=by.account_id,
        decided_at=at if state is ListState.APPROVED else None,
    )
    made.save(force_insert=True)
    ArchiveListItem.objects.bulk_create(
        ArchiveListItem(
            list=made, archive=row, position=n, archive_number=row.archive_number, title=row.title, digest=row.digest
        )
        for n, row in enumerate(rows, 1)
    )
    return made


def _list(list_id: UUID, kind: ListKind) -> ArchiveList:
    rows = ArchiveList.objects.select_for_update(of=("self",)).filter(pk=list_id, kind=kind.value)
    found: ArchiveList | None = rows.first()
    if found is None:
        raise ListNotFound
    return found


def _archives(of: ArchiveList) -> list[Archive]:
    rows = Archive.objects.select_for_update(of=("self",)).filter(pk__in=of.items.values("archive_id"))
    return list(rows.order_by("archive_number", "pk"))


@command("archives.propose_destruction")
def propose_destruction(*, archive_ids: Collection[UUID], reason: str, by: Actor, at: datetime) -> UUID:
    """List archives whose period has ended, for another to decide on; the list's id.

    Raises NothingChosen, ArchiveNotFound, MayNotKeep, PurposeMissing, StillKept, OnHold, ArchiveStateRefused; all or none.
    """
    if len(reason.strip()) < 2:
        raise PurposeMissing
    rows = _rows(archive_ids, by)
    today = at.astimezone(CHINA).date()
    for row in rows:
        if row.retain_until is None or row.retain_until >= today:
            raise StillKept(number=row.archive_number or row.number)
        if row.held:
            raise OnHold(number=row.archive_number or row.number, ground=row.held)
    made = _listed(ListKind.DESTRUCTION, ListState.PROPOSED, rows, reason=reason.strip(), target="", by=by, at=at)
    for row in rows:
        take(row, ArchiveStep.PROPOSE, by=by, at=at, words=made.number)
    note(SubjectRef(_SUBJECT, made.pk), number=made.number, count=len(rows))
    return UUID(str(made.pk))


@command("archives.decide_destruction")
def decide_destruction(*, list_id: UUID, approve: bool, words: str, by: Actor, at: datetime) -> None:
    """Another than who proposed it approves a list, and its archives are destroyed by a job; or refuses, and they are kept.

    Raises ListNotFound, MayNotKeep, OwnProposal, OnHold, ArchiveStateRefused.
    """
    found = _list(list_id, ListKind.DESTRUCTION)
    rows = _archives(found)
    policies.check_approve(by, found.proposed_by, rows)
    if found.state != ListState.PROPOSED.value:
        raise ListNotFound
    step = ArchiveStep.APPROVE if approve else ArchiveStep.KEEP
    held = next((row for row in rows if row.held), None)
    if approve and held is not None:
        raise OnHold(number=held.archive_number, ground=held.held)
    for row in rows:
        if not approve and row.state != State.PROPOSED.value:  # held meanwhile: it is kept already
            continue
        take(row, step, by=by, at=at, words=found.number)
    found.state = (ListState.APPROVED if approve else ListState.REFUSED).value
    found.decided_at, found.decided_by, found.words = at, by.account_id, words[:200]
    found.save()
    evidence.record(
        "archive.destruction_decided",
        SubjectRef(_SUBJECT, found.pk),
        {"number": found.number, "approved": approve, "count": len(rows), "digest": _digest(rows)},
    )
    if approve:
        defer("archives.destroy", list_id=str(found.pk))
    note(SubjectRef(_SUBJECT, found.pk), number=found.number, approved=approve)


@command("archives.destroy")
def destroy(*, list_id: UUID, by: Actor, at: datetime) -> tuple[str, ...]:
    """Mark the archives of an approved list destroyed; the digests of the packages that the caller deletes afterwards.

    List and metadata stay. Again returns the same digests. Raises ListNotFound.
    """
    found = _list(list_id, ListKind.DESTRUCTION)
    if found.state not in {ListState.APPROVED.value, ListState.DONE.value}:
        raise ListNotFound
    rows = _archives(found)
    if found.state == ListState.APPROVED.value:
        for row in rows:
            row.next_check = None
            take(row, ArchiveStep.DESTROY, by=by, at=at, words=found.number)
            publish(ArchiveDestroyed(row.pk, row.archive_number))
        found.state, found.done_at = ListState.DONE.value, at
        found.save()
    note(SubjectRef(_SUBJECT, found.pk), number=found.number, count=len(rows))
    return tuple(row.digest for row in rows)


@command("archives.propose_transfer")
def propose_transfer(*, archive_ids: Collection[UUID], target: str, by: Actor, at: datetime) -> UUID:
    """List archives to be handed over to `target`; a job checks each at the stage of transfer. The list's id.

    Raises NothingChosen, ArchiveNotFound, MayNotKeep, PurposeMissing, ArchiveStateRefused.
    """
    if len(target.strip()) < 2:
        raise PurposeMissing
    rows = _rows(archive_ids, by)
    for row in rows:
        if rules.next_state(State(row.state), ArchiveStep.TRANSFER) is None:
            refused = rules.refusal(State(row.state), ArchiveStep.TRANSFER)
            raise ArchiveStateRefused(number=row.archive_number or row.number, reason=refused)
    made = _listed(ListKind.TRANSFER, ListState.APPROVED, rows, reason="", target=target.strip(), by=by, at=at)
    defer("archives.transfer", list_id=str(made.pk))
    note(SubjectRef(_SUBJECT, made.pk), number=made.number, count=len(rows))
    return UUID(str(made.pk))


@command("archives.complete_transfer")
def complete_transfer(*, list_id: UUID, passed: Collection[UUID], by: Actor, at: datetime) -> None:
    """The packages of a handover list were checked: those that passed are transferred. Again changes nothing."""
    found = _list(list_id, ListKind.TRANSFER)
    if found.state == ListState.APPROVED.value:
        fit = [row for row in _archives(found) if row.pk in passed]
        rows = [row for row in fit if rules.next_state(State(row.state), ArchiveStep.TRANSFER) is not None]
        for row in rows:
            take(row, ArchiveStep.TRANSFER, by=by, at=at, words=f"{found.number} {found.target}")
        found.state, found.done_at = ListState.DONE.value, at
        found.save()
        evidence.record(
            "archive.handed_over",
            SubjectRef(_SUBJECT, found.pk),
            {"number": found.number, "target": found.target, "count": len(rows), "digest": _digest(rows)},
        )
    note(SubjectRef(_SUBJECT, found.pk), number=found.number, passed=len(passed))


def _digest(rows: list[Archive]) -> str:
    """SM3 over the lines of a list: number and package of each archive."""
    return evidence.digest_of("".join(f"{row.archive_number} {row.digest}\n" for row in rows).encode()).hex()
