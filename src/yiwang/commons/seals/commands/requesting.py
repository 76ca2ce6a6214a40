"""Use by two persons: one asks with the document, a keeper who is another person approves and so seals it."""

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

from yiwang.commons.files import commands as files
from yiwang.commons.files import queries as stored
from yiwang.commons.seals import policies, rules
from yiwang.commons.seals.commands.using import shared, use
from yiwang.commons.seals.contracts import (
    SEALABLE,
    USE_REQUEST,
    DocumentRefused,
    MayNotUse,
    ReasonMissing,
    RequestNotFound,
    RequestSettled,
    RequestState,
    SamePerson,
    SealId,
    SealNotInForce,
    SealState,
)
from yiwang.commons.seals.models import Seal, SealUseRequest
from yiwang.commons.seals.registry import UPLOAD
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

if TYPE_CHECKING:
    from yiwang.commons.seals.engine import Stamp


@command("seals.request_use")
def request_use(
    *, seal_id: SealId, document_id: UUID, page: int, x: float, y: float, reason: str, by: Actor, at: datetime
) -> UUID:
    """Ask a keeper to seal an upload of the actor's, at `page` (from 0) with the seal's upper left corner at x, y (mm).

    Raises SealNotFound, MayNotUse, SealNotInForce, DocumentRefused, ReasonMissing, FileNotFound and FileAttached (files).
    """
    seal = shared(seal_id)
    policies.check_ask(by, seal)
    if SealState(seal.state) not in rules.USABLE:
        raise SealNotInForce(seal=seal.name)
    words = reason.strip()[:500]
    if not words:
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    check_place(page, x, y)
    file = stored.described(file_ids=[document_id], viewer=by).get(document_id)
    if file is None or file.media_type.value not in SEALABLE:
        raise DocumentRefused(why="只能在 OFD 和 PDF 文件上用印。")
    row = SealUseRequest.objects.create(
        seal=seal, organisation_id=seal.organisation_id, document_id=document_id, name=file.name,
        media_type=file.media_type.value, digest=file.digest, page=page, x=x, y=y, reason=words,
        state=RequestState.WAITING.value, asked_by_id=by.account_id, asked_at=at,
    )  # fmt: skip
    subject = SubjectRef(USE_REQUEST, row.pk)
    files.attach(file_ids=[document_id], subject=subject, by=by, at=at)
    note(subject, seal=seal.code)
    return UUID(str(row.pk))


def check_place(page: int, x: float, y: float, /) -> None:
    """Raises DocumentRefused for a place that no page has."""
    if not (0 <= page < 10_000 and 0 <= x < 2000 and 0 <= y < 2000):  # also refuses what is no number
        raise DocumentRefused(why="页码或位置不对。")


@command("seals.approve_use")
def approve_use(*, request_id: UUID, answer: str = "", by: Actor, at: datetime) -> UUID:
    """Seal the document as it was asked for; the id of the sealed file (commons.files), which the asker may fetch.

    By a keeper who is not the asker. Raises RequestNotFound, RequestSettled, SamePerson, and what `seal_document` raises.
    """
    row, seal = _waiting(request_id)
    if row.asked_by_id == by.account_id:
        raise SamePerson
    policies.check_use(by, seal)
    subject = SubjectRef(USE_REQUEST, row.pk)
    opened = stored.open_file(file_id=row.document_id, viewer=Actor.system("seals.approve_use"))
    with opened.stream as stream:
        document = stream.read()
    sealed = use(
        seal, document, row.media_type, [stamp_at(seal, row.page, row.x, row.y)], subject, row.reason, USE_REQUEST,
        asked_by=row.asked_by_id, approved_by=by.account_id, by=by, at=at,
    )  # fmt: skip
    file = files.store(stream=BytesIO(sealed), name=row.name, purpose=UPLOAD, subject=subject, by=by, at=at)
    _settle(row, RequestState.APPROVED, answer, by, at, sealed_id=file.id)
    return file.id


@command("seals.refuse_use")
def refuse_use(*, request_id: UUID, answer: str, by: Actor, at: datetime) -> None:
    """A keeper does not seal it, and says why. Raises RequestNotFound, RequestSettled, MayNotUse, ReasonMissing."""
    row, seal = _waiting(request_id)
    policies.check_use(by, seal)
    if not answer.strip():
        raise ReasonMissing(fields={"answer": ReasonMissing.message})
    _settle(row, RequestState.REFUSED, answer, by, at)


@command("seals.withdraw_use")
def withdraw_use(*, request_id: UUID, by: Actor, at: datetime) -> None:
    """Whoever asked takes the request back. Raises RequestNotFound, RequestSettled, MayNotUse."""
    row, _seal = _waiting(request_id)
    if row.asked_by_id != by.account_id:
        raise MayNotUse
    _settle(row, RequestState.WITHDRAWN, "", by, at)


def stamp_at(seal: Seal, page: int, x: float, y: float, /) -> "Stamp":
    """The seal in its true size with its upper left corner there."""
    from yiwang.commons.seals.engine import Stamp

    return Stamp(page=page, x=x, y=y, width=seal.width_mm, height=seal.height_mm)


def _waiting(request_id: UUID) -> tuple[SealUseRequest, Seal]:
    row = SealUseRequest.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise RequestNotFound
    if row.state != RequestState.WAITING.value:
        raise RequestSettled
    return row, shared(row.seal_id)


def _settle(
    row: SealUseRequest, state: RequestState, answer: str, by: Actor, at: datetime, sealed_id: UUID | None = None
) -> None:
    row.state, row.answer, row.decided_by_id, row.decided_at = state.value, answer.strip()[:500], by.account_id, at
    row.sealed_id = sealed_id
    row.save(update_fields=["state", "answer", "decided_by", "decided_at", "sealed_id"])
    note(SubjectRef(USE_REQUEST, row.pk), state=state.value)
