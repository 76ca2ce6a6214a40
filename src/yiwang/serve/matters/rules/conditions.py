"""FEEL conditions in three-valued logic: yes, no, or open until a fact is told. Remembers what it has judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from yiwang.serve.matters.contracts import Inclusion


@dataclass(frozen=True, slots=True)
class Judgement:
    """`value` is None while the outcome depends on the facts in `missing`."""

    value: bool | None
    missing: frozenset[str] = frozenset()


class Condition(Protocol):
    """A compiled condition."""

    @property
    def names(self) -> frozenset[str]:
        """The facts that it mentions."""

    def judge(self, facts: Mapping[str, Any]) -> Judgement:
        """Facts that are absent are unknown; null is an answer."""


_ALWAYS = Judgement(value=True)
_UNTOLD = object()
