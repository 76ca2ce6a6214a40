"""Types of licences, version by version, and the counters of their numbers."""

from django.db import models
from django.db.models import Q

from yiwang.kernel.fields import public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel


class LicenceType(GuardedModel):
    """A type of licence through all its versions. `version` is the newest."""

    key = public(models.CharField(max_length=60, unique=True))
    version = public(models.PositiveIntegerField(default=0))


class LicenceTypeVersion(AppendOnlyModel):
    """What a type was from a day on: metadata (GB/T 36903) and the look. Never edited."""

    type = public(models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="versions"))
    number = public(models.PositiveIntegerField())
    code = public(models.CharField(max_length=32))
    name = public(models.CharField(max_length=80))
    spec = public(models.JSONField())
    layout = public(models.TextField(help_text="YAML as the pack has it; empty: the plain certificate"))
    digest = public(models.BinaryField(max_length=32, help_text="SM3 of spec and layout"))
    at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["type", "number"], name="licence_type_version_once"),
            models.CheckConstraint(name="licence_type_version_counts", condition=Q(number__gte=1)),
        )


class LicenceSerial(GuardedModel):
    """The last number that an issuer gave to a type in a year."""

    type = public(models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="serials"))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    year = public(models.PositiveSmallIntegerField())
    last = public(models.PositiveBigIntegerField())

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["type", "organisation", "year"], name="licence_serial_once"),)
