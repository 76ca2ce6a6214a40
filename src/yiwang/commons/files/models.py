"""One table: who uploaded what for which record. The bytes lie in the blob store under their digest."""

from django.db import models
from django.db.models import Q

from yiwang.commons.files.contracts import MediaType, ScanState
from yiwang.kernel.fields import personal, public
from yiwang.kernel.models import GuardedModel


class FileRecord(GuardedModel):
    """An upload. Two uploads of the same bytes are two records over one blob."""

    digest = personal(models.CharField(max_length=64, help_text="SM3 of the content, hex"))
    size = public(models.PositiveBigIntegerField())
    media_type = public(models.CharField(max_length=80, choices=[(kind.value, kind.name) for kind in MediaType]))
    name = personal(models.CharField(max_length=120))
    purpose = public(models.CharField(max_length=40))
    owner = personal(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.PROTECT, related_name="+")
    )
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    uploaded_at = public(models.DateTimeField())
    scan = public(
        models.CharField(
            max_length=10, choices=[(s.value, s.name) for s in ScanState], default=ScanState.UNSCANNED.value
        )
    )

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(name="file_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(name="file_digest_hex", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="file_subject_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="file_belongs_somewhere", condition=Q(owner__isnull=False) | Q(subject_id__isnull=False)
            ),
        )
        indexes = (
            models.Index(fields=["subject_kind", "subject_id"], name="file_subject"),
            models.Index(fields=["digest"], name="file_digest"),
            models.Index(fields=["owner", "uploaded_at"], name="file_waiting", condition=Q(subject_id__isnull=True)),
        )
