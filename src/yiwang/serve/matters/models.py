"""The catalogue, matter versions, materials, bundle versions. A version's definition is fixed once it is written."""

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.fields import public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel
from yiwang.serve.matters.contracts import Direction, MatterKind, MatterState, MemberKind, Necessity


class Theme(GuardedModel):
    """A stage of life or business under which matters and bundles stand (主题)."""

    key = public(models.CharField(max_length=60, unique=True))
    name = public(models.CharField(max_length=60))
    english = public(models.CharField(max_length=80, blank=True))
    position = public(models.PositiveSmallIntegerField())


class CatalogItem(GuardedModel):
    """A line of the basic catalogue (基本编码), which several authorities implement."""

    code = public(models.CharField(max_length=40, unique=True))
    name = public(models.CharField(max_length=200))
    type = public(models.CharField(max_length=40, blank=True))


class Matter(GuardedModel):
    """One version of an implementation list (实施清单). Columns serve SQL; `definition` is the whole."""

    item = public(models.ForeignKey(CatalogItem, on_delete=models.PROTECT, related_name="matters"))
    code = public(models.CharField(max_length=64))
    version = public(models.PositiveIntegerField())
    state = public(models.CharField(max_length=10, choices=[(s.value, s.value) for s in MatterState]))
    name = public(models.CharField(max_length=200))
    kind = public(models.CharField(max_length=10, choices=[(k.value, k.value) for k in MatterKind]))
    organisation = public(
        models.ForeignKey(
            "commons_identity.Organisation",
            null=True,
            on_delete=models.PROTECT,
            related_name="+",
            help_text="the one handler; null where the situation decides",
        )
    )
    promised_days = public(models.PositiveSmallIntegerField())
    statutory_days = public(models.PositiveSmallIntegerField(null=True))
    visits = public(models.PositiveSmallIntegerField(default=0))
    form_key = public(models.CharField(max_length=120, blank=True))
    form_version = public(models.PositiveIntegerField(null=True))
    process_key = public(models.CharField(max_length=120))
    process_version = public(models.PositiveIntegerField(null=True))
    effective_from = public(models.DateField(null=True))
    effective_to = public(models.DateField(null=True))
    definition = public(models.JSONField())
    digest = public(models.BinaryField(max_length=32))
    sample = public(models.BooleanField(default=False))
    published_at = public(models.DateTimeField(null=True))
    withdrawn_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["code", "version"], name="matter_version_once"),
            models.UniqueConstraint(fields=["code"], name="matter_in_force_once", condition=Q(state="published")),
            models.CheckConstraint(
                name="matter_promise_within_law",
                condition=Q(statutory_days__isnull=True) | Q(promised_days__lte=F("statutory_days")),
            ),
            models.CheckConstraint(
                name="matter_dates_in_order",
                condition=Q(effective_from__isnull=True)
                | Q(effective_to__isnull=True)
                | Q(effective_from__lte=F("effective_to")),
            ),
            models.CheckConstraint(
                name="matter_published_has_time", condition=Q(state="draft") | Q(published_at__isnull=False)
            ),
        )


class MaterialDef(GuardedModel):
    """A material by its one code: matters that name the same code ask for the same thing."""

    code = public(models.CharField(max_length=80, unique=True))
    name = public(models.CharField(max_length=160))


class MatterMaterial(AppendOnlyModel):
    """One line of a matter version's requirements: what comes in or goes out, under which condition."""

    matter = public(models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="materials"))
    material = public(models.ForeignKey(MaterialDef, on_delete=models.PROTECT, related_name="uses"))
    position = public(models.PositiveSmallIntegerField())
    direction = public(models.CharField(max_length=3, choices=[(d.value, d.value) for d in Direction]))
    necessity = public(models.CharField(max_length=10, choices=[(n.value, n.value) for n in Necessity]))
    condition = public(models.TextField(blank=True))
    satisfiers = public(models.JSONField(help_text="list of {kind, source}"))

    class Meta(AppendOnlyModel.Meta):
        constraints = (models.UniqueConstraint(fields=["matter", "position"], name="matter_material_place"),)
        indexes = (models.Index(fields=["material", "direction"], name="matter_material_use"),)


class Bundle(GuardedModel):
    """One version of a bundle (一件事)."""

    key = public(models.CharField(max_length=60))
    version = public(models.PositiveIntegerField())
    state = public(models.CharField(max_length=10, choices=[(s.value, s.value) for s in MatterState]))
    name = public(models.CharField(max_length=200))
    lead = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    )
    promised_days = public(models.PositiveSmallIntegerField())
    process_key = public(models.CharField(max_length=120))
    process_version = public(models.PositiveIntegerField(null=True))
    form_key = public(models.CharField(max_length=120, blank=True))
    form_version = public(models.PositiveIntegerField(null=True))
    effective_from = public(models.DateField(null=True))
    effective_to = public(models.DateField(null=True))
    definition = public(models.JSONField())
    digest = public(models.BinaryField(max_length=32))
    sample = public(models.BooleanField(default=False))
    published_at = public(models.DateTimeField(null=True))
    withdrawn_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key", "version"], name="bundle_version_once"),
            models.UniqueConstraint(fields=["key"], name="bundle_in_force_once", condition=Q(state="published")),
        )


class BundleMember(AppendOnlyModel):
    """A member of a bundle version, pinned to the matter version in force when the bundle was published."""

    bundle = public(models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="members"))
    matter = public(models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="memberships"))
    key = public(models.CharField(max_length=60))
    position = public(models.PositiveSmallIntegerField())
    kind = public(models.CharField(max_length=10, choices=[(k.value, k.value) for k in MemberKind]))
    condition = public(models.TextField(blank=True))
    depends_on = public(models.JSONField(default=list, help_text="keys of members that end first"))

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["bundle", "key"], name="bundle_member_once"),
            models.UniqueConstraint(fields=["bundle", "position"], name="bundle_member_place"),
        )
