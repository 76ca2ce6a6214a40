"""Tables of privacy. Access entries are only added to and know no foreign key, so that one costs the same at any number of rows.

Their key holds the time: the table can be cut into partitions by `at` without another change.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yiwang.commons.privacy.contracts import SCOPE_KEY, AccessWay, Finding
from yiwang.kernel.fields import EncryptedTextField, personal, public, secret, sensitive
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import GuardedModel, GuardedRow

_HOLDERS = [("person", "person"), ("legal_entity", "legal_entity")]
_HOLDER_KNOWN = Q(holder_kind__in=["person", "legal_entity"])
_SUBJECT_WHOLE = Q(subject_kind="", subject_id__isnull=True) | (~Q(subject_kind="") & Q(subject_id__isnull=False))


class Consent(GuardedModel):
    """What a holder agreed to: one kind of data, to one organisation, for one purpose, until a moment; withdrawn at most once."""

    holder_kind = public(models.CharField(max_length=16, choices=_HOLDERS))
    holder_id = personal(models.UUIDField())
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    )
    purpose = public(models.CharField(max_length=60))
    data_kind = public(models.CharField(max_length=40))
    data_id = personal(models.UUIDField(null=True))
    data_key = public(models.CharField(max_length=80, blank=True))
    data_words = public(models.CharField(max_length=120))
    separate = public(models.BooleanField(help_text="agreed to by itself, as sensitive data demands (PIPL art. 29)"))
    is_sensitive = public(models.BooleanField())
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = personal(models.UUIDField(null=True))
    subject_words = public(models.CharField(max_length=120, blank=True))
    text_key = public(models.CharField(max_length=60))
    text_version = public(models.PositiveSmallIntegerField())
    language = public(models.CharField(max_length=12))
    text = sensitive(EncryptedTextField(help_text="the words as they were shown"))
    salt = secret(models.BinaryField(max_length=16, help_text="of the hash of the words in the evidence"))
    given_at = public(models.DateTimeField())
    given_by = personal(models.UUIDField(help_text="the account that clicked"))
    at_counter = public(models.BooleanField(default=False))
    until = public(models.DateTimeField())
    withdrawn_at = public(models.DateTimeField(null=True))
    withdrawn_by = personal(models.UUIDField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="consent_holder_known", condition=_HOLDER_KNOWN),
            models.CheckConstraint(
                name="consent_sensitive_is_separate", condition=Q(is_sensitive=False) | Q(separate=True)
            ),
            models.CheckConstraint(name="consent_names_data", condition=Q(data_id__isnull=False) | ~Q(data_key="")),
            models.CheckConstraint(name="consent_ends_later", condition=Q(until__gt=F("given_at"))),
            models.CheckConstraint(
                name="consent_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__gte=F("given_at"), withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(name="consent_subject_whole", condition=_SUBJECT_WHOLE),
        )
        indexes = (
            models.Index(F("holder_id"), F("given_at").desc(), F("id").desc(), name="consent_of_holder"),
            models.Index(fields=["subject_id"], name="consent_of_subject", condition=Q(subject_id__isnull=False)),
        )


class AccessEntry(GuardedRow):
    """Somebody looked at somebody's data: who, from which organisation, what for, on which ground, when."""

    append_only: ClassVar[bool] = True

    pk = public(models.CompositePrimaryKey("id", "at"))
    id = public(models.UUIDField(default=new_id))
    at = public(models.DateTimeField())
    holder_kind = public(models.CharField(max_length=16, choices=_HOLDERS))
    holder_id = personal(models.UUIDField())
    way = public(models.CharField(max_length=12, choices=[(way.value, way.name) for way in AccessWay]))
    data_kind = public(models.CharField(max_length=40))
    data_id = personal(models.UUIDField(null=True))
    data_key = public(models.CharField(max_length=80, blank=True))
    data_words = public(models.CharField(max_length=120))
    purpose = public(models.CharField(max_length=60))
    basis = public(models.CharField(max_length=24))
    ground = public(models.CharField(max_length=200, blank=True))
    consent_id = public(models.UUIDField(null=True))
    case_kind = public(models.CharField(max_length=40, blank=True))
    case_id = public(models.UUIDField(null=True))
    case_words = public(models.CharField(max_length=120, blank=True))
    organisation_id = public(models.UUIDField())
    actor_kind = public(models.CharField(max_length=12))
    account_id = personal(models.UUIDField(null=True))
    role = public(models.CharField(max_length=48, blank=True))
    run = public(models.UUIDField(help_text="the command, whose audit says more"))

    class Meta(GuardedRow.Meta):
        constraints = (
            models.CheckConstraint(name="access_holder_known", condition=_HOLDER_KNOWN),
            models.CheckConstraint(
                name="access_consent_named",
                condition=Q(basis="consent", consent_id__isnull=False)
                | (~Q(basis="consent") & Q(consent_id__isnull=True)),
            ),
            models.CheckConstraint(
                name="access_case_whole",
                condition=Q(case_kind="", case_id__isnull=True) | (~Q(case_kind="") & Q(case_id__isnull=False)),
            ),
        )
        indexes = (models.Index(F("holder_id"), F("at").desc(), F("id").desc(), name="access_of_holder"),)


class Objection(GuardedModel):
    """A holder objects to one access; the data officer of the organisation that looked answers by a day."""

    holder_kind = public(models.CharField(max_length=16, choices=_HOLDERS))
    holder_id = personal(models.UUIDField())
    entry_id = public(models.UUIDField(unique=True))
    entry_at = public(models.DateTimeField())
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    )
    scope_key = public(models.CharField(max_length=80, default=SCOPE_KEY))
    grade = public(models.PositiveSmallIntegerField(default=1))
    words = sensitive(EncryptedTextField())
    raised_at = public(models.DateTimeField())
    raised_by = personal(models.UUIDField())
    due_on = public(models.DateField())
    finding = public(models.CharField(max_length=10, blank=True, choices=[(each.value, each.name) for each in Finding]))
    answer = sensitive(EncryptedTextField(null=True))
    answered_at = public(models.DateTimeField(null=True))
    answered_by = public(models.UUIDField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="objection_holder_known", condition=_HOLDER_KNOWN),
            models.CheckConstraint(
                name="objection_answered_whole",
                condition=Q(finding="", answer__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | (
                    ~Q(finding="") & Q(answer__isnull=False, answered_at__gte=F("raised_at"), answered_by__isnull=False)
                ),
            ),
        )
        indexes = (
            models.Index(F("holder_id"), F("raised_at").desc(), F("id").desc(), name="objection_of_holder"),
            models.Index(fields=["organisation", "due_on"], name="objection_open", condition=Q(finding="")),
            models.Index(F("raised_at").desc(), F("id").desc(), name="objection_newest"),
        )
