"""From a work item to rows: whose task it is and when due, what a remote operation is called with."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from yiwang.commons.flow import registry, rules
from yiwang.commons.flow.commands.pinning import Pins, called_definition
from yiwang.commons.flow.commands.subscribing import BEGUN
from yiwang.commons.flow.contracts import ANY_SCOPE, CallStatus, InstanceStatus, TaskStatus, UnknownProcess
from yiwang.commons.flow.engine import EvaluationHalt, WorkItem
from yiwang.commons.flow.models import OperationCall, ProcessInstance, Task
from yiwang.kernel import calendars
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.clock import CHINA

MAX_DEPTH = 20
DEPTH = "depth"
WORKING_DAYS = "working_days"
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def subject_of(instance: ProcessInstance) -> SubjectRef:
    return SubjectRef(instance.subject_kind, instance.subject_id)


def new_task(instance: ProcessInstance, item: WorkItem, at: datetime) -> Task:
    """The task of a USER item. Raises EvaluationHalt when the model's assignment makes no sense."""
    place = registry.place_task(
        registry.TaskQuestion(
            subject=subject_of(instance),
            instance_id=instance.pk,
            process_key=instance.definition.key,
            element_id=item.element_id,
            name=item.name,
            headers=item.headers,
            properties=item.properties,
            at=at,
        )
    )
    audience = _audience(item)
    organisation_id = audience.organisation_id or place.organisation_id or instance.organisation_id
    if organisation_id is None and not audience.for_applicant:
        raise EvaluationHalt(item.element_id, "待办没有承办机构：流程没有写 candidateGroups，事项也没有给出。")
    due_at = _due(item, at) or place.due_at
    assignee_id = _uuid(item.element_id, item.assignee) if item.assignee else None
    stated = {**item.headers, **item.properties}
    return Task(
        instance=instance,
        item_id=item.item_id,
        element_id=item.element_id,
        name=(item.name or item.element_id)[:120],
        documentation=item.documentation,
        title=(place.title or instance.title)[:200],
        net=instance.net,
        subject_kind=instance.subject_kind,
        subject_id=instance.subject_id,
        organisation_id=organisation_id,
        scope_key=str(stated.get("scope") or place.scope_key or instance.scope_key or ANY_SCOPE),
        grade=_grade(item, stated.get("grade"), max(place.grade, instance.grade)),
        role=audience.role,
        for_applicant=audience.for_applicant,
        assignee_id=assignee_id,
        form_key=item.form_key,
        inputs=dict(item.inputs),
        headers=dict(item.headers),
        properties=dict(item.properties),
        due_at=due_at,
        due_order=due_at or NEVER,
        status=(TaskStatus.CLAIMED if assignee_id else TaskStatus.OPEN).value,
        created_at=at,
        claimed_at=at if assignee_id else None,
    )


def new_call(instance: ProcessInstance, item: WorkItem, at: datetime) -> OperationCall:
    found = registry.operation_named(item.target)
    if found is None:
        raise EvaluationHalt(item.element_id, f"操作“{item.target}”没有登记。")
    return OperationCall(
        instance=instance,
        item_id=item.item_id,
        element_id=item.element_id,
        operation=item.target,
        idempotency_key=f"{instance.pk}:{item.item_id}",
        inputs=dict(item.inputs),
        headers=dict(item.headers),
        properties=dict(item.properties),
        status=CallStatus.PENDING.value,
        max_attempts=max(1, item.retries),
        due_at=at + found.timeout,
        created_at=at,
    )


def new_child(instance: ProcessInstance, item: WorkItem, at: datetime) -> ProcessInstance:
    """The instance that a CALL item asks for, in the version that was pinned. Raises EvaluationHalt where there is none."""
    try:
        definition = called_definition(item.target, instance.pins)
    except UnknownProcess as error:
        raise EvaluationHalt(item.element_id, error.sentence()) from error
    subject = called_subject(instance, item)
    return ProcessInstance(
        definition=definition,
        root_id=instance.root_id or instance.pk,
        parent=instance,
        parent_item=item.item_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        title=str(item.properties.get("title") or instance.title)[:200],
        net=instance.net,
        status=InstanceStatus.RUNNING.value,
        state=b"",
        pins=_deeper(instance, item),
        organisation_id=called_organisation(instance, item),
        scope_key=str(item.properties.get("scope") or instance.scope_key),
        grade=instance.grade,
        applicant_person_id=instance.applicant_person_id,
        applicant_entity_id=instance.applicant_entity_id,
        started_at=at,
    )


def _deeper(instance: ProcessInstance, item: WorkItem) -> Pins:
    """The caller's pins, one call deeper. A cycle of calls that are named by expressions ends here."""
    depth = int(instance.pins.get(DEPTH, 0)) + 1
    if depth > MAX_DEPTH:
        raise EvaluationHalt(item.element_id, f"流程互相调用超过{MAX_DEPTH}层。")
    return {name: value for name, value in instance.pins.items() if name != BEGUN} | {DEPTH: depth}


def called_subject(instance: ProcessInstance, item: WorkItem) -> SubjectRef:
    """The property `subject` of a call activity, `kind:uuid` or a uuid of the caller's kind; else the caller's subject."""
    stated = item.properties.get("subject")
    if not stated:
        return subject_of(instance)
    kind, found, identifier = str(stated).rpartition(":")
    return SubjectRef(kind if found else instance.subject_kind, _uuid(item.element_id, identifier))


def called_organisation(instance: ProcessInstance, item: WorkItem) -> UUID | None:
    stated = item.properties.get("organisation")
    return _uuid(item.element_id, str(stated).removeprefix("org:")) if stated else instance.organisation_id


def _audience(item: WorkItem) -> rules.Audience:
    try:
        return rules.audience(item.candidate_groups)
    except rules.BadGroup as error:
        raise EvaluationHalt(
            item.element_id, f"候选组“{error}”应为 org:<机构标识>、role:<角色> 或 applicant。"
        ) from error


def _due(item: WorkItem, at: datetime) -> datetime | None:
    working_days = item.properties.get(WORKING_DAYS) or item.headers.get(WORKING_DAYS)
    try:
        if item.due or not working_days:
            return rules.due_moment(item.due)
        return working_days_after(at, working_days)
    except (ValueError, TypeError, OverflowError) as error:
        text = item.due or str(working_days)
        raise EvaluationHalt(item.element_id, f"期限“{text}”不是日期，也不是工作日数。") from error


def working_days_after(at: datetime, stated: Any) -> datetime:
    """The end of the day so many working days after `at`, by today's calendar; beyond the announced years as if each week had
    five. Raises ValueError for what is no sensible number.
    """
    return rules.end_of(calendars.current().add_working_days(at.astimezone(CHINA).date(), int(stated)).date)


def _grade(item: WorkItem, stated: Any, otherwise: int) -> int:
    if stated in (None, ""):
        return otherwise
    try:
        return int(stated)
    except (ValueError, TypeError) as error:
        raise EvaluationHalt(item.element_id, f"密级“{stated}”不是数字。") from error


def _uuid(element_id: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise EvaluationHalt(element_id, f"“{text}”不是标识。") from error


def invocation_values(source: WorkItem | OperationCall) -> Mapping[str, Any]:
    """The fields of an Invocation that items and calls share."""
    return {
        "element_id": source.element_id,
        "inputs": source.inputs,
        "headers": source.headers,
        "properties": source.properties,
    }
