"""The words of seals: kinds, states, steps, rules of use; of signatures: states of a co-signature and of its signers."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

SEAL = "seal"
SEAL_USE = "seal_use"
USE_REQUEST = "seal_use_request"
COSIGNATURE = "co_signature"
"""Kinds of subjects."""

VIEW = "seals.view"
APPLY = "seals.apply"
APPROVE = "seals.approve"
USE = "seals.use"
AUTHORISE = "seals.authorise"
"""Actions of grants: see an organisation's seals and their log; apply for one; approve, make and suspend seals (the registering
office); ask for a use; let the program use a seal after a decision. Who keeps a seal is a matter of its custody."""

APPLICATION = "seals"
"""The application of the key pool to which the keys of seals and of personal signatures belong."""

OFD = "application/ofd"
PDF = "application/pdf"
SEALABLE = frozenset({OFD, PDF})
STATEMENT_TYPE = "application/json"
MOST_BYTES = 20 * 1024 * 1024
"""Bytes of a document that is sealed here, or judged on a page."""

SealId = NewType("SealId", UUID)
CoSignatureId = NewType("CoSignatureId", UUID)


class SealKind(StrEnum):
    """What a seal is for: the organisation's statutory name (法定名称章), its services (政务服务专用章), its licences (证照专用章)."""

    OFFICIAL = "official"
    SERVICE = "service"
    LICENCE = "licence"


class SealState(StrEnum):
    """Where a seal stands in its life."""

    APPLIED = "applied"
    REFUSED = "refused"
    APPROVED = "approved"
    MADE = "made"
    IN_CUSTODY = "in_custody"
    SUSPENDED = "suspended"
    ENDING = "ending"
    DESTROYED = "destroyed"


class SealVerb(StrEnum):
    """What is done to a seal in its life."""

    APPLY = "apply"
    APPROVE = "approve"
    REFUSE = "refuse"
    MAKE = "make"
    HAND_OVER = "hand_over"
    SUSPEND = "suspend"
    RESUME = "resume"
    ASK_DESTRUCTION = "ask_destruction"
    SPARE = "spare"
    DESTROY = "destroy"


class UseRule(StrEnum):
    """Who may use a seal by hand: a keeper alone, or two persons of whom one asks and a keeper approves."""

    ONE = "one"
    TWO = "two"


class UseMode(StrEnum):
    """How a use came about; AUTOMATIC: the program after a decision, within what the organisation has approved."""

    ONE = "one"
    TWO = "two"
    AUTOMATIC = "automatic"


class RequestState(StrEnum):
    """Where a request for a use stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class CoSignatureState(StrEnum):
    """Where a document that persons sign stands."""

    OPEN = "open"
    COMPLETE = "complete"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class SignerState(StrEnum):
    """What one of the signers did."""

    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"
