"""Organisations in two trees (territory 块, line of business 条), and the ancestry rows that make a subtree a join."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.commons.identity.contracts import OrganisationKind, Tree
from yiwang.commons.identity.models.region import Region
from yiwang.kernel.fields import public
from yiwang.kernel.models import GuardedModel, GuardedRow


class Organisation(GuardedModel):
    """A government, bureau, district government, public institution, or an office inside one."""

    code = public(models.CharField(max_length=60, unique=True))
    name = public(models.CharField(max_length=120))
    name_en = public(models.CharField(max_length=160, blank=True))
    short_name = public(models.CharField(max_length=40, blank=True))
    credit_code = public(models.CharField(max_length=18, null=True, unique=True))
    kind = public(models.CharField(max_length=20, choices=[(k.value, k.value) for k in OrganisationKind]))
    region = public(models.ForeignKey(Region, on_delete=models.PROTECT, related_name="organisations"))
    territorial_parent = public(
        models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="territorial_children")
    )
    line_parent = public(models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="line_children"))
    line = public(models.CharField(max_length=40, blank=True, help_text="line of business: health, police"))
    duties = public(
        ArrayField(
            models.CharField(max_length=40), default=list, help_text="what it is licensed to do: birth_institution"
        )
    )
    address = public(models.CharField(max_length=200, blank=True))
    phone = public(models.CharField(max_length=40, blank=True, help_text="public telephone of the organisation"))
    position = public(models.PositiveIntegerField(default=0, help_text="official order"))
    sample = public(models.BooleanField(default=False))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="organisation_code_is_plain", condition=Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
            ),
            models.CheckConstraint(
                name="organisation_office_has_no_credit_code",
                condition=~Q(kind=OrganisationKind.OFFICE.value) | Q(credit_code__isnull=True),
            ),
            models.CheckConstraint(
                name="organisation_office_is_inside",
                condition=~Q(kind=OrganisationKind.OFFICE.value) | Q(territorial_parent__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["line", "region"], name="organisation_line"),)


class Jurisdiction(GuardedModel):
    """A region for whose whole territory an organisation is responsible in its line of business; offices have none."""

    organisation = public(models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="jurisdictions"))
    region = public(models.ForeignKey(Region, on_delete=models.PROTECT, related_name="jurisdictions"))

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["organisation", "region"], name="jurisdiction_once"),)


class OrganisationAncestry(GuardedRow):
    """One row for each tree, organisation and organisation above it, itself included (distance 0)."""

    id = public(models.BigAutoField(primary_key=True))
    tree = public(models.CharField(max_length=9, choices=[(t.value, t.value) for t in Tree]))
    ancestor = public(models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="below", db_index=False))
    descendant = public(models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="above", db_index=False))
    distance = public(models.PositiveSmallIntegerField())

    class Meta(GuardedRow.Meta):
        constraints = (
            models.UniqueConstraint(fields=["ancestor", "tree", "descendant"], name="organisation_ancestry_once"),
            models.CheckConstraint(
                name="organisation_ancestry_no_cycle",
                condition=(Q(distance=0) & Q(ancestor=F("descendant")))
                | (Q(distance__gt=0) & ~Q(ancestor=F("descendant"))),
            ),
        )
        indexes = (models.Index(fields=["descendant", "tree", "distance"], name="organisation_ancestry_up"),)
