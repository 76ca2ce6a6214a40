"""One turn of a page: what was posted, what it makes of the answers, whether one can go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yiwang.commons.forms.contracts import Answer, Answers, Fault
from yiwang.commons.forms.engine import (
    Definition,
    FactType,
    Posted,
    State,
    answered,
    check,
    evaluate,
    prefilled,
    read_posted,
)  # fmt: skip
from yiwang.commons.forms.queries.pickers import UPPER, settled
from yiwang.commons.forms.queries.rendering import ASKED
from yiwang.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Turn:
    """Outcome of `turn`.

    `values`: what is worth saving (`commands.save_draft`), faults left out. `answers`, `state`: as after saving.
    `faults`: of this page, for `render`. `complete`: the page is done; without it and without faults, the answers have
    made further questions appear.
    """

    values: Mapping[str, Any]
    answers: Mapping[str, Answer]
    state: State
    posted: Posted
    faults: tuple[Fault, ...]
    complete: bool


def turn(
    *,
    definition: Definition,
    step: str,
    answers: Answers,
    posted: Mapping[str, Sequence[str]],
    viewer: Actor,
    today: date,
    applicant: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
) -> Turn:
    """Read the posted strings of a page over `answers`. `applicant`: see `applicant_facts`. Writes nothing."""
    asked = _asked(definition, step, answers, posted, today, given)
    read = _read(definition, step, posted, asked, viewer)
    unread = {fault.fact for fault in read.faults}
    merged = answered(answers, read.values)
    if applicant is not None:
        merged = prefilled(definition, merged, applicant, today=today, given=given)
    state = evaluate(definition, merged, today=today, given=given)
    found = [*read.faults, *(f for f in check(definition, state, merged, step=step) if f.fact not in unread)]
    shown = tuple(fault for fault in found if fault.fact in asked or fault.fact in read.raw)
    wrong = {fault.fact for fault in found if fault.code != "forms.required"}
    values = {name: value for name, value in read.values.items() if name not in wrong}
    return Turn(values, merged, state, read, shown, complete=not found)


def _asked(
    definition: Definition,
    step: str,
    answers: Answers,
    posted: Mapping[str, Sequence[str]],
    today: date,
    given: Mapping[str, Any] | None,
) -> frozenset[str]:
    """What the posted page asked: it says so itself, as a radio or box that nobody touched posts nothing."""
    names = frozenset(definition.step(step).names)
    if ASKED in posted:
        return names & frozenset(" ".join(posted[ASKED]).split())
    return names & evaluate(definition, answers, today=today, given=given).visible


def _read(
    definition: Definition,
    step: str,
    posted: Mapping[str, Sequence[str]],
    asked: frozenset[str],
    viewer: Actor,
) -> Posted:
    read = read_posted(definition, step, posted)
    values, raw = dict(read.values), dict(read.raw)
    for name in definition.step(step).names:
        question = definition.questions[name]
        if question.fact.type is FactType.CHOICES and name in asked and name not in posted:
            values[name], raw[name] = None, ()
        if question.fact.type is not FactType.REGION or not (name in posted or name + UPPER in posted):
            continue
        values[name] = settled(question=question, posted=posted, viewer=viewer) or None
        raw[name] = (values[name] or "",)
        raw[name + UPPER] = tuple(posted.get(name + UPPER, ()))
    return replace(read, values=values, raw=raw)
