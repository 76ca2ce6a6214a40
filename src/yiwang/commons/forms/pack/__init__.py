"""The parts of a pack that forms loads: the vocabulary of facts and the forms of matters."""

from yiwang.commons.forms.pack.facts import FactsPart
from yiwang.commons.forms.pack.forms import FormsPart

__all__ = ["FactsPart", "FormsPart"]
