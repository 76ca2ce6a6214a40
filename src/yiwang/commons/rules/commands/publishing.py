"""Publishing a version of a decision, and ending one."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from yiwang.commons.rules import policies, rules
from yiwang.commons.rules.contracts import (
    ALWAYS,
    DECISION,
    CheckFails,
    DecisionFault,
    DecisionFaulty,
    DecisionNotFound,
    DecisionPublished,
    DecisionRef,
    DecisionWithdrawn,
    Example,
    ExamplesFail,
    ReasonMissing,
    TermState,
    VersionEnded,
    WithdrawTooEarly,
)
from yiwang.commons.rules.models import Decision, DecisionTerm, DecisionVersion
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish
from yiwang.kernel.packs import Kept


@command("rules.publish_decision")
def publish_decision(
    *,
    key: str,
    title: str,
    xml: str,
    imports: Sequence[str] = (),
    examples: Sequence[Mapping[str, Any]] = (),
    effective_from: date | None = None,
    reason: str = "",
    from_pack: bool = False,
    by: Actor,
    at: datetime,
) -> DecisionRef:
    """Publish a DMN model under `key`, the id or name of one of its decisions or services.

    It holds from `effective_from`; without one from today, the first version from ever. The same content is no new version.
    What comes `from_pack` replaces nothing that a person published since: the newest version is kept, and the answer says so.
    Raises MayNotPublish; DecisionFaulty, CheckFails, ExamplesFail with everything that was found.
    """
    policies.check_publish(by)
    read = tuple(Example.read(each) for each in examples)
    check_sound(key, xml, imports, read)
    lock(key)
    same = _same(key, title, xml, imports, read, effective_from)
    if same is not None:
        note(SubjectRef(DECISION, same.pk), key=key, version=same.version, changed=False)
        return DecisionRef(key, same.version)
    if from_pack and (kept := _kept(key, digest_of(xml, imports))) is not None:
        return kept
    return place(key, title, xml, imports, read, effective_from, reason, by, at)


@command("rules.withdraw_version")
def withdraw_version(*, key: str, version: int, ends_on: date, reason: str, by: Actor, at: datetime) -> None:
    """Have a version hold no more from `ends_on` (废止); none takes its place until another is published.

    Raises MayNotPublish, DecisionNotFound, ReasonMissing, WithdrawTooEarly, VersionEnded.
    """
    policies.check_publish(by)
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    lock(key)
    term = DecisionTerm.objects.select_for_update().filter(key=key, version__version=version).first()
    if term is None:
        raise DecisionNotFound(key=key)
    if ends_on < timezone.localdate(at):
        raise WithdrawTooEarly(fields={"ends_on": WithdrawTooEarly.message})
    ends_on = max(ends_on, term.valid_from)
    if term.state == TermState.WITHDRAWN or (term.valid_to is not None and term.valid_to <= ends_on):
        raise VersionEnded(version=version)
    term.valid_to, term.state, term.ended_at, term.ended_reason = ends_on, TermState.WITHDRAWN.value, at, reason.strip()
    term.save(update_fields=["valid_to", "state", "ended_at", "ended_reason"])
    Decision.objects.filter(key=key).update(changed_at=at)
    subject = SubjectRef(DECISION, term.version_id)
    publish(DecisionWithdrawn(term.version_id, key, version, ends_on.isoformat()))
    evidence.record("decision.withdrawn", subject, {"key": key, "version": version, "ends_on": ends_on.isoformat()})
    note(subject, key=key, version=version, ends_on=ends_on.isoformat())


def check_sound(key: str, xml: str, imports: Sequence[str], examples: Sequence[Example]) -> None:
    """Raises DecisionFaulty (the file), CheckFails (the analysis), ExamplesFail."""
    checked = rules.check_text(key, xml, imports, examples)
    unfit = [finding for finding in checked.errors if finding.code.startswith("rules.")]
    if checked.model is None or unfit:
        faults = tuple(DecisionFault(f.line, f.text, f.where) for f in unfit)
        raise DecisionFaulty(key=key, faults=faults)
    if checked.errors:
        raise CheckFails(findings=checked.errors)
    if checked.examined.failed:
        raise ExamplesFail(results=checked.examined.failed)


def place(
    key: str,
    title: str,
    xml: str,
    imports: Sequence[str],
    examples: Sequence[Example],
    effective_from: date | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> DecisionRef:
    """Keep a new version, already checked and locked, and give it its days."""
    terms = [
        rules.Term(row, row.valid_from, row.valid_to, TermState(row.state))
        for row in DecisionTerm.objects.select_for_update().filter(key=key)
    ]
    latest = DecisionVersion.objects.filter(key=key).order_by("-version").values_list("version", flat=True).first() or 0
    start = effective_from or (timezone.localdate(at) if latest else ALWAYS)
    cut, end = rules.placed(terms, start)
    for each in cut:
        each.key.valid_to, each.key.state = each.end, each.state.value
        each.key.ended_at, each.key.ended_reason = at, reason
        each.key.save(update_fields=["valid_to", "state", "ended_at", "ended_reason"])
    row = DecisionVersion(
        key=key,
        version=latest + 1,
        title=title[:200],
        xml=xml,
        imports=list(imports),
        examples=[example.data for example in examples],
        sha256=digest_of(xml, imports),
        reason=reason,
        published_at=at,
        published_by_id=by.account_id,
    )
    row.save(force_insert=True)
    ends = {"state": TermState.PUBLISHED.value} if end is None else {"state": TermState.REPLACED.value, "ended_at": at}
    DecisionTerm(version=row, key=key, valid_from=start, valid_to=end, **ends).save(force_insert=True)
    Decision.objects.update_or_create(key=key, defaults={"title": row.title, "changed_at": at})
    publish(DecisionPublished(row.pk, key, row.version, start.isoformat()))
    subject = SubjectRef(DECISION, row.pk)
    told: dict[str, evidence.Fact] = {
        "key": key,
        "version": row.version,
        "sha256": row.sha256,
        "effective_from": start.isoformat(),
    }
    evidence.record("decision.published", subject, told)
    note(subject, **told, changed=True)
    return DecisionRef(key, row.version)


def digest_of(xml: str, imports: Sequence[str]) -> str:
    """SHA-256 over the file and its imports, each with its length before it."""
    digest = hashlib.sha256()
    for text in (xml, *imports):
        data = text.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def lock(key: str) -> None:
    """Two publishers of one decision wait for each other, so that versions have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [key])


def _kept(key: str, sha256: str) -> DecisionRef | None:
    """The newest version, where a person published it."""
    newest = (
        DecisionVersion.objects.filter(key=key).order_by("-version").only("version", "published_by", "sha256").first()
    )
    if newest is None or newest.published_by_id is None:
        return None
    known = DecisionVersion.objects.filter(key=key, sha256=sha256).exists()
    kept = Kept.OLDER if known else Kept.DIFFERS
    note(SubjectRef(DECISION, newest.pk), key=key, version=newest.version, kept=kept.value)
    return DecisionRef(key, newest.version, None if newest.sha256 == sha256 else kept)


def _same(
    key: str, title: str, xml: str, imports: Sequence[str], examples: Sequence[Example], start: date | None
) -> DecisionVersion | None:
    """The version that already says this: the latest, or the one that holds from the day that was named."""
    rows = DecisionVersion.objects.filter(key=key).order_by("-version").only("version", "sha256", "title", "examples")
    if start is not None:
        rows = rows.filter(term__valid_from=start)
    row = rows.first()
    told = [example.data for example in examples]
    said = None if row is None else (row.sha256, row.title, row.examples)
    return row if said == (digest_of(xml, imports), title[:200], told) else None
