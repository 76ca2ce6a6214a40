"""A seal is used: judged by its rule, signed, logged and handed out in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyNotUsable
from yiwang.commons.seals import policies, rules
from yiwang.commons.seals.commands.making import signer_of
from yiwang.commons.seals.contracts import (
    MOST_BYTES,
    OFD,
    SEAL_USE,
    SEALABLE,
    AutomaticRefused,
    CertificateNotGood,
    DocumentRefused,
    FileTooLarge,
    MayNotUse,
    ReasonMissing,
    SamePerson,
    SealId,
    SealNotFound,
    SealNotInForce,
    SealState,
    TwoPersonsNeeded,
    UseMode,
    UseRule,
)
from yiwang.commons.seals.models import Seal, SealAutomation, SealKeeper, SealUse
from yiwang.commons.seals.queries.keys import digest
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, keep, note
from yiwang.kernel.errors import DomainError

if TYPE_CHECKING:
    from yiwang.commons.seals.engine import Stamp


@command("seals.seal_document")
def seal_document(
    *,
    seal_id: SealId,
    document: bytes,
    media_type: str,
    stamps: "Sequence[Stamp]",
    subject: SubjectRef,
    reason: str,
    kind: str = "",
    by: Actor,
    at: datetime,
) -> bytes:
    """The document with the seal on it; the use is logged in this transaction, or there is no sealed document.

    `media_type`: OFD or PDF. `kind`: the kind of document for the automatic rule, the subject's where none is given. The
    program itself is held to that rule, an official must be a keeper of a seal that one person uses.
    Raises SealNotFound, SealNotInForce, CertificateNotGood, AutomaticRefused, MayNotUse, TwoPersonsNeeded, DocumentRefused,
    FileTooLarge, ReasonMissing.
    """
    seal = shared(seal_id)
    return use(
        seal, document, media_type, stamps, subject, reason, kind or subject.kind,
        asked_by=None if by.is_system else by.account_id, approved_by=None, by=by, at=at,
    )  # fmt: skip


def shared(seal_id: UUID, /) -> Seal:
    """The seal, which keeps its state until the transaction ends; other uses go on beside. Raises SealNotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM commons_seals_seal WHERE id = %s FOR SHARE", [seal_id])
    row: Seal | None = Seal.objects.select_related("organisation").filter(pk=seal_id).first()
    if row is None:
        raise SealNotFound
    return row


def use(
    seal: Seal,
    document: bytes,
    media_type: str,
    stamps: "Sequence[Stamp]",
    subject: SubjectRef,
    reason: str,
    kind: str,
    /,
    *,
    asked_by: UUID | None,
    approved_by: UUID | None,
    by: Actor,
    at: datetime,
) -> bytes:
    """Judge, sign, log. The seal is locked by the caller."""
    words = reason.strip()[:500]
    if not words:
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    _check_document(document, media_type)
    mode = _judged(seal, kind, asked_by, approved_by, by)
    check_certificate(seal, at)
    sealed = _signed(seal, document, media_type, stamps, at)
    row = SealUse(
        seal=seal, organisation_id=seal.organisation_id, at=at, mode=mode.value, kind=kind[:60],
        subject_kind=subject.kind, subject_id=subject.id, reason=words, media_type=media_type, document=digest(document),
        sealed=digest(sealed), salt=evidence.new_salt(), fingerprint=seal.fingerprint, requested_by_id=asked_by,
        approved_by_id=approved_by,
    )  # fmt: skip
    keep(row)
    _left(seal, row)
    return sealed


def _check_document(document: bytes, media_type: str) -> None:
    if media_type not in SEALABLE:
        raise DocumentRefused(why="只能在 OFD 和 PDF 文件上用印。")
    if len(document) > MOST_BYTES:
        raise FileTooLarge(limit=MOST_BYTES // (1024 * 1024))


def _judged(seal: Seal, kind: str, asked_by: UUID | None, approved_by: UUID | None, by: Actor) -> UseMode:
    automatic, keepers = frozenset[str](), frozenset[UUID]()
    if asked_by is None:
        rows = SealAutomation.objects.filter(seal=seal, until__isnull=True)
        automatic = frozenset(rows.values_list("kind", flat=True))
    else:
        held = SealKeeper.objects.filter(seal=seal, until__isnull=True)
        keepers = frozenset(held.values_list("account_id", flat=True))
    found = rules.judge(
        rules.Use(SealState(seal.state), UseRule(seal.rule), keepers, automatic, kind, asked_by, approved_by)
    )
    if isinstance(found, rules.Refusal):
        raise _refused(found, seal, kind)
    if found is not UseMode.AUTOMATIC:
        policies.check_use(by, seal)
    return found


def _refused(refusal: rules.Refusal, seal: Seal, kind: str) -> DomainError:
    if refusal is rules.Refusal.NOT_IN_FORCE:
        return SealNotInForce(seal=seal.name)
    if refusal is rules.Refusal.NOT_AUTOMATIC:
        return AutomaticRefused(seal=seal.name, kind=kind)
    if refusal is rules.Refusal.TWO_PERSONS:
        return TwoPersonsNeeded(seal=seal.name)
    return SamePerson() if refusal is rules.Refusal.SAME_PERSON else MayNotUse()


def check_certificate(seal: Seal, at: datetime, /) -> None:
    """Whether the seal and its certificate are within their days and nothing above is revoked. One query.

    Raises SealNotInForce, CertificateNotGood.
    """
    if seal.valid_from is None or seal.valid_until is None or not seal.valid_from <= at <= seal.valid_until:
        raise SealNotInForce(seal=seal.name)
    if seal.certificate_until is None or at > seal.certificate_until:
        raise CertificateNotGood(seal=seal.name)
    if pool.revoked_here(fingerprints=[seal.fingerprint, *seal.chain]):
        raise CertificateNotGood(seal=seal.name)


def _signed(seal: Seal, document: bytes, media_type: str, stamps: "Sequence[Stamp]", at: datetime) -> bytes:
    from yiwang.commons.seals import engine

    put: Any = engine.sign_ofd if media_type == OFD else engine.seal_pdf
    try:
        sealed: bytes = put(
            document, seal=bytes(seal.data or b""), signer=signer_of(seal), certificate=bytes(seal.certificate or b""),
            stamps=stamps, at=at,
        )  # fmt: skip
    except KeyNotUsable:
        raise SealNotInForce(seal=seal.name) from None
    except (engine.SealFault, engine.PaperFault) as fault:
        raise DocumentRefused(why=str(fault)) from fault
    return sealed


def _left(seal: Seal, row: SealUse) -> None:
    subject = SubjectRef(SEAL_USE, row.pk)
    note(subject, seal=seal.code, mode=row.mode, kind=row.kind, about=f"{row.subject_kind}:{row.subject_id}")
    salt = bytes(row.salt)
    said: dict[str, evidence.Fact] = {
        "seal": seal.code,
        "mode": row.mode,
        "document_kind": row.kind,
        "certificate": row.fingerprint,
        "document": evidence.hidden_hash(row.document, salt),
        "sealed": evidence.hidden_hash(row.sealed, salt),
    }
    evidence.record("seal.used", subject, said)
