"""The public side of the keys of seals: certificates, chains, requests; what a verifier trusts here."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import CertificateRole, KeyId
from yiwang.commons.seals.contracts import APPLICATION, SealId, SealNotFound
from yiwang.commons.seals.models import Seal
from yiwang.kernel.actor import Actor
from yiwang.kernel.settings import settings

if TYPE_CHECKING:
    from yiwang.commons.crypto.engine import Certificate

NATIONAL = "national"
MAKER = "seals.maker"
"""Name of the seal-making system's key in the pool."""


def root_of(suite: str, /) -> str:
    """Name of the key of a demonstration's authority, of which each suite has one."""
    return f"seals.sample-root.{suite}"


def sample_allowed() -> bool:
    """Whether this is a demonstration: only there a sample authority issues certificates."""
    return settings().demo


def authority_certificates() -> tuple[bytes, ...]:
    """DER of the anchors that are trusted here. One query."""
    return pool.trusted_certificates(role=CertificateRole.ANCHOR)


def chain_of(der: bytes, at: datetime, /) -> tuple[str, ...]:
    """Fingerprints from this certificate up to its anchor; of itself alone where no chain is found."""
    from yiwang.commons.crypto.engine import check_certificate, read_certificate

    leaf = read_certificate(der)
    verdict = check_certificate(
        leaf,
        anchors=_read(authority_certificates()),
        intermediates=_read(pool.trusted_certificates(role=CertificateRole.INTERMEDIATE)),
        at=at,
        revocation="off",
    )
    return tuple(each.fingerprint for each in (verdict.chain or (leaf,)))


def _read(ders: Iterable[bytes]) -> "list[Certificate]":
    from yiwang.commons.crypto.engine import read_certificate

    return [read_certificate(der) for der in ders]


def certificate_request(*, seal_id: SealId | None, viewer: Actor) -> str:
    """A certification request (PKCS#10, PEM) for a seal's key, or for the seal-making system's without a seal.

    Raises SealNotFound where there is no such key yet.
    """
    from yiwang.commons.crypto.engine import parse_name, write_certification_request
    from yiwang.commons.seals import policies

    if seal_id is None:
        policies.check_view(viewer)
        key, subject = pool.key_id_of(name=MAKER), "CN=制章系统,C=CN"
    else:
        seal = Seal.objects.select_related("organisation").filter(pk=seal_id).first()
        if seal is None:
            raise SealNotFound
        policies.check_see(viewer, seal)
        key = KeyId(seal.key_id) if seal.key_id else None
        subject = f"CN={seal.name},O={seal.organisation.name},C=CN"
    if key is None:
        raise SealNotFound
    return write_certification_request(pool.signer(key_id=key, application=APPLICATION), parse_name(subject))


def digest(data: bytes, /) -> str:
    """SM3 in hex: what logs and evidence say of a document."""
    return hashlib.new("sm3", data).hexdigest()
