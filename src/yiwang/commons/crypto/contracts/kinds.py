"""The words of keys: purposes, states, what can be done with one; the actions of grants."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

KEY = "crypto_key"
MASTER_KEY = "crypto_master_key"
APPLICATION = "crypto_application"
CERTIFICATE = "crypto_certificate"
REENCRYPTION = "crypto_reencryption"
"""Kinds of subjects."""

VIEW = "crypto.view"
MANAGE = "crypto.manage"
DESTROY = "crypto.destroy"
"""Actions of grants. Who retired a key never destroys it."""

KeyId = NewType("KeyId", UUID)
CertificateId = NewType("CertificateId", UUID)


class Purpose(StrEnum):
    """What a key is for. The platform has one key of each of the first two."""

    FIELDS = "fields"
    LOOKUP = "lookup"
    DATA = "data"
    SIGNING = "signing"


class KeyState(StrEnum):
    """Where a key stands in its life (NIST SP 800-57 part 1, 7)."""

    PRE_ACTIVE = "pre_active"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"
    DESTROYED = "destroyed"


class KeyVerb(StrEnum):
    """What is done to a key in its life."""

    CREATE = "create"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    ROTATE = "rotate"
    RETIRE = "retire"
    DESTROY = "destroy"


class Operation(StrEnum):
    """What a key is used for; each use is counted under one of these."""

    SEAL = "seal"
    OPEN = "open"
    HASH = "hash"
    SIGN = "sign"


class MasterState(StrEnum):
    """Whether a master key wraps new keys, or only unwraps older ones."""

    ACTIVE = "active"
    RETIRED = "retired"


class RunState(StrEnum):
    """Where a re-encryption stands."""

    RUNNING = "running"
    DONE = "done"


class CertificateRole(StrEnum):
    """What a kept certificate serves for. China's double certificates come as a pair: signing and encryption."""

    ANCHOR = "anchor"
    INTERMEDIATE = "intermediate"
    SIGNING = "signing"
    ENCRYPTION = "encryption"


class CertificateState(StrEnum):
    """What the pool knows of a certificate; whether it is valid on a day is a matter of its days and its chain too."""

    GOOD = "good"
    REVOKED = "revoked"
