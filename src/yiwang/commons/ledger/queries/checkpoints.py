"""Signed heads: the newest, the newest that the quorum has co-signed, the note with all its signatures."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

from yiwang.commons.ledger.contracts import NoSuchEntry
from yiwang.commons.ledger.engine import Note, NoteSignature, NoteVerifier, TrustedKeys
from yiwang.commons.ledger.models import Checkpoint, Cosignature, Log, Quorum, Witness
from yiwang.commons.ledger.queries import signing, tree
from yiwang.kernel.actor import Actor

_NEWEST_FINAL = """
SELECT size FROM commons_ledger_cosignature WHERE log_id = %s AND size >= %s
GROUP BY size HAVING count(*) >= %s ORDER BY size DESC LIMIT 1
"""


def needed(*, log: Log) -> int:
    """How many witnesses must co-sign."""
    row = Quorum.objects.filter(log=log).order_by("-at", "-id").values_list("needed", flat=True).first()
    return row or 0


def newest(*, log: Log) -> Checkpoint | None:
    """The newest signed head."""
    head: Checkpoint | None = Checkpoint.objects.filter(log=log).order_by("-size").first()
    return head


def newest_final(*, log: Log, covering: int = 0) -> Checkpoint | None:
    """The newest head with the quorum of co-signatures, None where it has fewer than `covering` entries."""
    quorum = needed(log=log)
    if quorum == 0:
        head = newest(log=log)
        return head if head is not None and head.size >= covering else None
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_FINAL, [log.number, covering, quorum])
        row = cursor.fetchone()
    return Checkpoint.objects.get(log=log, size=row[0]) if row else None


def signed_note(*, log: Log, head: Checkpoint) -> Note:
    """The head's note with the signatures of the log and of all witnesses that have co-signed it."""
    lines = Cosignature.objects.filter(log=log, size=head.size).order_by("at", "id").values_list("line", flat=True)
    return Note.parse(head.note.encode()).with_signatures(NoteSignature.parse(line) for line in lines)


def checkpoint(*, viewer: Actor) -> bytes:
    """The newest head that the quorum has co-signed, as it is served to everybody (C2SP tlog-checkpoint).

    Raises LogMissing, NoSuchEntry while there is none.
    """
    del viewer
    log = tree.open_log()
    head = newest_final(log=log)
    if head is None:
        raise NoSuchEntry
    return signed_note(log=log, head=head).bytes()


def trusted_keys(*, viewer: Actor) -> str:
    """Public keys of the log and its witnesses with the quorum, as the file that `yiwang verify receipt --keys` reads."""
    del viewer
    return policy(log=tree.open_log()).text()


def policy(*, log: Log) -> TrustedKeys:
    """Whom a verifier of this log trusts."""
    witnesses = {row.name: row for row in active_witnesses(log=log).values()}
    verifiers = {name: NoteVerifier.parse(row.vkey) for name, row in witnesses.items()}
    found = TrustedKeys.of([signing.note_verifier(log=log)], verifiers, needed(log=log))
    return TrustedKeys(
        found.logs, found.witnesses, found.groups, found.quorum, {name: row.url for name, row in witnesses.items()}
    )


def active_witnesses(*, log: Log) -> Mapping[UUID, Witness]:
    """The witnesses that are asked, in the order in which they were added."""
    return {row.pk: row for row in Witness.objects.filter(log=log, retired_at__isnull=True).order_by("added_at", "id")}
