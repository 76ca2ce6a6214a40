"""Which context loads which part of a pack, in what order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from yiwang.kernel.actor import Actor
from yiwang.kernel.packs.reader import PackReader
from yiwang.kernel.packs.report import Report

__all__ = ["PackPart", "Report", "Tally", "pack_part", "parts"]


@dataclass(slots=True)
class Tally:
    """What loading did: new records, new versions, records left as they were.

    `notes`: what whoever loads should know, such as records that somebody changed by hand and that were kept so.
    """

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)


class PackPart(Protocol):
    """One context's part. `check` only reads and reports; `load` runs inside one command and may trust the check."""

    def check(self, reader: PackReader) -> None:
        """Report every fault to `reader.report`; run the examples (`cases.yaml`)."""

    def load(self, reader: PackReader, *, by: Actor, at: datetime) -> Tally:
        """Load through the context's commands; idempotent: a second load changes nothing."""


P = TypeVar("P", bound=type)
_parts: dict[str, tuple[int, PackPart]] = {}


def pack_part(name: str, *, order: int) -> Callable[[P], P]:
    """Class decorator: register the context's part; lower order loads first (what others refer to).

    Orders in use: calendars 5, regions 10, organisations 20, people 30, facts 40, decisions 50, forms 60,
    processes 70, synonyms 75, matters 80, bundles 90.
    """

    def decorate(part: P) -> P:
        _parts[name] = (order, part())
        return part

    return decorate


def parts() -> list[tuple[str, PackPart]]:
    """All registered parts in loading order."""
    return [(name, part) for name, (_, part) in sorted(_parts.items(), key=lambda item: (item[1][0], item[0]))]
