"""Persons sign a canonical text with the key of their account, after they have shown again who they are; alone or together."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from yiwang.commons.identity import queries as identity
from yiwang.commons.seals import rules
from yiwang.commons.seals.commands.personal import hand_of
from yiwang.commons.seals.contracts import (
    COSIGNATURE,
    AlreadySigned,
    ContentRefused,
    CoSignatureId,
    CoSignatureNotFound,
    CoSignatureState,
    NotYourTurn,
    ReasonMissing,
    SignatureDeclined,
    SignaturesComplete,
    SignaturesExpired,
    SignatureWanted,
    SignerSpec,
    SignerState,
    SigningEnded,
    TextChanged,
)
from yiwang.commons.seals.models import CoSignature, CoSigner
from yiwang.commons.seals.queries.keys import digest
from yiwang.commons.seals.queries.signatures import about_content, about_cosignature, names_of, signed_bytes
from yiwang.kernel import clock, evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.ids import new_id
from yiwang.kernel.outbox import publish


@command("seals.ask_signatures")
def ask_signatures(
    *,
    title: str,
    content: Mapping[str, Any],
    subject: SubjectRef,
    signers: Sequence[SignerSpec],
    ordered: bool = False,
    deadline: date | None = None,
    by: Actor,
    at: datetime,
) -> CoSignatureId:
    """Have these accounts sign a content (a JSON object) about `subject`, one after the other or at once.

    Whoever calls has checked that the actor may ask for it. `deadline`: the last day, in China. Raises ContentRefused,
    Unauthenticated.
    """
    from yiwang.commons.seals.engine import Signatory, StatementFault, statement_bytes

    if not (by.is_known or by.is_system):
        raise Unauthenticated
    _check(title, content, signers, deadline, at)
    cosignature_id = new_id()
    names = names_of(each.account_id for each in signers)
    people = [
        Signatory(place, names.get(each.account_id, ""), each.capacity[:60])
        for place, each in enumerate(signers, start=1)
    ]
    try:
        statement = statement_bytes(
            number=str(cosignature_id), title=title.strip(), content=content, signers=people, ordered=ordered
        )
    except StatementFault as fault:
        raise ContentRefused(why=str(fault)) from fault
    if len(statement) > rules.LONGEST_CONTENT:
        raise ContentRefused(why=f"超过 {rules.LONGEST_CONTENT // 1024} kB。")
    row = CoSignature.objects.create(
        id=cosignature_id, title=title.strip(), content=statement.decode(), digest=digest(statement),
        salt=evidence.new_salt(), subject_kind=subject.kind, subject_id=subject.id, ordered=ordered, deadline=deadline,
        state=CoSignatureState.OPEN.value, asked_by_id=by.account_id, organisation_id=by.organisation_id, created_at=at,
    )  # fmt: skip
    CoSigner.objects.bulk_create(
        CoSigner(
            cosignature=row, account_id=each.account_id, place=place, capacity=each.capacity[:60],
            state=SignerState.WAITING.value,
        )
        for place, each in enumerate(signers, start=1)
    )  # fmt: skip
    note(SubjectRef(COSIGNATURE, row.pk), about=str(subject), signers=len(signers))
    _call(row, _people(row))
    return CoSignatureId(row.pk)


def _check(
    title: str, content: Mapping[str, Any], signers: Sequence[SignerSpec], deadline: date | None, at: datetime
) -> None:
    accounts = {each.account_id for each in signers}
    if not title.strip() or len(title) > 200 or not content:
        raise ContentRefused(why="须有不超过 200 字的标题和内容。")
    if not 1 <= len(signers) <= rules.MOST_SIGNERS or len(accounts) != len(signers):
        raise ContentRefused(why=f"须有 1 到 {rules.MOST_SIGNERS} 位不同的签署人。")
    if deadline is not None and deadline < at.astimezone(clock.CHINA).date():
        raise ContentRefused(why="截止日期已过。")


@command("seals.sign")
def sign(
    *, cosignature_id: CoSignatureId, shown: str, proof_of_step_up: str, session: str, by: Actor, at: datetime
) -> None:
    """Sign what was shown: `shown` is its digest (SM3, hex), the proof is for this text in this session.

    Raises CoSignatureNotFound, SigningEnded, AlreadySigned, NotYourTurn, TextChanged; StepUpMissing (identity).
    """
    row, people, mine = _opened(cosignature_id, by, at)
    if shown != row.digest:
        raise TextChanged
    step_up = identity.step_up(
        proof=proof_of_step_up, about=about_cosignature(row.pk, row.digest), session=session, viewer=by, at=at
    )
    _sign(row, people, mine, factor=step_up.factor, confirmed_at=step_up.at, by=by, at=at)


@command("seals.sign_statement")
def sign_statement(
    *,
    title: str,
    content: Mapping[str, Any],
    subject: SubjectRef,
    capacity: str = "",
    proof_of_step_up: str,
    session: str,
    by: Actor,
    at: datetime,
) -> CoSignatureId:
    """One person signs a content at once; the proof of step-up is `about` `queries.about_content(title=, content=)`.

    Raises ContentRefused, Unauthenticated; StepUpMissing (identity).
    """
    if by.account_id is None:
        raise Unauthenticated
    about = about_content(title=title, content=content)
    step_up = identity.step_up(proof=proof_of_step_up, about=about, session=session, viewer=by, at=at)
    made = ask_signatures(
        title=title, content=content, subject=subject, signers=[SignerSpec(by.account_id, capacity)], by=by, at=at
    )
    row, people, mine = _opened(made, by, at)
    _sign(row, people, mine, factor=step_up.factor, confirmed_at=step_up.at, by=by, at=at)
    note(SubjectRef(COSIGNATURE, row.pk), about=str(subject))
    return made


def _sign(
    row: CoSignature, people: list[CoSigner], mine: CoSigner, *, factor: str, confirmed_at: datetime, by: Actor, at: datetime
) -> None:  # fmt: skip
    from yiwang.commons.seals.engine import Signatory, claim_bytes

    assert by.account_id is not None
    name = names_of([by.account_id]).get(by.account_id, "")
    signatory = _listed(row, mine.place)
    hand = hand_of(by.account_id, name, at)
    claim = claim_bytes(
        row.content.encode(), Signatory(**signatory), suite_name=hand.row.suite, public_key=hand.signer.public,
        certificate=hand.certificate, at=at, confirmed_at=confirmed_at, factor=factor,
    )  # fmt: skip
    mine.state, mine.at, mine.claim = SignerState.SIGNED.value, at, claim.decode()
    mine.value, mine.suite, mine.public_key = hand.signer.sign(claim), hand.row.suite, hand.signer.public
    mine.certificate, mine.key = hand.certificate or None, hand.row
    mine.save(update_fields=["state", "at", "claim", "value", "suite", "public_key", "certificate", "key"])
    subject = SubjectRef(COSIGNATURE, row.pk)
    note(subject, place=mine.place)
    hidden = evidence.hidden_hash(row.digest, bytes(row.salt))
    evidence.record("signature.made", subject, {"statement": hidden, "place": mine.place, "factor": factor})
    _go_on(row, people, at)


def _listed(row: CoSignature, place: int) -> dict[str, Any]:

    found: dict[str, Any] = json.loads(row.content)["signers"][place - 1]
    return found


def _go_on(row: CoSignature, people: list[CoSigner], at: datetime) -> None:
    """Close it when all have signed, else call who is next."""
    states = [SignerState(each.state) for each in people]
    outcome = rules.outcome(states, deadline=row.deadline, today=at.astimezone(clock.CHINA).date())
    if outcome is CoSignatureState.COMPLETE:
        _end(row, outcome, at)
        file = digest(signed_bytes(row, people))
        evidence.record(
            "signature.complete",
            SubjectRef(COSIGNATURE, row.pk),
            {"file": evidence.hidden_hash(file, bytes(row.salt)), "signers": len(people)},
        )
        publish(SignaturesComplete(row.pk, row.subject_kind, row.subject_id))
    elif row.ordered:
        _call(row, people)


def _call(row: CoSignature, people: list[CoSigner], *, again: bool = False) -> None:
    states = [SignerState(each.state) for each in people]
    for index in sorted(rules.turns(states, ordered=row.ordered)):
        publish(SignatureWanted(row.pk, row.subject_kind, row.subject_id, people[index].account_id, again))


@command("seals.decline_signature")
def decline_signature(*, cosignature_id: CoSignatureId, reason: str, by: Actor, at: datetime) -> None:
    """Say that one does not sign, and why: then nobody signs it any more. Raises as `sign` does, ReasonMissing."""
    row, _all, mine = _opened(cosignature_id, by, at, turn=False)
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    mine.state, mine.at, mine.reason = SignerState.DECLINED.value, at, reason.strip()[:500]
    mine.save(update_fields=["state", "at", "reason"])
    subject = SubjectRef(COSIGNATURE, row.pk)
    note(subject, place=mine.place, declined=True)
    evidence.record("signature.declined", subject, {"place": mine.place})
    _end(row, CoSignatureState.DECLINED, at)
    publish(SignatureDeclined(row.pk, row.subject_kind, row.subject_id))


@command("seals.withdraw_signatures")
def withdraw_signatures(*, cosignature_id: CoSignatureId, by: Actor, at: datetime) -> None:
    """Whoever asked asks no more. Raises CoSignatureNotFound, SigningEnded."""
    row = _locked(cosignature_id)
    if not by.is_system and row.asked_by_id != by.account_id:
        raise CoSignatureNotFound
    if row.state != CoSignatureState.OPEN.value:
        raise SigningEnded
    _end(row, CoSignatureState.WITHDRAWN, at)
    note(SubjectRef(COSIGNATURE, row.pk), withdrawn=True)


@command("seals.expire_signatures")
def expire_signatures(*, cosignature_id: CoSignatureId, by: Actor, at: datetime) -> bool:
    """End it where its last day is over; whether it was. Raises CoSignatureNotFound."""
    del by
    row = _locked(cosignature_id)
    over = row.deadline is not None and at.astimezone(clock.CHINA).date() > row.deadline
    expires = over and row.state == CoSignatureState.OPEN.value
    if expires:
        _end(row, CoSignatureState.EXPIRED, at)
        publish(SignaturesExpired(row.pk, row.subject_kind, row.subject_id))
    note(SubjectRef(COSIGNATURE, row.pk), expired=expires)
    return expires


@command("seals.remind_signers")
def remind_signers(*, cosignature_id: CoSignatureId, by: Actor, at: datetime) -> int:
    """Remind those whose turn it is; how many. By whoever asked, or the program. Raises CoSignatureNotFound, SigningEnded."""
    row = _locked(cosignature_id)
    if not by.is_system and row.asked_by_id != by.account_id:
        raise CoSignatureNotFound
    if row.state != CoSignatureState.OPEN.value:
        raise SigningEnded
    people = _people(row)
    turns = rules.turns([SignerState(each.state) for each in people], ordered=row.ordered)
    _call(row, people, again=True)
    CoSigner.objects.filter(pk__in=[people[index].pk for index in turns]).update(reminded_at=at)
    note(SubjectRef(COSIGNATURE, row.pk), reminded=len(turns))
    return len(turns)


def _locked(cosignature_id: CoSignatureId) -> CoSignature:
    row: CoSignature | None = CoSignature.objects.select_for_update().filter(pk=cosignature_id).first()
    if row is None:
        raise CoSignatureNotFound
    return row


def _people(row: CoSignature) -> list[CoSigner]:
    return list(CoSigner.objects.filter(cosignature=row).order_by("place"))


def _opened(
    cosignature_id: CoSignatureId, by: Actor, at: datetime, *, turn: bool = True
) -> tuple[CoSignature, list[CoSigner], CoSigner]:
    row = _locked(cosignature_id)
    people = _people(row)
    index = next((n for n, each in enumerate(people) if each.account_id == by.account_id), None)
    if index is None or by.account_id is None:
        raise CoSignatureNotFound
    mine = people[index]
    if mine.state == SignerState.SIGNED.value:
        raise AlreadySigned
    late = row.deadline is not None and at.astimezone(clock.CHINA).date() > row.deadline
    if row.state != CoSignatureState.OPEN.value or late:
        raise SigningEnded
    if turn and index not in rules.turns([SignerState(each.state) for each in people], ordered=row.ordered):
        raise NotYourTurn
    return row, people, mine


def _end(row: CoSignature, state: CoSignatureState, at: datetime) -> None:
    row.state, row.ended_at = state.value, at
    row.save(update_fields=["state", "ended_at"])
