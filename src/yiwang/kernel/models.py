"""The kernel's own tables, and the abstract models that every context's tables stand on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.kernel.fields import public, secret
from yiwang.kernel.guard import GuardedManager
from yiwang.kernel.ids import new_id


class GuardedRow(models.Model):
    """A row that only a command can write, whatever its key."""

    objects: ClassVar[GuardedManager] = GuardedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class GuardedModel(GuardedRow):
    """A record that only a command can write; id is a UUIDv7."""

    id = public(models.UUIDField(primary_key=True, default=new_id, editable=False))

    class Meta(GuardedRow.Meta):
        abstract = True


class AppendOnlyModel(GuardedModel):
    """A record that is written once: the database refuses UPDATE and DELETE."""

    append_only: ClassVar[bool] = True

    class Meta(GuardedModel.Meta):
        abstract = True


class AuditEntry(AppendOnlyModel):
    """What a command did, or that it was refused: who, in which capacity, on what, when. Holds no personal data."""

    class Outcome(models.TextChoices):
        DONE = "done"
        REFUSED = "refused"

    run = public(models.UUIDField(help_text="one outermost command and all that joined it"))
    at = public(models.DateTimeField())
    command = public(models.CharField(max_length=80))
    outcome = public(models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.DONE))
    error_code = public(models.CharField(max_length=80, blank=True))
    actor_kind = public(models.CharField(max_length=12))
    account_id = public(models.UUIDField(null=True))
    on_behalf_kind = public(models.CharField(max_length=24, blank=True))
    on_behalf_id = public(models.UUIDField(null=True))
    organisation_id = public(models.UUIDField(null=True))
    role = public(models.CharField(max_length=48, blank=True))
    purpose = public(models.CharField(max_length=120, blank=True))
    device = public(models.CharField(max_length=64, blank=True))
    zone = public(models.CharField(max_length=24, blank=True))
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    details = public(models.JSONField(default=dict))

    class Meta(AppendOnlyModel.Meta):
        indexes = (
            models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_subject"),
            models.Index(fields=["account_id", "at"], name="audit_account"),
            models.Index(fields=["at", "id"], name="audit_time"),
        )
        constraints = (
            models.CheckConstraint(name="audit_refusal_has_code", condition=~Q(outcome="refused") | ~Q(error_code="")),
        )


class EvidenceRow(AppendOnlyModel):
    """A statement about a public fact, with salted hashes; the ledger sequences these rows later."""

    at = public(models.DateTimeField())
    kind = public(models.CharField(max_length=60))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    statement = public(models.JSONField())
    run = public(models.UUIDField())
    digest = public(models.BinaryField(max_length=32, help_text="SM3 of the canonical statement"))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["subject_kind", "subject_id"], name="evidence_subject"),)


class IdempotencyKey(GuardedModel):
    """A submission that was seen, and what came of it: a repeat gets the same answer."""

    key = secret(models.CharField(max_length=120))
    command = public(models.CharField(max_length=80))
    account = public(models.CharField(max_length=36, blank=True))
    fingerprint = public(models.BinaryField(max_length=32))
    result = public(models.JSONField(null=True))
    at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["key", "command", "account"], name="idempotency_once"),)
        indexes = (models.Index(fields=["at"], name="idempotency_age"),)


class OutboxEvent(GuardedRow):
    """A domain event, written in the transaction that it tells of.

    The key is a sequence, allocated while the aggregate's row is locked: so it orders the events of one aggregate.
    """

    seq = public(models.BigAutoField(primary_key=True))
    event_id = public(models.UUIDField(default=new_id, unique=True))
    type = public(models.CharField(max_length=80))
    aggregate_kind = public(models.CharField(max_length=40))
    aggregate_id = public(models.UUIDField())
    payload = public(models.JSONField())
    at = public(models.DateTimeField())
    run = public(models.UUIDField())


class OutboxDelivery(GuardedModel):
    """One handler's copy of an event: pending, done, or parked after repeated failure."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        PARKED = "parked"

    event = public(models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries"))
    handler = public(models.CharField(max_length=80))
    aggregate_kind = public(models.CharField(max_length=40))
    aggregate_id = public(models.UUIDField())
    state = public(models.CharField(max_length=8, choices=State.choices, default=State.PENDING))
    attempts = public(models.PositiveSmallIntegerField(default=0))
    next_at = public(models.DateTimeField())
    error = public(models.TextField(blank=True))
    done_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["event", "handler"], name="delivery_once"),
            models.CheckConstraint(
                name="delivery_done_has_time",
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
            ),
        )
        indexes = (
            models.Index(fields=["handler", "aggregate_id", "event"], name="delivery_open", condition=~Q(state="done")),
            models.Index(fields=["event", "handler"], name="delivery_next", condition=Q(state="pending")),
        )


class JobFault(GuardedRow):
    """What the last failed try of a background job died of."""

    job = public(models.BigIntegerField(primary_key=True))
    error = public(models.TextField())
    at = public(models.DateTimeField())


class CalendarDay(GuardedModel):
    """A holiday or a make-up working day, as announced by the State Council; editable by an administrator."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday"
        WORKDAY = "workday"

    date = public(models.DateField(unique=True))
    kind = public(models.CharField(max_length=8, choices=Kind.choices))
    name = public(models.CharField(max_length=40, blank=True))
    source = public(models.CharField(max_length=120, blank=True))


class LoadedPack(AppendOnlyModel):
    """A pack as it was loaded: what the city is called, which version is in force."""

    name = public(models.CharField(max_length=60))
    version = public(models.CharField(max_length=24))
    manifest = public(models.JSONField())
    at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["at"], name="loaded_pack_at"),)
