"""Imports of accounts with their rejects, and the personnel systems that keep accounts by SCIM."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.commons.identity.contracts import Tree
from yiwang.commons.identity.contracts.people import ImportState
from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.organisation import Organisation
from yiwang.kernel.fields import EncryptedTextField, personal, public, secret, sensitive
from yiwang.kernel.models import GuardedModel

_TREES = [(t.value, t.value) for t in Tree]


class AccountImport(GuardedModel):
    """A file of accounts and appointments, taken in batch by batch; its content is kept only until it ends.

    It reaches the subtree of `organisation`; the same file for the same subtree is the same import, a dry run another.
    """

    organisation = public(models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+"))
    tree = public(models.CharField(max_length=9, choices=_TREES))
    account = personal(models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+"))
    file_name = public(models.CharField(max_length=120, blank=True))
    digest = public(models.CharField(max_length=64))
    content = sensitive(EncryptedTextField(null=True))
    dry_run = public(models.BooleanField(default=False))
    state = public(models.CharField(max_length=8, choices=[(s.value, s.value) for s in ImportState]))
    total = public(models.PositiveIntegerField(default=0))
    reached = public(models.PositiveIntegerField(default=0, help_text="lines judged until now"))
    created = public(models.PositiveIntegerField(default=0))
    changed = public(models.PositiveIntegerField(default=0))
    unchanged = public(models.PositiveIntegerField(default=0))
    rejected = public(models.PositiveIntegerField(default=0))
    begun_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "tree", "digest", "dry_run"], name="account_import_once",
                condition=~Q(state=ImportState.DONE.value),
            ),
            models.CheckConstraint(
                name="account_import_keeps_no_content",
                condition=Q(state=ImportState.DONE.value, content__isnull=True, ended_at__isnull=False)
                | (~Q(state=ImportState.DONE.value) & Q(content__isnull=False, ended_at__isnull=True)),
            ),
            models.CheckConstraint(name="account_import_within_file", condition=Q(reached__lte=F("total"))),
        )  # fmt: skip
        indexes = (models.Index(fields=["-begun_at", "-id"], name="account_import_latest"),)


class AccountReject(GuardedModel):
    """A line of an import that was not taken in; says nothing of the line but its number."""

    run = public(models.ForeignKey(AccountImport, on_delete=models.CASCADE, related_name="rejects"))
    line = public(models.PositiveIntegerField())
    field = public(models.CharField(max_length=40, blank=True))
    reason = public(models.CharField(max_length=200))
    mend = public(models.CharField(max_length=200))

    class Meta(GuardedModel.Meta):
        indexes = (models.Index(fields=["run", "line"], name="account_reject_order"),)


class PersonnelSystem(GuardedModel):
    """A department's personnel system: keeps accounts of a subtree by SCIM 2.0 with a token of which only a hash stays."""

    name = public(models.CharField(max_length=60))
    organisation = public(models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+"))
    tree = public(models.CharField(max_length=9, choices=_TREES))
    roles = public(ArrayField(models.CharField(max_length=48), help_text="keys of the roles it may give"))
    token_hash = secret(models.BinaryField(max_length=32, unique=True))
    valid_to = public(models.DateField())
    account = personal(models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+"))
    created_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (models.CheckConstraint(name="personnel_system_has_name", condition=~Q(name="")),)


class PersonnelRecord(GuardedModel):
    """That a personnel system keeps an account, under which name of its own; `removed_at` once it deleted it."""

    system = public(models.ForeignKey(PersonnelSystem, on_delete=models.PROTECT, related_name="records"))
    account = public(models.ForeignKey(Account, on_delete=models.PROTECT, related_name="records"))
    external_id = personal(models.CharField(max_length=100, null=True))
    removed_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["system", "account"], name="personnel_record_once"),
            models.UniqueConstraint(
                fields=["system", "external_id"], name="personnel_record_external", condition=Q(removed_at__isnull=True)
            ),
        )
