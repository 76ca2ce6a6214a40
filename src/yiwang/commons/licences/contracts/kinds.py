"""The closed sets of words of licences, and the names of the rights."""

from enum import StrEnum
from typing import Final

LICENCE: Final = "licence"
"""The kind of a licence in a `SubjectRef`."""
VIEW: Final = "licences.view"
MANAGE: Final = "licences.manage"
IMPORT: Final = "licences.import"
USE: Final = "licences.use"
CALLERS: Final = "licences.callers"
OWN: Final = "licences:own"
"""What somebody who acts for a holder must be allowed to see and show the holder's licences."""


class HolderKind(StrEnum):
    """Whose licence it may be; the values are identity's kinds of subjects."""

    PERSON = "person"
    ENTITY = "legal_entity"


class LicenceState(StrEnum):
    """Where a licence stands. `MAKING`: decided, but its sealed file does not stand yet, so it is no licence yet."""

    MAKING = "making"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REPLACED = "replaced"


class LifeVerb(StrEnum):
    """A step of a licence's life. `SEAL` ends the making of a version; `ABANDON` takes a version back that was never sealed."""

    ISSUE = "issue"
    TAKE_IN = "take_in"
    SEAL = "seal"
    CHANGE = "change"
    ABANDON = "abandon"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"
    REPLACE = "replace"


class Ground(StrEnum):
    """On what ground a licence ends or pauses: each has another meaning in law (行政许可法 第六十九、七十条；行政处罚法 第九条)."""

    DEREGISTERED = "deregistered"
    RESCINDED = "rescinded"
    PENALTY = "penalty"
    VOID = "void"
    INVESTIGATION = "investigation"
    COURT = "court"
    ERROR = "error"
    CHANGED = "changed"
    LOST = "lost"
    LAPSED = "lapsed"
    OTHER = "other"


class TrustGrade(StrEnum):
    """How far a licence may be trusted (国办函〔2016〕108号). A and B are licences in law, C and D are materials."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Origin(StrEnum):
    """How a licence came here."""

    CASE = "case"
    IMPORT = "import"
    PULL = "pull"
    UPLOAD = "upload"


class CheckResult(StrEnum):
    """What came of a code that somebody typed or scanned."""

    SHOWN = "shown"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"


class ImportState(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
