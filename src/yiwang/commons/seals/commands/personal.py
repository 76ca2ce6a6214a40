"""The key of an account: made at the first signing, kept sealed by a key of the pool, used for one signature at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import KeyId, Purpose
from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.seals.commands.keys import establish_samples, issue_sample
from yiwang.commons.seals.commands.steps import PROGRAM
from yiwang.commons.seals.models import SignatureKey
from yiwang.commons.seals.queries.keys import sample_allowed
from yiwang.kernel.settings import settings

_APPLICATION = "signatures"
_SEALING = "signatures.keys"
_DAYS = 2 * 365
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Hand:
    """An account's key in use."""

    row: SignatureKey
    signer: LocalSigner
    certificate: bytes


def hand_of(account_id: UUID, name: str, at: datetime, /) -> Hand:
    """The account's key, made where it has none. In a demonstration the sample authority certifies it under the name.

    The pool's own list of keys is read by every process twice a minute, so keys of persons stand here, sealed by one of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"seals.hand:{account_id}"])
    row = SignatureKey.objects.filter(account_id=account_id, ended_at__isnull=True).first()
    sealer = pool.sealer(key_id=_sealing(at), application=_APPLICATION)
    context = f"signature-key:{account_id}".encode()
    if row is not None:
        private = sealer.open(bytes(row.sealed), context)
        return Hand(row, LocalSigner(private), bytes(row.certificate or b""))
    chosen = suite(settings().crypto_suite)
    private = chosen.new_signing_key()
    signer = LocalSigner(private)
    certificate = _certified(signer.public, name, at)
    row = SignatureKey.objects.create(
        account_id=account_id, sealed=sealer.seal(private, context), suite=chosen.name, public_key=signer.public,
        certificate=certificate or None, created_at=at,
    )  # fmt: skip
    return Hand(row, signer, certificate)


def _sealing(at: datetime) -> KeyId:
    found = pool.key_id_of(name=_SEALING)
    return found or crypto.create_key(
        name=_SEALING, owner="平台", purpose=Purpose.DATA, application=_APPLICATION, by=PROGRAM, at=at
    )


def _certified(public: bytes, name: str, at: datetime) -> bytes:
    if not sample_allowed():
        return b""
    establish_samples(at)
    if not name or len(name.encode()) > _LONGEST_NAME:
        return b""
    escaped = "".join(f"\\{each}" if each in ',+"\\<>;=# ' else each for each in name)  # RFC 4514, 2.4
    return issue_sample(public, f"CN={escaped},O=样例个人签名,C=CN", days=_DAYS, at=at, keep=False)
