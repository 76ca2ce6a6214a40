"""What the operator watches: the backlog, growth, witnesses and what they fail of, findings; and whether there is work to do."""

from datetime import date, datetime, time, timedelta

from django.db import connection

from yiwang.commons.ledger import policies
from yiwang.commons.ledger.contracts import FindingKind, FindingView, LogMissing, LogStanding, WitnessView
from yiwang.commons.ledger.engine import NoteVerifier
from yiwang.commons.ledger.models import Entry, FindingSettlement, Log, LogFinding, PendingEvidence, Witness
from yiwang.commons.ledger.queries import checkpoints, tree
from yiwang.commons.ledger.queries.cosigning import last_cosigned
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.models import EvidenceRow
from yiwang.kernel.paging import Page, paginate

_DAYS = 30
_WAITS = """
SELECT EXISTS (SELECT 1 FROM commons_ledger_pendingevidence p JOIN kernel_evidencerow e ON e.id = p.evidence_id),
  coalesce((SELECT size FROM commons_ledger_checkpoint WHERE log_id = l.number ORDER BY size DESC LIMIT 1), 0)
    < coalesce((SELECT "index" + 1 FROM commons_ledger_entry WHERE log_id = l.number ORDER BY "index" DESC LIMIT 1), 0)
FROM (SELECT max(number) AS number FROM commons_ledger_log WHERE closed_at IS NULL) AS l
"""
# The size of the newest head before each of these instants.
_SIZES = """
SELECT coalesce(
  (SELECT size FROM commons_ledger_checkpoint WHERE log_id = %s AND at < day ORDER BY at DESC, size DESC LIMIT 1), 0)
FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS asked (day, place) ORDER BY place
"""


def work_waits(*, viewer: Actor) -> tuple[bool, bool]:
    """(evidence waits for the log, entries wait for a signed head). One query of a few index look-ups."""
    del viewer
    with connection.cursor() as cursor:
        cursor.execute(_WAITS)
        evidence, entries = cursor.fetchone()
    return evidence, entries


def standing(*, viewer: Actor) -> LogStanding:
    """How the open log stands. Raises Forbidden where the viewer may not watch it, LogMissing. Seven queries."""
    policies.check_watch(viewer)
    log = tree.open_log()
    first = PendingEvidence.objects.order_by("pk").values("pk")[:1]
    oldest = EvidenceRow.objects.filter(pk__in=first).values_list("at", flat=True).first()
    return LogStanding(
        size=tree.size(log=log),
        backlog=PendingEvidence.objects.count(),
        oldest_waiting_at=oldest,
        unsigned_since=_unsigned_since(log),
        last_appended_at=Entry.objects.filter(log=log).order_by("-index").values_list("at", flat=True).first(),
        per_day=_growth(log.number, clock.now()),
    )


def _unsigned_since(log: Log) -> datetime | None:
    """Of when the first entry is that no signed head covers."""
    head = checkpoints.newest(log=log)
    rows = Entry.objects.filter(log=log, index=head.size if head else 0)
    found: datetime | None = rows.values_list("at", flat=True).first()
    return found


def _growth(log: int, now: datetime) -> tuple[tuple[date, int], ...]:
    """Entries by day of the last thirty days, those without any left out: from the last signed head of each day.

    Reads one row of an index a day, however many heads were signed.
    """
    today = now.astimezone(clock.CHINA).date()
    days = [today - timedelta(days=ago) for ago in range(_DAYS, -2, -1)]
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [log, [datetime.combine(day, time(), clock.CHINA) for day in days]])
        sizes = [size for (size,) in cursor]
    grown = [(day, after - before) for day, before, after in zip(days, sizes, sizes[1:], strict=False)]
    return tuple((day, many) for day, many in grown if many > 0)


def witnesses(*, viewer: Actor) -> tuple[WitnessView, ...]:
    """The witnesses of the open log that are asked, with the state of each. Public. Four queries."""
    del viewer
    try:
        log = tree.open_log()
    except LogMissing:
        return ()
    rows = list(checkpoints.active_witnesses(log=log).values())
    head = checkpoints.newest(log=log)
    last = last_cosigned(witnesses=rows)
    return tuple(_witness(row, last.get(row.pk), head.size if head else 0) for row in rows)


def _witness(row: Witness, last: tuple[int, datetime] | None, size: int) -> WitnessView:
    verifier = NoteVerifier.parse(row.vkey)
    return WitnessView(
        id=row.pk,
        name=row.name,
        organisation=row.organisation,
        url=row.url,
        suite=row.suite,
        vkey=row.vkey,
        fingerprint=verifier.key_id.hex(),
        since=row.added_at,
        last_cosigned_at=last[1] if last else None,
        last_size=last[0] if last else 0,
        behind=size - (last[0] if last else 0),
        asked_at=row.asked_at,
        fault=row.fault,
        faults=row.faults,
    )


def findings(*, viewer: Actor, cursor: str | None = None, size: int = 20, unsettled: bool = False) -> Page[FindingView]:
    """What was found wrong (`unsettled`: and not settled yet), newest first. Raises Forbidden, BadCursor. One query."""
    policies.check_watch(viewer)
    rows = LogFinding.objects.select_related("settlement")
    if unsettled:
        rows = rows.filter(settlement__isnull=True)
    return paginate(rows, order=("-at", "-id"), cursor=cursor, size=size).map(_finding)


def _finding(row: LogFinding) -> FindingView:
    settlement: FindingSettlement | None = getattr(row, "settlement", None)
    return FindingView(
        id=row.pk,
        at=row.at,
        kind=FindingKind(row.kind),
        witness=row.witness,
        words=row.words,
        proof=row.proof,
        settled_at=settlement.at if settlement else None,
        settled=settlement.words if settlement else "",
    )
