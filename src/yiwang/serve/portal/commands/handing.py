"""The end of a shift: the cases taken in go to a colleague, who counts the papers and confirms."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.identity import queries as identity
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.clock import CHINA
from yiwang.kernel.command import command, note
from yiwang.serve.portal import policies
from yiwang.serve.portal.contracts import (
    HandoverConfirmed,
    HandoverNotFound,
    NothingToHandOver,
    WrongReceiver,
)
from yiwang.serve.portal.models import CounterFiling, Handover


@command("portal.hand_over")
def hand_over(
    *, receiver_id: UUID, remark: str = "", idempotency_key: str | None = None, by: Actor, at: datetime
) -> UUID:
    """Hand over all that the clerk took in since the last time, and what clerks who have left took in; the hand-over's id.

    Raises NotAtCounter, WrongReceiver, NothingToHandOver.
    """
    del idempotency_key
    organisation_id = policies.check_serve(by)
    colleagues = identity.officials(viewer=by, organisation_id=organisation_id, size=200).items
    if receiver_id == by.account_id or receiver_id not in {each.id for each in colleagues}:
        raise WrongReceiver(fields={"receiver": WrongReceiver.message})
    rows = CounterFiling.objects.filter(organisation_id=organisation_id, handover__isnull=True)
    clerks = policies.in_hand(by, rows.values_list("clerk_id", flat=True).distinct())
    filings = list(rows.select_for_update().filter(clerk_id__in=clerks).order_by("filed_at", "id"))
    if not filings:
        raise NothingToHandOver
    assert by.account_id is not None  # an official
    made = Handover(
        number=_number(organisation_id, at, by),
        organisation_id=organisation_id,
        giver_id=by.account_id,
        receiver_id=receiver_id,
        remark=remark.strip()[:500],
        made_at=at,
    )
    made.save(force_insert=True)
    CounterFiling.objects.filter(pk__in=[filing.pk for filing in filings]).update(handover_id=made.pk)
    facts = {"cases": len(filings), "papers": sum(filing.papers for filing in filings)}
    note(SubjectRef("handover", made.pk), number=made.number, **facts)
    evidence.record("portal.handed_over", SubjectRef("handover", made.pk), {"number": made.number, **facts})
    return made.pk


def _number(organisation_id: UUID, at: datetime, by: Actor) -> str:
    """JJ-320402-service_hall-20261123-01: counted a day at each organisation."""
    code = identity.organisation(organisation_id=organisation_id, viewer=by).code
    series = f"JJ-{code}-{at.astimezone(CHINA):%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))", [series])
    return f"{series}-{Handover.objects.filter(number__startswith=f'{series}-').count() + 1:02}"


@command("portal.confirm_handover")
def confirm_handover(
    *, handover_id: UUID, differences: Mapping[UUID, str], answer: str = "", by: Actor, at: datetime
) -> int:
    """The receiver has counted: `differences` by filing, in words, empty where all is there; how many differ.

    Raises HandoverNotFound, HandoverConfirmed.
    """
    row = Handover.objects.select_for_update(of=("self",)).filter(policies.own_handovers(by), pk=handover_id).first()
    if row is None:
        raise HandoverNotFound
    policies.check_receiver(by, row.receiver_id)
    if row.confirmed_at is not None:
        raise HandoverConfirmed
    row.confirmed_at, row.answer = at, answer.strip()[:500]
    row.save(update_fields=["confirmed_at", "answer"])
    told = {filing_id: words.strip()[:200] for filing_id, words in differences.items() if words.strip()}
    filings = list(CounterFiling.objects.filter(handover=row, pk__in=list(told)))
    for filing in filings:
        filing.difference = told[filing.pk]
    CounterFiling.objects.bulk_update(filings, ["difference"])
    note(SubjectRef("handover", row.pk), number=row.number, differences=len(filings))
    evidence.record(
        "portal.handover_confirmed", SubjectRef("handover", row.pk), {"number": row.number, "differences": len(filings)}
    )
    return len(filings)
