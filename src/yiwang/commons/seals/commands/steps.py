"""What every step of a seal's life has in common: the locked row, the table, history, audit, evidence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from yiwang.commons.crypto.contracts import KeyId
from yiwang.commons.seals import policies, rules
from yiwang.commons.seals.contracts import (
    SEAL,
    ReasonMissing,
    SealId,
    SealNotFound,
    SealState,
    SealVerb,
    StepRefused,
)
from yiwang.commons.seals.models import Seal, SealStep
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import keep, note

PROGRAM = Actor.system("seals")
"""In whose name keys and certificates are handled for a step that the actor's own rights have allowed."""


def locked(seal_id: UUID, /) -> Seal:
    """The seal, kept from every use until the transaction ends. Raises SealNotFound."""
    row: Seal | None = (
        Seal.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=seal_id).first()
    )
    if row is None:
        raise SealNotFound
    return row


def said(reason: str, verb: SealVerb) -> str:
    """The reason as it is kept. Raises ReasonMissing where the step needs one."""
    text = reason.strip()[:2000]
    if verb in rules.REASONED and not text:
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    return text


def check(seal: Seal, verb: SealVerb, by: Actor) -> SealState:
    """Where the step leads, when rights and state allow it. Raises what policies raise, StepRefused."""
    policies.check_step(by, seal, verb)
    after = rules.after(SealState(seal.state), verb)
    if after is None:
        raise StepRefused(seal=seal.name)
    return after


def take(seal: Seal, verb: SealVerb, by: Actor, at: datetime, reason: str = "", **changed: Any) -> None:
    """Move the seal, save what changed, and leave history, audit and evidence.

    Raises what `check` raises, ReasonMissing.
    """
    after = check(seal, verb, by)
    words = said(reason, verb)
    before, seal.state, seal.changed_at = seal.state, after.value, at
    for name, value in changed.items():
        setattr(seal, name, value)
    seal.save(update_fields=["state", "changed_at", *(name.removesuffix("_id") if name.endswith("by_id") else name for name in changed)])  # fmt: skip
    written(seal, verb, before, by, at, words)


def written(seal: Seal, verb: SealVerb, before: str, by: Actor, at: datetime, reason: str) -> None:
    """The step's history, audit and evidence."""
    row = SealStep(
        seal=seal, at=at, verb=verb.value, before=before, after=seal.state, account_id=by.account_id, reason=reason
    )
    keep(row)
    subject = SubjectRef(SEAL, seal.pk)
    note(subject, code=seal.code, verb=verb.value, before=before, after=seal.state)
    evidence.record(f"seal.{_PAST[verb]}", subject, facts(seal))


_PAST = {
    SealVerb.APPLY: "applied",
    SealVerb.APPROVE: "approved",
    SealVerb.REFUSE: "refused",
    SealVerb.MAKE: "made",
    SealVerb.HAND_OVER: "handed_over",
    SealVerb.SUSPEND: "suspended",
    SealVerb.RESUME: "resumed",
    SealVerb.ASK_DESTRUCTION: "destruction_asked",
    SealVerb.SPARE: "spared",
    SealVerb.DESTROY: "destroyed",
}


def facts(seal: Seal) -> dict[str, evidence.Fact]:
    """What evidence says of a seal: its public side."""
    known: dict[str, evidence.Fact] = {
        "code": seal.code,
        "name": seal.name,
        "kind": seal.kind,
        "state": seal.state,
        "organisation": str(seal.organisation_id),
    }
    if seal.fingerprint:
        known["certificate"] = seal.fingerprint
    return known


def key_of(seal: Seal) -> KeyId:
    """The pool key of a seal that has been approved. Raises StepRefused where it has none."""
    if seal.key_id is None:
        raise StepRefused(seal=seal.name)
    return KeyId(seal.key_id)


def seal_id_of(seal: Seal) -> SealId:
    return SealId(seal.pk)
