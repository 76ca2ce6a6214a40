"""The counter's own records: what a clerk took in, what the scanner brought, who handed what to whom."""

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel
from yiwang.serve.portal.contracts import ScanState


class Handover(GuardedModel):
    """The cases of a shift with their papers, from one clerk to another, who confirms them and notes differences."""

    number = public(models.CharField(max_length=80, unique=True))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    giver = personal(models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="+"))
    receiver = personal(models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="+"))
    remark = personal(models.CharField(max_length=500, blank=True))
    made_at = public(models.DateTimeField())
    confirmed_at = public(models.DateTimeField(null=True))
    answer = personal(models.CharField(max_length=500, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="handover_is_to_another", condition=~Q(giver=F("receiver"))),
            models.CheckConstraint(
                name="handover_answer_is_confirmed", condition=Q(answer="") | Q(confirmed_at__isnull=False)
            ),
        )
        indexes = (
            models.Index(F("giver"), F("made_at").desc(), name="handover_given"),
            models.Index(F("receiver"), F("made_at").desc(), name="handover_received"),
        )


class CounterFiling(GuardedModel):
    """A case that a clerk filed for a person who was there: signed on paper, with so many sheets."""

    case_id = public(models.UUIDField(unique=True))
    number = public(models.CharField(max_length=60))
    title = public(models.CharField(max_length=200))
    applicant = personal(models.CharField(max_length=120))
    clerk = personal(models.ForeignKey("commons_identity.Account", on_delete=models.PROTECT, related_name="+"))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    workplace = public(models.CharField(max_length=60, blank=True))
    papers = public(models.PositiveSmallIntegerField(help_text="sheets taken in, the signed form included"))
    filed_at = public(models.DateTimeField())
    handover = public(models.ForeignKey(Handover, null=True, on_delete=models.PROTECT, related_name="filings"))
    difference = personal(models.CharField(max_length=200, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="filing_differs_when_handed_over", condition=Q(difference="") | Q(handover__isnull=False)
            ),
            models.CheckConstraint(name="filing_has_the_signed_form", condition=Q(papers__gte=1)),
        )
        indexes = (
            models.Index(fields=["clerk", "filed_at"], name="filing_to_hand_over", condition=Q(handover__isnull=True)),
        )


class ScannedFile(GuardedModel):
    """A file that a workplace's scanner brought: taken from its folder once, waiting for a material, used, or refused."""

    source = public(models.CharField(max_length=200, unique=True, help_text="its name while it was taken"))
    name = personal(models.CharField(max_length=200))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+")
    )
    workplace = public(models.CharField(max_length=60))
    state = public(models.CharField(max_length=10, choices=[(each.value, each.name) for each in ScanState]))
    file_id = public(models.UUIDField(null=True, unique=True))
    fault = public(models.JSONField(default=dict, help_text="message, next and params of a refusal"))
    arrived_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))
    draft_id = public(models.UUIDField(null=True))
    material = public(models.CharField(max_length=120, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="scan_waits_with_a_file",
                condition=~Q(state=ScanState.WAITING.value) | Q(file_id__isnull=False, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="scan_used_for_something",
                condition=~Q(state=ScanState.USED.value) | (Q(draft_id__isnull=False) & ~Q(material="")),
            ),
        )
        indexes = (models.Index(fields=["organisation", "workplace", "arrived_at"], name="scan_of_workplace"),)
