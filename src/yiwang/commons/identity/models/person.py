"""Residents and legal entities: the two sorts of applicants."""

from django.db import models
from django.db.models import Q

from yiwang.commons.identity.contracts import LegalEntityKind, Sex
from yiwang.commons.identity.models.region import Region
from yiwang.kernel.fields import EncryptedTextField, KeyedHashField, personal, public, sensitive
from yiwang.kernel.models import GuardedModel

ID_NUMBER = "person.id_number"
MOBILE = "person.mobile"
MAIL = "account.mail"


class Person(GuardedModel):
    """A resident. A newborn has no ID number yet. Found by the keyed hash of the ID number."""

    name = personal(models.CharField(max_length=80))
    id_number = sensitive(EncryptedTextField(null=True))
    id_number_hash = sensitive(KeyedHashField(of="id_number", purpose=ID_NUMBER, null=True, unique=True))
    sex = personal(models.CharField(max_length=1, choices=[(s.value, s.name) for s in Sex], default=Sex.UNKNOWN.value))
    birth_date = personal(models.DateField(null=True))
    nation = personal(models.CharField(max_length=2, blank=True, help_text="GB/T 3304: 01"))
    mobile = sensitive(EncryptedTextField(null=True))
    mobile_hash = sensitive(KeyedHashField(of="mobile", purpose=MOBILE, null=True))
    region = personal(models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+"))
    address = sensitive(EncryptedTextField(null=True))
    sample = public(models.BooleanField(default=False))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="person_id_number_has_hash",
                condition=Q(id_number__isnull=True, id_number_hash__isnull=True)
                | Q(id_number__isnull=False, id_number_hash__isnull=False),
            ),
            models.CheckConstraint(
                name="person_mobile_has_hash",
                condition=Q(mobile__isnull=True, mobile_hash__isnull=True)
                | Q(mobile__isnull=False, mobile_hash__isnull=False),
            ),
            models.CheckConstraint(name="person_has_name", condition=~Q(name="")),
        )
        indexes = (models.Index(fields=["mobile_hash"], name="person_mobile"),)


class LegalEntity(GuardedModel):
    """An enterprise, individual business, partnership, institution or association; a founder has no code yet."""

    name = public(models.CharField(max_length=120))
    kind = public(models.CharField(max_length=20, choices=[(k.value, k.value) for k in LegalEntityKind]))
    credit_code = public(models.CharField(max_length=18, null=True, unique=True))
    legal_representative = personal(
        models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="legal_entities")
    )
    region = public(models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+"))
    address = public(models.CharField(max_length=200, blank=True))
    sample = public(models.BooleanField(default=False))

    class Meta(GuardedModel.Meta):
        constraints = (models.CheckConstraint(name="legal_entity_has_name", condition=~Q(name="")),)
