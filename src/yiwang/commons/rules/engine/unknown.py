"""Facts that nobody has told yet, apart from null (told: there is none).

An absent fact is an `Unknown` value that flows through the evaluation; three-valued logic decides whether the result
depends on it. A guide asks exactly the facts that remain.
"""

from collections.abc import Iterable
from typing import Any


class Unknown:
    """A value that depends on absent facts; `missing` names them in the order in which they were needed.

    `fact` tells that the value *is* the one absent fact, so that an entry of it can be named by its path.
    """

    __slots__ = ("fact", "missing")

    def __init__(self, missing: tuple[str, ...], *, fact: bool = False) -> None:
        self.missing = missing
        self.fact = fact

    def entry(self, name: str) -> "Unknown":
        return Unknown((f"{self.missing[0]}.{name}",), fact=True) if self.fact else self

    def __repr__(self) -> str:
        return f"Unknown({', '.join(self.missing)})"


class PartialContext(dict[str, Any]):
    """A context of which at least one entry is unknown."""

    __slots__ = ()


class LazyContext(dict[str, Any]):
    """A context that answers for entries which it does not hold (`__missing__`)."""

    __slots__ = ()


class FactContext(LazyContext):
    """A context told as a fact; an entry that is absent is unknown, under its path."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def __missing__(self, key: str) -> Unknown:
        return Unknown((f"{self.path}.{key}",), fact=True)


OPEN = frozenset({Unknown, PartialContext})


def missing_in(value: object) -> tuple[str, ...]:
    """The absent facts on which a value depends, at any depth."""
    if type(value) is Unknown:
        return value.missing
    if type(value) is PartialContext:
        return merged(value.values())
    return ()


def merged(values: Iterable[object]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for value in values:
        names.update(dict.fromkeys(missing_in(value)))
    return tuple(names)


def unknown(*values: object) -> Unknown:
    """The unknown that depends on everything on which the values depend."""
    return Unknown(merged(values))
