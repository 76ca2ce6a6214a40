"""Whose records are they: contexts tell which subjects of statements somebody holds, for 「我的存证」."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yiwang.kernel.actor import Actor, SubjectRef


@dataclass(frozen=True, slots=True)
class Held:
    """A record that somebody holds: what statements are about, how it is called, where it is shown.

    `whole` is the number of what it is part of, where it is a part.
    """

    subject: SubjectRef
    title: str
    number: str
    href: str
    whole: str = ""


Holding = Callable[[Actor], Sequence[Held]]
_holdings: list[Holding] = []


def register_holding(provider: Holding) -> None:
    """Let `provider(viewer)` name the viewer's own records, newest first, in one query."""
    if provider not in _holdings:
        _holdings.append(provider)


def held_by(viewer: Actor) -> tuple[Held, ...]:
    """All records that the viewer holds. One query a context."""
    return tuple(held for provider in _holdings for held in provider(viewer))
