"""What matters need of the pack's vocabulary of facts: the formulas of computed facts, the options of questions."""

from collections.abc import Iterable, Mapping
from typing import Any

from yiwang.kernel.packs import PackReader
from yiwang.serve.matters.contracts import Option
from yiwang.serve.matters.pack.words import Words
from yiwang.serve.matters.rules import compile_condition, condition_fault

FILE = "facts.yaml"
OTHERS = "facts/*.yaml"


class Vocabulary:
    """The facts of one pack; empty where the file is faulty, which its own part reports."""

    def __init__(self, reader: PackReader) -> None:
        document = reader.merged(FILE, OTHERS)
        data: Mapping[str, Any] = document.data if document else {}
        self.facts: Mapping[str, Mapping[str, Any]] = data.get("facts") or {}
        self._lists: Mapping[str, list[Mapping[str, Any]]] = data.get("lists") or {}

    def __contains__(self, fact: str) -> bool:
        return fact in self.facts

    def label(self, fact: str, words: Words) -> str:
        return words(self.facts.get(fact, {}).get("label")) or fact

    def kind(self, fact: str) -> str:
        return str(self.facts.get(fact, {}).get("type") or "string")

    def options(self, fact: str, words: Words) -> tuple[Option, ...]:
        listed = self._lists.get(str(self.facts.get(fact, {}).get("list") or ""), [])
        return tuple(Option(each["value"], words(each.get("label")), words(each.get("help"))) for each in listed)

    def formulas(self, conditions: Iterable[str]) -> dict[str, str]:
        """The formulas of the computed facts that the conditions name, and of those that these name."""
        found: dict[str, str] = {}
        pending = [text for text in conditions if text.strip() and not condition_fault(text)]
        while pending:
            for name in compile_condition(pending.pop()).names:
                formula = str(self.facts.get(name, {}).get("formula") or "")
                if formula and name not in found and not condition_fault(formula):
                    found[name] = formula
                    pending.append(formula)
        return dict(sorted(found.items()))

    def unknown(self, condition: str) -> tuple[str, ...]:
        """Names in a condition that are no facts; none where the file of facts is missing."""
        if not self.facts or not condition.strip() or condition_fault(condition):
            return ()
        return tuple(sorted(name for name in compile_condition(condition).names if name not in self.facts))
