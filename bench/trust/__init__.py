"""Trust: signatures and sealing beside the bare libraries, the log of evidence beside its peer."""

from importlib import import_module
from importlib.util import find_spec

from bench.measuring import Figures
from bench.trust import crypto


def run(*, quick: bool, full: bool) -> Figures:
    """Figures and ratios of both parts and what is `over_requirement`; `full` takes the log to ten million leaves."""
    parts = [crypto.run(quick=quick)]
    if find_spec("bench.trust.ledger"):
        parts.append(import_module("bench.trust.ledger").run(quick=quick, full=full))
    whole: Figures = {}
    for kind in ("figures", "ratios"):
        whole[kind] = {name: value for part in parts for name, value in part[kind].items()}
    over = [name for part in parts for name in part.get("over_requirement", ())]
    return {**whole, "over_requirement": over}
