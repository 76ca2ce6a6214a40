"""What an official keeps for themselves: saved views, deputies during leave."""

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel


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
