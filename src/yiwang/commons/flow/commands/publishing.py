"""Publishing a version of a process."""

import hashlib
from datetime import datetime

from django.db import connection

from yiwang.commons.flow import engine, registry
from yiwang.commons.flow.commands.pinning import latest, model_of
from yiwang.commons.flow.commands.subscribing import keep_beginnings
from yiwang.commons.flow.contracts import ADMINISTER, DefinitionRefused, Finding, NotYourTask, Published
from yiwang.commons.flow.models import ProcessDefinition
from yiwang.commons.identity import queries as identity
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("flow.publish_definition")
def publish_definition(*, bpmn: bytes, file: str = "process.bpmn", by: Actor, at: datetime) -> Published:
    """Publish a BPMN file with one executable process under that process's id.

    The content of the latest version published again makes no new version. Raises DefinitionRefused with every fault (shape,
    FEEL, operations that nobody registered), NotYourTask.
    """
    if not (by.is_system or identity.holds(by, ADMINISTER)):
        raise NotYourTask
    model = _model(bpmn, file)
    sha256 = hashlib.sha256(bpmn).hexdigest()
    _one_at_a_time(model.key)
    before = latest([model.key]).get(model.key)
    if before is not None and before.sha256 == sha256:
        note(SubjectRef("process_definition", before.pk), key=model.key, version=before.version, created=False)
        return Published(before.pk, before.version, created=False)
    row = ProcessDefinition(
        key=model.key,
        version=before.version + 1 if before else 1,
        title=model.name[:200],
        bpmn=bpmn,
        spec=model.spec_blob,
        sha256=sha256,
        published_at=at,
    )
    row.save(force_insert=True)
    _keep_beginnings(row, model, file, at)
    subject = SubjectRef("process_definition", row.pk)
    evidence.record("process.published", subject, {"key": row.key, "version": row.version, "sha256": sha256})
    note(subject, key=row.key, version=row.version, created=True)
    return Published(row.pk, row.version, created=True)


def _keep_beginnings(row: ProcessDefinition, model: engine.Model, file: str, at: datetime) -> None:
    try:
        keep_beginnings(row, model, at)
    except (engine.ExpressionFault, ValueError) as fault:
        mend = "请填写日期、时长或循环，不要用变量。"
        raise DefinitionRefused(
            key=file, findings=(Finding(file, 0, "", f"开始的时间不能用：{fault}", mend, is_error=True),)
        ) from fault


def _check_calls(model: engine.Model, file: str) -> None:
    """Refuses calls by literal name that lead back to where they came from, and says by which way."""
    ways: dict[str, tuple[str, ...]] = {model.key: (model.key,)}
    todo = [model]
    while todo:
        caller = todo.pop(0)
        wanted = caller.targets("callActivity")
        if model.key in wanted:
            way = " → ".join((*ways[caller.key], model.key))
            found = Finding(file, 0, model.key, f"流程互相调用，没有尽头：{way}。", "请断开这个环。", is_error=True)
            raise DefinitionRefused(key=file, findings=(found,))
        for key, row in latest(wanted - ways.keys()).items() if wanted - ways.keys() else ():
            ways[key] = (*ways[caller.key], key)
            todo.append(model_of(row))


def _one_at_a_time(key: str) -> None:
    """Two publishers of one process wait for each other, so that versions have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [key])


def _model(bpmn: bytes, file: str) -> engine.Model:
    parsed = engine.parse({file: bpmn}, evaluator=registry.evaluator())
    if parsed.errors:
        raise DefinitionRefused(key=file, findings=tuple(_finding(each) for each in parsed.errors))
    try:
        model = parsed.only()
    except engine.ModelRefused as refused:
        raise DefinitionRefused(key=file, findings=tuple(_finding(each) for each in refused.findings)) from refused
    unknown = [use for use in model.uses("serviceTask") if registry.operation_named(use.target) is None]
    if unknown:
        mend = "请改用已登记的操作：" + "、".join(registry.operations())
        faults = tuple(
            Finding(file, use.line, use.element_id, f"操作“{use.target}”没有登记。", mend, is_error=True)
            for use in unknown
        )
        raise DefinitionRefused(key=file, findings=faults)
    _check_calls(model, file)
    return model


def _finding(found: engine.Finding) -> Finding:
    is_error = found.severity is engine.Severity.ERROR
    return Finding(found.file, found.line, found.element_id, found.message, found.mend, is_error)
