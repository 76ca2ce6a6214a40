"""Keys and certificates of seals: one key of the pool for each, and one for the system that makes seals."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import CertificateRole, KeyId, Purpose
from yiwang.commons.seals.commands.steps import PROGRAM
from yiwang.commons.seals.contracts import APPLICATION, CertificateOfAnotherKey, NoMaker, SamplesRefused
from yiwang.commons.seals.models import Seal
from yiwang.commons.seals.queries.keys import (
    MAKER,
    NATIONAL,
    authority_certificates,
    chain_of,
    root_of,
    sample_allowed,
)
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.settings import settings

if TYPE_CHECKING:
    from yiwang.commons.crypto.engine import Certificate, Profile, Signer

_SEAL_DAYS = 5 * 365
_MOST_KEYS = 100_000
_SKEW = timedelta(minutes=5)
_LONGEST_NAME = 64
"""Bytes of a part of a name in a certificate that the library writes (X.509: 64 characters)."""
_ROOT_NAME = "CN=样例电子认证机构,O=样例,C=CN"
_MAKER_NAME = "CN=样例制章系统,O=样例,C=CN"


def prepare_key(seal: Seal, at: datetime, /) -> None:
    """Make the key of a seal where it has none."""
    if seal.key_id is not None:
        return
    seal.key_id, seal.suite = _key(f"seals.{seal.code}", seal.name, at)
    seal.save(update_fields=["key_id", "suite"])


def _key(name: str, owner: str, at: datetime, *, suite: str = "") -> tuple[KeyId, str]:
    found = pool.key_id_of(name=name)
    if found is None:
        found = crypto.create_key(
            name=name, owner=owner, purpose=Purpose.SIGNING, application=APPLICATION, suite=suite, by=PROGRAM, at=at
        )
        if name == MAKER:
            crypto.set_quota(
                application=APPLICATION, daily_quota=None, key_quota=_MOST_KEYS, title="电子印章", by=PROGRAM, at=at
            )
    return found, pool.signer(key_id=found, application=APPLICATION).suite.name


@command("seals.prepare_maker")
def prepare_maker(*, by: Actor, at: datetime) -> KeyId:
    """Make the key of the seal-making system where there is none; its certificate is asked for and imported by the operator.

    It is of the national suite, whatever that of the seals' own keys: the structure of seals (GB/T 38540) knows no other.
    """
    del by
    key, _suite = _key(MAKER, "制章系统", at, suite=NATIONAL)
    note(SubjectRef("crypto_key", key), name=MAKER)
    return key


@command("seals.import_seal_certificate")
def import_seal_certificate(*, key_id: KeyId, data: bytes, by: Actor, at: datetime) -> str:
    """Take in the certificate of a seal's key, or of the seal-making system's (PEM or DER); its fingerprint.

    It must chain to an anchor that is trusted here and be for this very key. Raises CertificateRefused (crypto),
    CertificateOfAnotherKey.
    """
    from yiwang.commons.crypto.contracts import CertificateRefused
    from yiwang.commons.crypto.engine import PkiError, read_certificates

    try:
        found = read_certificates(data)
    except PkiError as refused:
        raise CertificateRefused(detail=str(refused)) from refused
    if len(found) != 1 or found[0].public_key != pool.public_key(key_id=key_id):
        raise CertificateOfAnotherKey
    made = crypto.import_certificate(der=found[0].der, role=CertificateRole.SIGNING, by=by, at=at)
    note(SubjectRef("crypto_certificate", made), fingerprint=found[0].fingerprint)
    return found[0].fingerprint


def certificate_for(seal: Seal, at: datetime, /) -> bytes | None:
    """The newest good certificate of a seal's key; in a demonstration the sample authority issues one."""
    assert seal.key_id is not None
    known = pool.certificates_of(key_id=KeyId(seal.key_id))
    if known:
        return known[0]
    if not (seal.sample and sample_allowed()):
        return None
    establish_samples(at)
    subject = f"CN={_plain(seal.name)},O={_plain(seal.organisation.name)},C=CN"
    public = pool.public_key(key_id=KeyId(seal.key_id))
    return issue_sample(public, subject, days=_SEAL_DAYS, at=at)


def _plain(text: str) -> str:
    """At most 64 bytes of a name: 21 ideographs, which many offices have more of; the seal itself bears the whole name."""
    kept = "".join(each for each in text if each not in ',+"\\<>;=#\n\r')
    return kept.encode()[:_LONGEST_NAME].decode(errors="ignore").strip()


def issue_sample(
    public: bytes, subject: str, /, *, days: int, at: datetime, keep: bool = True, profile: "Profile" = "signing"
) -> bytes:
    """A certificate by the sample authority of the key's suite, DER; `keep`: it is one of a pool key. Raises SamplesRefused."""
    from yiwang.commons.crypto.engine import Authority, parse_name, suite_of_public

    root = pool.key_id_of(name=root_of(suite_of_public(public).name))
    if not sample_allowed() or root is None:
        raise SamplesRefused
    signer = pool.signer(key_id=root, application=APPLICATION)
    certificate = _certified(signer)
    if certificate is None:
        raise SamplesRefused
    authority = Authority(certificate, signer)
    made = authority.issue(public, parse_name(subject), profile=profile, since=at - _SKEW, days=days)
    if keep:
        crypto.import_certificate(der=made.der, role=CertificateRole.SIGNING, by=PROGRAM, at=at)
    return made.der


def _certified(signer: "Signer") -> "Certificate | None":
    from yiwang.commons.crypto.engine import read_certificate

    known = (read_certificate(der) for der in authority_certificates())
    return next((each for each in known if each.public_key == signer.public), None)


def establish_samples(at: datetime, /) -> None:
    """The sample authorities and the seal-making system of a demonstration, where they are missing. Raises SamplesRefused."""
    if not sample_allowed():
        raise SamplesRefused
    for suite in dict.fromkeys((NATIONAL, settings().crypto_suite)):
        _establish_root(suite, at)
    key = prepare_maker(by=PROGRAM, at=at)
    if not pool.certificates_of(key_id=key):
        issue_sample(pool.public_key(key_id=key), _MAKER_NAME, days=_SEAL_DAYS, at=at, profile="seal_maker")


def _establish_root(suite: str, at: datetime) -> None:
    from yiwang.commons.crypto.engine import new_root, parse_name

    root, _suite = _key(root_of(suite), "样例电子认证机构（仅供演示）", at, suite=suite)
    signer = pool.signer(key_id=root, application=APPLICATION)
    if _certified(signer) is not None:
        return
    made = new_root(signer, parse_name(_ROOT_NAME), since=at - _SKEW, days=3650).certificate
    crypto.import_certificate(
        der=made.der, role=CertificateRole.ANCHOR, fingerprint=made.fingerprint, by=PROGRAM, at=at
    )


def maker(at: datetime, /) -> tuple["Signer", bytes]:
    """The seal-making system's key and certificate (DER). Raises NoMaker."""
    del at
    key = pool.key_id_of(name=MAKER)
    known = pool.certificates_of(key_id=key) if key is not None else ()
    if key is None or not known:
        raise NoMaker
    return pool.signer(key_id=key, application=APPLICATION), known[0]


def fingerprints(certificates: tuple[bytes, ...], at: datetime, /) -> list[str]:
    """Of the certificates above these, and of themselves: if one is revoked nothing of it is used any more."""
    return sorted({each for der in certificates for each in chain_of(der, at)})
