"""What answers amount to: which questions are shown, which wait for another answer, what follows by formula."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from yiwang.commons.forms.contracts import Answers
from yiwang.commons.forms.engine.conditions import FALSE, TRUE, Truth, all_of, any_of
from yiwang.commons.forms.engine.definition import Definition, Question
from yiwang.commons.forms.engine.vocabulary import APPLICATION_DATE, Fact, FactType

_MOST_ROUNDS: Final = 12


@dataclass(frozen=True, slots=True)
class State:
    """Outcome of `evaluate`.

    `facts`: what FEEL knows, computed facts included; facts of questions that don't apply are null. `visible`: asked
    now. `pending`: not shown until the named facts are known. `required`: of the visible ones. `members`: which forms
    are needed; None is not yet known. `open`: facts that still change which forms are needed.
    """

    facts: Mapping[str, Any]
    visible: frozenset[str]
    pending: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    members: Mapping[str, bool | None]
    open: tuple[str, ...]

    def shown(self, definition: Definition, step: str) -> tuple[str, ...]:
        """The visible questions of a step, in order."""
        return tuple(name for name in definition.step(step).names if name in self.visible)


def evaluate(definition: Definition, answers: Answers, *, today: date, given: Mapping[str, Any] | None = None) -> State:
    """Work out the state of `answers` on `today`. `given`: facts known otherwise (JSON values), which no question overrides.

    A question that turns out not to apply makes its fact null, which may hide others: repeated until nothing changes.
    """
    hidden: frozenset[str] = frozenset()
    for _ in range(_MOST_ROUNDS):
        state = _once(definition, answers, hidden, today, given or {})
        now_hidden = frozenset(
            name
            for name, question in definition.questions.items()
            if name not in state.visible and name not in state.pending and not question.situational
        )
        if now_hidden == hidden:
            break
        hidden = now_hidden
    return state


def typed(fact: Fact, value: Any) -> Any:
    """The value as FEEL takes it: dates, times and decimals out of their JSON text. What can't be read is null."""
    try:
        match fact.type:
            case FactType.DATE:
                return date.fromisoformat(value)
            case FactType.TIME:
                return time.fromisoformat(value)
            case FactType.NUMBER:
                return Decimal(value)
    except (ValueError, TypeError, ArithmeticError):
        return None
    return value


def _once(
    definition: Definition, answers: Answers, hidden: frozenset[str], today: date, given: Mapping[str, Any]
) -> State:
    facts = _facts(definition, answers, hidden, today, given)
    members = {form: when.truth(facts) if when else TRUE for form, when in definition.members.items()}
    settled = [condition.truth(facts) for condition in definition.conditions]
    waiting = [name for truth in (*members.values(), *settled) for name in truth.missing]
    open_ = tuple(dict.fromkeys(base for name in waiting for base in _bases(definition, name, facts)))
    visible: set[str] = set()
    required: set[str] = set()
    pending: dict[str, tuple[str, ...]] = {}
    for name, question in definition.questions.items():
        truths = [all_of([condition.truth(facts) for condition in use.when]) for use in question.uses]
        shown = _situational(question, answers, truths, facts, open_) if question.situational else any_of(truths)
        if shown.value:
            visible.add(name)
            pairs = zip(question.uses, truths, strict=True)
            if any(use.required and truth.value for use, truth in pairs) or name in open_ or not question.uses:
                required.add(name)
        elif shown.value is None:
            pending[name] = shown.missing
    needed = {form: truth.value for form, truth in members.items()}
    return State(facts, frozenset(visible), pending, frozenset(required), needed, open_)


def _situational(
    question: Question, answers: Answers, truths: list[Truth], facts: Mapping[str, Any], open_: tuple[str, ...]
) -> Truth:
    if question.when is not None:
        own = question.when.truth(facts)
        if not own.value:
            return own
    wanted = question.name in answers or question.name in open_ or any_of(truths).value
    return TRUE if wanted else FALSE


def _facts(
    definition: Definition, answers: Answers, hidden: frozenset[str], today: date, given: Mapping[str, Any]
) -> dict[str, Any]:
    vocabulary = definition.vocabulary
    facts: dict[str, Any] = {APPLICATION_DATE: today}
    for name, answer in answers.items():
        if name in vocabulary.facts:
            facts[name] = typed(vocabulary.facts[name], answer.value)
    facts |= dict.fromkeys(hidden)
    for name, value in given.items():
        facts[name] = typed(vocabulary.facts[name], value) if name in vocabulary.facts else value
    for name in vocabulary.computed:
        formula = vocabulary.facts[name].formula
        assert formula is not None
        known, value = formula.value(facts)
        if known and name not in facts:
            facts[name] = value
    return facts


def _bases(definition: Definition, name: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts that must be told so that `name` is known: itself, or what its formula still misses."""
    fact = definition.vocabulary.facts.get(name)
    if fact is None or fact.formula is None:
        return (name,)
    missing = fact.formula.truth(facts).missing
    return tuple(base for other in missing for base in _bases(definition, other, facts))
