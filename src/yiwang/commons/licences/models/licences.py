"""A licence, its versions, their sealed files, and the steps of its life."""

from enum import StrEnum
from typing import Any, Final

from django.db import models
from django.db.models import F, Q

from yiwang.commons.licences.contracts import Ground, HolderKind, LicenceState, LifeVerb, Origin, TrustGrade
from yiwang.commons.licences.models.sharing import LicenceImport
from yiwang.commons.licences.models.types import LicenceType, LicenceTypeVersion
from yiwang.kernel.fields import EncryptedJSONField, EncryptedTextField, KeyedHashField, personal, public, sensitive
from yiwang.kernel.models import AppendOnlyModel, GuardedModel

HOLDER_CODE: Final = "licences.holder"
_STOOD: Final = ("in_force", "suspended", "expired", "replaced")


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def _named(kind: type[StrEnum], field: str) -> Q:
    return Q(**{f"{field}__in": [each.value for each in kind]})


def _one(target: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(f"commons_identity.{target}", on_delete=models.PROTECT, related_name="+", **options)


class Licence(GuardedModel):
    """A licence through all its versions. Names, days and grade are those of the version in force (`current`)."""

    type = public(models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="licences"))
    title = public(models.CharField(max_length=80))
    number = personal(models.CharField(max_length=80))
    organisation = public(_one("Organisation", db_index=False))
    issuer_name = public(models.CharField(max_length=120))
    scope_key = public(models.CharField(max_length=80))
    holder_kind = public(models.CharField(max_length=12, choices=_choices(HolderKind)))
    person = personal(_one("Person", null=True, db_index=False))
    legal_entity = public(_one("LegalEntity", null=True, db_index=False))
    holder_name = personal(models.CharField(max_length=120, blank=True))
    holder_code = sensitive(EncryptedTextField(null=True))
    holder_hash = sensitive(KeyedHashField(of="holder_code", purpose=HOLDER_CODE, null=True))
    state = public(models.CharField(max_length=10, choices=_choices(LicenceState)))
    grade = public(models.CharField(max_length=1, choices=_choices(TrustGrade)))
    origin = public(models.CharField(max_length=8, choices=_choices(Origin)))
    current = public(models.ForeignKey("LicenceVersion", null=True, on_delete=models.PROTECT, related_name="+"))
    pending = public(models.ForeignKey("LicenceVersion", null=True, on_delete=models.PROTECT, related_name="+"))
    valid_from = public(models.DateField(null=True))
    valid_until = public(models.DateField(null=True))
    sealed_at = public(models.DateTimeField(null=True))
    as_of = public(models.DateTimeField(null=True, help_text="of a pulled one: when its source last said so"))
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    taken_by = public(
        models.ForeignKey(LicenceImport, null=True, on_delete=models.PROTECT, related_name="licences", db_index=False)
    )
    replaces = public(models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by"))
    tries = public(models.PositiveIntegerField(default=0, help_text="of sealing the pending version"))
    problem = public(models.CharField(max_length=200, blank=True, help_text="why the last try failed"))
    created_at = public(models.DateTimeField())
    changed_at = public(models.DateTimeField())
    sample = public(models.BooleanField(default=False))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["type", "organisation", "number"], name="licence_number_once"),
            models.CheckConstraint(name="licence_state_known", condition=_named(LicenceState, "state")),
            models.CheckConstraint(name="licence_grade_known", condition=_named(TrustGrade, "grade")),
            models.CheckConstraint(
                name="licence_making_has_no_version",
                condition=Q(state="making", current__isnull=True, pending__isnull=False)
                | Q(state__in=_STOOD, current__isnull=False)
                | Q(state="revoked"),
            ),
            models.CheckConstraint(
                name="licence_pending_is_open",
                condition=Q(pending__isnull=True) | Q(state__in=("making", "in_force", "suspended")),
            ),
            models.UniqueConstraint(fields=["replaces"], name="licence_replaced_once", condition=~Q(state="revoked")),
            models.CheckConstraint(
                name="licence_grade_a_is_sealed", condition=~Q(grade="A") | Q(sealed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="licence_holder_whole",
                condition=Q(holder_kind="person", legal_entity__isnull=True)
                & (Q(person__isnull=False) | Q(holder_hash__isnull=False))
                | Q(holder_kind="legal_entity", person__isnull=True)
                & (Q(legal_entity__isnull=False) | Q(holder_hash__isnull=False)),
            ),
            models.CheckConstraint(
                name="licence_days_in_order",
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="licence_subject_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["person", "-id"], name="licence_person", condition=Q(person__isnull=False)),
            models.Index(
                fields=["legal_entity", "-id"], name="licence_entity", condition=Q(legal_entity__isnull=False)
            ),
            models.Index(fields=["holder_hash"], name="licence_holder", condition=Q(holder_hash__isnull=False)),
            models.Index(fields=["organisation", "-id"], name="licence_issuer"),
            models.Index(fields=["number"], name="licence_number", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["holder_name"], name="licence_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["subject_id"], name="licence_subject", condition=Q(subject_id__isnull=False)),
            models.Index(fields=["created_at"], name="licence_pending", condition=Q(pending__isnull=False)),
            models.Index(
                fields=["valid_until"],
                name="licence_runs_out",
                condition=Q(state__in=["in_force", "suspended"], valid_until__isnull=False),
            ),
        )


class LicenceVersion(AppendOnlyModel):
    """What a licence says from a decision on. Never edited: a change makes the next one."""

    licence = public(models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="versions", db_index=False))
    number = public(models.PositiveSmallIntegerField())
    type_version = public(
        models.ForeignKey(LicenceTypeVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    )
    identifier = public(models.CharField(max_length=140, unique=True))
    values = sensitive(EncryptedJSONField(help_text="text by fact"))
    valid_from = public(models.DateField(null=True))
    valid_until = public(models.DateField(null=True))
    decided_at = public(models.DateTimeField())
    reason = public(models.CharField(max_length=500, blank=True))

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["licence", "number"], name="licence_version_once"),
            models.CheckConstraint(name="licence_version_counts", condition=Q(number__gte=1) & Q(number__lte=999)),
        )


class LicenceFile(AppendOnlyModel):
    """The sealed files of a version: written once, in the transaction that used the seal."""

    version = public(models.OneToOneField(LicenceVersion, on_delete=models.PROTECT, related_name="file"))
    ofd_file_id = public(models.UUIDField(unique=True))
    ofd_digest = public(models.CharField(max_length=64))
    pdf_file_id = public(models.UUIDField(null=True, unique=True))
    pdf_digest = public(models.CharField(max_length=64, blank=True))
    seal_id = public(models.UUIDField())
    sealed_at = public(models.DateTimeField())


class LicenceStep(AppendOnlyModel):
    """A step of a licence's life; `version` is the one it was about."""

    licence = public(models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="steps", db_index=False))
    at = public(models.DateTimeField())
    verb = public(models.CharField(max_length=8, choices=_choices(LifeVerb)))
    before = public(models.CharField(max_length=10, blank=True))
    after = public(models.CharField(max_length=10, choices=_choices(LicenceState)))
    version = public(models.PositiveSmallIntegerField())
    ground = public(models.CharField(max_length=14, choices=_choices(Ground), blank=True))
    reason = personal(models.CharField(max_length=500, blank=True))
    account = public(_one("Account", null=True))
    organisation = public(_one("Organisation", null=True))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["licence", "id"], name="licence_steps"),)
