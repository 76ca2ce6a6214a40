"""What an instance asks of people and of remote operations, and what waits for its time."""

from django.db import models
from django.db.models import Q

from yiwang.commons.flow.contracts import CallStatus, TaskStatus
from yiwang.commons.flow.models.columns import choices, feel
from yiwang.commons.flow.models.processes import ProcessInstance
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel


class Task(GuardedModel):
    """A person's piece of work at one stage. `due_order` is `due_at`, or far in the future where there is none."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="tasks"))
    item_id = public(models.CharField(max_length=36))
    element_id = public(models.CharField(max_length=120))
    name = public(models.CharField(max_length=120))
    documentation = public(models.TextField(blank=True))
    title = personal(models.CharField(max_length=200))
    net = public(models.CharField(max_length=24, blank=True))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    )
    scope_key = public(models.CharField(max_length=120))
    grade = public(models.PositiveSmallIntegerField(default=1))
    role = public(models.CharField(max_length=48, blank=True))
    for_applicant = public(models.BooleanField(default=False))
    assignee = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="tasks")
    )
    form_key = public(models.CharField(max_length=120, blank=True))
    inputs = personal(feel(default=dict))
    headers = public(models.JSONField(default=dict))
    properties = personal(feel(default=dict))
    due_at = public(models.DateTimeField(null=True))
    due_order = public(models.DateTimeField())
    status = public(models.CharField(max_length=9, choices=choices(TaskStatus)))
    created_at = public(models.DateTimeField())
    claimed_at = public(models.DateTimeField(null=True))
    ended_at = public(models.DateTimeField(null=True))
    completed_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["instance", "item_id"], name="task_one_an_item"),
            models.CheckConstraint(
                name="task_claimed_has_assignee",
                condition=Q(status="claimed", assignee__isnull=False, claimed_at__isnull=False)
                | Q(status="open", assignee__isnull=True, claimed_at__isnull=True)
                | Q(status__in=["done", "cancelled"]),
            ),
            models.CheckConstraint(
                name="task_ended_has_time",
                condition=Q(status__in=["done", "cancelled"], ended_at__isnull=False)
                | Q(status__in=["open", "claimed"], ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="task_is_somebodys", condition=Q(for_applicant=True) | Q(organisation__isnull=False)
            ),
        )
        indexes = (
            models.Index(
                fields=["organisation", "due_order", "id"],
                name="task_inbox",
                condition=Q(status__in=["open", "claimed"]),
            ),
            models.Index(fields=["assignee", "due_order"], name="task_mine", condition=Q(status="claimed")),
            models.Index(fields=["subject_kind", "subject_id"], name="task_subject"),
        )


class Timer(GuardedModel):
    """A waiting timer of an instance; the row goes when the engine no longer waits for it."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="timers"))
    timer_id = public(models.CharField(max_length=36))
    element_id = public(models.CharField(max_length=120))
    name = public(models.CharField(max_length=120, blank=True))
    due_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["instance", "timer_id"], name="timer_once"),)
        indexes = (models.Index(fields=["due_at"], name="timer_due"),)


class OperationCall(GuardedModel):
    """A remote operation: one idempotency key over all tries, its result correlated back to the waiting item."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="calls"))
    item_id = public(models.CharField(max_length=36))
    element_id = public(models.CharField(max_length=120))
    operation = public(models.CharField(max_length=120))
    idempotency_key = public(models.CharField(max_length=80, unique=True))
    inputs = personal(feel(default=dict))
    headers = public(models.JSONField(default=dict))
    properties = personal(feel(default=dict))
    status = public(models.CharField(max_length=9, choices=choices(CallStatus)))
    attempts = public(models.PositiveSmallIntegerField(default=0))
    max_attempts = public(models.PositiveSmallIntegerField(default=3))
    due_at = public(models.DateTimeField(help_text="time-out"))
    error = public(models.TextField(blank=True))
    created_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="call_ended_has_time",
                condition=Q(status__in=["done", "cancelled"], ended_at__isnull=False)
                | Q(status__in=["pending", "failed"], ended_at__isnull=True),
            ),
        )
        indexes = (models.Index(fields=["due_at"], name="call_due", condition=Q(status="pending")),)
