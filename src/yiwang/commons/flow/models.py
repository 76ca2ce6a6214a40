"""Flow's tables. A definition and a history line are written once; an instance's state is the engine's, all else a projection."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from yiwang.commons.flow.contracts import CallStatus, HistoryKind, InstanceStatus, TaskStatus
from yiwang.commons.flow.engine import FeelDecoder, FeelEncoder
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel


def _choices(kind: type[InstanceStatus | TaskStatus | CallStatus | HistoryKind]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def _feel(**options: Any) -> "models.JSONField[Any, Any]":
    """A JSON column whose values may be FEEL's: decimals, dates, durations."""
    return models.JSONField(encoder=FeelEncoder, decoder=FeelDecoder, **options)


class ProcessDefinition(AppendOnlyModel):
    """A version of a process: its BPMN as published and the normalised specification that the engine loads."""

    key = public(models.CharField(max_length=120))
    version = public(models.PositiveIntegerField())
    title = public(models.CharField(max_length=200))
    bpmn = public(models.BinaryField())
    spec = public(models.BinaryField())
    sha256 = public(models.CharField(max_length=64))
    published_at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key", "version"], name="definition_version_once"),
            models.CheckConstraint(name="definition_version_counts_from_1", condition=Q(version__gte=1)),
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
    status = public(models.CharField(max_length=9, choices=_choices(InstanceStatus)))
    state = personal(models.BinaryField(null=True))
    variables = personal(_feel(default=dict))
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
    inputs = personal(_feel(default=dict))
    headers = public(models.JSONField(default=dict))
    properties = personal(_feel(default=dict))
    due_at = public(models.DateTimeField(null=True))
    due_order = public(models.DateTimeField())
    status = public(models.CharField(max_length=9, choices=_choices(TaskStatus)))
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
    inputs = personal(_feel(default=dict))
    headers = public(models.JSONField(default=dict))
    properties = personal(_feel(default=dict))
    status = public(models.CharField(max_length=9, choices=_choices(CallStatus)))
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


class HistoryEntry(AppendOnlyModel):
    """What happened in an instance: nodes passed, tasks claimed, decisions with version and rules. Ids and labels only."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="history"))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    at = public(models.DateTimeField())
    kind = public(models.CharField(max_length=12, choices=_choices(HistoryKind)))
    element_id = public(models.CharField(max_length=120, blank=True))
    name = public(models.CharField(max_length=200, blank=True))
    account = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    details = public(models.JSONField(default=dict))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["subject_kind", "subject_id", "at"], name="history_subject"),)


class Halt(GuardedModel):
    """Why an instance stands still, and the command that is tried again. An instance has one open halt at most."""

    instance = public(models.ForeignKey(ProcessInstance, on_delete=models.PROTECT, related_name="halts"))
    element_id = public(models.CharField(max_length=120, blank=True))
    reason = public(models.TextField())
    expression = public(models.TextField(blank=True))
    diagnostics = personal(_feel(default=dict))
    pending = personal(_feel())
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


class SavedView(GuardedModel):
    """A filter of the inbox under a name: its owner's, or with `organisation` shared with that office."""

    account = public(
        models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="saved_views")
    )
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    )
    name = public(models.CharField(max_length=40))
    conditions = personal(models.JSONField(help_text="as in the address: net, matter, stage, search words…"))
    is_default = public(models.BooleanField(default=False))
    created_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["account", "name"], name="view_name_once"),
            models.UniqueConstraint(fields=["account"], name="view_one_default", condition=Q(is_default=True)),
            models.CheckConstraint(name="view_has_name", condition=~Q(name="")),
        )
        indexes = (models.Index(fields=["organisation"], name="view_shared", condition=Q(organisation__isnull=False)),)


class Delegation(GuardedModel):
    """A deputy acts for an absent official in one office and role, within a scope, from a day to a day (both included)."""

    from_account = public(
        models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="delegated")
    )
    to_account = public(
        models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="deputising")
    )
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    role = public(models.CharField(max_length=48))
    scope = public(models.CharField(max_length=120, default="*"))
    valid_from = public(models.DateField())
    valid_to = public(models.DateField())
    reason = personal(models.CharField(max_length=200))
    created_at = public(models.DateTimeField())
    created_by = public(models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="+"))
    revoked_at = public(models.DateTimeField(null=True))
    revoked_by = public(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="delegation_dates_in_order", condition=Q(valid_from__lte=F("valid_to"))),
            models.CheckConstraint(name="delegation_to_another", condition=~Q(from_account=F("to_account"))),
            models.CheckConstraint(
                name="delegation_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["to_account", "valid_to"], name="delegation_deputy", condition=Q(revoked_at=None)),
            models.Index(fields=["from_account", "valid_to"], name="delegation_absent", condition=Q(revoked_at=None)),
        )


class ProcessMessage(GuardedModel):
    """A message or signal that came, kept while its receiver may still appear and, for its id, a while longer.

    `taken_by` are the keys of the processes that have taken it: each takes a message once.
    """

    kind = public(models.CharField(max_length=8, choices=[("message", "MESSAGE"), ("signal", "SIGNAL")]))
    name = public(models.CharField(max_length=120))
    key = personal(models.CharField(max_length=200, blank=True))
    message_id = public(models.CharField(max_length=200, blank=True))
    payload = personal(_feel(default=dict))
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
