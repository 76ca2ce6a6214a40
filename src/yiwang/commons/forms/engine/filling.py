"""Answers that nobody types: proposals from the applicant's account, results of formulas, what a finished form holds."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yiwang.commons.forms.contracts import Answer, Answers, Source
from yiwang.commons.forms.engine.definition import Definition
from yiwang.commons.forms.engine.state import State, evaluate
from yiwang.commons.forms.engine.vocabulary import APPLICANT


def prefilled(
    definition: Definition,
    answers: Answers,
    applicant: Mapping[str, Any],
    *,
    today: date,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Answer]:
    """`answers` with proposals for what is not answered; earlier proposals that no longer follow are withdrawn.

    What a person typed, and what a licence or shared data said, is never touched. Ends when nothing changes any more:
    one proposal may be what another waits for.
    """
    filled = {name: answer for name, answer in answers.items() if answer.source is not Source.PREFILLED}
    earlier = {name: answer for name, answer in answers.items() if answer.source is Source.PREFILLED}
    for _ in range(len(definition.questions) + 1):
        facts = {**evaluate(definition, filled, today=today, given=given).facts, APPLICANT: applicant}
        fresh: dict[str, Answer] = {}
        for name, question in definition.questions.items():
            if name in filled or question.fact.prefill is None:
                continue
            known, value = question.fact.prefill.value(facts)
            plain = as_json(value)
            if known and plain not in (None, ""):
                kept = earlier.get(name)
                fresh[name] = kept if kept and kept.value == plain else Answer(plain, Source.PREFILLED)
        if not fresh:
            break
        filled |= fresh
    return filled


def as_json(value: Any) -> Any:
    """A FEEL value as JSON: whole numbers as int, others as text, dates and times as ISO text."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return str(value)


def computed(definition: Definition, state: State) -> dict[str, Answer]:
    """The computed facts that are known, as answers."""
    return {
        name: Answer(as_json(state.facts[name]), Source.COMPUTED)
        for name in definition.vocabulary.computed
        if state.facts.get(name) is not None
    }


def kept(definition: Definition, state: State, answers: Answers) -> dict[str, Answer]:
    """The answers that belong to the finished form: visible questions only, in the order of the pages."""
    return {name: answers[name] for name in definition.asked() if name in state.visible and name in answers}


def taken(definition: Definition, state: State, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Which of `names` each needed member form takes."""
    held = set(names)
    found: dict[str, tuple[str, ...]] = {}
    for form, needed in state.members.items():
        if needed:
            found[form] = tuple(
                name
                for name in definition.asked()
                if name in held
                and any(
                    use.form == form and all(when.truth(state.facts).value for when in use.when)
                    for use in definition.questions[name].uses
                )
            )
    return found


def canonical_json(values: Mapping[str, Any]) -> bytes:
    """The one byte form of values: keys sorted, no spaces, NFC, UTF-8; for hashes and comparison."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", text).encode()
