"""News from below: a process waits for its applicant, an objection to an access is answered."""

from django.urls import reverse

from yiwang.commons.flow import queries as flow
from yiwang.commons.flow.contracts import TaskCreated
from yiwang.commons.notify import commands
from yiwang.commons.notify.contracts import Recipient
from yiwang.commons.notify.registry import Kind, register_kind
from yiwang.commons.privacy.contracts import ObjectionAnswered
from yiwang.kernel.actor import Actor
from yiwang.kernel.outbox import Delivery, subscribe
from yiwang.kernel.text import gettext_noop as _

WAITING = "flow.waiting_for_you"
ANSWERED = "privacy.objection_answered"

register_kind(Kind(WAITING, _("等您办理：{stage}"), _("“{title}”需要您处理后才能继续办理。")))
register_kind(
    Kind(ANSWERED, _("{organisation}答复了您的异议"), _("您对一次查看个人信息提出的异议已经核查，请看答复。"))
)


@subscribe(ObjectionAnswered, name="notify.on_objection_answered")
def on_objection_answered(event: ObjectionAnswered, *, delivery: Delivery) -> None:
    """Tells the holder, once."""
    commands.send(
        to=Recipient(person_id=event.person_id, entity_id=event.entity_id),
        kind=ANSWERED,
        params={"organisation": event.organisation},
        href=reverse("privacy:objection", args=[event.objection_id]),
        key=f"objection:{event.objection_id}",
        by=Actor.system("notify.on_objection_answered"),
        at=delivery.at,
    )


@subscribe(TaskCreated, name="notify.on_task_created")
def on_task_created(event: TaskCreated, *, delivery: Delivery) -> None:
    """A task for the applicant becomes a message that opens it; officials find theirs in the inbox."""
    if not event.for_applicant:
        return
    program = Actor.system("notify.on_task_created")
    task = flow.task(task_id=event.task_id, viewer=program)
    person_id, entity_id = flow.applicant_of(instance_id=event.instance_id, viewer=program)
    if person_id is None and entity_id is None:
        return
    commands.send(
        to=Recipient(person_id=None if entity_id else person_id, entity_id=entity_id),
        kind=WAITING,
        params={"stage": task.row.name, "title": task.row.title},
        subject=event.subject,
        href=reverse("flow:task", args=[event.task_id]),
        key=f"task:{event.task_id}",
        by=program,
        at=delivery.at,
    )
