"""Licences and seals: making, verifying, taking in and showing them, beside peers and the bare signature.

Each part is a module with `run(*, quick: bool) -> Figures`: `figures`, `ratios`, and `over_requirement`, the names of what
does not reach its floor. They run in one database of a city, one after the other.
"""

from importlib import import_module

from bench.measuring import Figures

PARTS = ("rendering", "verification", "importing", "wallet")


def run(*, quick: bool) -> Figures:
    """The figures and ratios of all parts, and what is `over_requirement`."""
    parts = [import_module(f"bench.licences.{name}").run(quick=quick) for name in PARTS]
    whole: Figures = {}
    for kind in ("figures", "ratios"):
        whole[kind] = {name: value for part in parts for name, value in part.get(kind, {}).items()}
    return {**whole, "over_requirement": [name for part in parts for name in part.get("over_requirement", ())]}
