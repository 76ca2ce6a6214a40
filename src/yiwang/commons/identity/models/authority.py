"""What accounts may do: roles held in organisations, grants as rows, and acting for others."""

from django.db import models
from django.db.models import F, Q

from yiwang.commons.identity.contracts import FOR_ENTITIES, FOR_PERSONS, Grade, RepresentationKind, Tree
from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.organisation import Organisation
from yiwang.commons.identity.models.person import LegalEntity, Person
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel, GuardedRow

_IN_ORDER = Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to"))
_SCOPE = r"^(\*|[a-z][a-z_]*:(\*|[^*:][^*]*))$"
_ACTION = r"^(\*|[a-z][a-z_]*(\.(\*|[a-z][a-z_]*))?)$"
_KINDS_FOR_PERSONS = sorted(kind.value for kind in FOR_PERSONS)
_KINDS_FOR_ENTITIES = sorted(kind.value for kind in FOR_ENTITIES)


class Role(GuardedModel):
    """A kind of post (岗位): window clerk, approver, administrator."""

    key = public(models.CharField(max_length=48, unique=True))
    title = public(models.CharField(max_length=60))
    title_en = public(models.CharField(max_length=80, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (models.CheckConstraint(name="role_key_is_plain", condition=Q(key__regex=r"^[a-z][a-z0-9_]*$")),)


class Appointment(GuardedModel):
    """An account holds a role in an organisation from a day to a day (both included)."""

    account = public(models.ForeignKey(Account, on_delete=models.PROTECT, related_name="appointments"))
    organisation = public(models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="appointments"))
    role = public(models.ForeignKey(Role, on_delete=models.PROTECT, related_name="appointments"))
    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="appointment_dates_in_order", condition=_IN_ORDER),
            models.UniqueConstraint(
                fields=["account", "organisation", "role"], name="appointment_once", condition=Q(valid_to__isnull=True)
            ),
        )
        indexes = (models.Index(fields=["organisation", "role"], name="appointment_office"),)


class Grant(GuardedModel):
    """One row of rights: organisation subtree × scope × action × highest grade.

    Given to an account, or to a role: at one organisation (`holder`) or wherever it is held (no holder). A role's grant
    without `organisation` reaches the subtree of the organisation in which the role is held.
    """

    account = public(
        models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="grants", db_index=False)
    )
    role = public(models.ForeignKey(Role, null=True, on_delete=models.PROTECT, related_name="grants", db_index=False))
    holder = public(models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="grants_held"))
    organisation = public(models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="grants"))
    tree = public(models.CharField(max_length=9, choices=[(t.value, t.value) for t in Tree]))
    scope = public(models.CharField(max_length=120))
    action = public(models.CharField(max_length=80))
    highest_grade = public(models.PositiveSmallIntegerField(choices=[(g.value, g.name) for g in Grade]))
    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="grant_dates_in_order", condition=_IN_ORDER),
            models.CheckConstraint(
                name="grant_has_one_principal",
                condition=Q(account__isnull=False, role__isnull=True, holder__isnull=True, organisation__isnull=False)
                | Q(account__isnull=True, role__isnull=False),
            ),
            models.CheckConstraint(name="grant_scope_is_a_pattern", condition=Q(scope__regex=_SCOPE)),
            models.CheckConstraint(name="grant_action_is_a_pattern", condition=Q(action__regex=_ACTION)),
            models.CheckConstraint(
                name="grant_grade_exists",
                condition=Q(highest_grade__gte=Grade.GENERAL_1.value, highest_grade__lte=Grade.CORE.value),
            ),
            models.UniqueConstraint(
                fields=[
                    "account",
                    "role",
                    "holder",
                    "organisation",
                    "tree",
                    "scope",
                    "action",
                    "highest_grade",
                ],
                name="grant_once",
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
            ),
        )
        indexes = (
            models.Index(fields=["role", "scope", "organisation"], name="grant_of_role"),
            models.Index(fields=["account", "scope", "organisation"], name="grant_of_account"),
        )


class Representation(GuardedModel):
    """One person may act for another person or for a legal entity, within a scope, from a day to a day."""

    representative = personal(models.ForeignKey(Person, on_delete=models.PROTECT, related_name="representing"))
    person = personal(models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="represented_by"))
    legal_entity = public(
        models.ForeignKey(LegalEntity, null=True, on_delete=models.PROTECT, related_name="represented_by")
    )
    kind = public(models.CharField(max_length=20, choices=[(k.value, k.value) for k in RepresentationKind]))
    mandate = public(models.ForeignKey("Mandate", null=True, on_delete=models.PROTECT, related_name="representations"))
    scope = public(models.CharField(max_length=120, default="*"))
    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="representation_dates_in_order", condition=_IN_ORDER),
            models.CheckConstraint(
                name="representation_kind_fits_subject",
                condition=Q(person__isnull=False, legal_entity__isnull=True, kind__in=_KINDS_FOR_PERSONS)
                | Q(person__isnull=True, legal_entity__isnull=False, kind__in=_KINDS_FOR_ENTITIES),
            ),
            models.CheckConstraint(name="representation_is_of_another", condition=~Q(person=F("representative"))),
            models.CheckConstraint(name="representation_scope_is_a_pattern", condition=Q(scope__regex=_SCOPE)),
            models.UniqueConstraint(
                fields=["representative", "person", "legal_entity", "kind", "scope"],
                name="representation_once",
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
            ),
        )


class HeldGrant(GuardedRow):
    """Read-only view: the grants of each account, through its roles (then `office` says where) or by its own name.

    `organisation` is the root of the subtree; the period is that in which both grant and appointment are valid.
    """

    grant = public(models.OneToOneField(Grant, primary_key=True, on_delete=models.DO_NOTHING, related_name="+"))
    account = public(models.ForeignKey(Account, on_delete=models.DO_NOTHING, related_name="+"))
    office = public(models.ForeignKey(Organisation, null=True, on_delete=models.DO_NOTHING, related_name="+"))
    organisation = public(models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, related_name="+"))
    tree = public(models.CharField(max_length=9))
    scope = public(models.CharField(max_length=120))
    action = public(models.CharField(max_length=80))
    highest_grade = public(models.PositiveSmallIntegerField())
    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True))

    class Meta(GuardedRow.Meta):
        managed = False
        db_table = "commons_identity_heldgrant"
