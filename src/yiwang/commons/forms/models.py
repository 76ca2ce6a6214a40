"""Published vocabularies and forms, which never change, and drafts, which do."""

from django.db import models
from django.db.models import Q

from yiwang.kernel.fields import EncryptedJSONField, personal, public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel


class VocabularyVersion(AppendOnlyModel):
    """The whole vocabulary as published."""

    version = public(models.PositiveIntegerField(unique=True))
    content = public(models.JSONField())
    digest = public(models.CharField(max_length=64))
    published_at = public(models.DateTimeField())


class FormVersion(AppendOnlyModel):
    """A form, or the merged forms of a bundle, with all facts it needs: see `engine.define` for the content's shape."""

    class Kind(models.TextChoices):
        FORM = "form"
        BUNDLE = "bundle"

    key = public(models.CharField(max_length=80))
    version = public(models.PositiveIntegerField())
    kind = public(models.CharField(max_length=8, choices=Kind.choices))
    content = public(models.JSONField())
    digest = public(models.CharField(max_length=64))
    published_at = public(models.DateTimeField())

    class Meta(AppendOnlyModel.Meta):
        constraints = (models.UniqueConstraint(fields=["key", "version"], name="form_version_once"),)


class Draft(GuardedModel):
    """Answers that are not sent yet, with their sources; read only by their owner. `revision` counts the saves."""

    key = public(models.CharField(max_length=80))
    version = public(models.PositiveIntegerField())
    owner = personal(models.ForeignKey("commons_identity.Account", on_delete=models.CASCADE, related_name="+"))
    on_behalf_kind = public(models.CharField(max_length=24, blank=True))
    on_behalf_id = personal(models.UUIDField(null=True))
    step = public(models.CharField(max_length=80, blank=True))
    answers = EncryptedJSONField(default=dict)
    files = personal(models.JSONField(default=dict, help_text="material key to file ids"))
    pledged = public(models.JSONField(default=list, help_text="keys of materials that a signed pledge stands for"))
    revision = public(models.PositiveIntegerField(default=1))
    created_at = public(models.DateTimeField())
    updated_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="draft_on_behalf_whole",
                condition=Q(on_behalf_kind="", on_behalf_id__isnull=True)
                | (~Q(on_behalf_kind="") & Q(on_behalf_id__isnull=False)),
            ),
            models.CheckConstraint(name="draft_revision_counts", condition=Q(revision__gte=1)),
        )
        indexes = (
            models.Index(fields=["owner", "key", "updated_at"], name="draft_of_owner"),
            models.Index(fields=["updated_at"], name="draft_age"),
            models.Index(fields=["on_behalf_id"], name="draft_for_person", condition=Q(on_behalf_kind="person")),
        )
