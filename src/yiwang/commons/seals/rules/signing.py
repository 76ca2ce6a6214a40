"""Co-signatures: whose turn it is, and when one is complete."""

from collections.abc import Sequence
from datetime import date

from yiwang.commons.seals.contracts.kinds import CoSignatureState, SignerState

MOST_SIGNERS = 50
LONGEST_CONTENT = 256 * 1024


def turns(states: Sequence[SignerState], *, ordered: bool) -> frozenset[int]:
    """Indices (from 0, in the order of places) of those whose turn it is."""
    waiting = [index for index, state in enumerate(states) if state is SignerState.WAITING]
    if any(state is SignerState.DECLINED for state in states):
        return frozenset()
    return frozenset(waiting[:1] if ordered else waiting)


def outcome(states: Sequence[SignerState], *, deadline: date | None, today: date) -> CoSignatureState:
    """Where a co-signature stands by what its signers did; the day of the deadline is still in time."""
    if any(state is SignerState.DECLINED for state in states):
        return CoSignatureState.DECLINED
    if states and all(state is SignerState.SIGNED for state in states):
        return CoSignatureState.COMPLETE
    if deadline is not None and today > deadline:
        return CoSignatureState.EXPIRED
    return CoSignatureState.OPEN
