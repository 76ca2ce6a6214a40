"""Documents that persons sign: one's own list, one with its exact text, the signed file."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import rules
from yiwang.commons.seals.contracts import (
    ContentRefused,
    CoSignatureId,
    CoSignatureNotFound,
    CoSignaturePage,
    CoSignatureRow,
    CoSignatureState,
    SignerRow,
    SignerState,
)
from yiwang.commons.seals.models import CoSignature, CoSigner
from yiwang.commons.seals.queries.keys import digest
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page, paginate

_REMIND_BEFORE = timedelta(days=1)


def about_content(*, title: str, content: Mapping[str, Any]) -> str:
    """What a proof of step-up for `sign_statement` must be about. Raises ContentRefused."""
    from yiwang.commons.seals.engine import StatementFault
    from yiwang.commons.seals.engine.statements import canonical

    try:
        return f"seals.statement:{digest(canonical({'content': content, 'title': title.strip()}))}"
    except StatementFault as fault:
        raise ContentRefused(why=str(fault)) from fault


def about_cosignature(cosignature_id: UUID, shown: str, /) -> str:
    """What a proof of step-up for `sign` must be about: this document with this text."""
    return f"seals.cosignature:{cosignature_id}:{shown}"


def names_of(account_ids: Iterable[UUID], /) -> dict[UUID, str]:
    """Full names of signers: they stand in what is signed."""
    return identity.account_names(account_ids=set(account_ids), viewer=Actor.system("seals.signing"))


def _waiting(viewer: Actor) -> "QuerySet[CoSigner]":
    """The viewer's places in open documents where it is their turn."""
    before = CoSigner.objects.filter(
        cosignature=OuterRef("cosignature"), place__lt=OuterRef("place"), state=SignerState.WAITING.value
    )
    rows: QuerySet[CoSigner] = CoSigner.objects.filter(
        Q(cosignature__ordered=False) | ~Exists(before),
        Q(cosignature__deadline__isnull=True) | Q(cosignature__deadline__gte=clock.today()),
        account_id=viewer.account_id,
        state=SignerState.WAITING.value,
        cosignature__state=CoSignatureState.OPEN.value,
    )
    return rows


def waiting_signatures(*, viewer: Actor) -> int:
    """How many documents wait for the viewer's signature. One query, none for strangers."""
    return int(_waiting(viewer).count()) if viewer.account_id is not None else 0


def cosignatures(
    *, viewer: Actor, which: str = "waiting", cursor: str | None = None, size: int = 20
) -> Page[CoSignatureRow]:
    """The viewer's documents, the newest first: `waiting` for their signature, `signed`, `asked` for by them, or all of these. Two queries."""
    own = CoSigner.objects.filter(cosignature=OuterRef("pk"), account_id=viewer.account_id)
    rows: QuerySet[Any] = CoSignature.objects.defer("content").annotate(
        mine=Subquery(own.values("state")[:1]),
        turn=Exists(_waiting(viewer).filter(cosignature=OuterRef("pk"))),
        many=Count("people"),
        done=Count("people", filter=Q(people__state=SignerState.SIGNED.value)),
    )
    if viewer.account_id is None:
        rows = rows.none()
    elif which == "waiting":
        rows = rows.filter(turn=True)
    elif which == "signed":
        rows = rows.filter(mine=SignerState.SIGNED.value)
    elif which == "asked":
        rows = rows.filter(asked_by_id=viewer.account_id)
    else:
        rows = rows.filter(Q(mine__isnull=False) | Q(asked_by_id=viewer.account_id))
    page = paginate(rows, order=("-created_at", "-id"), cursor=cursor, size=size)
    askers = {row.asked_by_id for row in page.items if row.asked_by_id is not None}
    names = names_of(askers) if askers else {}
    return page.map(lambda row: _row(row, names))


def _row(row: Any, names: dict[UUID, str]) -> CoSignatureRow:
    return CoSignatureRow(
        id=CoSignatureId(row.pk),
        title=row.title,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        state=CoSignatureState(row.state),
        mine=SignerState(row.mine) if row.mine else None,
        turn=row.turn,
        asked_by=names.get(row.asked_by_id, ""),
        created_at=row.created_at,
        deadline=row.deadline,
        signed=row.done,
        signers=row.many,
    )


def cosignature(*, cosignature_id: UUID, viewer: Actor) -> CoSignaturePage:
    """One with its exact text, for its signers and whoever asked. Three queries. Raises CoSignatureNotFound."""
    row, people = _seen(cosignature_id, viewer)
    names = names_of([*(each.account_id for each in people), *([row.asked_by_id] if row.asked_by_id else [])])
    states = [SignerState(each.state) for each in people]
    index = next((n for n, each in enumerate(people) if each.account_id == viewer.account_id), None)
    late = row.deadline is not None and clock.today() > row.deadline
    opened = row.state == CoSignatureState.OPEN.value and not late
    shown = CoSignatureRow(
        id=CoSignatureId(row.pk),
        title=row.title,
        subject=SubjectRef(row.subject_kind, row.subject_id),
        state=CoSignatureState(row.state),
        mine=states[index] if index is not None else None,
        turn=opened and index is not None and index in rules.turns(states, ordered=row.ordered),
        asked_by=names.get(row.asked_by_id, "") if row.asked_by_id else "",
        created_at=row.created_at,
        deadline=row.deadline,
        signed=states.count(SignerState.SIGNED),
        signers=len(states),
    )
    return CoSignaturePage(
        row=shown,
        content=json.loads(row.content)["content"],
        canonical=row.content,
        digest=row.digest,
        ordered=row.ordered,
        people=tuple(
            SignerRow(
                each.account_id, names.get(each.account_id, ""), each.capacity, each.place, SignerState(each.state),
                each.at, each.reason,
            )
            for each in people
        ),
        may_withdraw=opened and row.asked_by_id is not None and row.asked_by_id == viewer.account_id,
    )  # fmt: skip


def _seen(cosignature_id: UUID, viewer: Actor) -> tuple[CoSignature, list[CoSigner]]:
    row = CoSignature.objects.filter(pk=cosignature_id).first()
    if row is None:
        raise CoSignatureNotFound
    people = list(CoSigner.objects.filter(cosignature=row).order_by("place"))
    known = {row.asked_by_id, *(each.account_id for each in people)} - {None}
    if not viewer.is_system and viewer.account_id not in known:
        raise CoSignatureNotFound
    return row, people


def signed_file(*, cosignature_id: UUID, viewer: Actor) -> bytes:
    """What has been signed so far, as one file that anyone can check. For signers and whoever asked. Raises CoSignatureNotFound."""
    row, people = _seen(cosignature_id, viewer)
    return signed_bytes(row, people)


def signed_bytes(row: CoSignature, people: Sequence[CoSigner], /) -> bytes:
    """The file (JSON, RFC 8785): signatures in the order in which they were made."""
    from yiwang.commons.seals.engine import StatementSignature, pack_statement

    signed = sorted((each for each in people if each.value is not None), key=lambda each: (each.at, each.place))
    made = [
        StatementSignature(
            str(each.claim).encode(), bytes(each.value or b""), each.suite, bytes(each.public_key or b""),
            bytes(each.certificate or b""),
        )
        for each in signed
    ]  # fmt: skip
    return pack_statement(row.content.encode(), made)


def signatures_of(*, subject: SubjectRef, viewer: Actor) -> tuple[CoSignatureRow, ...]:
    """The documents about one record, oldest first: for whoever may see the record. Two queries."""
    own = CoSigner.objects.filter(cosignature=OuterRef("pk"), account_id=viewer.account_id)
    rows = CoSignature.objects.filter(subject_kind=subject.kind, subject_id=subject.id).defer("content")
    found = list(
        rows.annotate(
            mine=Subquery(own.values("state")[:1]),
            turn=Exists(_waiting(viewer).filter(cosignature=OuterRef("pk"))),
            many=Count("people"),
            done=Count("people", filter=Q(people__state=SignerState.SIGNED.value)),
        ).order_by("id")[:200]
    )
    askers = {row.asked_by_id for row in found if row.asked_by_id is not None}
    names = names_of(askers) if askers else {}
    return tuple(_row(row, names) for row in found)


def overdue_signatures(*, viewer: Actor) -> tuple[CoSignatureId, ...]:
    """Open documents whose last day is over; at most 500. One query."""
    del viewer
    rows = CoSignature.objects.filter(state=CoSignatureState.OPEN.value, deadline__lt=clock.today())
    return tuple(CoSignatureId(pk) for pk in rows.order_by("deadline", "id").values_list("pk", flat=True)[:500])


def signatures_to_remind(*, viewer: Actor) -> tuple[CoSignatureId, ...]:
    """Open documents that end within a day and whose signers were not reminded yet; at most 500. One query."""
    del viewer
    soon = clock.today() + _REMIND_BEFORE
    waits = CoSigner.objects.filter(
        cosignature=OuterRef("pk"), state=SignerState.WAITING.value, reminded_at__isnull=True
    )
    asked = CoSigner.objects.filter(cosignature=OuterRef("pk"), reminded_at__isnull=False)
    rows = CoSignature.objects.filter(
        Exists(waits),
        ~Exists(asked),
        state=CoSignatureState.OPEN.value,
        deadline__lte=soon,
        deadline__gte=clock.today(),
    )
    return tuple(CoSignatureId(pk) for pk in rows.order_by("deadline", "id").values_list("pk", flat=True)[:500])
