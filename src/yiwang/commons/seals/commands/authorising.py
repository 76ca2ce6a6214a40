"""How an organisation lets its seal be used: by one keeper or two persons, and for which kinds of document by the program."""

from datetime import datetime

from yiwang.commons.seals import policies, rules
from yiwang.commons.seals.commands.steps import facts, locked
from yiwang.commons.seals.contracts import SEAL, ReasonMissing, SealId, SealState, StepRefused, UseRule
from yiwang.commons.seals.models import Seal, SealAutomation
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("seals.allow_automatic")
def allow_automatic(*, seal_id: SealId, kind: str, basis: str, by: Actor, at: datetime) -> None:
    """Let the program use the seal for a kind of document after a lawful decision; `basis`: by what the organisation decided so.

    `kind` as `case_document`, or `licence:*`. Again changes nothing. Raises SealNotFound, MayNotAuthorise, StepRefused, ReasonMissing.
    """
    seal = _decided(seal_id, by)
    kind, basis = kind.strip()[:60], basis.strip()[:200]
    if not kind or not basis:
        raise ReasonMissing(fields={"basis" if kind else "kind": ReasonMissing.message})
    _row, made = SealAutomation.objects.get_or_create(
        seal=seal, kind=kind, until=None, defaults={"basis": basis, "approved_by_id": by.account_id, "since": at}
    )
    subject = SubjectRef(SEAL, seal.pk)
    note(subject, code=seal.code, automatic=kind, made=made)
    if made:
        evidence.record("seal.automatic_allowed", subject, facts(seal) | {"document_kind": kind, "basis": basis})


@command("seals.end_automatic")
def end_automatic(*, seal_id: SealId, kind: str, by: Actor, at: datetime) -> None:
    """End it for a kind of document. Raises SealNotFound, MayNotAuthorise, StepRefused."""
    seal = _decided(seal_id, by)
    ended = SealAutomation.objects.filter(seal=seal, kind=kind, until__isnull=True).update(until=at)
    subject = SubjectRef(SEAL, seal.pk)
    note(subject, code=seal.code, automatic=kind, ended=ended)
    if ended:
        evidence.record("seal.automatic_ended", subject, facts(seal) | {"document_kind": kind})


@command("seals.set_rule")
def set_rule(*, seal_id: SealId, rule: UseRule, by: Actor, at: datetime) -> None:
    """Have the seal used by one keeper alone, or by two persons. Raises SealNotFound, MayNotAuthorise, StepRefused."""
    seal = _decided(seal_id, by)
    before, seal.rule, seal.changed_at = seal.rule, rule.value, at
    seal.save(update_fields=["rule", "changed_at"])
    subject = SubjectRef(SEAL, seal.pk)
    note(subject, code=seal.code, before=before, rule=rule.value)
    evidence.record("seal.rule_set", subject, facts(seal) | {"rule": rule.value})


def _decided(seal_id: SealId, by: Actor) -> Seal:
    seal = locked(seal_id)
    policies.check_authorise(by, seal)
    if SealState(seal.state) in rules.ENDED:
        raise StepRefused(seal=seal.name)
    return seal
