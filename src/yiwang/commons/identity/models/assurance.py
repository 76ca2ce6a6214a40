"""Checks of real names, and mandates: what somebody offered to an agent before it is a representation in force."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.commons.identity.contracts import RepresentationKind
from yiwang.commons.identity.contracts.real_names import Assurance, CheckReason, CheckState, MandateState
from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.person import LegalEntity, Person
from yiwang.kernel.fields import EncryptedTextField, KeyedHashField, personal, public, sensitive
from yiwang.kernel.models import GuardedModel

CLAIMED_NUMBER = "real_name_check.id_number"
AGENT_NUMBER = "mandate.agent_number"
_DECIDED = [CheckState.PASSED.value, CheckState.REFUSED.value]
_AGENT_KINDS = [RepresentationKind.AGENT.value, RepresentationKind.STAFF.value]
_CLOSED = [MandateState.DECLINED.value, MandateState.WITHDRAWN.value, MandateState.ENDED.value]


class RealNameCheck(GuardedModel):
    """One check of who an account is: what was claimed, by which method, what came of it."""

    account = public(models.ForeignKey(Account, on_delete=models.PROTECT, related_name="real_name_checks"))
    name = sensitive(EncryptedTextField())
    id_number = sensitive(EncryptedTextField())
    id_number_hash = sensitive(KeyedHashField(of="id_number", purpose=CLAIMED_NUMBER))
    method = public(models.CharField(max_length=24))
    level = public(models.PositiveSmallIntegerField())
    state = public(models.CharField(max_length=8, choices=[(s.value, s.value) for s in CheckState]))
    reason = public(models.CharField(max_length=16, blank=True, choices=[(r.value, r.value) for r in CheckReason if r]))
    reference = public(models.CharField(max_length=120, blank=True))
    words = personal(models.CharField(max_length=200, blank=True))
    asked_at = public(models.DateTimeField())
    decided_at = public(models.DateTimeField(null=True))
    decided_by = public(models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="real_name_level_exists", condition=Q(level__gte=2, level__lte=Assurance.IN_PERSON.value)
            ),
            models.CheckConstraint(
                name="real_name_decided_has_moment",
                condition=Q(state__in=_DECIDED, decided_at__isnull=False)
                | (~Q(state__in=_DECIDED) & Q(decided_at__isnull=True, decided_by__isnull=True)),
            ),
            models.CheckConstraint(name="real_name_nobody_decides_alone", condition=~Q(decided_by=F("account"))),
            models.UniqueConstraint(
                fields=["account"], name="real_name_waits_once", condition=Q(state=CheckState.WAITING.value)
            ),
        )
        indexes = (
            models.Index(fields=["asked_at", "id"], name="real_name_queue", condition=Q(state="waiting")),
            models.Index(fields=["account", "asked_at"], name="real_name_of_account"),
            models.Index(fields=["id_number_hash", "asked_at"], name="real_name_of_number"),
        )


class Mandate(GuardedModel):
    """A person or a legal entity asks somebody to act for them; accepted, it is one representation a scope.

    The agent is named by name and ID number and found only when they log in with that real name: whoever offers learns
    nothing about who is registered.
    """

    person = personal(models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="mandates_given"))
    legal_entity = public(
        models.ForeignKey(LegalEntity, null=True, on_delete=models.PROTECT, related_name="mandates_given")
    )
    kind = public(models.CharField(max_length=20, choices=[(k, k) for k in _AGENT_KINDS]))
    given_by = public(models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+"))
    agent_name = sensitive(EncryptedTextField())
    agent_number = sensitive(EncryptedTextField())
    agent_number_hash = sensitive(KeyedHashField(of="agent_number", purpose=AGENT_NUMBER))
    agent = personal(models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="mandates_held"))
    scopes = public(ArrayField(models.CharField(max_length=120)))
    valid_to = public(models.DateField())
    state = public(models.CharField(max_length=9, choices=[(s.value, s.value) for s in MandateState]))
    offered_at = public(models.DateTimeField())
    answered_at = public(models.DateTimeField(null=True))
    ended_at = public(models.DateTimeField(null=True))
    ended_by = public(models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+"))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="mandate_kind_fits_principal",
                condition=Q(person__isnull=False, legal_entity__isnull=True, kind=RepresentationKind.AGENT.value)
                | Q(person__isnull=True, legal_entity__isnull=False, kind=RepresentationKind.STAFF.value),
            ),
            models.CheckConstraint(
                name="mandate_accepted_has_agent",
                condition=~Q(state__in=[MandateState.ACCEPTED.value, MandateState.ENDED.value])
                | Q(agent__isnull=False),
            ),
            models.CheckConstraint(
                name="mandate_closed_has_moment",
                condition=Q(state__in=_CLOSED, ended_at__isnull=False)
                | (~Q(state__in=_CLOSED) & Q(ended_at__isnull=True)),
            ),
            models.CheckConstraint(name="mandate_has_scopes", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(name="mandate_is_of_another", condition=~Q(person=F("agent"))),
        )
        indexes = (
            models.Index(fields=["agent_number_hash"], name="mandate_to_agent"),
            models.Index(fields=["person", "offered_at"], name="mandate_of_person"),
            models.Index(fields=["legal_entity", "offered_at"], name="mandate_of_entity"),
        )
