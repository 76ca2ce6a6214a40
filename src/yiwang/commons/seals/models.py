"""Seals with their history, custody, rules and uses; documents that persons sign. The log of uses is only added to."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Q

from yiwang.commons.seals.contracts import (
    CoSignatureState,
    RequestState,
    SealKind,
    SealState,
    SealVerb,
    SignerState,
    UseMode,
    UseRule,
)
from yiwang.kernel.fields import EncryptedTextField, personal, public, secret
from yiwang.kernel.models import AppendOnlyModel, GuardedModel

_SUITES = [("national", "NATIONAL"), ("international", "INTERNATIONAL")]
_IN_FORCE = ("made", "in_custody", "suspended", "ending")
_HEX = 64


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def _named(kind: type[StrEnum], field: str) -> Q:
    return Q(**{f"{field}__in": [each.value for each in kind]})


def _account(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="+", **options)


def _somebody() -> "models.ForeignKey[Any, Any]":
    """An account, or none where the program acted."""
    return _account(null=True, db_index=False)


def _organisation(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+", **options)


def _two_persons(first: str, second: str) -> Q:
    return Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True}) | ~Q(**{first: F(second)})


class Seal(GuardedModel):
    """A seal from its application to its destruction. `data` is the seal by GB/T 38540, `chain` the fingerprints above its certificate."""

    code = public(models.CharField(max_length=20, unique=True))
    kind = public(models.CharField(max_length=8, choices=_choices(SealKind)))
    name = public(models.CharField(max_length=120))
    organisation = public(_organisation())
    state = public(models.CharField(max_length=10, choices=_choices(SealState)))
    rule = public(models.CharField(max_length=3, choices=_choices(UseRule)))
    reason = public(models.TextField(blank=True))
    applied_by = public(_somebody())
    applied_at = public(models.DateTimeField())
    approved_by = public(_somebody())
    ending_by = public(_somebody())
    destroyed_by = public(_somebody())
    destruction_file = public(models.UUIDField(null=True, help_text="commons.files: the record of the destruction"))
    key_id = public(models.UUIDField(null=True, unique=True, help_text="the signing key in the pool of commons.crypto"))
    suite = public(models.CharField(max_length=13, choices=_SUITES, blank=True))
    certificate = public(models.BinaryField(null=True))
    fingerprint = public(models.CharField(max_length=_HEX, blank=True))
    chain = public(
        models.JSONField(default=list, help_text="fingerprints of the certificates above and of the maker's")
    )
    certificate_until = public(models.DateTimeField(null=True))
    data = public(models.BinaryField(null=True))
    picture = public(models.BinaryField(null=True))
    width_mm = public(models.FloatField(default=0))
    height_mm = public(models.FloatField(default=0))
    valid_from = public(models.DateTimeField(null=True))
    valid_until = public(models.DateTimeField(null=True))
    sample = public(models.BooleanField(default=False))
    changed_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "kind"], name="seal_one_in_force", condition=Q(state__in=_IN_FORCE)
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                name="seal_one_application",
                condition=Q(state__in=("applied", "approved")),
            ),
            models.CheckConstraint(name="seal_state_known", condition=_named(SealState, "state")),
            models.CheckConstraint(name="seal_kind_known", condition=_named(SealKind, "kind")),
            models.CheckConstraint(name="seal_rule_known", condition=_named(UseRule, "rule")),
            models.CheckConstraint(name="seal_approved_by_another", condition=_two_persons("applied_by", "approved_by")),
            models.CheckConstraint(name="seal_destroyed_by_another", condition=_two_persons("ending_by", "destroyed_by")),
            models.CheckConstraint(
                name="seal_in_force_is_made",
                condition=~Q(state__in=_IN_FORCE)
                | Q(
                    key_id__isnull=False, certificate__isnull=False, data__isnull=False, picture__isnull=False,
                    valid_from__isnull=False, valid_until__gt=F("valid_from"), width_mm__gt=0, height_mm__gt=0,
                ),
            ),
        )  # fmt: skip
        indexes = (models.Index(F("changed_at").desc(), F("id").desc(), name="seal_changed"),)


class SealStep(AppendOnlyModel):
    """A step of a seal's life."""

    seal = public(models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="steps", db_index=False))
    at = public(models.DateTimeField())
    verb = public(models.CharField(max_length=16, choices=_choices(SealVerb)))
    before = public(models.CharField(max_length=10, blank=True))
    after = public(models.CharField(max_length=10, choices=_choices(SealState)))
    account = public(_somebody())
    reason = public(models.TextField(blank=True))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["seal", "at"], name="seal_steps"),)


class SealKeeper(GuardedModel):
    """Who keeps a seal, from when to when; who kept it stays known."""

    seal = public(models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="keepers", db_index=False))
    account = public(_account())
    since = public(models.DateTimeField())
    until = public(models.DateTimeField(null=True))
    handed_by = public(_somebody())

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["seal", "account"], name="seal_keeper_once", condition=Q(until__isnull=True)
            ),
            models.CheckConstraint(
                name="seal_kept_in_order", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        )
        indexes = (models.Index(fields=["seal", "since"], name="seal_keepers"),)


class SealAutomation(GuardedModel):
    """A kind of document for which the organisation lets the program use a seal after a lawful decision."""

    seal = public(models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="automations", db_index=False))
    kind = public(models.CharField(max_length=60))
    basis = public(models.CharField(max_length=200, help_text="by which decision of the organisation"))
    approved_by = public(_somebody())
    since = public(models.DateTimeField())
    until = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["seal", "kind"], name="seal_automation_once", condition=Q(until__isnull=True)
            ),
        )


class SealUseRequest(GuardedModel):
    """Somebody asks a keeper to seal a document; the document and the sealed one are kept by commons.files."""

    seal = public(models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="requests"))
    organisation = public(_organisation(db_index=False))
    document_id = public(models.UUIDField())
    sealed_id = public(models.UUIDField(null=True))
    name = personal(models.CharField(max_length=200))
    media_type = public(models.CharField(max_length=40))
    digest = public(models.CharField(max_length=_HEX, help_text="SM3, hex"))
    page = public(models.PositiveIntegerField())
    x = public(models.FloatField())
    y = public(models.FloatField())
    reason = personal(models.CharField(max_length=500))
    state = public(models.CharField(max_length=9, choices=_choices(RequestState)))
    asked_by = public(_account())
    asked_at = public(models.DateTimeField())
    decided_by = public(_somebody())
    decided_at = public(models.DateTimeField(null=True))
    answer = personal(models.CharField(max_length=500, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="seal_request_state_known", condition=_named(RequestState, "state")),
            models.CheckConstraint(
                name="seal_request_decided_has_time",
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="seal_request_two_persons",
                condition=~Q(state="approved") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="seal_request_approved_has_file", condition=~Q(state="approved") | Q(sealed_id__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "state", "asked_at"], name="seal_requests"),
            models.Index(fields=["document_id"], name="seal_request_document"),
        )


class SealUse(AppendOnlyModel):
    """One use of a seal: what went in, what came out, who answers for it. A trigger refuses it where the seal is not in custody."""

    seal = public(models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="uses", db_index=False))
    organisation = public(_organisation(db_index=False))
    at = public(models.DateTimeField())
    mode = public(models.CharField(max_length=9, choices=_choices(UseMode)))
    kind = public(models.CharField(max_length=60))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    reason = personal(models.CharField(max_length=500))
    media_type = public(models.CharField(max_length=40))
    document = public(models.CharField(max_length=_HEX, help_text="SM3 of what went in, hex"))
    sealed = public(models.CharField(max_length=_HEX, help_text="SM3 of what came out, hex"))
    salt = secret(models.BinaryField(max_length=16))
    fingerprint = public(models.CharField(max_length=_HEX, help_text="of the certificate"))
    requested_by = public(_somebody())
    approved_by = public(_somebody())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="seal_use_by_rule",
                condition=Q(mode="automatic", requested_by__isnull=True, approved_by__isnull=True)
                | Q(mode="one", requested_by__isnull=False, approved_by__isnull=True)
                | (
                    Q(mode="two", requested_by__isnull=False, approved_by__isnull=False)
                    & ~Q(requested_by=F("approved_by"))
                ),
            ),
        )
        indexes = (
            models.Index(F("at").desc(), F("id").desc(), name="seal_use_newest"),
            models.Index(fields=["seal", "at"], name="seal_uses"),
            models.Index(fields=["organisation", "at"], name="seal_uses_of_organisation"),
            models.Index(fields=["subject_kind", "subject_id"], name="seal_use_subject"),
            models.Index(fields=["sealed"], name="seal_use_file"),
        )


class SignatureKey(GuardedModel):
    """The key by which an account signs, made at the first signing; sealed by a key of the pool, which knows few keys of many uses."""

    account = public(_account(db_index=False))
    sealed = secret(models.BinaryField(help_text="the private key, sealed by the pool's key of signatures"))
    suite = public(models.CharField(max_length=13, choices=_SUITES))
    public_key = public(models.BinaryField(max_length=256))
    certificate = personal(models.BinaryField(null=True))
    created_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["account"], name="signature_key_one", condition=Q(ended_at__isnull=True)),
        )


class CoSignature(GuardedModel):
    """What persons sign: the canonical form (RFC 8785) of a content, by one or several, in order or at once."""

    title = personal(models.CharField(max_length=200))
    content = EncryptedTextField()
    digest = public(models.CharField(max_length=_HEX, help_text="SM3 of the canonical form, hex"))
    salt = secret(models.BinaryField(max_length=16))
    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    ordered = public(models.BooleanField(default=False))
    deadline = public(models.DateField(null=True))
    state = public(models.CharField(max_length=9, choices=_choices(CoSignatureState)))
    asked_by = public(_somebody())
    organisation = public(_organisation(null=True))
    created_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="cosignature_state_known", condition=_named(CoSignatureState, "state")),
            models.CheckConstraint(
                name="cosignature_ended_has_time",
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["subject_kind", "subject_id"], name="cosignature_subject"),
            models.Index(fields=["deadline"], name="cosignature_open", condition=Q(state="open")),
        )


class CoSigner(GuardedModel):
    """One who is to sign. `claim` is the canonical text that was signed, `value` the signature over it."""

    cosignature = public(
        models.ForeignKey(CoSignature, on_delete=models.PROTECT, related_name="people", db_index=False)
    )
    account = public(_account())
    place = public(models.PositiveSmallIntegerField())
    capacity = public(models.CharField(max_length=60, blank=True))
    state = public(models.CharField(max_length=8, choices=_choices(SignerState)))
    at = public(models.DateTimeField(null=True))
    reason = personal(models.CharField(max_length=500, blank=True))
    reminded_at = public(models.DateTimeField(null=True))
    key = public(models.ForeignKey(SignatureKey, null=True, on_delete=models.PROTECT, related_name="+", db_index=False))
    suite = public(models.CharField(max_length=13, choices=_SUITES, blank=True))
    public_key = public(models.BinaryField(max_length=256, null=True))
    certificate = personal(models.BinaryField(null=True))
    claim = EncryptedTextField(null=True)
    value = public(models.BinaryField(max_length=256, null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["cosignature", "account"], name="cosigner_once"),
            models.UniqueConstraint(fields=["cosignature", "place"], name="cosigner_place"),
            models.CheckConstraint(
                name="cosigner_signed_has_value",
                condition=Q(state="signed", value__isnull=False, claim__isnull=False, at__isnull=False)
                | Q(state="declined", value__isnull=True, at__isnull=False)
                | Q(state="waiting", value__isnull=True, at__isnull=True),
            ),
        )
        indexes = (models.Index(fields=["account", "state"], name="cosigner_waiting"),)
