"""Signed heads: the newest, the newest that the quorum has co-signed, the note with all its signatures."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from uuid import UUID

from django.db import connection

from yiwang.commons.ledger.contracts import NoSuchEntry
from yiwang.commons.ledger.engine import Note, NoteSignature, NoteVerifier, TrustedKeys
from yiwang.commons.ledger.models import Checkpoint, Cosignature, Log, Quorum, Witness
from yiwang.commons.ledger.queries import signing, tree
from yiwang.kernel.actor import Actor

_NEWEST_FINAL = """
SELECT size FROM commons_ledger_cosignature
WHERE log_id = %s AND size >= %s
  AND witness_id NOT IN (
    SELECT id FROM commons_ledger_witness WHERE vkey IN (SELECT vkey FROM commons_ledger_witness WHERE distrusted)
      OR vkey = %s)
GROUP BY size HAVING count(*) >= %s ORDER BY size DESC LIMIT 1
"""


def needed(*, log: Log) -> int:
    """How many witnesses must co-sign, as was said last: ids tell, since clocks may be set back."""
    row = Quorum.objects.filter(log=log).order_by("-id").values_list("needed", flat=True).first()
    return row or 0


def newest(*, log: Log) -> Checkpoint | None:
    """The newest signed head."""
    head: Checkpoint | None = Checkpoint.objects.filter(log=log).order_by("-size").first()
    return head


def newest_final(*, log: Log, covering: int = 0, quorum: int | None = None, without: str = "") -> Checkpoint | None:
    """The newest head with the quorum of co-signatures, None where it has fewer than `covering` entries.

    What would be so under another `quorum`, or `without` the witness with this key, is what a change is measured by.
    """
    if quorum is None:
        quorum = needed(log=log)
    if quorum == 0:
        head = newest(log=log)
        return head if head is not None and head.size >= covering else None
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_FINAL, [log.number, covering, without, quorum])
        row = cursor.fetchone()
    return Checkpoint.objects.get(log=log, size=row[0]) if row else None


def signed_note(*, log: Log, head: Checkpoint) -> Note:
    """The head's note with the signatures of the log and of all witnesses that have co-signed it."""
    lines = Cosignature.objects.filter(log=log, size=head.size).order_by("at", "id").values_list("line", flat=True)
    return Note.parse(head.note.encode()).with_signatures(NoteSignature.parse(line) for line in lines)


def checkpoint(*, viewer: Actor, number: int | None = None) -> bytes:
    """The newest head of a log (else the open one) that the quorum has co-signed, as everybody gets it (C2SP tlog-checkpoint).

    Raises LogMissing, NoSuchEntry while there is none.
    """
    del viewer
    log = tree.open_log() if number is None else tree.log_of(number=number)
    head = newest_final(log=log)
    if head is None:
        raise NoSuchEntry
    return signed_note(log=log, head=head).bytes()


def trusted_keys(*, viewer: Actor, address: str = "", current: bool = False) -> str:
    """Public keys with the quorum, as the file that `yiwang verify receipt --keys` reads.

    It names closed logs and retired witnesses too, with the lowest quorum that held: a receipt, once handed out, stays
    good. `address`: where the ledger is served to the world (`https://city.example/ledger`); below it each log has its own.
    Not what a distrusted witness co-signed, nor what was handed out before any witness had to. `current`: the open log with its witnesses and quorum of today
    alone, for whoever checks new receipts only. Raises LogMissing.
    """
    del viewer
    log = tree.open_log()
    return _policy(address, log if current else None).text()


def _policy(address: str, only: Log | None) -> TrustedKeys:
    verifiers: dict[str, NoteVerifier] = {}
    urls: dict[str, str] = {}
    distrusted = Witness.objects.filter(distrusted=True).values("vkey")  # in one log: in all that it co-signed
    rows = Witness.objects.exclude(vkey__in=distrusted)
    if only is not None:
        rows = rows.filter(log=only, retired_at__isnull=True)
    for row in rows.order_by("added_at", "id"):
        verifier = NoteVerifier.parse(row.vkey)
        if verifier not in verifiers.values():
            name = next(name for name in _names(row.name) if name not in verifiers)
            verifiers[name], urls[name] = verifier, row.url
    quorums = [each for each in Quorum.objects.values_list("needed", flat=True) if each]
    quorum = needed(log=only) if only is not None else min(quorums, default=0)
    named = [only] if only is not None else Log.objects.order_by("-number")
    logs = {log.number: signing.note_verifier(log=log) for log in named}
    if address:
        urls |= {key.name: f"{address.rstrip('/')}/{number}" for number, key in logs.items()}
    found = TrustedKeys.of(logs.values(), verifiers, quorum)
    return replace(found, urls=urls)


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def active_witnesses(*, log: Log) -> Mapping[UUID, Witness]:
    """The witnesses that are asked, in the order in which they were added."""
    return {row.pk: row for row in Witness.objects.filter(log=log, retired_at__isnull=True).order_by("added_at", "id")}
