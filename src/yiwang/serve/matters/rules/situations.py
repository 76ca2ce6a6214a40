"""Walks every path of answers through the questions of a bundle, as the guide would ask them, and tells where one ends badly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yiwang.serve.matters.contracts import BundleSpec, Inclusion, MatterSpec, Necessity, SituationQuestion
from yiwang.serve.matters.rules.conditions import Verdicts
from yiwang.serve.matters.rules.defects import Defect
from yiwang.serve.matters.rules.eligibility import Ruling, never_refuses

PATHS = 4096
"""So many paths can be walked when a bundle is published; more can't be understood by their author either."""

_STAND_INS: Mapping[str, tuple[Any, ...]] = {
    "number": (0, 1_000_000),
    "integer": (0, 1_000_000),
    "date": (date(1900, 1, 1).isoformat(), date(2100, 1, 1).isoformat()),
}
Facts = Mapping[str, Any]


@dataclass(slots=True)
class Walk:
    """What was seen on the way."""

    leaves: int = 0
    taking_part: set[str] = field(default_factory=set)
    put: set[str] = field(default_factory=set)


def dead_ends(
    spec: BundleSpec, matters: Mapping[str, MatterSpec], verdicts: Verdicts, refused: Ruling = never_refuses
) -> Iterator[Defect]:
    """Paths that leave nothing to handle or a material without a source, what no path reaches, too many paths.

    A path that eligibility refuses may end anyhow: its end is the refusal.
    """
    yield from _options(spec)
    walk, told = Walk(), set()
    for facts in _paths(spec, matters, verdicts, refused):
        walk.leaves += 1
        if walk.leaves > PATHS:
            yield Defect(
                ("situation",),
                f"问题的回答路径超过 {PATHS} 条，无法逐条核对",
                "减少问题，或给问题加上 when，只在需要时问",
            )
            return
        included = {m.key: verdicts.inclusion(m.condition, facts, spec.formulas) for m in spec.members}
        walk.taking_part |= {key for key, inclusion in included.items() if inclusion is not Inclusion.NO}
        walk.put |= {q.fact for q in spec.questions if verdicts.inclusion(q.condition, facts) is not Inclusion.NO}
        if refused(facts).value is True:
            continue
        for defect in _leaf(spec, matters, verdicts, facts, included):
            if defect.place not in told:
                told.add(defect.place)
                yield defect
    yield from _unreached(spec, walk)


def _options(spec: BundleSpec) -> Iterator[Defect]:
    for index, question in enumerate(spec.questions):
        if question.options and len({str(each.value) for each in question.options}) < len(question.options):
            yield Defect(("questions", index, "fact"), f"问题“{question.text}”有两个相同的选项", "每个选项用不同的值")
        if question.type == "choice" and not question.options:
            yield Defect(("questions", index, "fact"), f"问题“{question.text}”没有选项，无法回答", "在事实表里补上选项")


def _paths(
    spec: BundleSpec, matters: Mapping[str, MatterSpec], verdicts: Verdicts, refused: Ruling
) -> Iterator[dict[str, Any]]:
    """The answers of each path, in the order in which they are asked."""

    def walk(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
        question = _next(spec, matters, verdicts, refused, facts)
        if question is None:
            yield facts
            return
        for value in _answers(question):
            yield from walk({**facts, question.fact: value})

    yield from walk({})


def _next(
    spec: BundleSpec, matters: Mapping[str, MatterSpec], verdicts: Verdicts, refused: Ruling, facts: Facts
) -> SituationQuestion | None:
    """The first open question on whose answer something still waits."""
    ruling = refused(facts)
    if ruling.value is True:
        return None
    wanted = set(ruling.missing)
    for member in spec.members:
        judgement = verdicts.judge(member.condition, facts, spec.formulas)
        wanted |= judgement.missing
        if judgement.open or judgement.value is True:
            matter = matters[member.matter]
            for each in matter.inputs:
                wanted |= verdicts.missing(each.condition, facts, matter.formulas)
    asked = [q for q in spec.questions if q.fact not in facts]
    pending = list(wanted)
    while pending:
        fact = pending.pop()
        gates = {name for q in asked if q.fact == fact for name in verdicts.missing(q.condition, facts)} - wanted
        wanted |= gates
        pending.extend(gates)
    open_ = [q for q in asked if q.fact in wanted and verdicts.inclusion(q.condition, facts) is not Inclusion.NO]
    return next((q for q in open_ if verdicts.inclusion(q.condition, facts) is Inclusion.YES), next(iter(open_), None))


def _answers(question: SituationQuestion) -> tuple[Any, ...]:
    """All answers; for what can't be listed a small and a large one, so that both sides of a bound are walked."""
    if question.domain is not None:
        return question.domain
    return _STAND_INS.get(question.type, ("…",))


def _leaf(
    spec: BundleSpec,
    matters: Mapping[str, MatterSpec],
    verdicts: Verdicts,
    facts: Facts,
    included: Mapping[str, Inclusion],
) -> Iterator[Defect]:
    path = path_words(facts)
    if all(inclusion is Inclusion.NO for inclusion in included.values()):
        yield Defect(("situation",), f"这样回答之后没有可办的事项：{path}", "改正事项的条件，或去掉这条路径")
    for index, member in enumerate(spec.members):
        if included[member.key] is not Inclusion.YES:
            continue
        matter = matters[member.matter]
        others = [
            matters[other.matter]
            for other in spec.members
            if other.key != member.key and included[other.key] is not Inclusion.NO
        ]
        for each in matter.inputs:
            needed = verdicts.inclusion(each.condition, facts, matter.formulas) is Inclusion.YES
            lacking = each.only_output and not any(other.provides(each) for other in others)
            if needed and lacking and each.necessity is Necessity.REQUIRED:
                yield Defect(
                    ("members", index),
                    f"这样回答之后，{matter.name}的材料“{each.name}”没有来源：{path}",
                    "允许上传、证照或共享数据",
                )


def _unreached(spec: BundleSpec, walk: Walk) -> Iterator[Defect]:
    for index, member in enumerate(spec.members):
        if member.key not in walk.taking_part:
            yield Defect(
                ("members", index, "condition"),
                f"无论怎样回答，都办不到事项 {member.key}",
                "改正条件里的事实或选项，或去掉该事项",
            )
    for index, question in enumerate(spec.questions):
        if question.fact not in walk.put:
            yield Defect(
                ("questions", index, "condition"), f"无论怎样回答，都问不到“{question.text}”", "改正条件，或去掉该问题"
            )


def path_words(facts: Facts) -> str:
    """The answers of a path, for the designer."""
    return "，".join(f"{fact} = {_shown(value)}" for fact, value in facts.items())


def _shown(value: Any) -> str:
    return {True: "是", False: "否"}.get(value, str(value)) if isinstance(value, bool) else str(value)
