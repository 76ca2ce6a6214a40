"""The ports that contexts fill: past facts on which a decision was asked, and the words for facts and their values."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from yiwang.commons.rules.contracts import FactWords
from yiwang.kernel.actor import Actor
from yiwang.web.components import Text

__all__ = [
    "FactWords",
    "PastInputs",
    "PastSource",
    "WordsSource",
    "past_source",
    "past_sources",
    "provide_words",
    "register_past_inputs",
    "words_for",
]


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


WordsSource = Callable[[Collection[str]], Mapping[str, FactWords]]
"""Gives words for those of the named facts that it knows."""

_words: list[WordsSource] = []


def provide_words(source: WordsSource) -> None:
    """Called once at start-up by the context that keeps a vocabulary."""
    _words[:] = [source]


def words_for(names: Collection[str]) -> Mapping[str, FactWords]:
    """Words for facts by their names; nothing for those that nobody knows."""
    return _words[0](names) if _words else {}
