"""The life of a key as data: each allowed step, and what a key may do in each state."""

from collections.abc import Mapping
from types import MappingProxyType

from yiwang.commons.crypto.contracts import KeyState, KeyVerb, Operation, Purpose

S, V = KeyState, KeyVerb

STEPS: Mapping[tuple[KeyState | None, KeyVerb], KeyState] = MappingProxyType(
    {
        (None, V.CREATE): S.PRE_ACTIVE,
        (S.PRE_ACTIVE, V.ACTIVATE): S.ACTIVE,
        (S.PRE_ACTIVE, V.DESTROY): S.DESTROYED,
        (S.ACTIVE, V.ROTATE): S.ACTIVE,
        (S.ACTIVE, V.SUSPEND): S.SUSPENDED,
        (S.ACTIVE, V.RETIRE): S.RETIRED,
        (S.SUSPENDED, V.RESUME): S.ACTIVE,
        (S.SUSPENDED, V.RETIRE): S.RETIRED,
        (S.RETIRED, V.DESTROY): S.DESTROYED,
    }
)
"""From a state, by a verb, to a state (NIST SP 800-57 part 1 rev. 5, 7.2). What is not here is refused."""

_PROTECTING = frozenset({Operation.SEAL, Operation.SIGN, Operation.HASH})
_READING = frozenset({Operation.OPEN})
USES: Mapping[KeyState, frozenset[Operation]] = MappingProxyType(
    {
        S.PRE_ACTIVE: frozenset(),
        S.ACTIVE: _PROTECTING | _READING,
        S.SUSPENDED: frozenset(),
        S.RETIRED: _READING,
        S.DESTROYED: frozenset(),
    }
)
"""What a key does in each state. Verifying needs the public key alone and is never refused."""

PLATFORM = frozenset({Purpose.FIELDS, Purpose.LOOKUP})
"""Purposes whose one key the whole platform stands on: such a key is rotated and nothing else."""


def after(state: KeyState | None, verb: KeyVerb) -> KeyState | None:
    """The state after a step; None where it is not allowed."""
    return STEPS.get((state, verb))


def verbs(state: KeyState, purpose: Purpose) -> frozenset[KeyVerb]:
    """The steps that a key of this state and purpose can take."""
    allowed = frozenset(verb for before, verb in STEPS if before is state)
    return allowed & {V.ROTATE, V.ACTIVATE} if purpose in PLATFORM else allowed


def may(state: KeyState, operation: Operation) -> bool:
    """Whether a key in this state is used so."""
    return operation in USES[state]
