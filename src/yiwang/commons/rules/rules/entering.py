"""Facts as people type them, to JSON and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from yiwang.commons.rules.rules.layout import FactField, FactKind, Layout

NOTHING = "null"
"""What stands for "there is none", as opposed to an empty field: not known."""


@dataclass(frozen=True, slots=True)
class EnteredFacts:
    """`facts` as JSON; `faults` by the name of the fact: `number`, `date`, `json`, `choice`."""

    facts: Mapping[str, Any]
    faults: Mapping[str, str]


def entered(layout: Layout, given: Mapping[str, str]) -> EnteredFacts:
    """Read what was typed; an empty field is a fact that nobody knows."""
    facts: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for fact in layout.facts:
        text = given.get(fact.name, "").strip()
        if not text:
            continue
        try:
            facts[fact.name] = _read(fact, text)
        except (ValueError, InvalidOperation):
            faults[fact.name] = fact.kind.value
    return EnteredFacts(facts, faults)


def _read(fact: FactField, text: str) -> Any:  # noqa: PLR0911 - one return for each kind
    match fact.kind:
        case FactKind.NUMBER:
            number = Decimal(text.replace(",", "").replace("，", ""))
            if not number.is_finite():
                raise ValueError(text)
            if number == number.to_integral_value() and abs(number) < 2**53:
                return int(number)
            return float(number) if Decimal(repr(float(number))) == number else {"@number": str(number)}
        case FactKind.YES_NO:
            return {"yes": True, "no": False, "true": True, "false": False}[text] if text in _TRUTH else _refuse(text)
        case FactKind.DATE:
            return date.fromisoformat(text).isoformat()
        case FactKind.CHOICE:
            return text if text in fact.options else _refuse(text)
        case FactKind.JSON:
            return json.loads(text)
    return text


_TRUTH = frozenset({"yes", "no", "true", "false"})


def _refuse(text: str) -> Any:
    raise ValueError(text)


def told(layout: Layout, facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts of an example as they would be typed."""
    found: dict[str, str] = {}
    for fact in layout.facts:
        if fact.name not in facts:
            continue
        value = facts[fact.name]
        if isinstance(value, bool):
            found[fact.name] = "yes" if value else "no"
        elif isinstance(value, str):
            found[fact.name] = value if fact.kind is not FactKind.JSON else json.dumps(value, ensure_ascii=False)
        elif isinstance(value, dict) and set(value) == {"@number"}:
            found[fact.name] = str(value["@number"])
        elif value is not None:
            found[fact.name] = json.dumps(value, ensure_ascii=False)
    return found
