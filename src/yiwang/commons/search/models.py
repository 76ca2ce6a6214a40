"""The index: documents with their words, and synonyms. Rebuilt from the publishers at any time."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yiwang.commons.search.contracts import Visibility
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel, GuardedRow


class SearchDocument(GuardedModel):
    """One document in one language. The `…_folded` columns hold the compact form."""

    kind = public(models.CharField(max_length=40))
    key = public(models.CharField(max_length=120))
    language = public(models.CharField(max_length=8))
    title = personal(models.CharField(max_length=200))
    text = personal(models.TextField(blank=True))
    payload = personal(models.JSONField(default=dict))
    title_folded = personal(models.CharField(max_length=200))
    names_folded = personal(models.TextField(blank=True, help_text="title and keywords, compact, each after a space"))
    sounds = personal(models.TextField(blank=True, help_text="how the names sound, each after a space"))
    initials = personal(models.TextField(blank=True, help_text="first letters of the names' syllables, likewise"))
    themes = public(ArrayField(models.CharField(max_length=60), default=list))
    audiences = public(ArrayField(models.CharField(max_length=40), default=list))
    regions = public(ArrayField(models.CharField(max_length=12), default=list, help_text="codes without final zeros"))
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
            GinIndex(fields=["names_folded"], opclasses=["gin_trgm_ops"], name="search_names_trigrams"),
            GinIndex(fields=["sounds"], opclasses=["gin_trgm_ops"], name="search_sounds_trigrams"),
            GinIndex(fields=["initials"], opclasses=["gin_trgm_ops"], name="search_initials_trigrams"),
        )


class SearchPosting(GuardedRow):
    """A word that a document holds, with its weight (0 to 1) by where it stands."""

    pk = personal(models.CompositePrimaryKey("document_id", "term"))
    document = public(models.ForeignKey(SearchDocument, on_delete=models.CASCADE, related_name="+", db_index=False))
    term = personal(models.CharField(max_length=40))
    weight = public(models.FloatField())

    class Meta(GuardedRow.Meta):
        constraints = (models.CheckConstraint(name="search_posting_weight", condition=Q(weight__gt=0, weight__lte=1)),)
        indexes = (models.Index(fields=["term"], include=["document", "weight"], name="search_posting_term"),)


class SearchWord(GuardedModel):
    """A word of public documents or of synonyms with its sound: what a typing error or pinyin may have meant.

    Words of scoped documents never come here, so that nobody learns them by mistyping.
    """

    term = public(models.CharField(max_length=60))
    sound = public(models.CharField(max_length=240))
    initials = public(models.CharField(max_length=60))

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["term"], name="search_word_once"),)
        indexes = (
            models.Index(fields=["sound"], name="search_word_sound"),
            models.Index(fields=["initials"], name="search_word_initials"),
            GinIndex(fields=["term"], opclasses=["gin_trgm_ops"], name="search_word_trigrams"),
        )


class SynonymRow(GuardedModel):
    """What people say (`term`, compact) and the phrases that it stands for."""

    term = public(models.CharField(max_length=60))
    means = public(ArrayField(models.CharField(max_length=120)))
    weight = public(models.FloatField(default=1.0, help_text="how much it says beside other words"))
    source = public(models.CharField(max_length=80, help_text="who gave it: a pack, an administrator"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["term", "source"], name="synonym_once"),
            models.CheckConstraint(name="synonym_has_term", condition=~Q(term="")),
            models.CheckConstraint(name="synonym_weight", condition=Q(weight__gt=0, weight__lte=1)),
        )
