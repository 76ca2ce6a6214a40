"""Publishing a version of a process."""

import hashlib
from datetime import datetime

from django.db import connection

from yiwang.commons.flow import engine
from yiwang.commons.flow.commands.pinning import latest
from yiwang.commons.flow.commands.subscribing import keep_beginnings
from yiwang.commons.flow.contracts import ADMINISTER, DefinitionRefused, Finding, NotYourTask, Published
from yiwang.commons.flow.models import ProcessDefinition
from yiwang.commons.flow.queries.linting import linted
from yiwang.commons.identity import queries as identity
from yiwang.kernel import evidence
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.packs import Kept


@command("flow.publish_definition")
def publish_definition(
    *, bpmn: bytes, file: str = "process.bpmn", reason: str = "", from_pack: bool = False, by: Actor, at: datetime
) -> Published:
    """Publish a BPMN file with one executable process under that process's id; `reason` stays with the version.

    The content of the latest version published again makes no new version. What comes `from_pack` never replaces a version
    that a person published: that one is kept, and the answer says so. Raises DefinitionRefused with every fault (shape,
    FEEL, operations that nobody registered), NotYourTask.
    """
    if not (by.is_system or identity.holds(by, ADMINISTER)):
        raise NotYourTask
    model = _model(bpmn, file, by)
    sha256 = hashlib.sha256(bpmn).hexdigest()
    lock(model.key)
    before = latest([model.key]).get(model.key)
    if before is not None and before.sha256 == sha256:
        note(SubjectRef("process_definition", before.pk), key=model.key, version=before.version, created=False)
        return Published(before.pk, before.version, created=False)
    if from_pack and before is not None and before.published_by_id is not None:
        known = ProcessDefinition.objects.filter(key=model.key, sha256=sha256).exists()
        kept = Kept.OLDER if known else Kept.DIFFERS
        note(SubjectRef("process_definition", before.pk), key=model.key, version=before.version, kept=kept.value)
        return Published(before.pk, before.version, created=False, kept=kept)
    row = ProcessDefinition(
        key=model.key,
        version=before.version + 1 if before else 1,
        title=model.name[:200],
        bpmn=bpmn,
        spec=model.spec_blob,
        sha256=sha256,
        published_at=at,
        published_by_id=by.account_id,
        reason=reason,
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


def lock(key: str) -> None:
    """Two publishers of one process wait for each other, so that versions have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [key])


def _model(bpmn: bytes, file: str, by: Actor) -> engine.Model:
    model, found = linted(bpmn=bpmn, file=file, viewer=by)
    if model is None:
        raise DefinitionRefused(key=file, findings=tuple(each for each in found if each.is_error))
    return model
