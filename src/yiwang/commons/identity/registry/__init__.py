"""Ports of identity: for whom an official stands in, and which actions one may take standing in."""

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from yiwang.commons.identity import rules


@dataclass(frozen=True, slots=True)
class StandIn:
    """An absent official in one office, whose work the deputy may do within `scope` until the day `until`.

    `href` leads to where it is ended.
    """

    account_id: UUID
    name: str
    organisation_id: UUID
    role: str
    scope: str
    until: date
    href: str


class StandIns(Protocol):
    def __call__(self, *, account_id: UUID, chosen: UUID) -> StandIn | None:
        """For whom this account stands in, by what its session chose, where that holds now."""


@dataclass
class _Provided:
    find: StandIns | None = None
    actions: set[str] = field(default_factory=set)


_provided = _Provided()


def provide_stand_ins(find: StandIns) -> None:
    """`find` answers at each request whether it holds now; at most one query."""
    _provided.find = find


def stand_in(account_id: UUID, chosen: UUID) -> StandIn | None:
    return _provided.find(account_id=account_id, chosen=chosen) if _provided.find else None


def let_stand_in(*actions: str) -> None:
    """Actions (patterns such as `cases.*`) that a deputy may take; all others stay with who holds them."""
    _provided.actions.update(actions)


def may_stand_in(action: str) -> bool:
    return not _provided.actions.isdisjoint(rules.covering(action, "."))
