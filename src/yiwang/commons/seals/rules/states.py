"""The life of a seal as a table: what may be done in which state, and where it leads."""

from types import MappingProxyType

from yiwang.commons.seals.contracts.kinds import SealState, SealVerb

_S, _V = SealState, SealVerb
TABLE = MappingProxyType(
    {
        (None, _V.APPLY): _S.APPLIED,
        (_S.APPLIED, _V.APPROVE): _S.APPROVED,
        (_S.APPLIED, _V.REFUSE): _S.REFUSED,
        (_S.APPROVED, _V.MAKE): _S.MADE,
        (_S.MADE, _V.HAND_OVER): _S.IN_CUSTODY,
        (_S.IN_CUSTODY, _V.HAND_OVER): _S.IN_CUSTODY,
        (_S.SUSPENDED, _V.HAND_OVER): _S.SUSPENDED,
        (_S.IN_CUSTODY, _V.SUSPEND): _S.SUSPENDED,
        (_S.SUSPENDED, _V.RESUME): _S.IN_CUSTODY,
        (_S.MADE, _V.ASK_DESTRUCTION): _S.ENDING,
        (_S.IN_CUSTODY, _V.ASK_DESTRUCTION): _S.ENDING,
        (_S.SUSPENDED, _V.ASK_DESTRUCTION): _S.ENDING,
        (_S.ENDING, _V.SPARE): _S.SUSPENDED,
        (_S.ENDING, _V.DESTROY): _S.DESTROYED,
    }
)
IN_FORCE = frozenset({_S.MADE, _S.IN_CUSTODY, _S.SUSPENDED, _S.ENDING})
"""States in which a seal has a key: one of them for an organisation and kind."""
OPEN = frozenset({_S.APPLIED, _S.APPROVED})
"""States of an application that may still become a seal."""
ENDED = frozenset({_S.REFUSED, _S.DESTROYED})
USABLE = frozenset({_S.IN_CUSTODY})
REASONED = frozenset({_V.APPLY, _V.REFUSE, _V.SUSPEND, _V.ASK_DESTRUCTION, _V.SPARE, _V.DESTROY})
"""Steps that need a reason."""


def after(state: SealState | None, verb: SealVerb) -> SealState | None:
    """Where a step leads; None where the state does not allow it."""
    return TABLE.get((state, verb))


def verbs(state: SealState) -> frozenset[SealVerb]:
    """The steps that a state allows."""
    return frozenset(verb for before, verb in TABLE if before is state)
