"""Everything that makes a DMN file unfit to be published, with lines of the file."""

from collections.abc import Iterable
from dataclasses import dataclass

from .diagnostics import Diagnostic, RulesError
from .dmn_model import Model, load_dmn


@dataclass(frozen=True, slots=True)
class Reading:
    """A model, where there is one, and its faults; `Diagnostic.at.line` is a line of the file."""

    model: Model | None
    faults: tuple[Diagnostic, ...]


def read_dmn(data: bytes, imports: Iterable[bytes] = ()) -> Reading:
    """Like `load_dmn`, for authors: collects all faults, names that nothing defines among them, and raises nothing."""
    try:
        model = load_dmn(data, imports)
    except RulesError as error:
        return Reading(None, (error.diagnostic,))
    return Reading(model, model.faults + model.remarks)
