"""The life of a version: prepared or listed, in force, suspended for a time, no longer offered."""

from datetime import date
from enum import StrEnum

from yiwang.serve.matters.contracts import MatterState

OFFERED = (MatterState.PUBLISHED.value, MatterState.LISTED.value)
"""Stored states of the one version of a code that the public is told of."""


class MatterAction(StrEnum):
    PUBLISH = "publish"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"


TRANSITIONS = {
    (MatterState.DRAFT, MatterAction.PUBLISH): MatterState.PUBLISHED,
    (MatterState.DRAFT, MatterAction.CANCEL): MatterState.WITHDRAWN,
    (MatterState.LISTED, MatterAction.PUBLISH): MatterState.PUBLISHED,
    (MatterState.LISTED, MatterAction.CANCEL): MatterState.WITHDRAWN,
    (MatterState.PUBLISHED, MatterAction.SUSPEND): MatterState.SUSPENDED,
    (MatterState.PUBLISHED, MatterAction.CANCEL): MatterState.WITHDRAWN,
    (MatterState.SUSPENDED, MatterAction.RESUME): MatterState.PUBLISHED,
    (MatterState.SUSPENDED, MatterAction.CANCEL): MatterState.WITHDRAWN,
}


def next_state(state: MatterState, action: MatterAction) -> MatterState | None:
    """The state after `action`; None where the action is refused."""
    return TRANSITIONS.get((state, action))


def state_on(stored: MatterState, day: date, since: date | None, until: date | None) -> MatterState:
    """The state on `day`: a published version is suspended from `since` to `until`, both included."""
    halted = since is not None and since <= day and (until is None or day <= until)
    return MatterState.SUSPENDED if stored is MatterState.PUBLISHED and halted else stored
