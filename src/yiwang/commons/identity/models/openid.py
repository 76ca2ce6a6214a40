"""One login for other systems: connected systems, requests for it, consents, log-ins at them, keys that sign tokens.

Clients and tokens as OAuth knows them are allauth's tables; what these lack stands here.
"""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yiwang.commons.identity.contracts.openid import ClientState, RequestState, SigningAlgorithm
from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.organisation import Organisation
from yiwang.kernel.fields import EncryptedTextField, public, secret
from yiwang.kernel.models import GuardedModel

_ALGORITHMS = [(each.value, each.value) for each in SigningAlgorithm]


class SigningKey(GuardedModel):
    """A key that signs tokens. Published before `signs_from`, so that every client knows it, and after `signs_until`."""

    kid = public(models.CharField(max_length=64, unique=True, help_text="RFC 7638 thumbprint"))
    algorithm = public(models.CharField(max_length=8, choices=_ALGORITHMS))
    jwk = public(models.JSONField())
    private = secret(EncryptedTextField())
    created_at = public(models.DateTimeField())
    signs_from = public(models.DateTimeField())
    signs_until = public(models.DateTimeField(null=True))
    published_until = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="signing_key_times_in_order",
                condition=Q(signs_from__gte=F("created_at"))
                & (
                    Q(signs_until__isnull=True, published_until__isnull=True) | Q(published_until__gte=F("signs_until"))
                ),
            ),
            models.UniqueConstraint(fields=["algorithm", "signs_from"], name="signing_key_one_at_a_time"),
        )


class ClientSystem(GuardedModel):
    """A department's system that people enter by one login. `client_id` names it in allauth's table of clients."""

    organisation_id: UUID
    keeper_id: UUID | None
    secret_by_id: UUID | None
    organisation = public(models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="client_systems"))
    client_id = public(models.CharField(max_length=64, unique=True))
    name = public(models.CharField(max_length=80))
    profile = public(models.JSONField(help_text="contracts.ClientProfile"))
    state = public(models.CharField(max_length=12, choices=[(s.value, s.value) for s in ClientState]))
    residents = public(models.BooleanField(default=False))
    launch_url = public(models.CharField(max_length=500, blank=True))
    subject_salt = secret(models.BinaryField(max_length=32, help_text="makes pairwise subjects"))
    has_secret = public(models.BooleanField(default=False))
    keeper = public(
        models.ForeignKey(
            Account,
            null=True,
            on_delete=models.PROTECT,
            related_name="+",
            help_text="who looks after it in its department",
        )
    )
    secret_by = public(
        models.ForeignKey(
            Account, null=True, on_delete=models.PROTECT, related_name="+", help_text="who was shown its secret last"
        )
    )
    created_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (models.CheckConstraint(name="client_system_has_name", condition=~Q(name="")),)
        indexes = (models.Index(fields=["organisation", "name"], name="client_system_of"),)


class ClientAudience(GuardedModel):
    """Officials of an organisation's subtree (in one role, or in any) may open a system."""

    system = public(models.ForeignKey(ClientSystem, on_delete=models.CASCADE, related_name="audience"))
    organisation = public(models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+"))
    role = public(models.CharField(max_length=48, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["system", "organisation", "role"], name="client_audience_once"),)


class ClientRequest(GuardedModel):
    """A department asks that its system be connected, or that a connected one be changed; another person decides."""

    system_id: UUID | None
    organisation_id: UUID
    requested_by_id: UUID
    decided_by_id: UUID | None
    system = public(models.ForeignKey(ClientSystem, null=True, on_delete=models.PROTECT, related_name="requests"))
    organisation = public(models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+"))
    profile = public(models.JSONField(help_text="contracts.ClientProfile"))
    reason = public(models.CharField(max_length=500))
    state = public(models.CharField(max_length=12, choices=[(s.value, s.value) for s in RequestState]))
    requested_by = public(models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+"))
    requested_at = public(models.DateTimeField())
    decided_by = public(models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+"))
    decided_at = public(models.DateTimeField(null=True))
    remarks = public(models.CharField(max_length=500, blank=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="client_request_is_open_or_decided",
                condition=Q(state=RequestState.OPEN.value, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=RequestState.OPEN.value) & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="client_request_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
        )
        indexes = (models.Index(fields=["state", "requested_at", "id"], name="client_request_queue"),)


class ClientConsent(GuardedModel):
    """What somebody agreed that a system may learn; withdrawing it deletes the row."""

    account = public(models.ForeignKey(Account, on_delete=models.CASCADE, related_name="client_consents"))
    system = public(models.ForeignKey(ClientSystem, on_delete=models.CASCADE, related_name="consents"))
    scopes = public(ArrayField(models.CharField(max_length=32)))
    given_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["account", "system"], name="client_consent_once"),)


class ClientLogin(GuardedModel):
    """One log-in of an account at a client system; all tokens of it name it and are void once it has ended.

    `session` is the log-in at the platform it came from. `told_at`: the system has confirmed that it knows of the end.
    """

    account_id: UUID
    system_id: UUID
    account = public(models.ForeignKey(Account, on_delete=models.CASCADE, related_name="client_logins"))
    system = public(models.ForeignKey(ClientSystem, on_delete=models.CASCADE, related_name="logins"))
    session = public(models.UUIDField(null=True))
    issuer = public(models.CharField(max_length=255))
    scopes = public(ArrayField(models.CharField(max_length=32)))
    auth_at = public(models.DateTimeField())
    level = public(models.PositiveSmallIntegerField())
    amr = public(ArrayField(models.CharField(max_length=16)))
    office = public(models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+"))
    role = public(models.CharField(max_length=48, blank=True))
    on_behalf_kind = public(models.CharField(max_length=24, blank=True))
    on_behalf_id = public(models.UUIDField(null=True))
    began_at = public(models.DateTimeField())
    ended_at = public(models.DateTimeField(null=True))
    told_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="client_login_told_after_its_end",
                condition=Q(told_at__isnull=True) | Q(ended_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["account", "ended_at"], name="client_login_of"),
            models.Index(fields=["session"], name="client_login_session", condition=Q(session__isnull=False)),
        )
