"""Runs a decision's examples (用例)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.commons.rules.contracts import Example, ExampleResult
from yiwang.commons.rules.engine import Model, from_json, to_json
from yiwang.commons.rules.rules.changing import outcome_words


@dataclass(frozen=True, slots=True)
class Examined:
    """The examples of a decision and what became of each."""

    results: tuple[ExampleResult, ...]

    @property
    def failed(self) -> tuple[ExampleResult, ...]:
        return tuple(result for result in self.results if not result.holds)

    @property
    def passed(self) -> int:
        return len(self.results) - len(self.failed)


def try_examples(model: Model, key: str, examples: Iterable[Example]) -> Examined:
    """All of them, in their order."""
    return Examined(tuple(try_example(model, key, example) for example in examples))


def try_example(model: Model, key: str, example: Example) -> ExampleResult:
    """One example: `expect` names outputs, or the whole value as `value`. Values compare as JSON."""
    unknown = [name for name in example.given if name not in model.inputs]
    if unknown:
        return ExampleResult(example, why=f"决策没有输入“{'、'.join(unknown)}”")
    outcome = model.decide(key, {name: from_json(value, model.inputs[name]) for name, value in example.given.items()})
    if not outcome.known:
        return ExampleResult(example, why=f"缺少事实“{'、'.join(outcome.missing_facts)}”")
    value = to_json(outcome.value)
    wrong = _differences(value, example.expect)
    wrong += [remark.text for remark in outcome.diagnostics if wrong]
    return ExampleResult(example, value, "；".join(wrong), outcome.matched_rules)


def _differences(value: Any, expect: Mapping[str, Any]) -> list[str]:
    found = value if isinstance(value, dict) and "value" not in expect else {"value": value}
    return [
        f"{name} 为 {found.get(name)!r}，应为 {wanted!r}"
        for name, wanted in expect.items()
        if found.get(name) != wanted
    ]


def moved_examples(
    before: Model, after: Model, key: str, examples: Iterable[Example]
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Names of the examples whose outcome differs, by the outcome before and after as a trial counts them."""
    found: dict[tuple[str, str], list[str]] = {}
    for example in examples:
        said = tuple(_outcome(model, key, example) for model in (before, after))
        if said[0] != said[1]:
            found.setdefault((said[0], said[1]), []).append(example.name)
    return {move: tuple(names) for move, names in found.items()}


def _outcome(model: Model, key: str, example: Example) -> str:
    types = model.inputs
    given = {name: from_json(value, types[name]) for name, value in example.given.items() if name in types}
    outcome = model.decide(key, given)
    return outcome_words(to_json(outcome.value), outcome.known)
