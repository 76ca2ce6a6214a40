"""The life of a version: prepared, in force, no longer offered."""

from enum import StrEnum

from yiwang.serve.matters.contracts import MatterState


class MatterAction(StrEnum):
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


TRANSITIONS = {
    (MatterState.DRAFT, MatterAction.PUBLISH): MatterState.PUBLISHED,
    (MatterState.DRAFT, MatterAction.WITHDRAW): MatterState.WITHDRAWN,
    (MatterState.PUBLISHED, MatterAction.WITHDRAW): MatterState.WITHDRAWN,
}


def next_state(state: MatterState, action: MatterAction) -> MatterState | None:
    """The state after `action`; None where the action is refused."""
    return TRANSITIONS.get((state, action))
