"""Certificate revocation lists (RFC 5280 chapter 5): read and ask those of strangers, write our own."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509

from yiwang.commons.crypto.engine import Signer

from . import der
from .algorithms import ED25519, SM2_SM3, Scheme, signature_fault
from .certificates import Certificate, NameKey, from_pem, guarded, name_key, scheme_of, to_pem
from .reasons import PkiError, Reason, shown
from .status import Finding, Revocation, RevocationReason, freshness, unusable

MAX_LIST = 32 * 1024 * 1024
_UNDERSTOOD = (x509.AuthorityKeyIdentifier, x509.CRLNumber, x509.IssuingDistributionPoint)
SIGNATURE_OIDS = {"national": SM2_SM3, "international": ED25519}


@dataclass(frozen=True, slots=True, eq=False)
class RevocationList:
    """A complete list of one issuer. Reading does not check the signature; `finding` does. Built by `read_list`."""

    der: bytes = field(repr=False)
    issuer: str
    issuer_name: NameKey = field(repr=False)
    since: dt.datetime
    until: dt.datetime | None
    number: int | None
    entries: int
    signature_algorithm: str
    scope: x509.IssuingDistributionPoint | None
    fault: Reason | None
    signature: bytes = field(repr=False)
    scheme: Scheme | None = field(repr=False)
    _loaded: x509.CertificateRevocationList = field(repr=False)
    _checked: dict[bytes, Reason | None] = field(default_factory=dict, repr=False)

    def finding(
        self, certificate: Certificate, issuer: Certificate, at: dt.datetime, now: dt.datetime | None = None
    ) -> Finding | None:
        """What the list says of a certificate at `at`, seen at `now`; None where it is another issuer's. Never raises."""
        if self.issuer_name != certificate.issuer_name or issuer.subject_name != self.issuer_name:
            return None
        fault = self.fault or self._signature_fault(issuer)
        if fault is not None:
            return Finding(fault, decisive=False)
        if not self._covers(certificate):
            return unusable("status_scope")
        return (
            self._entry(certificate.serial, at) or freshness(self.since, self.until, certificate, at, now) or Finding()
        )

    def _signature_fault(self, issuer: Certificate) -> Reason | None:
        if issuer.usages is not None and "cRLSign" not in issuer.usages:
            return Reason("status_signer")
        if issuer.public_key not in self._checked:
            if len(self._checked) >= 64:
                self._checked.clear()
            fault = signature_fault(issuer.public_key, self.signature_algorithm, self.tbs, self.signature, self.scheme)
            self._checked[issuer.public_key] = (
                Reason("status_signature") if fault is not None and fault.code == "bad_signature" else fault
            )
        return self._checked[issuer.public_key]

    def _covers(self, certificate: Certificate) -> bool:
        scope = self.scope
        if scope is None:
            return True
        if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs or scope.relative_name:
            return False
        if (scope.only_contains_user_certs and certificate.ca) or (scope.only_contains_ca_certs and not certificate.ca):
            return False
        points = {n.value for n in scope.full_name or () if isinstance(n, x509.UniformResourceIdentifier)}
        return not scope.full_name or bool(points & set(certificate.crl_urls))

    def _entry(self, serial: int, at: dt.datetime) -> Finding | None:
        """A revocation holds even on a list that ended since: what is revoked stays so."""
        found = self._loaded.get_revoked_certificate_by_serial_number(serial)
        if found is None:
            return None
        try:
            extensions, since = list(found.extensions), found.revocation_date_utc
        except (ValueError, x509.DuplicateExtension):
            return unusable("malformed", what="crl", detail=f"{serial:X}")
        reason = RevocationReason.UNSPECIFIED
        for extension in extensions:
            if isinstance(extension.value, x509.CRLReason):
                if extension.value.reason is x509.ReasonFlags.remove_from_crl:  # stands in delta lists only
                    return unusable("status_delta")
                reason = RevocationReason.named(extension.value.reason.value)
            elif extension.critical and not isinstance(extension.value, x509.InvalidityDate):
                return unusable("critical", oid=extension.oid.dotted_string)
        fault = Revocation(serial, since, reason).fault(at)
        return None if fault is None else Finding(fault)

    @property
    def tbs(self) -> bytes:
        """What is signed; made anew each time, since lists may be large."""
        return self._loaded.tbs_certlist_bytes

    def pem(self) -> str:
        return to_pem("X509 CRL", self.der)


def read_list(data: bytes) -> RevocationList:
    """A list in DER or PEM. PkiError where it is none, or is too large. O(size): a million entries in 0.05 s."""
    if len(data) > MAX_LIST:
        raise PkiError("too_large", size=len(data), limit=MAX_LIST)
    if data[:1] != b"\x30":
        blocks = from_pem(data, ["X509 CRL"], limit=MAX_LIST)
        if len(blocks) != 1:
            raise PkiError("nothing", what="crl")
        data = blocks[0][1]
    return guarded("crl", lambda: _read(data))


def _read(data: bytes) -> RevocationList:
    loaded = x509.load_der_x509_crl(data)
    extensions = {type(extension.value): extension.value for extension in loaded.extensions}
    number, scope = extensions.get(x509.CRLNumber), extensions.get(x509.IssuingDistributionPoint)
    fault = None
    if x509.DeltaCRLIndicator in extensions:
        fault = Reason("status_delta")
    for extension in loaded.extensions:
        if extension.critical and not fault and not isinstance(extension.value, _UNDERSTOOD):
            fault = Reason("critical", {"oid": extension.oid.dotted_string})
    return RevocationList(
        der=data,
        issuer=shown(loaded.issuer.rfc4514_string()),
        issuer_name=name_key(loaded.issuer),
        since=loaded.last_update_utc,
        until=loaded.next_update_utc,
        number=number.crl_number if isinstance(number, x509.CRLNumber) else None,
        entries=len(loaded),
        signature_algorithm=loaded.signature_algorithm_oid.dotted_string,
        scope=scope if isinstance(scope, x509.IssuingDistributionPoint) else None,
        fault=fault,
        signature=loaded.signature,
        scheme=scheme_of(loaded),
        _loaded=loaded,
    )


def write_list(
    issuer: Certificate,
    signer: Signer,
    revocations: Sequence[Revocation],
    *,
    number: int,
    since: dt.datetime,
    until: dt.datetime,
) -> bytes:
    """A complete list, version 2, signed; DER. `number` grows with each list of an issuer."""
    algorithm = der.sequence(der.oid(SIGNATURE_OIDS[signer.suite.name]))
    entries = b"".join(_entry(revocation) for revocation in revocations)
    extensions = der.sequence(
        extension_der(x509.AuthorityKeyIdentifier(issuer.key_id, None, None)), extension_der(x509.CRLNumber(number))
    )
    tbs = der.sequence(
        der.integer(1),
        algorithm,
        issuer.subject_der,
        der.time(since),
        der.time(until),
        der.value(der.SEQUENCE, entries) if entries else b"",
        der.explicit(0, extensions),
    )
    return der.sequence(tbs, algorithm, der.bits(signer.sign(tbs)))


def _entry(revocation: Revocation) -> bytes:
    reason = b""
    if revocation.reason is not RevocationReason.UNSPECIFIED:  # absent rather than "unspecified" (RFC 5280 5.3.1)
        reason = der.sequence(extension_der(x509.CRLReason(x509.ReasonFlags(revocation.reason.value))))
    return der.sequence(der.integer(revocation.serial), der.time(revocation.since), reason)


def extension_der(value: x509.ExtensionType, *, critical: bool = False) -> bytes:
    mark = der.value(der.BOOLEAN, b"\xff") if critical else b""
    return der.sequence(der.oid(value.oid.dotted_string), mark, der.octets(value.public_bytes()))
