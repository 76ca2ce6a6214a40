"""Whom a verifier trusts, and what that says of one certificate."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from yiwang.commons.crypto.engine import (
    SEAL_MAKING,
    Certificate,
    CryptoError,
    PkiError,
    RevocationList,
    check_certificate,
    read_certificate,
    read_certificates,
    read_list,
)
from yiwang.commons.seals.engine.findings import Findings
from yiwang.commons.seals.engine.wording import Reason, SealFault
from yiwang.kernel import clock
from yiwang.kernel.verdicts import Mark

MAX_FILE: Final = 32 * 1024 * 1024
MAX_FILES: Final = 1000
SKEW: Final = dt.timedelta(minutes=5)
_STATUS: Final = frozenset({"status_unknown", "status_stale", "status_early", "status_scope", "status_delta"})
_STRANGERS: Final = 8
# servers, OCSP, time stamps: who holds a certificate for nothing but these signs no documents
_OTHER_PURPOSES: Final = frozenset({"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.8"})


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates and revocation lists as they stand in files, each DER or PEM; a file may hold several certificates.

    `makers`: certificates of seal makers, or of authorities that certify nobody else: a maker must be one of them, chain
    to one, be a root itself, or bear the extended key usage SEAL_MAKING from a root. Any other signer makes no seals.
    `revoked`: fingerprints (`Certificate.fingerprint`) that are refused from now on whatever the lists say. `at`: the
    time of asking, None for now. `revocation`: "required" leaves a chain UNKNOWN where no list tells that its
    certificates are not revoked; "if_known" only remarks it.
    """

    roots: tuple[bytes, ...] = field(default=(), repr=False)
    intermediates: tuple[bytes, ...] = field(default=(), repr=False)
    lists: tuple[bytes, ...] = field(default=(), repr=False)
    revoked: frozenset[str] = field(default=frozenset(), repr=False)
    makers: tuple[bytes, ...] = field(default=(), repr=False)
    at: dt.datetime | None = None
    revocation: Literal["required", "if_known"] = "required"

    @property
    def now(self) -> dt.datetime:
        return self.at or clock.now()

    @classmethod
    def from_folder(cls, path: Path, at: dt.datetime | None = None) -> "Trust":
        """`roots/*.pem`, `intermediates/*.pem`, `makers/*.pem`, `lists/*.crl`, `revoked.txt` (a fingerprint a line).

        A folder that is not there trusts nobody. Raises SealFault for a file that can't be read as what it should be.
        """
        told = path / "revoked.txt"
        lines = _read(told).decode("ascii", errors="replace").split() if told.is_file() else []
        made = cls(
            roots=_files(path / "roots", "*.pem"),
            intermediates=_files(path / "intermediates", "*.pem"),
            lists=_files(path / "lists", "*.crl"),
            revoked=frozenset(line.lower() for line in lines),
            makers=_files(path / "makers", "*.pem"),
            at=at,
        )
        made.check()
        return made

    def check(self) -> None:
        """Raises SealFault where a certificate or list can't be read."""
        _prepared(self.roots, self.intermediates, self.lists)
        _prepared(self.makers, (), ())

    def anchored(self) -> bool:
        """Whether anybody is trusted."""
        return bool(self.roots)

    def with_(self, more: "Trust") -> "Trust":
        """What both trust; the other's time and manner."""
        return replace(
            more,
            roots=self.roots + more.roots,
            intermediates=self.intermediates + more.intermediates,
            lists=self.lists + more.lists,
            revoked=self.revoked | more.revoked,
            makers=self.makers + more.makers,
        )

    def grants_seals(self, chain: Sequence[Certificate]) -> bool:
        """Whether the first of a chain may make seals."""
        maker = chain[0]
        named = set(_prepared(self.makers, (), ()).anchors)
        granted = maker.purposes is not None and SEAL_MAKING in maker.purposes
        return granted or len(chain) == 1 or any(link in named for link in chain)


def _files(folder: Path, pattern: str) -> tuple[bytes, ...]:
    return tuple(_read(path) for path in sorted(folder.glob(pattern))[:MAX_FILES])


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise SealFault("trust.file", name=str(path), detail=error.strerror or "") from None


@dataclass(frozen=True, slots=True)
class _Prepared:
    anchors: tuple[Certificate, ...]
    intermediates: tuple[Certificate, ...]
    lists: tuple[RevocationList, ...]


@lru_cache(maxsize=8)
def _prepared(roots: tuple[bytes, ...], intermediates: tuple[bytes, ...], lists: tuple[bytes, ...]) -> _Prepared:
    try:
        return _Prepared(
            tuple(one for data in roots for one in read_certificates(data)),
            tuple(one for data in intermediates for one in read_certificates(data)),
            tuple(read_list(data) for data in lists),
        )
    except PkiError as error:
        raise SealFault("trust.unreadable", reason=error.reason) from None


@lru_cache(maxsize=256)
def certificate_of(der: bytes) -> Certificate | None:
    """A certificate of a stranger, None where it can't be read."""
    try:
        return read_certificate(der)
    except CryptoError:
        return None


def judge_chain(
    found: Findings,
    der: bytes,
    trust: Trust,
    *,
    at: dt.datetime,
    role: str,
    strangers: Sequence[bytes] = (),
) -> tuple[Certificate, ...]:
    """File into `chain` what speaks against the certificate of a role at a time; the chain that was found, if any.

    `strangers`: certificates brought along.
    """
    certificate = certificate_of(der)
    if certificate is None:
        found.against("chain", "cert.unreadable", role=role)
        return ()
    if certificate.fingerprint in trust.revoked:
        found.against("chain", "cert.withdrawn", role=role, subject=certificate.subject)
        return ()
    if not trust.anchored():
        found.against("chain", "chain.no_roots", mark=Mark.UNKNOWN)
        _validity(found, certificate, at, role)
        return ()
    try:
        known = _prepared(trust.roots, trust.intermediates, trust.lists)
    except SealFault as fault:
        found.file("chain", fault.reason, Mark.UNKNOWN)
        return ()
    at = min(at, trust.now + SKEW)  # a later one is refused elsewhere
    brought = [one for each in strangers[:_STRANGERS] if (one := certificate_of(each)) is not None]
    verdict = check_certificate(
        certificate,
        anchors=known.anchors,
        intermediates=(*known.intermediates, *brought),
        statuses=known.lists,
        at=at,
        now=trust.now,
        usage="sign",
        revocation=trust.revocation,
    )
    for remark in verdict.remarks:
        found.remark("cert.remark", role=role, reason=remark)
    _judge_links(found, certificate, verdict.chain, trust, role)
    for reason in verdict.reasons:
        unknown = all(each.code in _STATUS for each in verdict.reasons)
        code = "chain.no_status" if unknown else "cert.fault"
        found.file("chain", Reason(code, {"role": role, "reason": reason}), Mark.UNKNOWN if unknown else Mark.INVALID)
    if verdict.valid:
        _since(found, certificate, known, trust, role)
    return verdict.chain


def _judge_links(
    found: Findings, certificate: Certificate, chain: Sequence[Certificate], trust: Trust, role: str
) -> None:
    """What is asked beyond RFC 5280: a purpose that fits, and no authority that is withdrawn here."""
    if role != "stamper" and certificate.purposes and certificate.purposes <= _OTHER_PURPOSES:
        found.against("chain", "cert.purpose", role=role, subject=certificate.subject)
    for link in chain[1:]:
        if link.fingerprint in trust.revoked:
            found.against("chain", "cert.withdrawn", role=role, subject=link.subject)


def _since(found: Findings, certificate: Certificate, known: "_Prepared", trust: Trust, role: str) -> None:
    """Remark a revocation since: whoever has the key now could tell an earlier time."""
    for each in known.lists:
        for issuer in (*known.anchors, *known.intermediates):
            finding = each.finding(certificate, issuer, trust.now)
            if finding is not None and finding.decisive and finding.fault is not None:
                found.remark("cert.revoked_since", role=role, reason=finding.fault)
                return


def _validity(found: Findings, certificate: Certificate, at: dt.datetime, role: str) -> None:
    """Without a root the chain stays unknown, but what the certificate says of its own time can be told."""
    if not certificate.not_before <= at <= certificate.not_after:
        span = f"{certificate.not_before:%Y-%m-%d}/{certificate.not_after:%Y-%m-%d}"
        found.remark("cert.not_then", role=role, span=span, at=f"{at:%Y-%m-%d}")
