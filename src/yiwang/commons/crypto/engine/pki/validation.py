"""Does a certificate hold? Chains are built and judged by RFC 5280 chapter 6, with revocation, within a fixed budget.

Stricter than the RFC where practice here asks it: anchors must be within their validity too. Left out: policy mapping
(any policy is acceptable; a critical extension that would restrict policies makes the chain invalid).
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .algorithms import signature_fault
from .certificates import Certificate, NameKey
from .constraints import excludes
from .reasons import Reason
from .status import CLOCK_SKEW, Finding, StatusSource
from .verdicts import Verdict

MAX_LENGTH = 8
MAX_SIGNATURES = 128
MAX_CHAINS = 16
MAX_STEPS = 1000

Usage = Literal["sign", "encrypt"]
Revocation = Literal["required", "if_known", "off"]
_USAGES: dict[str, tuple[frozenset[str], str]] = {
    "sign": (frozenset({"digitalSignature", "nonRepudiation"}), "digitalSignature"),
    "encrypt": (frozenset({"keyEncipherment", "dataEncipherment", "keyAgreement"}), "keyEncipherment"),
}


@dataclass(slots=True)
class _Search:
    """One search for a chain: what may be used, what is already known, how much may still be spent."""

    anchors: frozenset[Certificate]
    by_name: dict[NameKey, list[Certificate]]
    edges: dict[tuple[bytes, bytes], Reason | None] = field(default_factory=dict)
    signatures: int = MAX_SIGNATURES
    chains: int = MAX_CHAINS
    steps: int = MAX_STEPS
    dead_ends: dict[Reason, int] = field(default_factory=dict)  # and how far up it was
    exhausted: bool = False

    @classmethod
    def among(cls, anchors: Sequence[Certificate], intermediates: Sequence[Certificate]) -> "_Search":
        by_name: dict[NameKey, list[Certificate]] = {}
        for certificate in dict.fromkeys([*anchors, *intermediates]):
            by_name.setdefault(certificate.subject_name, []).append(certificate)
        return cls(frozenset(anchors), by_name)

    def chains_from(self, chain: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        """Chains whose signatures hold, from the leaf up to an anchor. At most MAX_LENGTH deep, so recursion is safe."""
        last = chain[-1]
        if last in self.anchors:
            self.chains -= 1
            yield chain
            return
        if len(chain) >= MAX_LENGTH:
            self.exhausted = True
            return
        candidates = [c for c in self._issuers(last) if c not in chain]
        if not candidates:
            code = "untrusted" if last.self_issued else "no_issuer"
            self._stop(len(chain), Reason(code, {"issuer": last.issuer}, last.subject))
        for issuer in candidates:
            self.steps -= 1
            if min(self.chains, self.signatures, self.steps) <= 0:
                self.exhausted = True
                return
            fault = self._edge(last, issuer)
            if fault is not None:
                self._stop(len(chain), Reason(fault.code, fault.params, last.subject))
                continue
            yield from self.chains_from((*chain, issuer))

    def _stop(self, depth: int, reason: Reason) -> None:
        if len(self.dead_ends) < MAX_CHAINS:
            self.dead_ends.setdefault(reason, depth)

    def _issuers(self, certificate: Certificate) -> list[Certificate]:
        """Those of the issuer's name: first those that carry the key that is named, then anchors before others."""
        wanted = certificate.authority_key_id
        return sorted(
            self.by_name.get(certificate.issuer_name, ()),
            key=lambda c: (bool(wanted) and c.key_id != wanted, c not in self.anchors),
        )

    def _edge(self, certificate: Certificate, issuer: Certificate) -> Reason | None:
        key = (certificate.der, issuer.public_key)
        if key not in self.edges:
            self.signatures -= 1
            self.edges[key] = signature_fault(
                issuer.public_key,
                certificate.signature_algorithm,
                certificate.tbs,
                certificate.signature,
                certificate.scheme,
            )
        return self.edges[key]


def check_certificate(
    leaf: Certificate,
    *,
    anchors: Sequence[Certificate],
    at: dt.datetime,
    intermediates: Sequence[Certificate] = (),
    statuses: Sequence[StatusSource] = (),
    usage: Usage | None = None,
    purpose: str | None = None,
    revocation: Revocation = "required",
    now: dt.datetime | None = None,
) -> Verdict:
    """Whether `leaf` held at `at` (aware) under `anchors`, which are trusted by the caller.

    For the past give `now` too: then revocation lists and responses made since `at` count as well. Without it what was
    made after `at` is refused as a sign of a clock that is behind.
    `statuses` are revocation lists and OCSP responses, asked in their order for each certificate below the anchor;
    "required" makes a certificate without usable answer invalid, "if_known" remarks it. `usage` and `purpose` (dotted OID)
    bind the leaf. Never raises; at most MAX_SIGNATURES signatures are checked to find chains.
    """
    search = _Search.among(anchors, intermediates)
    best: tuple[tuple[Certificate, ...], list[Reason], list[Reason]] | None = None
    for chain in search.chains_from((leaf,)):
        reasons = [*_path_faults(chain, at), *_leaf_faults(leaf, usage, purpose)]
        against, remarks = _revocation(chain, statuses, at, now, revocation)
        reasons += against
        if not reasons:
            return Verdict(valid=True, remarks=tuple(remarks + _remarks(chain)), chain=chain)
        if best is None or len(reasons) < len(best[1]):
            best = (chain, reasons, remarks)
    if best is None:
        return _no_chain(search, leaf, at)
    chain, reasons, remarks = best
    return Verdict(valid=False, reasons=tuple(reasons), remarks=tuple(remarks + _remarks(chain)), chain=chain)


def _no_chain(search: _Search, leaf: Certificate, at: dt.datetime) -> Verdict:
    reasons = [Reason("budget")] if search.exhausted else []
    furthest = max(search.dead_ends.values(), default=0)
    reasons += [reason for reason, depth in search.dead_ends.items() if depth == furthest]
    return Verdict(valid=False, reasons=(*reasons, *_validity((leaf,), at)), remarks=tuple(_remarks((leaf,))))


def _remarks(chain: Sequence[Certificate]) -> list[Reason]:
    return [Reason("demonstration", {}, c.subject) for c in chain[:1] if any(link.demonstration for link in chain)]


def _path_faults(chain: Sequence[Certificate], at: dt.datetime) -> Iterator[Reason]:
    yield from _validity(chain, at)
    for certificate in chain[:-1]:
        if not certificate.algorithms_agree:
            yield Reason("algorithm_differs", {}, certificate.subject)
    for certificate in chain:
        for oid in certificate.unknown_critical:
            yield Reason("critical", {"oid": oid}, certificate.subject)
        if certificate.key.fault:
            yield Reason("key_weak", {"detail": certificate.key.fault}, certificate.subject)
    below = 0  # intermediates under the issuer that are not self-issued (RFC 5280 6.1.4 l)
    for subject, issuer in itertools.pairwise(chain):
        if subject is not chain[0] and not subject.self_issued:
            below += 1
        yield from _issuer_faults(subject, issuer, below)
    yield from _name_faults(chain)


def _name_faults(chain: Sequence[Certificate]) -> Iterator[Reason]:
    for height, issuer in enumerate(chain):
        if issuer.constraints is None:
            continue
        for link in chain[:height]:
            # A self-issued intermediate only renews a key (RFC 5280 6.1.3 b).
            if (link is chain[0] or not link.self_issued) and excludes(issuer.constraints, link):
                yield Reason("names", {"issuer": issuer.subject}, link.subject)


def _validity(chain: Sequence[Certificate], at: dt.datetime) -> Iterator[Reason]:
    if all(certificate.not_before > at + CLOCK_SKEW for certificate in chain) and len(chain) > 1:
        yield Reason("clock_behind", {"at": f"{at:%Y-%m-%d %H:%M:%S}"})
    for certificate in chain:
        if certificate.not_before > at:
            yield Reason(
                "not_yet_valid", {"since": f"{certificate.not_before:%Y-%m-%d %H:%M:%S}Z"}, certificate.subject
            )
        elif certificate.not_after < at:
            yield Reason("expired", {"until": f"{certificate.not_after:%Y-%m-%d %H:%M:%S}Z"}, certificate.subject)


def _issuer_faults(subject: Certificate, issuer: Certificate, below: int) -> Iterator[Reason]:
    named = {"issuer": issuer.subject}
    if not issuer.ca:
        yield Reason("not_ca", named, subject.subject)
    if issuer.usages is not None and "keyCertSign" not in issuer.usages:
        yield Reason("no_cert_sign", named, subject.subject)
    if issuer.path_length is not None and below > issuer.path_length:
        yield Reason("path_length", {**named, "limit": issuer.path_length}, subject.subject)


def _leaf_faults(leaf: Certificate, usage: Usage | None, purpose: str | None) -> Iterator[Reason]:
    if usage is not None and leaf.usages is not None and not leaf.usages & _USAGES[usage][0]:
        yield Reason("usage", {"usage": _USAGES[usage][1]}, leaf.subject)
    if purpose is not None and leaf.purposes is not None and not leaf.purposes & {purpose, "2.5.29.37.0"}:
        yield Reason("purpose", {"purpose": purpose}, leaf.subject)


def _revocation(
    chain: Sequence[Certificate],
    statuses: Sequence[StatusSource],
    at: dt.datetime,
    now: dt.datetime | None,
    wanted: Revocation,
) -> tuple[list[Reason], list[Reason]]:
    against: list[Reason] = []
    remarks: list[Reason] = []
    if wanted == "off":
        return against, [Reason("not_checked")]
    for certificate, issuer in itertools.pairwise(chain):
        finding = status_of(certificate, issuer, statuses, at, now)
        if finding.fault is None:
            continue
        reason = Reason(finding.fault.code, finding.fault.params, certificate.subject)
        (against if finding.decisive or wanted == "required" else remarks).append(reason)
    return against, remarks


def status_of(
    certificate: Certificate,
    issuer: Certificate,
    statuses: Sequence[StatusSource],
    at: dt.datetime,
    now: dt.datetime | None = None,
) -> Finding:
    """What the sources say together: revoked if any says so, else good if any says so, else why none could be used."""
    doubt: Finding | None = None
    good: Finding | None = None
    for source in statuses:
        finding = source.finding(certificate, issuer, at, now)
        if finding is None:
            continue
        if finding.decisive and finding.fault is not None:
            return finding
        if finding.fault is None:
            good = finding
        else:
            doubt = doubt or finding
    return good or doubt or Finding(Reason("status_unknown"), decisive=False)
