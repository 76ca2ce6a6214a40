"""One login: whole log-ins, code exchanges, introspections a second, beside the bare argon2 hash and an empty view; accounts imported."""

from bench.identity import importing, login
from bench.measuring import Figures


def run(*, quick: bool) -> Figures:
    """Figures by what is measured, with what is wanted of each."""
    figures, ratios = login.measure(quick=quick)
    taken, beside = importing.measure(quick=quick)
    return {"figures": {**figures, **taken}, "ratios": {**ratios, **beside}}
