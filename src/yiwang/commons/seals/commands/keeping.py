"""Custody and the end of a seal: handed over with its history, suspended, resumed, destroyed by two persons."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.files import commands as files
from yiwang.commons.identity import queries as identity
from yiwang.commons.seals.commands.steps import PROGRAM, check, key_of, locked, said, seal_id_of, take
from yiwang.commons.seals.contracts import (
    SEAL,
    USE,
    NotAKeeper,
    SealDestroyed,
    SealId,
    SealResumed,
    SealState,
    SealSuspended,
    SealVerb,
    StepRefused,
)
from yiwang.commons.seals.models import Seal, SealAutomation, SealKeeper
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command
from yiwang.kernel.outbox import publish


@command("seals.hand_over_seal")
def hand_over_seal(*, seal_id: SealId, keepers: Sequence[UUID], reason: str = "", by: Actor, at: datetime) -> None:
    """Give a seal into the custody of these officials, all of them together; former keepers keep it no more.

    Each needs the grant to use seals of the organisation. Only the program leaves a seal without keepers, for automatic
    use alone. Raises SealNotFound, MayNotApply, StepRefused, NotAKeeper.
    """
    seal = locked(seal_id)
    check(seal, SealVerb.HAND_OVER, by)
    wanted = list(dict.fromkeys(keepers))
    if not wanted and not by.is_system:
        raise NotAKeeper(fields={"keepers": NotAKeeper.message})
    for account_id in wanted:
        fits = identity.may_reach(
            account_id=account_id, action=USE, organisation_id=seal.organisation_id, scope_key="*", grade=1, viewer=by
        )
        if not fits:
            raise NotAKeeper(fields={"keepers": NotAKeeper.message})
    held = SealKeeper.objects.filter(seal=seal, until__isnull=True)
    held.exclude(account_id__in=wanted).update(until=at)
    staying = set(held.filter(account_id__in=wanted).values_list("account_id", flat=True))
    SealKeeper.objects.bulk_create(
        SealKeeper(seal=seal, account_id=each, since=at, handed_by_id=by.account_id)
        for each in wanted
        if each not in staying
    )
    take(seal, SealVerb.HAND_OVER, by, at, reason)


@command("seals.suspend_seal")
def suspend_seal(*, seal_id: SealId, reason: str, by: Actor, at: datetime) -> None:
    """Let nobody use the seal for the time being: its officer, a keeper or the registering office says so.

    A use that has begun ends before this, none begins after. Raises SealNotFound, MayNotUse, StepRefused, ReasonMissing.
    """
    seal = locked(seal_id)
    take(seal, SealVerb.SUSPEND, by, at, reason)
    crypto.suspend_key(key_id=key_of(seal), reason=reason, by=PROGRAM, at=at)
    publish(SealSuspended(seal_id=seal_id_of(seal), organisation_id=seal.organisation_id))


@command("seals.resume_seal")
def resume_seal(*, seal_id: SealId, reason: str = "", by: Actor, at: datetime) -> None:
    """Let a suspended seal be used again: the registering office alone. Raises SealNotFound, MayNotApprove, StepRefused."""
    seal = locked(seal_id)
    take(seal, SealVerb.RESUME, by, at, reason)
    crypto.resume_key(key_id=key_of(seal), reason=reason, by=PROGRAM, at=at)
    publish(SealResumed(seal_id=seal_id_of(seal), organisation_id=seal.organisation_id))


@command("seals.ask_destruction")
def ask_destruction(*, seal_id: SealId, reason: str, by: Actor, at: datetime) -> None:
    """The organisation hands a seal in to be destroyed: from now it is not used any more.

    Raises SealNotFound, MayNotApply, StepRefused, ReasonMissing.
    """
    seal = locked(seal_id)
    was = SealState(seal.state)
    take(seal, SealVerb.ASK_DESTRUCTION, by, at, reason, ending_by_id=by.account_id)
    if was is not SealState.SUSPENDED:
        crypto.suspend_key(key_id=key_of(seal), reason=reason, by=PROGRAM, at=at)
        publish(SealSuspended(seal_id=seal_id_of(seal), organisation_id=seal.organisation_id))


@command("seals.spare_seal")
def spare_seal(*, seal_id: SealId, reason: str, by: Actor, at: datetime) -> None:
    """Turn a request for destruction down: the seal stays suspended. Raises SealNotFound, MayNotApprove, StepRefused, ReasonMissing."""
    take(locked(seal_id), SealVerb.SPARE, by, at, reason, ending_by_id=None)


@command("seals.destroy_seal")
def destroy_seal(*, seal_id: SealId, reason: str, evidence_file: UUID | None = None, by: Actor, at: datetime) -> None:
    """Destroy a seal's key for good, by another person than who asked for it; what it sealed is still verified.

    `evidence_file`: the record of the destruction, an upload of the actor's. Raises SealNotFound, MayNotApprove,
    SamePerson, StepRefused, ReasonMissing, FileNotFound (files).
    """
    seal = locked(seal_id)
    words = said(reason, SealVerb.DESTROY)
    if seal.key_id is None:
        raise StepRefused(seal=seal.name)
    take(seal, SealVerb.DESTROY, by, at, words, destroyed_by_id=by.account_id, destruction_file=evidence_file)
    if evidence_file is not None:
        files.attach(file_ids=[evidence_file], subject=SubjectRef(SEAL, seal.pk), by=by, at=at)
    SealKeeper.objects.filter(seal=seal, until__isnull=True).update(until=at)
    SealAutomation.objects.filter(seal=seal, until__isnull=True).update(until=at)
    _destroy_key(seal, words, at)
    publish(SealDestroyed(seal_id=seal_id_of(seal), organisation_id=seal.organisation_id))


def _destroy_key(seal: Seal, reason: str, at: datetime) -> None:
    key = key_of(seal)
    crypto.retire_key(key_id=key, reason=reason, by=PROGRAM, at=at)
    crypto.destroy_key(key_id=key, reason=reason, by=PROGRAM, at=at)
