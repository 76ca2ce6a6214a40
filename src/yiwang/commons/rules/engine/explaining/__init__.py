"""Why a decision came out as it did, what is still missing, and a proof that can be recomputed; framework-free.

Doors: `explain`, `missing_facts`, `prove`, `recompute`, `Source`, `Words`.
"""

from .explanation import Explanation, explain
from .missing import Missing, missing_facts
from .proofs import Comparison, DecisionProof, Difference, ProofUnreadable, prove, recompute
from .sentences import Sentence
from .source import Source
from .views import CellView, Column, RuleView, TableView
from .words import Words

__all__ = [
    "CellView",
    "Column",
    "Comparison",
    "DecisionProof",
    "Difference",
    "Explanation",
    "Missing",
    "ProofUnreadable",
    "RuleView",
    "Sentence",
    "Source",
    "TableView",
    "Words",
    "explain",
    "missing_facts",
    "prove",
    "recompute",
]
