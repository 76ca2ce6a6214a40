"""Archives with their checks and history, lists of destruction and transfer, requests to read, runs of the fixity job."""

from django.db import models
from django.db.models import Q

from yiwang.commons.archives.contracts import AccessState, ArchiveStep, ListKind, ListState, Retention, State
from yiwang.commons.archives.engine import Stage
from yiwang.kernel.fields import EncryptedTextField, KeyedHashField, personal, public, sensitive
from yiwang.kernel.models import AppendOnlyModel, GuardedModel, GuardedRow

_STATES = [(each.value, each.value) for each in State]


class Archive(GuardedModel):
    """The archive of one ended record. What it says of itself stays when the package is destroyed."""

    subject_kind = public(models.CharField(max_length=40))
    subject_id = public(models.UUIDField())
    number = public(models.CharField(max_length=80, help_text="of the record"))
    archive_number = public(models.CharField(max_length=80, blank=True))
    title = public(models.CharField(max_length=300))
    category = public(models.CharField(max_length=40))
    facts = public(models.JSONField(default=dict, help_text="what retention is decided by: codes only"))
    matter_code = public(models.CharField(max_length=64, blank=True))
    applicant = sensitive(EncryptedTextField(null=True))
    applicant_hash = KeyedHashField(of="applicant", purpose="archives.applicant", null=True)
    holder_kind = public(models.CharField(max_length=16, blank=True))
    holder_id = personal(models.UUIDField(null=True))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    )
    organisation_name = public(models.CharField(max_length=120))
    organisation_code = public(models.CharField(max_length=60, blank=True))
    scope_key = public(models.CharField(max_length=120))
    grade = public(models.PositiveSmallIntegerField(default=3))
    year = public(models.PositiveSmallIntegerField())
    opened_at = public(models.DateTimeField())
    closed_at = public(models.DateTimeField(help_text="when the record ended"))
    retention = public(
        models.CharField(max_length=12, blank=True, choices=[(r.value, r.value) for r in Retention], default="")
    )
    retention_ground = public(models.CharField(max_length=300, blank=True))
    retain_until = public(models.DateField(null=True, help_text="last day of the period; null: permanent or undecided"))
    state = public(models.CharField(max_length=12, choices=_STATES, default=State.OPENED.value))
    state_at = public(models.DateTimeField())
    waiting = public(models.CharField(max_length=60, blank=True, help_text="what packing waits for"))
    tries = public(models.PositiveIntegerField(default=0))
    tried_at = public(models.DateTimeField(null=True, help_text="last time packing had to wait"))
    digest = public(models.CharField(max_length=64, blank=True, help_text="SM3 of the package, hex"))
    size = public(models.PositiveBigIntegerField(default=0))
    packed_at = public(models.DateTimeField(null=True))
    passed = public(models.BooleanField(null=True, help_text="the last four-property check"))
    accepted = public(models.JSONField(default=list, help_text="checks whose failure was taken on record as a defect"))
    next_check = public(models.DateField(null=True))
    held = public(models.CharField(max_length=200, blank=True, help_text="why it is not destroyed for now"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="archive_once"),
            models.UniqueConstraint(
                fields=["archive_number"], name="archive_number_once", condition=~Q(archive_number="")
            ),
            models.CheckConstraint(
                name="archive_numbered_has_retention", condition=Q(archive_number="") | ~Q(retention="")
            ),
            models.CheckConstraint(
                name="archive_packed_has_package",
                condition=Q(state="opened")
                | (~Q(archive_number="") & Q(digest__regex=r"^[0-9a-f]{64}$", packed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="archive_kept_was_checked", condition=Q(state__in=["opened", "packed"]) | Q(passed__isnull=False)
            ),
            models.CheckConstraint(
                name="archive_held_stays", condition=Q(held="") | ~Q(state__in=["proposed", "approved", "destroyed"])
            ),
            models.CheckConstraint(
                name="archive_destroyed_had_end",
                condition=~Q(state__in=["proposed", "approved", "destroyed"]) | Q(retain_until__isnull=False),
            ),
            models.CheckConstraint(
                name="archive_permanent_never_destroyed",
                condition=~Q(retention="permanent") | ~Q(state__in=["proposed", "approved", "destroyed"]),
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "scope_key", "-closed_at", "-id"], name="archive_office"),
            models.Index(fields=["-closed_at", "-id"], name="archive_latest"),
            models.Index(fields=["number"], name="archive_record"),
            models.Index(fields=["digest"], name="archive_package", condition=~Q(digest="")),
            models.Index(fields=["applicant_hash"], name="archive_applicant"),
            models.Index(fields=["next_check"], name="archive_due", condition=Q(next_check__isnull=False)),
            models.Index(fields=["state", "opened_at"], name="archive_waiting", condition=Q(state__in=["opened", "packed"])),
            models.Index(fields=["retain_until"], name="archive_expiring", condition=Q(retain_until__isnull=False)),
        )  # fmt: skip


class ArchiveCheck(AppendOnlyModel):
    """A four-property check with what each item found; evidence names files and numbers, no personal data."""

    archive = public(models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="checks"))
    stage = public(models.CharField(max_length=12, choices=[(s.value, s.value) for s in Stage]))
    at = public(models.DateTimeField())
    passed = public(models.BooleanField())
    digest = public(models.CharField(max_length=64, help_text="SM3 of the package that was checked, hex"))
    findings = public(models.JSONField())

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["archive", "-at"], name="archive_checks"),)


class ArchiveEvent(AppendOnlyModel):
    """A step of an archive's life, readings included."""

    archive = public(models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="events"))
    step = public(models.CharField(max_length=12, choices=[(s.value, s.value) for s in ArchiveStep]))
    from_state = public(models.CharField(max_length=12, choices=_STATES))
    to_state = public(models.CharField(max_length=12, choices=_STATES))
    at = public(models.DateTimeField())
    account_id = public(models.UUIDField(null=True))
    words = public(models.CharField(max_length=300, blank=True))

    class Meta(AppendOnlyModel.Meta):
        indexes = (models.Index(fields=["archive", "at", "id"], name="archive_history"),)


class ArchiveCounter(GuardedRow):
    """The last number of a series: its row lock orders those who take one, a roll-back gives the number back."""

    id = public(models.BigAutoField(primary_key=True))
    series = public(models.CharField(max_length=120, unique=True))
    last = public(models.PositiveBigIntegerField())


class ArchiveList(GuardedModel):
    """A list of archives to be destroyed or handed over: proposed by one, decided by another, kept for good."""

    number = public(models.CharField(max_length=40, unique=True))
    kind = public(models.CharField(max_length=12, choices=[(k.value, k.value) for k in ListKind]))
    state = public(models.CharField(max_length=12, choices=[(s.value, s.value) for s in ListState]))
    reason = public(models.CharField(max_length=200, blank=True))
    target = public(models.CharField(max_length=120, blank=True, help_text="who takes over"))
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    )
    proposed_at = public(models.DateTimeField())
    proposed_by = public(models.UUIDField(null=True))
    decided_at = public(models.DateTimeField(null=True))
    decided_by = public(models.UUIDField(null=True))
    words = public(models.CharField(max_length=200, blank=True))
    done_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="archive_list_two_people",
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=models.F("proposed_by")),
            ),
            models.CheckConstraint(
                name="archive_destruction_by_two",
                condition=~Q(kind="destruction", state__in=["approved", "done"])
                | Q(decided_by__isnull=False, proposed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="archive_list_done_was_approved", condition=Q(done_at__isnull=True) | Q(decided_at__isnull=False)
            ),
        )
        indexes = (models.Index(fields=["kind", "-proposed_at", "-id"], name="archive_lists"),)


class ArchiveListItem(AppendOnlyModel):
    """A line of a list, with what was known of the archive when it was listed."""

    list = public(models.ForeignKey(ArchiveList, on_delete=models.PROTECT, related_name="items"))
    archive = public(models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="+"))
    position = public(models.PositiveIntegerField())
    archive_number = public(models.CharField(max_length=80))
    title = public(models.CharField(max_length=300))
    digest = public(models.CharField(max_length=64))

    class Meta(AppendOnlyModel.Meta):
        constraints = (models.UniqueConstraint(fields=["list", "archive"], name="archive_listed_once"),)


class ArchiveAccess(GuardedModel):
    """A request to read an archive: who, why, decided by whom, until when."""

    archive = public(models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="accesses"))
    asked_by = public(models.UUIDField())
    organisation = public(
        models.ForeignKey("commons_identity.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    )
    purpose = public(models.CharField(max_length=200))
    asked_at = public(models.DateTimeField())
    state = public(
        models.CharField(
            max_length=12, choices=[(s.value, s.value) for s in AccessState], default=AccessState.ASKED.value
        )
    )
    decided_by = public(models.UUIDField(null=True))
    decided_at = public(models.DateTimeField(null=True))
    until = public(models.DateTimeField(null=True))
    words = public(models.CharField(max_length=200, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="archive_access_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="archive_access_approved_ends", condition=~Q(state="approved") | Q(until__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=["state", "-asked_at", "-id"], name="archive_accesses"),
            models.Index(fields=["asked_by", "-asked_at"], name="archive_access_own"),
        )


class FixityRun(GuardedModel):
    """A run over the packages that are due for their check."""

    started_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))
    total = public(models.PositiveIntegerField())
    done = public(models.PositiveIntegerField(default=0))
    failed = public(models.PositiveIntegerField(default=0))

    class Meta(GuardedModel.Meta):
        indexes = (models.Index(fields=["-started_at"], name="fixity_latest"),)
