"""What keeps a matter or a bundle from being published, each with its place in the definition."""

from collections import Counter
from collections.abc import Iterator, Mapping

from yiwang.serve.matters.contracts import (
    BundleSpec,
    LimitUnit,
    MatterSpec,
    Necessity,
    SatisfierKind,
)
from yiwang.serve.matters.rules.conditions import Verdicts, condition_fault
from yiwang.serve.matters.rules.defects import Defect
from yiwang.serve.matters.rules.eligibility import Ruling, never_refuses
from yiwang.serve.matters.rules.graph import depends_on, find_cycle
from yiwang.serve.matters.rules.situations import dead_ends


def matter_defects(spec: MatterSpec) -> list[Defect]:
    """All defects of a matter by itself."""
    return list(_matter(spec))


def _matter(spec: MatterSpec) -> Iterator[Defect]:
    limits = spec.limits
    if not limits.is_lawful and limits.statutory is not None:
        promised, statutory = spelled(limits.promised, limits.unit), spelled(limits.statutory, limits.statutory_unit)
        yield Defect(("limits", "promised"), f"承诺时限 {promised}长于法定时限 {statutory}", "承诺时限不得长于法定时限")
    yield from _handling(spec)
    yield from _procedure(spec)
    if spec.visits > 0 and not spec.visit_reason:
        yield Defect(("visits",), "要求到现场却没有说明原因", "补上 visit_reason，或把 visits 改为 0")
    if spec.valid_from and spec.valid_to and spec.valid_to < spec.valid_from:
        yield Defect(("valid_to",), "失效日期早于生效日期", "改正日期")
    yield from _requirements(spec)


_UNITS = {LimitUnit.WORKING_DAY: "个工作日", LimitUnit.CALENDAR_DAY: "天", LimitUnit.HOUR: "小时"}


def spelled(count: int, unit: LimitUnit) -> str:
    """A limit in words for the designer."""
    return f"{count} {_UNITS[unit]}" if unit in _UNITS else "即办"


def _procedure(spec: MatterSpec) -> Iterator[Defect]:
    """The pledge stands for materials that are there; each special procedure is one of the law, once."""
    known = {each.material for each in spec.inputs}
    pledge = spec.pledge
    for index, material in enumerate(pledge.materials if pledge else ()):
        if material not in known:
            yield Defect(
                ("pledge", "materials", index), f"承诺代替的材料 {material} 不在材料清单里", "改正材料，或加入清单"
            )
    if pledge is None:
        for index, each in enumerate(spec.requirements):
            if each.can(SatisfierKind.PLEDGE):
                yield Defect(
                    ("requirements", index, "satisfiers"), f"材料“{each.name}”可以承诺代替，却没有承诺书", "补上 pledge"
                )
    counted = Counter(each.key for each in spec.special_procedures)
    for index, special in enumerate(spec.special_procedures):
        if counted[special.key] > 1:
            yield Defect(("special_procedures", index), f"特别程序 {special.key} 写了两次", "合并为一项")
        if not special.basis:
            yield Defect(("special_procedures", index), f"特别程序“{special.name}”没有依据", "写明法律和条款")


def _handling(spec: MatterSpec) -> Iterator[Defect]:
    for index, rule in enumerate(spec.handling):
        if sum(map(bool, (rule.organisation, rule.organisation_fact, rule.line))) != 1:
            yield Defect(
                ("handling", index), "办理机构没有写明或写了不止一种", "写一个机构、一个机构事实，或条线和层级"
            )
        fault = condition_fault(rule.condition)
        if fault:
            yield Defect(("handling", index, "condition"), f"条件表达式有误：{fault}", "改正 FEEL 表达式")
    if not spec.handling or spec.handling[-1].condition:
        yield Defect(("handling",), "有的情形没有办理机构", "最后一条不写条件，作为其余情形的办理机构")
    for name, formula in spec.formulas.items():
        fault = condition_fault(formula)
        if fault:
            yield Defect(("formulas", name), f"计算公式有误：{fault}", "改正 FEEL 表达式")


def _requirements(spec: MatterSpec) -> Iterator[Defect]:
    counted = Counter((each.direction, each.material, each.condition) for each in spec.requirements)
    for index, each in enumerate(spec.requirements):
        if counted[each.direction, each.material, each.condition] > 1:
            yield Defect(("requirements", index), f"材料 {each.name} 在同一条件下写了两次", "合并为一项")
        fault = condition_fault(each.condition)
        if fault:
            yield Defect(("requirements", index, "condition"), f"条件表达式有误：{fault}", "改正 FEEL 表达式")


def bundle_defects(
    spec: BundleSpec, matters: Mapping[str, MatterSpec], verdicts: Verdicts, refused: Ruling = never_refuses
) -> list[Defect]:
    """All defects of a bundle, given the published matters by code: unknown or repeated members, cycles, dead ends.

    `refused`: the bundle's decision on who may use it.
    """
    defects = [*_names(spec, matters), *_conditions(spec)]
    if defects:
        return defects
    edges = depends_on(spec, matters)
    cycle = find_cycle(edges)
    if cycle:
        index = [member.key for member in spec.members].index(cycle[0])
        return [Defect(("members", index), f"办理顺序成环：{' → '.join(cycle)}", "去掉其中一个“他项产出”的来源")]
    defects += _unsatisfiable(spec, matters)
    return defects or list(dead_ends(spec, matters, verdicts, refused))


def _names(spec: BundleSpec, matters: Mapping[str, MatterSpec]) -> Iterator[Defect]:
    keys = Counter(member.key for member in spec.members)
    if not spec.members:
        yield Defect(("members",), "没有任何事项", "至少写一个事项")
    for index, member in enumerate(spec.members):
        if member.matter not in matters:
            yield Defect(("members", index, "matter"), f"没有已发布的事项 {member.matter}", "先发布该事项，或改正编码")
        if keys[member.key] > 1:
            yield Defect(("members", index, "key"), f"事项标识 {member.key} 重复", "每个事项用不同的标识")
        for other in member.depends_on:
            if other not in keys:
                yield Defect(("members", index, "depends_on"), f"依赖的 {other} 不在这件事里", "改正标识")
    facts = Counter(question.fact for question in spec.questions)
    for index, question in enumerate(spec.questions):
        if facts[question.fact] > 1:
            yield Defect(("questions", index, "fact"), f"{question.fact} 问了两次", "合并为一个问题")


def _conditions(spec: BundleSpec) -> Iterator[Defect]:
    places: list[tuple[tuple[str | int, ...], str]] = []
    places += [(("members", index, "condition"), member.condition) for index, member in enumerate(spec.members)]
    places += [(("questions", index, "condition"), each.condition) for index, each in enumerate(spec.questions)]
    for place, text in places:
        fault = condition_fault(text)
        if fault:
            yield Defect(place, f"条件表达式有误：{fault}", "改正 FEEL 表达式")


def _unsatisfiable(spec: BundleSpec, matters: Mapping[str, MatterSpec]) -> Iterator[Defect]:
    """A required material that only another member's result can be, and no member gives it out."""
    for index, member in enumerate(spec.members):
        others = [matters[other.matter] for other in spec.members if other.key != member.key]
        for each in matters[member.matter].inputs:
            needed = each.only_output and each.necessity is Necessity.REQUIRED
            if needed and not any(other.provides(each) for other in others):
                yield Defect(
                    ("members", index),
                    f"{matters[member.matter].name}必需的材料“{each.name}”没有来源",
                    "加入产出它的事项，或允许上传、证照、共享数据",
                )
