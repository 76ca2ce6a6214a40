"""Ports of cases: sources that prove a material, so that nobody has to hand it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Proof:
    """What a source says for a material: the reference that an official can follow, in words for the page."""

    reference: str
    words: str


Prover = Callable[[Mapping[str, Any], Actor], Proof | None]
_provers: dict[str, Prover] = {}


def register_source(name: str, prover: Prover) -> None:
    """Let `prover(columns, by)` prove materials whose satisfier names the source; None: can't prove it, so upload."""
    _provers[name] = prover


def sources() -> frozenset[str]:
    """The sources that can be asked now."""
    return frozenset(_provers)


def prove(name: str, columns: Mapping[str, Any], by: Actor) -> Proof | None:
    """Ask a source; None where there is none of that name or it can't prove the material."""
    prover = _provers.get(name)
    return prover(columns, by) if prover else None
