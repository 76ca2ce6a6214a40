"""Versions of processes, what is drafted next, and their instances, whose state is the engine's."""

from django.db import models
from django.db.models import F, Q

from yiwang.commons.flow.contracts import DraftState, InstanceStatus
from yiwang.commons.flow.models.columns import choices, feel
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel


class ProcessDefinition(AppendOnlyModel):
    """A version of a process: its BPMN as published and the normalised specification that the engine loads."""

    key = public(models.CharField(max_length=120))
    version = public(models.PositiveIntegerField())
    title = public(models.CharField(max_length=200))
    bpmn = public(models.BinaryField())
    spec = public(models.BinaryField())
    sha256 = public(models.CharField(max_length=64))
    published_at = public(models.DateTimeField())
    published_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    reason = public(models.TextField(blank=True))

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key", "version"], name="definition_version_once"),
            models.CheckConstraint(name="definition_version_counts_from_1", condition=Q(version__gte=1)),
        )


class ProcessDraft(GuardedModel):
    """The next version while it is drawn. `revision` counts its saves, `editors` are the accounts that drew in it."""

    key = public(models.CharField(max_length=120))
    title = public(models.CharField(max_length=200))
    bpmn = public(models.BinaryField())
    state = public(models.CharField(max_length=9, choices=choices(DraftState)))
    revision = public(models.PositiveIntegerField(default=1))
    based_on = public(models.PositiveIntegerField(default=0, help_text="version that it began as, 0 for none"))
    editors = public(models.JSONField(default=list))
    created_at = public(models.DateTimeField())
    updated_at = public(models.DateTimeField())
    updated_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key"], name="process_one_draft", condition=Q(state="open")),
            models.CheckConstraint(
                name="process_draft_ended_has_time",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(F("updated_at").desc(), F("id").desc(), name="process_drafts_open", condition=Q(state="open")),
        )


class ProcessInstance(GuardedModel):
    """A running or ended process about a subject. `root` is the outermost caller, whose row is locked for any step."""

    definition = public(models.ForeignKey(ProcessDefinition, on_delete=models.PROTECT, related_name="instances"))
    root = public(models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="members"))
    parent = public(models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children"))
    parent_item = public(models.CharField(max_length=36, blank=True))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    title = personal(models.CharField(max_length=200))
    net = public(models.CharField(max_length=24, blank=True))
    status = public(models.CharField(max_length=9, choices=choices(InstanceStatus)))
    state = personal(models.BinaryField(null=True))
    variables = personal(feel(default=dict))
    pins = public(models.JSONField(default=dict, help_text="versions of processes and decisions fixed at the start"))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    )
    scope_key = public(models.CharField(max_length=120))
    grade = public(models.PositiveSmallIntegerField(default=1))
    applicant_person = personal(
        models.ForeignKey("commons_identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    )
    applicant_entity = public(
        models.ForeignKey("commons_identity.LegalEntity", null=True, on_delete=models.PROTECT, related_name="+")
    )
    started_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="instance_ended_has_time",
                condition=Q(status__in=["completed", "cancelled"], ended_at__isnull=False)
                | Q(status__in=["running", "halted"], ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="instance_runs_with_state", condition=~Q(status="running") | Q(state__isnull=False)
            ),
            models.CheckConstraint(
                name="instance_child_knows_its_item",
                condition=Q(parent__isnull=True, root__isnull=True, parent_item="")
                | (Q(parent__isnull=False, root__isnull=False) & ~Q(parent_item="")),
            ),
            models.UniqueConstraint(
                fields=["parent", "parent_item"], name="instance_one_child_an_item", condition=Q(parent__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=["subject_kind", "subject_id"], name="instance_subject"),
            models.Index(F("applicant_person"), F("started_at").desc(), name="instance_of_person"),
            models.Index(F("applicant_entity"), F("started_at").desc(), name="instance_of_entity"),
            models.Index(
                fields=["definition", "id"], name="instance_going", condition=Q(status__in=["running", "halted"])
            ),
        )
