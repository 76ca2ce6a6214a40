"""Messages and signals, and what waits for them."""

from django.db import models
from django.db.models import Q

from yiwang.commons.flow.models.columns import feel
from yiwang.commons.flow.models.processes import ProcessDefinition, ProcessInstance
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel


class ProcessMessage(GuardedModel):
    """A message or signal that came, kept while its receiver may still appear and, for its id, a while longer.

    `taken_by` are the keys of the processes that have taken it: each takes a message once.
    """

    kind = public(models.CharField(max_length=8, choices=[("message", "MESSAGE"), ("signal", "SIGNAL")]))
    name = public(models.CharField(max_length=120))
    key = personal(models.CharField(max_length=200, blank=True))
    message_id = public(models.CharField(max_length=200, blank=True))
    payload = personal(feel(default=dict))
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    title = personal(models.CharField(max_length=200, blank=True))
    source = public(models.ForeignKey(ProcessInstance, null=True, on_delete=models.PROTECT, related_name="sent"))
    at = public(models.DateTimeField())
    expires_at = public(models.DateTimeField())
    taken_by = public(models.JSONField(default=list))
    reached = public(models.JSONField(default=list, help_text="ids of the instances that took it"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "name", "key", "message_id"], name="message_id_once", condition=~Q(message_id="")
            ),
            models.CheckConstraint(name="message_has_name", condition=~Q(name="")),
        )
        indexes = (
            models.Index(fields=["name", "key"], name="message_waiting"),
            models.Index(fields=["expires_at"], name="message_expiry"),
        )


class Subscription(GuardedModel):
    """What a running instance, or the latest version of a process, waits for: a projection of the engine's state.

    `begun` stands for an instance that a message with a key began: no second one begins for the key while it runs.
    """

    KINDS = ("message", "signal", "timer", "begun")

    instance = public(
        models.ForeignKey(ProcessInstance, null=True, on_delete=models.PROTECT, related_name="subscriptions")
    )
    definition = public(
        models.ForeignKey(ProcessDefinition, null=True, on_delete=models.PROTECT, related_name="subscriptions")
    )
    subscription_id = public(models.CharField(max_length=120, help_text="the engine's id, or the start event"))
    element_id = public(models.CharField(max_length=120))
    kind = public(models.CharField(max_length=8, choices=[(each, each.upper()) for each in KINDS]))
    name = public(models.CharField(max_length=120, blank=True))
    key = personal(models.CharField(max_length=200, blank=True))
    due_at = public(models.DateTimeField(null=True))
    left = public(models.PositiveIntegerField(null=True, help_text="rounds of a cycle; null: endless"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["instance", "subscription_id"], name="subscription_once"),
            models.UniqueConstraint(fields=["definition", "subscription_id"], name="subscription_start_once"),
            models.CheckConstraint(
                name="subscription_of_one",
                condition=Q(instance__isnull=False, definition__isnull=True)
                | Q(instance__isnull=True, definition__isnull=False),
            ),
            models.CheckConstraint(
                name="subscription_timer_has_time", condition=Q(kind="timer", due_at__isnull=False) | ~Q(kind="timer")
            ),
        )
        indexes = (
            models.Index(fields=["kind", "name", "key"], name="subscription_wanted"),
            models.Index(fields=["due_at"], name="subscription_due", condition=Q(kind="timer")),
        )
