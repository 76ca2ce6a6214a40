"""Published decisions. They are never edited: a change is a new version."""

from django.db import models
from django.db.models import Q

from yiwang.kernel.fields import public
from yiwang.kernel.models import AppendOnlyModel


class DecisionVersion(AppendOnlyModel):
    """A DMN model as published under the id of one of its decisions; `sha256` covers the file and its imports."""

    key = public(models.CharField(max_length=120))
    version = public(models.PositiveIntegerField())
    title = public(models.CharField(max_length=200))
    xml = public(models.TextField())
    imports = public(models.JSONField(default=list, help_text="DMN files of imported models"))
    sha256 = public(models.CharField(max_length=64))
    published_at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key", "version"], name="decision_version_once"),
            models.CheckConstraint(name="decision_version_counts", condition=Q(version__gte=1)),
        )
        indexes = (models.Index(fields=["sha256"], name="decision_sha256"),)
