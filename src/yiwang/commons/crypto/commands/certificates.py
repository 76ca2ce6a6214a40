"""Certificates that the pool keeps: taken in from a file, revoked. Chains are judged when they are taken in, and when they are used."""

from datetime import datetime
from typing import TYPE_CHECKING

from yiwang.commons.crypto import policies
from yiwang.commons.crypto.contracts import (
    CERTIFICATE,
    CertificateId,
    CertificateNotFound,
    CertificateRefused,
    CertificateRole,
    CertificateState,
    FingerprintDiffers,
    NotAnAuthority,
    ReasonMissing,
)
from yiwang.commons.crypto.models import Certificate, KeyVersion
from yiwang.commons.crypto.queries.certificates import trusted_certificates
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

if TYPE_CHECKING:
    from yiwang.commons.crypto.engine.pki import Certificate as Read


@command("crypto.import_certificate")
def import_certificate(
    *, der: bytes, role: CertificateRole, fingerprint: str = "", by: Actor, at: datetime
) -> CertificateId:
    """Keep one certificate (DER or PEM); one that is kept already is no other. Where its public key is a pool key's, it is that key's.

    An anchor needs its `fingerprint` (hex, colons and spaces are passed over), learned from its body by another way; all
    others must chain to an anchor that is trusted here. Raises MayNotManage, CertificateRefused, NotAnAuthority,
    FingerprintDiffers.
    """
    from yiwang.commons.crypto.engine.pki import PkiError, read_certificates  # takes a while to load, seldom needed

    policies.check_manage(by)
    try:
        found = read_certificates(der)
    except PkiError as refused:
        raise CertificateRefused(detail=str(refused)) from refused
    if len(found) != 1:
        raise CertificateRefused(detail=f"文件里有 {len(found)} 张证书。")
    read = found[0]
    if role in {CertificateRole.ANCHOR, CertificateRole.INTERMEDIATE} and not read.ca:
        raise NotAnAuthority
    known = Certificate.objects.filter(fingerprint=read.fingerprint).first()
    if known is not None:
        note(SubjectRef(CERTIFICATE, known.pk), fingerprint=read.fingerprint, known=True)
        return CertificateId(known.pk)
    _check_trust(read, role, fingerprint, at)
    of = KeyVersion.objects.filter(public_key=read.public_key).values_list("key_id", flat=True).first()
    row = Certificate.objects.create(
        der=read.der,
        fingerprint=read.fingerprint,
        role=role.value,
        state=CertificateState.GOOD.value,
        subject=read.subject,
        issuer=read.issuer,
        serial=read.serial_hex[:64],
        suite=read.suite,
        algorithm=read.algorithm,
        not_before=read.not_before,
        not_after=read.not_after,
        demonstration=read.demonstration,
        key_id=of,
        created_at=at,
    )
    note(SubjectRef(CERTIFICATE, row.pk), fingerprint=read.fingerprint, role=role.value)
    facts: dict[str, evidence.Fact] = {
        "fingerprint": read.fingerprint, "serial": row.serial, "role": role.value, "algorithm": read.algorithm,
    }  # fmt: skip
    evidence.record("certificate.imported", SubjectRef(CERTIFICATE, row.pk), facts)
    return CertificateId(row.pk)


def _check_trust(read: "Read", role: CertificateRole, fingerprint: str, at: datetime) -> None:
    from yiwang.commons.crypto.engine.pki import check_certificate, read_certificate

    anchors = [read]
    if role is not CertificateRole.ANCHOR:
        anchors = [read_certificate(der) for der in trusted_certificates(role=CertificateRole.ANCHOR)]
    elif "".join(fingerprint.replace(":", " ").split()).lower() != read.fingerprint:
        raise FingerprintDiffers(fields={"fingerprint": FingerprintDiffers.message})
    between = [read_certificate(der) for der in trusted_certificates(role=CertificateRole.INTERMEDIATE)]
    verdict = check_certificate(read, anchors=anchors, intermediates=between, at=at, revocation="if_known")
    if not verdict:
        raise CertificateRefused(detail="；".join(reason.text for reason in verdict.reasons))


@command("crypto.revoke_certificate")
def revoke_certificate(*, certificate_id: CertificateId, reason: str, by: Actor, at: datetime) -> None:
    """Trust it no more, whatever its issuer says. Raises MayNotManage, CertificateNotFound, ReasonMissing."""
    policies.check_manage(by)
    if not reason.strip():
        raise ReasonMissing(fields={"reason": ReasonMissing.message})
    row = Certificate.objects.select_for_update().filter(pk=certificate_id).first()
    if row is None:
        raise CertificateNotFound
    if row.state == CertificateState.GOOD.value:
        row.state, row.revoked_at, row.reason = CertificateState.REVOKED.value, at, reason.strip()[:200]
        row.save(update_fields=["state", "revoked_at", "reason"])
        facts: dict[str, evidence.Fact] = {"fingerprint": row.fingerprint, "serial": row.serial}
        evidence.record("certificate.revoked", SubjectRef(CERTIFICATE, row.pk), facts)
    note(SubjectRef(CERTIFICATE, row.pk), fingerprint=row.fingerprint)
