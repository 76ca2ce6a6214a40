"""Administrative divisions, with the code system beside the code, and their ancestry as rows."""

from django.db import models
from django.db.models import F, Q

from yiwang.commons.identity.contracts import CodeSystem, RegionLevel
from yiwang.kernel.fields import public
from yiwang.kernel.models import GuardedModel, GuardedRow


class Region(GuardedModel):
    """A province, city, district, street, community or functional area; a code that ended may be given out again."""

    code = public(models.CharField(max_length=12))
    code_system = public(models.CharField(max_length=16, choices=[(s.value, s.value) for s in CodeSystem]))
    level = public(models.CharField(max_length=10, choices=[(v.value, v.value) for v in RegionLevel]))
    name = public(models.CharField(max_length=60))
    name_en = public(models.CharField(max_length=120, blank=True))
    parent = public(models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children"))
    functional_area = public(
        models.ForeignKey(
            "self", null=True, on_delete=models.PROTECT, related_name="administered", help_text="who administers it"
        )
    )
    valid_from = public(models.DateField(null=True))
    valid_to = public(models.DateField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(
                fields=["code_system", "code", "valid_from"], name="region_code_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["code_system", "code"], name="region_code_in_force", condition=Q(valid_to__isnull=True)
            ),
            models.CheckConstraint(
                name="region_dates_in_order",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
            ),
            models.CheckConstraint(
                name="region_functional_area_has_own_code",
                condition=Q(code_system=CodeSystem.FUNCTIONAL_AREA.value) | Q(code__regex=r"^[0-9]{6}([0-9]{3}){0,2}$"),
            ),
        )


class RegionAncestry(GuardedRow):
    """One row for each region and each region above it, itself included (distance 0); functional areas count as above."""

    id = public(models.BigAutoField(primary_key=True))
    ancestor = public(models.ForeignKey(Region, on_delete=models.CASCADE, related_name="below", db_index=False))
    descendant = public(models.ForeignKey(Region, on_delete=models.CASCADE, related_name="above", db_index=False))
    distance = public(models.PositiveSmallIntegerField())

    class Meta(GuardedRow.Meta):
        constraints = (
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="region_ancestry_once"),
            models.CheckConstraint(
                name="region_ancestry_no_cycle",
                condition=(Q(distance=0) & Q(ancestor=F("descendant")))
                | (Q(distance__gt=0) & ~Q(ancestor=F("descendant"))),
            ),
        )
        indexes = (models.Index(fields=["descendant", "distance"], name="region_ancestry_up"),)
