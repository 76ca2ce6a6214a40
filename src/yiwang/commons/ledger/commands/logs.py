"""Opening a log, and sealing the one before it."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.crypto import commands as pool_commands
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId, Purpose
from yiwang.commons.ledger.commands.appending import lock, log_subject
from yiwang.commons.ledger.contracts import LogExists, OriginRefused
from yiwang.commons.ledger.engine import LedgerFault, NoteVerifier
from yiwang.commons.ledger.models import Log, Quorum, Witness
from yiwang.commons.ledger.queries import checkpoints
from yiwang.commons.ledger.queries.signing import APPLICATION
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import record
from yiwang.kernel.settings import settings

_OPENING = 0x6C6F6701
_WAIT_AGAIN = """
INSERT INTO commons_ledger_pendingevidence (evidence_id)
SELECT entry.evidence_id FROM commons_ledger_entry entry JOIN kernel_evidencerow evidence ON evidence.id = entry.evidence_id
WHERE entry.log_id = %s AND entry."index" >= %s
ON CONFLICT DO NOTHING
"""


@command("ledger.open_log")
def open_log(*, origin: str = "", suite: str = "", succeed: bool = False, by: Actor, at: datetime) -> int:
    """Open a log with a signing key of its own in the pool; its number. `succeed`: close the one that is open and follow it.

    Witnesses and quorum pass over to the new log, and so does evidence that no co-signed head of the former one covers.
    `origin` is its name in the world (empty: made of the host name and chance), `suite` that of the installation where
    empty. Raises LogExists, OriginRefused, and what the pool's `create_key` raises.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OPENING])
    former = _close_open_one(at, succeed=succeed)
    last = Log.objects.order_by("-number").first()
    number = last.number + 1 if last else 1
    key_id = _new_key(number, suite, by, at)
    signer = pool.signer(key_id=key_id, application=APPLICATION)
    origin = origin or f"{_host()}/ledger/{secrets.token_hex(4)}"
    try:
        NoteVerifier.of(origin, signer.public)
    except LedgerFault as fault:
        raise OriginRefused(reason=fault.reason.text()) from None
    log = Log(
        number=number,
        origin=origin,
        suite=signer.suite.name.value,
        public_key=signer.public,
        key_id=key_id,
        opened_at=at,
    )
    log.save(force_insert=True)
    record("log.opened", log_subject(log), {"origin": origin, "suite": log.suite, "public_key": signer.public.hex()})
    if former is not None:
        _take_over_witnesses(former, log, at)
    note(log_subject(log), origin=origin, suite=log.suite)
    return number


def _close_open_one(at: datetime, *, succeed: bool) -> Log | None:
    """The log that was open. What none of its co-signed heads covers can't become final there: it waits for the next log."""
    current: Log | None = Log.objects.filter(closed_at__isnull=True).first()
    if current is None:
        return None
    if not succeed:
        raise LogExists(origin=current.origin)
    lock(log=current)
    final = checkpoints.newest_final(log=current)
    with connection.cursor() as cursor:
        cursor.execute(_WAIT_AGAIN, [current.number, final.size if final else 0])
    current.closed_at = at
    current.save(update_fields=["closed_at"])
    return current


def _take_over_witnesses(former: Log, log: Log, at: datetime) -> None:
    """Who co-signed the log before is asked to co-sign this one, and as many must: a new log is no way around them."""
    for old in checkpoints.active_witnesses(log=former).values():
        Witness(
            log=log,
            name=old.name,
            organisation=old.organisation,
            url=old.url,
            suite=old.suite,
            vkey=old.vkey,
            added_at=at,
        ).save(force_insert=True)
        record("log.witness_added", log_subject(log), {"witness": old.vkey, "organisation": old.organisation})
    needed = checkpoints.needed(log=former)
    if needed:
        Quorum(log=log, needed=needed, at=at).save(force_insert=True)
        record("log.quorum_set", log_subject(log), {"needed": needed})


def _new_key(number: int, suite: str, by: Actor, at: datetime) -> KeyId:
    made: UUID = pool_commands.create_key(
        name=f"ledger-{number}",
        owner="ledger",
        purpose=Purpose.SIGNING,
        application=APPLICATION,
        suite=suite,
        by=by,
        at=at,
    )
    return KeyId(made)


def _host() -> str:
    names = [name for name in settings().allowed_hosts if "." in name and not name[0].isdigit() and name[0] != "."]
    return names[0] if names else "yiwang.localhost"
