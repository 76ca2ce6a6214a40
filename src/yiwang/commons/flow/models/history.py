"""What happened in an instance, why it stands still, how it was carried over to another version."""

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTransform

from yiwang.commons.flow.contracts import HistoryKind
from yiwang.commons.flow.models.columns import choices, feel
from yiwang.commons.flow.models.processes import ProcessDefinition, ProcessInstance
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel


class HistoryEntry(AppendOnlyModel):
    """What happened in an instance: nodes passed, tasks claimed, decisions with version and rules. Ids and labels only."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="history"))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    at = public(models.DateTimeField())
    kind = public(models.CharField(max_length=12, choices=choices(HistoryKind)))
    element_id = public(models.CharField(max_length=120, blank=True))
    name = public(models.CharField(max_length=200, blank=True))
    account = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    details = public(models.JSONField(default=dict))

    class Meta(AppendOnlyModel.Meta):
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "at"], name="history_subject"),
            models.Index(
                KeyTransform("decision", "details"),
                F("instance"),
                name="history_decided",
                condition=Q(kind=HistoryKind.DECIDED.value),
            ),
        )


class Halt(GuardedModel):
    """Why an instance stands still, and the command that is tried again. An instance has one open halt at most."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="halts"))
    element_id = public(models.CharField(max_length=120, blank=True))
    reason = public(models.TextField())
    expression = public(models.TextField(blank=True))
    diagnostics = personal(feel(default=dict))
    pending = personal(feel())
    at = public(models.DateTimeField())
    resolved_at = public(models.DateTimeField(null=True))
    resolved_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["instance"], name="halt_one_open_an_instance", condition=Q(resolved_at__isnull=True)
            ),
        )


class InstanceMigration(GuardedModel):
    """Running instances of one version on their way to another: how far it has come, how many stay behind and why."""

    source = public(models.ForeignKey(ProcessDefinition, on_delete=models.PROTECT, related_name="+"))
    target = public(models.ForeignKey(ProcessDefinition, on_delete=models.PROTECT, related_name="+"))
    mapping = public(models.JSONField(default=dict, help_text="element id → element id, where it has changed"))
    total = public(models.PositiveIntegerField(help_text="instances when it began"))
    moved = public(models.PositiveIntegerField(default=0))
    refused = public(models.PositiveIntegerField(default=0))
    reasons = public(models.JSONField(default=list, help_text="[element id, sentence, how many]"))
    last = public(models.UUIDField(null=True, help_text="the instance that was looked at last"))
    started_at = public(models.DateTimeField())
    started_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["source"], name="migration_one_open_a_version", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="migration_to_another_version", condition=~Q(source=F("target"))),
        )
        indexes = (models.Index(F("started_at").desc(), name="migration_latest"),)
