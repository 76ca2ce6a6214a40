"""Certificates that the pool keeps: for pages, and for those who judge chains."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiwang.commons.crypto import policies
from yiwang.commons.crypto.contracts import CertificateNotFound, CertificateRole, CertificateRow, CertificateState
from yiwang.commons.crypto.models import Certificate
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.paging import Page, paginate


def certificates(
    *, viewer: Actor, text: str = "", role: str = "", cursor: str | None = None, size: int = 20
) -> Page[CertificateRow]:
    """By the day on which they end, found by subject, issuer or serial. Two queries. Raises MayNotView."""
    policies.check_view(viewer)
    rows = Certificate.objects.select_related("key")
    if text:
        rows = rows.filter(Q(subject__icontains=text) | Q(issuer__icontains=text) | Q(serial__icontains=text))
    if role in set(CertificateRole):
        rows = rows.filter(role=role)
    return paginate(rows, order=("not_after", "id"), cursor=cursor, size=size).map(_row)


def certificate(*, certificate_id: UUID, viewer: Actor) -> CertificateRow:
    """One of them. Raises MayNotView, CertificateNotFound."""
    policies.check_view(viewer)
    row = Certificate.objects.select_related("key").filter(pk=certificate_id).first()
    if row is None:
        raise CertificateNotFound
    return _row(row)


def trusted_certificates(*, role: CertificateRole) -> tuple[bytes, ...]:
    """DER of the anchors or intermediates that are good and within their days: public knowledge, for judging chains."""
    now = clock.now()
    rows = Certificate.objects.filter(
        role=role.value, state=CertificateState.GOOD.value, not_before__lte=now, not_after__gte=now
    )
    return tuple(bytes(der) for der in rows.order_by("id").values_list("der", flat=True))


def revoked_here(*, fingerprints: Iterable[str]) -> frozenset[str]:
    """Of these certificates, those that the pool has revoked, whatever their issuers say."""
    rows = Certificate.objects.filter(fingerprint__in=list(fingerprints), state=CertificateState.REVOKED.value)
    return frozenset(rows.values_list("fingerprint", flat=True))


def certificates_of(*, key_id: UUID) -> tuple[bytes, ...]:
    """DER of the signing certificates of a pool key that are good and within their days, the newest first: public knowledge."""
    now = clock.now()
    rows = Certificate.objects.filter(
        key_id=key_id, role=CertificateRole.SIGNING.value, state=CertificateState.GOOD.value,
        not_before__lte=now, not_after__gte=now,
    )  # fmt: skip
    return tuple(bytes(der) for der in rows.order_by("-created_at", "-id").values_list("der", flat=True))


def revoked_fingerprints() -> tuple[str, ...]:
    """Of all certificates that the pool has revoked: for those who judge chains elsewhere."""
    rows = Certificate.objects.filter(state=CertificateState.REVOKED.value)
    return tuple(rows.order_by("fingerprint").values_list("fingerprint", flat=True))


def revoked_certificates() -> tuple[tuple[bytes, datetime], ...]:
    """DER of the same, each with the time of its revocation."""
    rows = Certificate.objects.filter(state=CertificateState.REVOKED.value).order_by("fingerprint")
    return tuple((bytes(der), at) for der, at in rows.values_list("der", "revoked_at"))


def _row(row: Any) -> CertificateRow:
    return CertificateRow(
        id=row.pk,
        role=CertificateRole(row.role),
        state=CertificateState(row.state),
        subject=row.subject,
        issuer=row.issuer,
        serial=row.serial,
        algorithm=row.algorithm,
        suite=row.suite,
        fingerprint=row.fingerprint,
        not_before=row.not_before,
        not_after=row.not_after,
        demonstration=row.demonstration,
        key_id=row.key_id,
        key_name=row.key.name if row.key else "",
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        reason=row.reason,
        der=bytes(row.der),
    )
