"""Keys and their versions, uses, steps and certificates. Key material stands here wrapped; no master key ever does."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from yiwang.commons.crypto.contracts import (
    CertificateRole,
    CertificateState,
    KeyState,
    KeyVerb,
    MasterState,
    Operation,
    Purpose,
    RunState,
)
from yiwang.kernel.fields import public, secret
from yiwang.kernel.models import AppendOnlyModel, GuardedModel, GuardedRow

_SUITES = [("national", "NATIONAL"), ("international", "INTERNATIONAL")]
_PLATFORM = (Purpose.FIELDS.value, Purpose.LOOKUP.value)
_LIVING = (KeyState.ACTIVE.value, KeyState.SUSPENDED.value)


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def _named(kind: type[StrEnum], field: str) -> Q:
    return Q(**{f"{field}__in": [each.value for each in kind]})


def _account(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        "commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+", **options
    )


class MasterKey(GuardedModel):
    """What is known of a master key: by its fingerprint the pool finds it in the file or module that holds it."""

    fingerprint = public(models.CharField(max_length=16, unique=True))
    kind = public(models.CharField(max_length=12, default="file"))
    state = public(models.CharField(max_length=8, choices=_choices(MasterState)))
    created_at = public(models.DateTimeField())
    retired_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["state"], name="master_one_active", condition=Q(state="active")),
            models.CheckConstraint(
                name="master_retired_has_time",
                condition=Q(state="active", retired_at__isnull=True) | Q(state="retired", retired_at__isnull=False),
            ),
        )


class KeyApplication(GuardedModel):
    """Who uses keys: a part of the platform or a system beside it, with what it may use. Null: no bound."""

    code = public(models.CharField(max_length=60, unique=True))
    title = public(models.CharField(max_length=120, blank=True))
    daily_quota = public(models.PositiveBigIntegerField(null=True, help_text="uses a day"))
    key_quota = public(models.PositiveIntegerField(default=100, help_text="keys that are not destroyed"))
    created_at = public(models.DateTimeField())


class CryptoKey(GuardedModel):
    """A key of the pool through all of its versions. `version` is the newest."""

    name = public(models.CharField(max_length=60, unique=True))
    owner = public(models.CharField(max_length=120, help_text="who answers for it"))
    purpose = public(models.CharField(max_length=8, choices=_choices(Purpose)))
    application = public(models.ForeignKey(KeyApplication, on_delete=models.PROTECT, related_name="keys"))
    suite = public(models.CharField(max_length=13, choices=_SUITES))
    algorithm = public(models.CharField(max_length=24))
    state = public(models.CharField(max_length=10, choices=_choices(KeyState)))
    version = public(models.PositiveIntegerField(default=1))
    rotate_days = public(models.PositiveIntegerField(null=True))
    next_rotation_at = public(models.DateTimeField(null=True))
    created_at = public(models.DateTimeField())
    changed_at = public(models.DateTimeField())
    retired_by = public(_account())

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="key_state_known", condition=_named(KeyState, "state")),
            models.CheckConstraint(name="key_purpose_known", condition=_named(Purpose, "purpose")),
            models.CheckConstraint(name="key_version_counts", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="key_rotates_while_it_lives",
                condition=Q(next_rotation_at__isnull=True) | Q(state__in=_LIVING, rotate_days__gte=1),
            ),
            models.CheckConstraint(
                name="key_of_platform_stays",
                condition=~Q(purpose__in=_PLATFORM) | Q(state__in=("pre_active", "active")),
            ),
            models.UniqueConstraint(
                fields=["purpose"], name="key_of_platform_once", condition=Q(purpose__in=_PLATFORM)
            ),
        )
        indexes = (models.Index(F("created_at").desc(), F("id").desc(), name="key_created"),)


class KeyVersion(GuardedModel):
    """The material of a key, wrapped by a master key; gone once it is destroyed. `label` stands in what it seals.

    It is used from `effective_at` until the next one's; from `retired_at` nothing that is stored needs it.
    """

    key = public(models.ForeignKey(CryptoKey, on_delete=models.PROTECT, related_name="versions"))
    number = public(models.PositiveIntegerField())
    suite = public(models.CharField(max_length=13, choices=_SUITES))
    algorithm = public(models.CharField(max_length=24))
    label = public(models.BinaryField(max_length=4, unique=True))
    wrapped = secret(models.BinaryField(null=True))
    wrapping = public(models.CharField(max_length=13, choices=_SUITES))
    master = public(models.ForeignKey(MasterKey, null=True, on_delete=models.PROTECT, related_name="versions"))
    public_key = public(models.BinaryField(null=True, help_text="SubjectPublicKeyInfo DER of a signing key"))
    created_at = public(models.DateTimeField())
    effective_at = public(models.DateTimeField())
    replaced_at = public(models.DateTimeField(null=True))
    retired_at = public(models.DateTimeField(null=True))
    destroyed_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key", "number"], name="key_version_once"),
            models.UniqueConstraint(
                fields=["key"], name="key_version_one_newest", condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(name="key_version_number_counts", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="key_version_destroyed_is_empty",
                condition=Q(destroyed_at__isnull=True, wrapped__isnull=False, master__isnull=False)
                | Q(destroyed_at__isnull=False, wrapped__isnull=True, master__isnull=True),
            ),
            models.CheckConstraint(
                name="key_version_in_order",
                condition=Q(replaced_at__isnull=True) | Q(replaced_at__gte=F("effective_at")),
            ),
        )


class KeyStep(AppendOnlyModel):
    """A step of a key's life; `version` is the one it was about, 0 for all."""

    key = public(models.ForeignKey(CryptoKey, on_delete=models.PROTECT, related_name="steps"))
    at = public(models.DateTimeField())
    verb = public(models.CharField(max_length=10, choices=_choices(KeyVerb)))
    before = public(models.CharField(max_length=10, blank=True))
    after = public(models.CharField(max_length=10, choices=_choices(KeyState)))
    version = public(models.PositiveIntegerField())
    account = public(_account())
    reason = public(models.TextField(blank=True))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["key", "at"], name="key_steps"),)


class KeyUsage(GuardedRow):
    """How often an application used a version in one way on one day (China). Written in batches."""

    id = public(models.BigAutoField(primary_key=True))
    version = public(models.ForeignKey(KeyVersion, on_delete=models.PROTECT, related_name="usage"))
    application = public(models.CharField(max_length=60))
    operation = public(models.CharField(max_length=4, choices=_choices(Operation)))
    day = public(models.DateField())
    count = public(models.PositiveBigIntegerField())

    class Meta(GuardedRow.Meta):
        constraints = (
            models.UniqueConstraint(fields=["version", "application", "operation", "day"], name="key_usage_once"),
        )
        indexes = (models.Index(fields=["application", "day"], name="key_usage_of_application"),)


class Reencryption(GuardedModel):
    """One pass over everything that is stored encrypted or as a keyed hash, to what the pool's newest keys make of it."""

    state = public(models.CharField(max_length=8, choices=_choices(RunState)))
    reason = public(models.CharField(max_length=200, blank=True))
    begun_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["state"], name="reencryption_one_at_a_time", condition=Q(state="running")),
            models.CheckConstraint(
                name="reencryption_ended_has_time",
                condition=Q(state="running", ended_at__isnull=True) | Q(state="done", ended_at__isnull=False),
            ),
        )
        indexes = (models.Index(F("begun_at").desc(), name="reencryption_begun"),)


class ReencryptionPart(GuardedModel):
    """How far a pass has come in one table: rows up to and with key `reached` are done."""

    run = public(models.ForeignKey(Reencryption, on_delete=models.PROTECT, related_name="parts"))
    table = public(models.CharField(max_length=80))
    reached = public(models.CharField(max_length=80, blank=True))
    total = public(models.PositiveBigIntegerField(default=0))
    scanned = public(models.PositiveBigIntegerField(default=0))
    changed = public(models.PositiveBigIntegerField(default=0))
    damaged = public(models.PositiveBigIntegerField(default=0))
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["run", "table"], name="reencryption_part_once"),)


class Certificate(GuardedModel):
    """An X.509 certificate that the pool keeps: an anchor to trust, or that of one of its keys. No private key."""

    der = public(models.BinaryField())
    fingerprint = public(models.CharField(max_length=64, unique=True, help_text="hex, by the certificate's own suite"))
    role = public(models.CharField(max_length=12, choices=_choices(CertificateRole)))
    state = public(models.CharField(max_length=8, choices=_choices(CertificateState)))
    subject = public(models.TextField(help_text="RFC 4514"))
    issuer = public(models.TextField(help_text="RFC 4514"))
    serial = public(models.CharField(max_length=64, help_text="hex"))
    suite = public(models.CharField(max_length=13, blank=True))
    algorithm = public(models.CharField(max_length=40))
    not_before = public(models.DateTimeField())
    not_after = public(models.DateTimeField())
    demonstration = public(models.BooleanField(default=False))
    key = public(models.ForeignKey(CryptoKey, null=True, on_delete=models.PROTECT, related_name="certificates"))
    created_at = public(models.DateTimeField())
    revoked_at = public(models.DateTimeField(null=True))
    reason = public(models.CharField(max_length=200, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="certificate_revoked_has_time",
                condition=Q(state="good", revoked_at__isnull=True) | Q(state="revoked", revoked_at__isnull=False),
            ),
            models.CheckConstraint(name="certificate_days_in_order", condition=Q(not_after__gte=F("not_before"))),
        )
        indexes = (
            models.Index(fields=["not_after", "id"], name="certificate_ends"),
            models.Index(fields=["issuer", "serial"], name="certificate_serial"),
        )
