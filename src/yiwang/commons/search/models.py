"""The index: documents with their words, and synonyms. Rebuilt from the publishers at any time."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yiwang.commons.search.contracts import Visibility
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel


class SearchDocument(GuardedModel):
    """One document in one language. The `…_folded` columns hold the compact form, the `…_words` its segmentation."""

    kind = public(models.CharField(max_length=40))
    key = public(models.CharField(max_length=120))
    language = public(models.CharField(max_length=8))
    title = personal(models.CharField(max_length=200))
    text = personal(models.TextField(blank=True))
    payload = personal(models.JSONField(default=dict))
    title_folded = personal(models.CharField(max_length=200))
    names_folded = personal(models.TextField(blank=True, help_text="keywords, compact, joined by spaces"))
    text_folded = personal(models.TextField(blank=True))
    title_words = personal(ArrayField(models.CharField(max_length=40)))
    names_words = personal(ArrayField(models.CharField(max_length=40)))
    all_words = personal(ArrayField(models.CharField(max_length=40)))
    boost = public(models.FloatField(default=1.0))
    visibility = public(
        models.CharField(
            max_length=8, choices=[(v.value, v.value) for v in Visibility], default=Visibility.PUBLIC.value
        )
    )
    owner = personal(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.CASCADE, related_name="+")
    )
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.CASCADE, related_name="+")
    )
    scope_key = public(models.CharField(max_length=80, blank=True))
    grade = public(models.PositiveSmallIntegerField(default=0))
    updated_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["kind", "key", "language"], name="search_document_once"),
            models.CheckConstraint(name="search_document_has_title", condition=~Q(title_folded="")),
            models.CheckConstraint(name="search_document_boost", condition=Q(boost__gt=0, boost__lte=10)),
            models.CheckConstraint(
                name="search_scoped_has_scope",
                condition=Q(visibility="public") | Q(owner__isnull=False) | Q(organisation__isnull=False),
            ),
        )
        indexes = (
            GinIndex(fields=["all_words"], name="search_words"),
            GinIndex(fields=["title_folded"], opclasses=["gin_trgm_ops"], name="search_title_trigrams"),
            GinIndex(fields=["names_folded"], opclasses=["gin_trgm_ops"], name="search_names_trigrams"),
        )


class SynonymRow(GuardedModel):
    """What people say (`term`, compact) and the phrases that it stands for."""

    term = public(models.CharField(max_length=60))
    means = public(ArrayField(models.CharField(max_length=120)))
    source = public(models.CharField(max_length=80, help_text="who gave it: a pack, an administrator"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["term", "source"], name="synonym_once"),
            models.CheckConstraint(name="synonym_has_term", condition=~Q(term="")),
        )
