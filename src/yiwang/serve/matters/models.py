"""The catalogue, matter versions, materials, bundle versions. A version's definition is fixed once it is written."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from yiwang.kernel.fields import public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel
from yiwang.serve.matters.contracts import (
    MATTER_TYPES,
    Direction,
    MatterKind,
    MatterState,
    MemberKind,
    Necessity,
    ProcedureKind,
    RowVerdict,
)

STORED_STATES = [state for state in MatterState if state is not MatterState.SUSPENDED]


class Theme(GuardedModel):
    """A stage of life or business under which matters and bundles stand (主题)."""

    key = public(models.CharField(max_length=60, unique=True))
    name = public(models.CharField(max_length=60))
    english = public(models.CharField(max_length=80, blank=True))
    position = public(models.PositiveSmallIntegerField())


class CatalogItem(GuardedModel):
    """A line of the basic catalogue (基本编码), which several authorities implement."""

    code = public(models.CharField(max_length=40, unique=True))
    local_code = public(models.CharField(max_length=40, blank=True, help_text="地方基本编码"))
    name = public(models.CharField(max_length=300))
    type = public(models.CharField(max_length=2, blank=True, help_text="01 to 10 and 20"))
    levels = public(ArrayField(models.CharField(max_length=10), default=list, help_text="行使层级"))
    grounds = public(models.JSONField(default=list, help_text="legal grounds: name, number, clause"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="catalogue_type_is_national", condition=Q(type="") | Q(type__in=sorted(MATTER_TYPES))
            ),
        )


class Matter(GuardedModel):
    """One version of an implementation list (实施清单). Columns serve SQL; `definition` is the whole."""

    item = public(models.ForeignKey(CatalogItem, on_delete=models.PROTECT, related_name="matters"))
    code = public(models.CharField(max_length=64))
    implementation_code = public(models.CharField(max_length=64, blank=True, db_index=True))
    version = public(models.PositiveIntegerField())
    state = public(models.CharField(max_length=10, choices=[(s.value, s.value) for s in STORED_STATES]))
    name = public(models.CharField(max_length=300))
    department = public(models.CharField(max_length=120, blank=True, help_text="whose it is, as the public knows it"))
    department_code = public(models.CharField(max_length=64, blank=True))
    level = public(models.CharField(max_length=10, blank=True, help_text="the lowest level that handles it"))
    region_code = public(models.CharField(max_length=12, blank=True))
    themes = public(ArrayField(models.CharField(max_length=60), default=list))
    audiences = public(ArrayField(models.CharField(max_length=20), default=list))
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
    promised_days = public(models.PositiveSmallIntegerField(null=True, help_text="as working days; null: not stated"))
    statutory_days = public(models.PositiveSmallIntegerField(null=True, help_text="as working days"))
    visits = public(models.PositiveSmallIntegerField(default=0))
    form_key = public(models.CharField(max_length=120, blank=True))
    form_version = public(models.PositiveIntegerField(null=True))
    process_key = public(models.CharField(max_length=120, blank=True, help_text="empty: told here, handled elsewhere"))
    process_version = public(models.PositiveIntegerField(null=True))
    effective_from = public(models.DateField(null=True))
    effective_to = public(models.DateField(null=True))
    definition = public(models.JSONField())
    digest = public(models.BinaryField(max_length=32))
    sample = public(models.BooleanField(default=False))
    published_at = public(models.DateTimeField(null=True))
    withdrawn_at = public(models.DateTimeField(null=True))
    suspended_from = public(models.DateField(null=True))
    suspended_until = public(models.DateField(null=True, help_text="the last day; null: until it is resumed"))
    reason = public(models.CharField(max_length=300, blank=True, help_text="why it was suspended or cancelled"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["code", "version"], name="matter_version_once"),
            models.UniqueConstraint(
                fields=["code"], name="matter_in_force_once", condition=Q(state__in=["published", "listed"])
            ),
            models.CheckConstraint(
                name="matter_suspension_in_order",
                condition=Q(suspended_until__isnull=True)
                | (Q(suspended_from__isnull=False) & Q(suspended_from__lte=F("suspended_until"))),
            ),
            models.CheckConstraint(
                name="matter_promises_when_published",
                condition=~Q(state="published") | Q(promised_days__isnull=False),
            ),
            models.CheckConstraint(
                name="matter_listed_is_not_handled_here", condition=~Q(state="listed") | Q(process_key="")
            ),
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
        indexes = (
            models.Index(fields=["state", "name", "id"], name="matter_by_name"),
            models.Index(fields=["department", "state"], name="matter_by_department"),
            GinIndex(fields=["themes"], name="matter_by_theme"),
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
    process_key = public(models.CharField(max_length=120, blank=True))
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


class ProcedureEntry(GuardedModel):
    """What holds for a whole pack by place: the court of a region, the numbering word of an organisation."""

    kind = public(models.CharField(max_length=10, choices=[(k.value, k.value) for k in ProcedureKind]))
    key = public(models.CharField(max_length=64, help_text="region code, organisation code or `default`"))
    value = public(models.CharField(max_length=120))
    english = public(models.CharField(max_length=160, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="procedure_entry_once"),)


class CatalogueImport(AppendOnlyModel):
    """One reading of a foreign list of matters that changed something: the file, the counts, who did it."""

    file = public(models.CharField(max_length=200))
    digest = public(models.BinaryField(max_length=32, help_text="SM3 of the file"))
    at = public(models.DateTimeField())
    account_id = public(models.UUIDField(null=True))
    encoding = public(models.CharField(max_length=20))
    rows = public(models.PositiveIntegerField())
    imported = public(models.PositiveIntegerField())
    unchanged = public(models.PositiveIntegerField())
    changed = public(models.PositiveIntegerField())
    rejected = public(models.PositiveIntegerField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="catalogue_import_loses_nothing",
                condition=Q(rows=F("imported") + F("unchanged") + F("changed") + F("rejected")),
            ),
        )


class ImportedRow(AppendOnlyModel):
    """A row of an import that was rejected or repaired, with its number, its reason and the original."""

    run = public(models.ForeignKey(CatalogueImport, on_delete=models.PROTECT, related_name="findings"))
    line = public(models.PositiveIntegerField(help_text="line of the file on which the row begins"))
    verdict = public(models.CharField(max_length=10, choices=[(v.value, v.value) for v in RowVerdict]))
    rule = public(models.CharField(max_length=60))
    field = public(models.CharField(max_length=60, blank=True))
    before = public(models.CharField(max_length=300, blank=True))
    after = public(models.CharField(max_length=300, blank=True))
    message = public(models.CharField(max_length=400))
    name = public(models.CharField(max_length=300, blank=True))
    original = public(models.JSONField(help_text="the values by column, or the text that can't be split"))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["run", "verdict", "line"], name="imported_row_place"),)
