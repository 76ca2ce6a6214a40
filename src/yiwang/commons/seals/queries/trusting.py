"""Whom this installation trusts when seals and signatures are judged: as a value, and as the files of its trust folder.

Anchors, intermediates and what was revoked come from the pool's certificates; revocation lists are files that the operator
puts into the folder. A demonstration's authority makes its own list.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import CertificateRole
from yiwang.commons.seals.contracts import APPLICATION
from yiwang.commons.seals.queries.keys import MAKER, NATIONAL, authority_certificates, root_of, sample_allowed
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.settings import settings

if TYPE_CHECKING:
    from yiwang.commons.seals.engine import Trust

SAMPLE: Final = "sample-"
"""Begin of the names of lists that a demonstration's authority made."""
_LASTS: Final = timedelta(days=8)
_MOST_LISTS: Final = 100


def trust(*, viewer: Actor) -> "Trust":
    """What is trusted here now: roots, intermediates, lists, what the pool has revoked. Public. Four queries, more in a demonstration."""
    from yiwang.commons.seals.engine import Trust

    del viewer
    return Trust(
        roots=authority_certificates(),
        intermediates=pool.trusted_certificates(role=CertificateRole.INTERMEDIATE),
        makers=_makers(),
        lists=(*_kept_lists(), *sample_lists().values()),
        revoked=frozenset(pool.revoked_fingerprints()),
        at=clock.now(),
    )


def trust_folder() -> Path:
    """Where the files stand that `yiwang verify` reads without a database."""
    return settings().data_dir / "trust"


def trust_files(*, viewer: Actor) -> dict[str, bytes]:
    """The files of the trust folder as they should be, by path in it; lists that the operator put there are not among them."""
    from yiwang.commons.crypto.engine import read_certificate

    del viewer
    files: dict[str, bytes] = {}
    between = pool.trusted_certificates(role=CertificateRole.INTERMEDIATE)
    for folder, ders in (("roots", authority_certificates()), ("intermediates", between), ("makers", _makers())):
        for der in ders:
            read = read_certificate(der)
            files[f"{folder}/{read.fingerprint[:16]}.pem"] = read.pem().encode()
    for name, made in sample_lists().items():
        files[f"lists/{SAMPLE}{name}.crl"] = made
    files["revoked.txt"] = "".join(f"{each}\\n" for each in pool.revoked_fingerprints()).encode()
    return files


def _makers() -> tuple[bytes, ...]:
    """Who may make seals beside those whose certificate grants it: this installation's seal-making system."""
    key = pool.key_id_of(name=MAKER)
    return pool.certificates_of(key_id=key) if key is not None else ()


def _kept_lists() -> tuple[bytes, ...]:
    found = sorted((trust_folder() / "lists").glob("*.crl"))[:_MOST_LISTS]
    return tuple(each.read_bytes() for each in found if not each.name.startswith(SAMPLE))


def sample_lists() -> dict[str, bytes]:
    """The revocation list of a demonstration's authority by suite, made anew each hour; none where there is no such authority."""
    if not sample_allowed():
        return {}
    made = {}
    now = clock.now()
    revoked = pool.revoked_certificates()
    anchors = authority_certificates()
    for suite in dict.fromkeys((NATIONAL, settings().crypto_suite)):
        key = pool.key_id_of(name=root_of(suite))
        if key is not None:
            public = pool.public_key(key_id=key)
            found = _sample_list(str(key), public, anchors, revoked, now.replace(minute=0, second=0, microsecond=0))
            if found:
                made[suite] = found
    return made


@lru_cache(maxsize=8)
def _sample_list(
    key_id: str,
    public: bytes,
    anchors: tuple[bytes, ...],
    revoked: tuple[tuple[bytes, datetime], ...],
    since: datetime,
) -> bytes:
    from uuid import UUID

    from yiwang.commons.crypto.contracts import KeyId
    from yiwang.commons.crypto.engine import Revocation, read_certificate, write_list

    root = next((read for read in map(read_certificate, anchors) if read.public_key == public), None)
    if root is None:
        return b""
    gone = [
        Revocation(read.serial, at)
        for read, at in ((read_certificate(der), at) for der, at in revoked)
        if read.issuer_der == root.subject_der and read.authority_key_id == root.key_id
    ]
    signer = pool.signer(key_id=KeyId(UUID(key_id)), application=APPLICATION)
    number = int(since.timestamp()) + len(gone)
    return write_list(root, signer, gone, number=number, since=since - timedelta(hours=1), until=since + _LASTS)


def trust_outdated(*, viewer: Actor) -> bool:
    """Whether a file of the trust folder is missing or not as it should be."""
    base = trust_folder()
    for name, data in trust_files(viewer=viewer).items():
        path = base / name
        if not path.is_file() or path.read_bytes() != data:
            return True
    return False
