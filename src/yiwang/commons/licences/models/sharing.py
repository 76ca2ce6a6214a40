"""Who uses licences: cases and callers, showings and tries of codes; and where bulk ones came from."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from yiwang.commons.licences.contracts import ImportState, LicenceState, TrustGrade
from yiwang.commons.licences.models.types import LicenceType
from yiwang.kernel.fields import EncryptedTextField, personal, public, secret, sensitive
from yiwang.kernel.models import AppendOnlyModel, GuardedModel


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def _one(target: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(f"commons_identity.{target}", on_delete=models.PROTECT, related_name="+", **options)


class LicenceCaller(GuardedModel):
    """A system that may ask over the sharing interface (GB/T 36906): for which types and verbs, in whose name."""

    code = public(models.CharField(max_length=60, unique=True))
    name = public(models.CharField(max_length=120))
    organisation = public(_one("Organisation"))
    token_hash = secret(models.BinaryField(max_length=32, unique=True))
    types = public(models.JSONField(default=list, help_text="keys of types, or *"))
    verbs = public(models.JSONField(default=list, help_text="catalogue, query, verify, use"))
    daily_quota = public(models.PositiveIntegerField(default=10_000))
    active = public(models.BooleanField(default=True))
    created_at = public(models.DateTimeField())


class LicenceCallerDay(GuardedModel):
    """How often a caller asked on one day (China)."""

    caller = public(models.ForeignKey(LicenceCaller, on_delete=models.PROTECT, related_name="days"))
    day = public(models.DateField())
    count = public(models.PositiveIntegerField())

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["caller", "day"], name="licence_caller_day_once"),)


class LicenceUse(GuardedModel):
    """A use of a licence by a case or a caller, with consent or on a legal basis; the holder sees it."""

    licence = public(models.ForeignKey("Licence", on_delete=models.PROTECT, related_name="uses", db_index=False))
    version = public(models.PositiveSmallIntegerField())
    at = public(models.DateTimeField())
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    purpose = public(models.CharField(max_length=60, help_text="key registered with privacy"))
    basis = public(models.CharField(max_length=40, help_text="key registered with privacy"))
    ground = public(models.CharField(max_length=200, blank=True, help_text="the provision relied on"))
    words = public(models.CharField(max_length=120, blank=True, help_text="number of the case, or what a caller said"))
    consent_id = public(models.UUIDField(null=True))
    caller = public(models.ForeignKey(LicenceCaller, null=True, on_delete=models.PROTECT, related_name="uses"))
    account = public(_one("Account", null=True))
    organisation = public(_one("Organisation", null=True))
    state_at_use = public(models.CharField(max_length=10, choices=_choices(LicenceState)))
    grade_at_use = public(models.CharField(max_length=1, choices=_choices(TrustGrade)))
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="licence_use_has_basis",
                condition=Q(basis="consent", consent_id__isnull=False)
                | (~Q(basis__in=["", "consent"]) & Q(consent_id__isnull=True)),
            ),
            models.CheckConstraint(name="licence_use_has_purpose", condition=~Q(purpose="")),
            models.UniqueConstraint(
                fields=["licence", "subject_kind", "subject_id"],
                name="licence_use_once_open",
                condition=Q(ended_at__isnull=True, subject_id__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["licence", "-id"], name="licence_uses"),
            models.Index(fields=["subject_id"], name="licence_use_subject", condition=Q(subject_id__isnull=False)),
        )


class LicenceShowing(GuardedModel):
    """A code that shows a licence once, for a purpose, for minutes. The code itself is not kept."""

    licence = public(models.ForeignKey("Licence", on_delete=models.PROTECT, related_name="showings", db_index=False))
    version = public(models.PositiveSmallIntegerField())
    account = public(_one("Account", null=True))
    code_hash = secret(models.BinaryField(max_length=32, unique=True))
    purpose_key = public(models.CharField(max_length=60, blank=True))
    purpose = public(models.CharField(max_length=120))
    at = public(models.DateTimeField())
    ends_at = public(models.DateTimeField())
    withdrawn_at = public(models.DateTimeField(null=True))
    checked_at = public(models.DateTimeField(null=True))
    checker = public(_one("Account", null=True))
    checker_organisation = public(_one("Organisation", null=True))
    checker_name = personal(models.CharField(max_length=120, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="licence_showing_in_order", condition=Q(ends_at__gt=F("at"))),
            models.CheckConstraint(
                name="licence_showing_once",
                condition=Q(checked_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        )
        indexes = (models.Index(fields=["licence", "-id"], name="licence_showings"),)


class LicenceCheckTry(GuardedModel):
    """A code that did not hold, typed by somebody (keyed hash of address or account): who tries too often waits."""

    checker = secret(models.BinaryField(max_length=32))
    at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        indexes = (models.Index(fields=["checker", "at"], name="licence_check_try"),)


class LicenceImport(GuardedModel):
    """A file of licences that is taken in batch by batch: `reached` lines are done, so a killed one goes on from there."""

    type = public(models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="imports"))
    organisation = public(_one("Organisation"))
    account = public(_one("Account", null=True))
    file_name = public(models.CharField(max_length=120))
    digest = public(models.CharField(max_length=64, help_text="SM3 of the file, hex"))
    content = sensitive(EncryptedTextField(null=True, help_text="the file until it is done"))
    state = public(models.CharField(max_length=8, choices=_choices(ImportState)))
    begun_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))
    reached = public(models.PositiveIntegerField(default=0))
    created = public(models.PositiveIntegerField(default=0))
    repeated = public(models.PositiveIntegerField(default=0))
    rejected = public(models.PositiveIntegerField(default=0))
    problem = public(models.CharField(max_length=200, blank=True))
    seals = public(models.BooleanField(default=False, help_text="whether sealed files are made at once"))
    checked = public(models.BooleanField(default=True, help_text="compared with originals or register: B, else C"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["type", "organisation", "digest"], name="licence_import_once"),
            models.CheckConstraint(name="licence_import_seals_checked", condition=Q(seals=False) | Q(checked=True)),
        )
        indexes = (models.Index(fields=["-begun_at"], name="licence_import_begun"),)


class LicenceReject(AppendOnlyModel):
    """A line of an import that was not taken: where, why, and what to do. No content of the line."""

    run = public(models.ForeignKey(LicenceImport, on_delete=models.PROTECT, related_name="rejects", db_index=False))
    line = public(models.PositiveIntegerField())
    field = public(models.CharField(max_length=60, blank=True))
    reason = public(models.CharField(max_length=200))
    mend = public(models.CharField(max_length=200))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["run", "line"], name="licence_rejects"),)
