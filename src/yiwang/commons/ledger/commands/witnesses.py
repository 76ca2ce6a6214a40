"""Witnesses of the open log: who they are, how many must co-sign, what they answered, what was found wrong."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from yiwang.commons.ledger.commands.appending import lock, log_subject
from yiwang.commons.ledger.contracts import (
    FindingKind,
    FindingSettled,
    HeadWouldRetreat,
    NoSuchEntry,
    SettlementEmpty,
    WitnessRefused,
)
from yiwang.commons.ledger.engine import LedgerFault, NoteSignature, NoteVerifier, TrustedKeys, suite_of
from yiwang.commons.ledger.engine.witnessing.fetching import check_address
from yiwang.commons.ledger.models import Checkpoint, Cosignature, FindingSettlement, Log, LogFinding, Quorum, Witness
from yiwang.commons.ledger.queries import checkpoints, tree
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, keep, note
from yiwang.kernel.evidence import record


@command("ledger.add_witness")
def add_witness(*, vkey: str, organisation: str, url: str, by: Actor, at: datetime) -> UUID:
    """Have an organisation's witness co-sign the open log. `vkey`: its public key (`name+id+base64`), `url`: where it answers.

    One key is one witness, under whatever name it comes. Raises LogMissing, WitnessRefused.
    """
    log = tree.open_log()
    try:
        verifier = NoteVerifier.parse(vkey)
    except LedgerFault as fault:
        raise WitnessRefused(reason=fault.reason.text()) from None
    if not verifier.kind.cosigns:
        raise WitnessRefused(reason=vkey)
    try:
        check_address(url)
    except ValueError:
        raise WitnessRefused(reason=url) from None
    if any(c.isspace() for c in url) or not organisation.strip():
        raise WitnessRefused(reason=url)
    if Witness.objects.filter(log=log, name=verifier.name, retired_at__isnull=True).exists():
        raise WitnessRefused(reason=verifier.name)
    witness = Witness(
        log=log,
        name=verifier.name,
        organisation=organisation.strip(),
        url=url.rstrip("/"),
        suite=suite_of(verifier).name.value,
        vkey=verifier.vkey,
        added_at=at,
    )
    _save_where_keys_can_be_published(witness, by)
    record("log.witness_added", log_subject(log), {"witness": verifier.vkey, "organisation": witness.organisation})
    note(SubjectRef("witness", witness.pk), name=witness.name)
    return witness.pk


def _save_where_keys_can_be_published(witness: Witness, by: Actor) -> None:
    """Everybody verifies by the file of all keys: a witness that makes it unreadable is refused."""
    try:
        with transaction.atomic():
            witness.save(force_insert=True)
        TrustedKeys.parse(checkpoints.trusted_keys(viewer=by))
    except (IntegrityError, LedgerFault) as fault:
        reason = fault.reason.text() if isinstance(fault, LedgerFault) else witness.vkey
        raise WitnessRefused(reason=reason) from None


@command("ledger.retire_witness")
def retire_witness(
    *, witness_id: UUID, distrusted: bool = False, retreat: bool = False, by: Actor, at: datetime
) -> None:
    """Ask this witness no more; `distrusted`: what it co-signed counts no more either, and such receipts are had anew.

    `retreat`: even where the public head moves back, since no other witnesses have co-signed what it covers.
    Raises NoSuchEntry, WitnessRefused where the quorum needs it, HeadWouldRetreat.
    """
    del by
    witness = Witness.objects.select_for_update().filter(pk=witness_id, retired_at__isnull=True).first()
    if witness is None:
        raise NoSuchEntry
    left = Witness.objects.filter(log=witness.log, retired_at__isnull=True).count() - 1
    if left < checkpoints.needed(log=witness.log):
        raise WitnessRefused(reason=f"{left}")
    if distrusted and not retreat:
        _check_head_stays(witness.log, without=witness.vkey)
    witness.retired_at, witness.distrusted = at, distrusted
    witness.save(update_fields=["retired_at", "distrusted"])
    record("log.witness_retired", log_subject(witness.log), {"witness": witness.vkey, "distrusted": distrusted})
    note(SubjectRef("witness", witness_id), name=witness.name, distrusted=distrusted)


@command("ledger.set_quorum")
def set_quorum(*, needed: int, by: Actor, at: datetime) -> None:
    """A receipt is final from now on when `needed` witnesses have co-signed.

    Raises LogMissing, WitnessRefused, HeadWouldRetreat while fewer than that have co-signed what is final now.
    """
    del by
    log = tree.open_log()
    if not 0 <= needed <= Witness.objects.filter(log=log, retired_at__isnull=True).count():
        raise WitnessRefused(reason=str(needed))
    _check_head_stays(log, quorum=needed)
    Quorum(log=log, needed=needed, at=at).save(force_insert=True)
    record("log.quorum_set", log_subject(log), {"needed": needed})
    note(log_subject(log), needed=needed)


def _check_head_stays(log: Log, *, quorum: int | None = None, without: str = "") -> None:
    """While this is asked no head is signed and no co-signature comes in. Raises HeadWouldRetreat."""
    lock(log=log)
    list(Witness.objects.select_for_update().filter(log=log).order_by("pk"))
    before = checkpoints.newest_final(log=log)
    after = checkpoints.newest_final(log=log, quorum=quorum, without=without)
    sizes = before.size if before else 0, after.size if after else 0
    if sizes[1] < sizes[0]:
        raise HeadWouldRetreat(before=sizes[0], after=sizes[1])


@command("ledger.record_cosignatures")
def record_cosignatures(
    *, size: int, lines: Mapping[UUID, str], faults: Mapping[UUID, str], by: Actor, at: datetime
) -> int:
    """Keep what witnesses answered about the checkpoint of `size` entries; how many new co-signatures hold.

    A signature that does not hold is that witness's fault. Raises LogMissing, NoSuchEntry where there is no such checkpoint.
    """
    del by
    log = tree.open_log()
    head = Checkpoint.objects.filter(log=log, size=size).first()
    if head is None:
        raise NoSuchEntry
    text = head.note.partition("\n\n")[0] + "\n"
    asked = list(Witness.objects.select_for_update().filter(log=log, pk__in=[*lines, *faults]).order_by("pk"))
    signed = set(Cosignature.objects.filter(log=log, size=size).values_list("witness_id", flat=True))
    fresh = 0
    for witness in asked:
        line, fault = lines.get(witness.pk), faults.get(witness.pk, "")
        if line is not None and witness.pk not in signed:
            if _holds(witness, text, line):
                Cosignature(log=log, size=size, witness=witness, line=line, at=at).save(force_insert=True)
                fresh += 1
            else:
                fault = "signature"
        witness.asked_at, witness.fault = at, fault[:500]
        witness.faults = witness.faults + 1 if fault else 0
        witness.save(update_fields=["asked_at", "fault", "faults"])
    note(log_subject(log), size=size, cosigned=fresh)
    return fresh


def _holds(witness: Witness, text: str, line: str) -> bool:
    try:
        signature = NoteSignature.parse(line)
    except LedgerFault:
        return False
    return NoteVerifier.parse(witness.vkey).verify(text, signature)


@command("ledger.report_finding")
def report_finding(
    *, kind: FindingKind, words: str, witness: str = "", proof: str = "", by: Actor, at: datetime
) -> UUID:
    """Keep something found wrong with the open log, with the proof that came with it (at most 1 MB). Raises LogMissing."""
    del by
    log = tree.open_log()
    row = LogFinding(
        log=log, kind=kind.value, witness=witness[:200], words=words[:4000], proof=proof[: 1024 * 1024], at=at
    )
    keep(row)
    note(SubjectRef("log_finding", row.pk), kind=kind.value)
    return row.pk


@command("ledger.settle_finding")
def settle_finding(*, finding_id: UUID, words: str, by: Actor, at: datetime) -> None:
    """Say what came of a finding; it stays, and the doctor counts it no more. Raises NoSuchEntry, FindingSettled, SettlementEmpty."""
    del by
    row = LogFinding.objects.select_for_update(of=("self",)).select_related("log").filter(pk=finding_id).first()
    if row is None:
        raise NoSuchEntry
    if not words.strip():
        raise SettlementEmpty
    if FindingSettlement.objects.filter(finding=row).exists():
        raise FindingSettled
    FindingSettlement(finding=row, words=words.strip()[:4000], at=at).save(force_insert=True)
    record("log.finding_settled", log_subject(row.log), {"finding": str(row.pk), "kind": row.kind})
    note(SubjectRef("log_finding", row.pk), kind=row.kind)
