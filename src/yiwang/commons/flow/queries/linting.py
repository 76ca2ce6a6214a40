"""What is wrong with a process model before it may be published: its shape, its FEEL, and what it asks for that is not there."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from uuid import UUID

from yiwang.commons.flow import engine, registry, rules
from yiwang.commons.flow.contracts import Finding
from yiwang.commons.flow.models import ProcessDefinition
from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor

_RENAMED = "流程的 id 是“{found}”，应是“{key}”。"
_OTHER_KEY = "请把流程的 id 改回来；要另起一个流程的，请新建。"


def linted(*, bpmn: bytes, file: str, key: str = "", viewer: Actor) -> tuple[engine.Model | None, tuple[Finding, ...]]:
    """The model (None where there is an error) and all findings, errors first as they stand in the file.

    `key` is the id that the process must have, of a draft: its drawing must show all of it. Some milliseconds; queries only for the processes that it calls.
    """
    del viewer  # whoever may ask for this may know all that it asks
    parsed = engine.parse({file: bpmn}, evaluator=registry.evaluator())
    drawn = [_finding(each) for each in (engine.check_drawn(bpmn, file) if key else ())]
    found = [*map(_finding, parsed.findings), *drawn]
    if parsed.errors:
        return None, _ordered(found, bpmn)
    try:
        model = parsed.only()
    except engine.ModelRefused as refused:
        return None, _ordered([*found, *map(_finding, refused.findings)], bpmn)
    if key and model.key != key:
        found.append(Finding(file, 0, model.key, _RENAMED.format(found=model.key, key=key), _OTHER_KEY, is_error=True))
    found += _unknown_operations(model, file)
    found += _called(model, file)
    found += _undecided(model, file)
    found += _nobody(model, file)
    failed = any(each.is_error for each in found)
    return None if failed else model, _ordered(found, bpmn)


def _ordered(found: list[Finding], bpmn: bytes) -> tuple[Finding, ...]:
    names = engine.element_names(bpmn) if found else {}
    named = (replace(each, name=names.get(each.element_id, "")) for each in found)
    return tuple(sorted(named, key=lambda each: (not each.is_error, each.line)))


def _unknown_operations(model: engine.Model, file: str) -> list[Finding]:
    mend = "请改用已登记的操作：" + "、".join(registry.operations())
    return [
        Finding(file, use.line, use.element_id, f"操作“{use.target}”没有登记。", mend, is_error=True)
        for use in model.uses("serviceTask")
        if registry.operation_named(use.target) is None
    ]


def _called(model: engine.Model, file: str) -> list[Finding]:
    """Calls by literal name that lead back to where they came from, with their way; a warning for what is not published."""
    ways: dict[str, tuple[str, ...]] = {model.key: (model.key,)}
    todo = [model]
    missing: set[str] = set()
    while todo:
        caller = todo.pop(0)
        wanted = caller.targets("callActivity")
        if model.key in wanted:
            way = " → ".join((*ways[caller.key], model.key))
            said = f"流程互相调用，没有尽头：{way}。"
            return [Finding(file, 0, model.key, said, "请断开这个环。", is_error=True)]
        published = _published(wanted - ways.keys())
        if caller is model:
            missing = set(wanted - published.keys())
        for key, called in published.items():
            ways[key] = (*ways[caller.key], key)
            todo.append(called)
    mend = "请先发布它，否则走到这一步会暂停。"
    return [
        Finding(file, use.line, use.element_id, f"流程“{use.target}”还没有发布。", mend, is_error=False)
        for use in model.uses("callActivity")
        if use.target in missing
    ]


def _published(keys: AbstractSet[str]) -> dict[str, engine.Model]:
    """The newest version of each key that is published."""
    if not keys:
        return {}
    rows = ProcessDefinition.objects.filter(key__in=keys).order_by("key", "-version").distinct("key")
    return {key: engine.load(bytes(spec)) for key, spec in rows.values_list("key", "spec")}


def _undecided(model: engine.Model, file: str) -> list[Finding]:
    decider = registry.decider()
    if decider is None:
        return []
    mend = "请先发布它，否则走到这一步会暂停。"
    return [
        Finding(file, use.line, use.element_id, f"决策“{use.target}”没有现行版本。", mend, is_error=False)
        for use in model.uses("businessRuleTask")
        if decider.latest(use.target) is None
    ]


def _nobody(model: engine.Model, file: str) -> list[Finding]:
    """Tasks that could be given to nobody: literal texts alone, what FEEL gives is found when it runs."""
    found, named = [], []
    for each in model.assignments:
        try:
            if each.assignee:
                UUID(each.assignee)
        except ValueError:
            said = f"指定办理人“{each.assignee}”不是账户标识。"
            mend = "请留空，由有权限的人认领；或填写账户的标识，或以“=”开头的表达式。"
            found.append(Finding(file, each.line, each.element_id, said, mend, is_error=True))
        try:
            role = rules.audience(each.groups).role
        except rules.BadGroup as bad:
            mend = "应为岗位编号、org:机构标识、role:岗位编号或 applicant。"
            found.append(Finding(file, each.line, each.element_id, f"由谁办理“{bad}”看不懂。", mend, is_error=True))
        else:
            named += [(each, role)] if role else []
    known = identity.role_keys(viewer=Actor.system("flow")) if named else frozenset()
    return found + [
        Finding(
            file,
            each.line,
            each.element_id,
            f"没有岗位“{role}”。",
            "请核对岗位编号，否则没有人能办理。",
            is_error=False,
        )
        for each, role in named
        if role not in known
    ]


def _finding(found: engine.Finding) -> Finding:
    is_error = found.severity is engine.Severity.ERROR
    return Finding(found.file, found.line, found.element_id, found.message, found.mend, is_error)
