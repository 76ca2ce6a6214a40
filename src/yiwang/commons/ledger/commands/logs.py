"""Opening a log, and sealing the one before it."""

import secrets
from datetime import datetime

from django.db import connection

from yiwang.commons.crypto.engine import SUITES
from yiwang.commons.ledger.commands.appending import log_subject
from yiwang.commons.ledger.contracts import LogExists
from yiwang.commons.ledger.contrib import keyfile
from yiwang.commons.ledger.engine import NoteVerifier
from yiwang.commons.ledger.models import Log
from yiwang.commons.ledger.queries import signing
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
from yiwang.kernel.evidence import record
from yiwang.kernel.settings import settings

_OPENING = 0x6C6F6701


@command("ledger.open_log")
def open_log(
    *, origin: str = "", suite: str = "", key: str = "", succeed: bool = False, by: Actor, at: datetime
) -> int:
    """Open a log with a signing key of its own; its number. `succeed`: close the one that is open and follow it.

    `origin` is its name in the world (empty: made of the host name and chance), `suite` that of the installation where
    empty, `key` one that exists already (`pool:ID`, `file:NAME`; empty: a new one). Raises LogExists, KeyMissing, and
    TextWrong where the origin can't be the name of a key.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OPENING])
    current = Log.objects.filter(closed_at__isnull=True).first()
    if current is not None:
        if not succeed:
            raise LogExists(origin=current.origin)
        current.closed_at = at
        current.save(update_fields=["closed_at"])
    name = suite or installation_suite()
    place = key or f"file:{keyfile.create(name)}"
    signer = signing.signer_at(place=place)
    origin = origin or f"{_host()}/ledger/{secrets.token_hex(4)}"
    NoteVerifier.of(origin, signer.public)
    last = Log.objects.order_by("-number").first()
    log = Log(
        number=last.number + 1 if last else 1,
        origin=origin,
        suite=signer.suite.name.value,
        public_key=signer.public,
        key=place,
        opened_at=at,
    )
    log.save(force_insert=True)
    record("log.opened", log_subject(log), {"origin": origin, "suite": log.suite, "public_key": signer.public.hex()})
    note(log_subject(log), origin=origin, suite=log.suite)
    return log.number


def installation_suite() -> str:
    """The suite that this installation uses for what is new."""
    name = str(getattr(settings(), "crypto_suite", "national"))
    return name if name in {each.value for each in SUITES} else "national"


def _host() -> str:
    names = [name for name in settings().allowed_hosts if "." in name and not name[0].isdigit() and name[0] != "."]
    return names[0] if names else "yiwang.localhost"
