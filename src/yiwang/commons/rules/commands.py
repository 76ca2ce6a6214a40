"""Publishing decisions."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from yiwang.commons.rules.contracts import DECISION, DecisionFault, DecisionFaulty, DecisionPublished, DecisionRef
from yiwang.commons.rules.engine import Diagnostic, read_dmn
from yiwang.commons.rules.models import DecisionVersion
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.outbox import publish


@command("rules.publish_decision")
def publish_decision(
    *, key: str, title: str, xml: str, imports: Sequence[str] = (), by: Actor, at: datetime
) -> DecisionRef:
    """Publish a DMN model under `key`, the id or name of one of its decisions or services.

    The same content is no new version. Raises DecisionFaulty with every fault.
    """
    del by
    _check(key, xml, imports)
    _lock(key)
    digest = digest_of(xml, imports)
    latest = DecisionVersion.objects.filter(key=key).order_by("-version").only("version", "sha256", "title").first()
    if latest is not None and (latest.sha256, latest.title) == (digest, title):
        note(SubjectRef(DECISION, latest.pk), key=key, version=latest.version, changed=False)
        return DecisionRef(key, latest.version)
    row = DecisionVersion(
        key=key,
        version=latest.version + 1 if latest else 1,
        title=title,
        xml=xml,
        imports=list(imports),
        sha256=digest,
        published_at=at,
    )
    row.save(force_insert=True)
    publish(DecisionPublished(row.pk, key, row.version))
    note(SubjectRef(DECISION, row.pk), key=key, version=row.version, sha256=digest, changed=True)
    return DecisionRef(key, row.version)


def digest_of(xml: str, imports: Sequence[str]) -> str:
    """SHA-256 over the file and its imports, each with its length before it."""
    digest = hashlib.sha256()
    for text in (xml, *imports):
        data = text.encode()
        digest.update(f"{len(data)}:".encode() + data)
    return digest.hexdigest()


def _check(key: str, xml: str, imports: Sequence[str]) -> None:
    reading = read_dmn(xml.encode(), [text.encode() for text in imports])
    faults = list(reading.faults)
    if reading.model is not None and not reading.model.has(key):
        faults.append(Diagnostic("rules.unknown_decision", {"name": key}))
    if faults:
        raise DecisionFaulty(key=key, faults=tuple(DecisionFault(f.at.line, f.text, f.where) for f in faults))


def _lock(key: str) -> None:
    """Two publishers of one decision wait for each other, so that versions have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [key])
