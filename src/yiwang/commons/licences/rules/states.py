"""The life of a licence as a table: making → in force → suspended, revoked, expired, replaced.

A change and the sealing of a changed version leave the state as it is: the version before stays in force until the new
one is sealed, so that a holder is never without a licence because a file is being made. What can't be made (a value that does
not fit its place) is corrected by a change, or the change is taken back: nothing waits for ever.
"""

from datetime import date
from typing import Final

from yiwang.commons.licences.contracts import LicenceState as S
from yiwang.commons.licences.contracts import LifeVerb as V

TABLE: Final[dict[tuple[V, S | None], S]] = {
    (V.ISSUE, None): S.MAKING,
    (V.TAKE_IN, None): S.IN_FORCE,
    (V.SEAL, S.MAKING): S.IN_FORCE,
    (V.SEAL, S.IN_FORCE): S.IN_FORCE,
    (V.SEAL, S.SUSPENDED): S.SUSPENDED,
    (V.CHANGE, S.MAKING): S.MAKING,
    (V.CHANGE, S.IN_FORCE): S.IN_FORCE,
    (V.ABANDON, S.IN_FORCE): S.IN_FORCE,
    (V.ABANDON, S.SUSPENDED): S.SUSPENDED,
    (V.SUSPEND, S.IN_FORCE): S.SUSPENDED,
    (V.RESUME, S.SUSPENDED): S.IN_FORCE,
    (V.REVOKE, S.MAKING): S.REVOKED,
    (V.REVOKE, S.IN_FORCE): S.REVOKED,
    (V.REVOKE, S.SUSPENDED): S.REVOKED,
    (V.REVOKE, S.EXPIRED): S.REVOKED,
    (V.EXPIRE, S.IN_FORCE): S.EXPIRED,
    (V.EXPIRE, S.SUSPENDED): S.EXPIRED,
    (V.REPLACE, S.IN_FORCE): S.REPLACED,
    (V.REPLACE, S.SUSPENDED): S.REPLACED,
    (V.REPLACE, S.EXPIRED): S.REPLACED,
}
FINAL: Final = frozenset({S.REVOKED, S.REPLACED})
USABLE: Final = frozenset({S.IN_FORCE})
AGAINST_HOLDER: Final = frozenset({V.SUSPEND, V.REVOKE, V.CHANGE, V.RESUME, V.REPLACE, V.ABANDON})
"""Steps that somebody decides about a licence that stands: they need a reason."""


def after(verb: V, before: S | None) -> S | None:
    """The state after a step; None where the table does not allow it."""
    return TABLE.get((verb, before))


def allowed(state: S, *, waits: bool = False, stuck: bool = False) -> tuple[V, ...]:
    """The steps that an official may decide in this state, in the order of the pages.

    `waits`: a version waits for its seal; `stuck`: a try to seal it has failed.
    """
    order = (V.CHANGE, V.ABANDON, V.SUSPEND, V.RESUME, V.REVOKE)
    may = {V.CHANGE: not waits or (stuck and state is S.MAKING), V.ABANDON: waits}
    return tuple(verb for verb in order if (verb, state) in TABLE and may.get(verb, True))


def stands(state: S, *, valid_from: date | None, valid_until: date | None, today: date) -> S:
    """The state as of today: what the daily sweep has not yet marked as expired is expired all the same.

    A licence whose validity begins later is none yet; its state is still told as in force, `begun` says so.
    """
    del valid_from
    over = valid_until is not None and valid_until < today
    return S.EXPIRED if over and state in {S.IN_FORCE, S.SUSPENDED} else state


def begun(valid_from: date | None, today: date) -> bool:
    """Whether its validity has begun."""
    return valid_from is None or valid_from <= today


def ends_soon(state: S, valid_until: date | None, *, today: date, days: int) -> bool:
    """Whether the holder is warned: in force, and over within `days`."""
    return state is S.IN_FORCE and valid_until is not None and 0 <= (valid_until - today).days <= days
