"""One table: what was told to whom, once, and when it was read."""

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.fields import EncryptedJSONField, personal, public
from yiwang.kernel.models import GuardedModel

_RECIPIENTS = ("account", "person", "entity")


def _only(name: str) -> Q:
    return Q(**{f"{each}__isnull": each != name for each in _RECIPIENTS})


class Message(GuardedModel):
    """A message as data: kind and parameters; its words are made when it is read, in the reader's language."""

    key = public(models.CharField(max_length=160, unique=True, help_text="idempotency: the same key is sent once"))
    account = personal(
        models.ForeignKey("commons_identity.Account", null=True, on_delete=models.CASCADE, related_name="+")
    )
    person = personal(
        models.ForeignKey("commons_identity.Person", null=True, on_delete=models.CASCADE, related_name="+")
    )
    entity = personal(
        models.ForeignKey("commons_identity.LegalEntity", null=True, on_delete=models.CASCADE, related_name="+")
    )
    kind = public(models.CharField(max_length=60))
    params = EncryptedJSONField(default=dict)
    subject_kind = public(models.CharField(max_length=40, blank=True))
    subject_id = public(models.UUIDField(null=True))
    href = public(models.CharField(max_length=300, blank=True))
    at = public(models.DateTimeField())
    read_at = personal(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="message_has_one_recipient", condition=_only("account") | _only("person") | _only("entity")
            ),
            models.CheckConstraint(
                name="message_subject_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
            ),
            models.CheckConstraint(name="message_leads_within", condition=Q(href="") | Q(href__regex=r"^/(?!/)")),
        )
        indexes = (
            *(models.Index(F(name), F("at").desc(), F("id").desc(), name=f"message_of_{name}") for name in _RECIPIENTS),
            *(
                models.Index(fields=[name], name=f"message_new_{name}", condition=Q(read_at__isnull=True))
                for name in _RECIPIENTS
            ),
        )
