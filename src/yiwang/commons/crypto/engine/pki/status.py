"""Whether a certificate was revoked, in the words that revocation lists and OCSP share."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .certificates import Certificate
from .reasons import Reason

CLOCK_SKEW = dt.timedelta(minutes=5)
"""How far the clock of an issuer may run ahead of ours."""


class RevocationReason(StrEnum):
    """CRLReason (RFC 5280 5.3.1) by its names."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION = "cessationOfOperation"
    HOLD = "certificateHold"
    WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"

    @classmethod
    def named(cls, name: str) -> "RevocationReason":
        """That of the name, UNSPECIFIED where there is none."""
        return next((reason for reason in cls if reason.value == name), cls.UNSPECIFIED)


REASON_NUMBERS = dict(zip(RevocationReason, (0, 1, 2, 3, 4, 5, 6, 9, 10), strict=True))
_BACKWARDS = frozenset({RevocationReason.KEY_COMPROMISE, RevocationReason.CA_COMPROMISE})


@dataclass(frozen=True, slots=True)
class Revocation:
    """A serial number that no longer holds, since when and why."""

    serial: int
    since: dt.datetime
    reason: RevocationReason = RevocationReason.UNSPECIFIED

    def fault(self, at: dt.datetime) -> Reason | None:
        """The reason against use at `at`: a revocation counts from its date; of a stolen key, from ever."""
        if self.since > at and self.reason not in _BACKWARDS:
            return None
        return Reason("revoked", {"since": f"{self.since:%Y-%m-%d %H:%M:%S}Z", "reason": self.reason.value})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one source says of one certificate: good (`fault` None), or why not.

    `decisive` is False where the source could not be used, so that another may be asked.
    """

    fault: Reason | None = None
    decisive: bool = True


class StatusSource(Protocol):
    """A revocation list or an OCSP response."""

    def finding(
        self, certificate: Certificate, issuer: Certificate, at: dt.datetime, now: dt.datetime | None = None
    ) -> Finding | None:
        """What it says of `at`, seen at `now`; None where it is not about this certificate. Never raises."""


def unusable(code: str, **params: object) -> Finding:
    return Finding(Reason(code, params), decisive=False)


def freshness(
    since: dt.datetime, until: dt.datetime | None, certificate: Certificate, at: dt.datetime, now: dt.datetime | None
) -> Finding | None:
    """Why a statement of `since`, good until `until`, can't answer for `at`; None when it can.

    `now` (default `at`) is the time of asking: about the past a later statement answers too, as long as it was made before
    the certificate ended, since issuers forget ended ones.
    """
    if since > (now or at) + CLOCK_SKEW:
        return unusable("status_early", since=f"{since:%Y-%m-%d %H:%M:%S}Z")
    if until is None or (since > at + CLOCK_SKEW and since > certificate.not_after):
        return unusable("status_unknown")
    if until < at:
        return unusable("status_stale", until=f"{until:%Y-%m-%d %H:%M:%S}Z")
    return None
