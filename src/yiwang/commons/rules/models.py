"""Decisions: the text of a version is never edited; which days it holds and what is drafted next stands beside it."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from yiwang.commons.rules.contracts import DraftState, TermState, TrialState
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import AppendOnlyModel, GuardedModel

_OPEN = (DraftState.OPEN.value, DraftState.CHECKED.value)


def _choices(kind: type[DraftState | TermState | TrialState]) -> list[tuple[str, str]]:
    return [(each.value, each.name) for each in kind]


def _account(**options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        "commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+", **options
    )


class Decision(GuardedModel):
    """A decision as the list shows it, with or without a published version."""

    key = public(models.CharField(max_length=120, unique=True))
    title = public(models.CharField(max_length=200))
    changed_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        indexes = (models.Index(F("changed_at").desc(), F("id").desc(), name="decision_changed"),)


class DecisionVersion(AppendOnlyModel):
    """A DMN model as published under the id of one of its decisions, with its examples; `sha256` covers the file and its imports."""

    key = public(models.CharField(max_length=120))
    version = public(models.PositiveIntegerField())
    title = public(models.CharField(max_length=200))
    xml = public(models.TextField())
    imports = public(models.JSONField(default=list, help_text="DMN files of imported models"))
    examples = public(models.JSONField(default=list, help_text="facts and the outcome that they must give"))
    sha256 = public(models.CharField(max_length=64))
    reason = public(models.TextField(blank=True))
    published_at = public(models.DateTimeField())
    published_by = public(_account())

    class Meta(AppendOnlyModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key", "version"], name="decision_version_once"),
            models.CheckConstraint(name="decision_version_counts", condition=Q(version__gte=1)),
        )
        indexes = (models.Index(fields=["sha256"], name="decision_sha256"),)


class DecisionTerm(GuardedModel):
    """The days on which a version holds: from `valid_from` to the day before `valid_to`. No day has two versions."""

    version = public(models.OneToOneField(DecisionVersion, on_delete=models.PROTECT, related_name="term"))
    key = public(models.CharField(max_length=120))
    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True))
    state = public(models.CharField(max_length=10, choices=_choices(TermState)))
    ended_at = public(models.DateTimeField(null=True))
    ended_reason = public(models.TextField(blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            ExclusionConstraint(
                name="decision_one_version_a_day",
                expressions=[
                    (F("key"), RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="decision_term_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="decision_term_ended_has_day",
                condition=Q(state="published") | Q(valid_to__isnull=False, ended_at__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["key", "valid_from"], name="decision_term_days"),)


class DecisionDraft(GuardedModel):
    """The next version while it is written. `revision` counts its saves, `editors` are the accounts that wrote in it."""

    key = public(models.CharField(max_length=120))
    title = public(models.CharField(max_length=200))
    xml = public(models.TextField())
    imports = public(models.JSONField(default=list))
    examples = public(models.JSONField(default=list))
    findings = public(models.JSONField(default=list))
    state = public(models.CharField(max_length=10, choices=_choices(DraftState)))
    revision = public(models.PositiveIntegerField(default=1))
    based_on = public(models.PositiveIntegerField(default=0, help_text="version that it began as, 0 for none"))
    editors = public(models.JSONField(default=list))
    created_at = public(models.DateTimeField())
    updated_at = public(models.DateTimeField())
    updated_by = public(_account())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["key"], name="decision_one_draft", condition=Q(state__in=_OPEN)),
            models.CheckConstraint(
                name="decision_draft_ended_has_time",
                condition=Q(state__in=_OPEN, ended_at__isnull=True) | (~Q(state__in=_OPEN) & Q(ended_at__isnull=False)),
            ),
        )


class DecisionTrial(GuardedModel):
    """A change of a decision tried on many facts in the background. The facts go when it is done; a few rows stay as samples."""

    key = public(models.CharField(max_length=120))
    before = public(models.PositiveIntegerField(help_text="version, 0 for none"))
    after = public(models.PositiveIntegerField(help_text="version, 0 for the draft"))
    revision = public(models.PositiveIntegerField(default=0))
    xml = public(models.TextField(help_text="the text that was tried"))
    imports = public(models.JSONField(default=list))
    source = public(models.CharField(max_length=120))
    file_name = public(models.CharField(max_length=200, blank=True))
    content = personal(models.BinaryField(null=True))
    state = public(models.CharField(max_length=8, choices=_choices(TrialState)))
    done = public(models.PositiveIntegerField(default=0))
    total = public(models.PositiveIntegerField(default=0))
    refused = public(models.PositiveIntegerField(default=0))
    changed = public(models.PositiveIntegerField(default=0))
    result = personal(models.JSONField(default=dict))
    error = public(models.CharField(max_length=200, blank=True))
    seconds = public(models.FloatField(default=0))
    created_by = public(_account())
    created_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="decision_trial_ended_has_time",
                condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                | Q(state__in=["done", "failed"], ended_at__isnull=False),
            ),
        )
        indexes = (models.Index(F("key"), F("created_at").desc(), name="decision_trials"),)
