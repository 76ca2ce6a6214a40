"""The port that contexts fill: past facts on which a decision was asked, for trying a change on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from yiwang.kernel.actor import Actor
from yiwang.web.components import Text


class PastInputs(Protocol):
    """Where past facts come from. Yields facts by the names of the inputs as JSON, newest first, without saying whose."""

    def count(self, decision_key: str, *, viewer: Actor) -> int:
        """How many there are, at most as many as `facts` yields."""

    def facts(self, decision_key: str, *, limit: int, viewer: Actor) -> Iterator[Mapping[str, Any]]:
        """The facts, only those that the viewer may see."""


@dataclass(frozen=True, slots=True)
class PastSource:
    """A filled port: its key, what officials call it, where the facts come from."""

    key: str
    label: Text
    inputs: PastInputs


_sources: dict[str, PastSource] = {}


def register_past_inputs(source: PastSource) -> None:
    """Called once at start-up, in `apps.ready`."""
    _sources[source.key] = source


def past_sources() -> tuple[PastSource, ...]:
    """All of them."""
    return tuple(_sources.values())


def past_source(key: str) -> PastSource | None:
    """The one of that key."""
    return _sources.get(key)
