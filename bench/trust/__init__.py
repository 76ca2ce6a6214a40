"""Trust: signatures and sealing beside the bare libraries, the log of evidence beside its peer."""

from bench.measuring import Figures
from bench.trust import crypto, ledger


def run(*, quick: bool, full: bool) -> Figures:
    """Figures and ratios of both parts and what is `over_requirement`; `full` takes the log to ten million leaves."""
    parts = (crypto.run(quick=quick), ledger.run(quick=quick, full=full))
    whole: Figures = {}
    for kind in ("figures", "ratios"):
        whole[kind] = {name: value for part in parts for name, value in part[kind].items()}
    over = [name for part in parts for name in part.get("over_requirement", ())]
    return {**whole, "over_requirement": over}
