"""Logging in: browsers that an account knows, log-ins that go on, codes by message, counted tries."""

from django.db import models
from django.db.models import Q

from yiwang.commons.identity.contracts import CodePurpose, SessionEnd
from yiwang.commons.identity.models.account import Account
from yiwang.commons.identity.models.person import MAIL, MOBILE
from yiwang.kernel.fields import (
    EncryptedJSONField,
    EncryptedTextField,
    KeyedHashField,
    personal,
    public,
    secret,
    sensitive,
)
from yiwang.kernel.models import GuardedModel


class Device(GuardedModel):
    """A browser that has logged in to an account; it shows itself by a random token in a cookie, kept here as SM3."""

    account = public(models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices"))
    token_hash = secret(models.BinaryField(max_length=32))
    name = personal(models.CharField(max_length=60))
    first_at = personal(models.DateTimeField())
    last_at = personal(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        constraints = (models.UniqueConstraint(fields=["account", "token_hash"], name="device_once"),)


class LoginSession(GuardedModel):
    """One log-in of an account; its id is what other systems know the log-in by (`sid`)."""

    account = public(models.ForeignKey(Account, on_delete=models.CASCADE, related_name="login_sessions"))
    device = public(models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="sessions"))
    session_key = secret(models.CharField(max_length=40, blank=True, help_text="empty once the log-in is over"))
    address = sensitive(EncryptedTextField(null=True))
    methods = public(models.JSONField(default=list))
    began_at = personal(models.DateTimeField())
    ended_at = personal(models.DateTimeField(null=True))
    end_reason = public(models.CharField(max_length=10, blank=True, choices=[(r.value, r.value) for r in SessionEnd]))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="login_session_ends_whole",
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False, session_key="") & ~Q(end_reason="")),
            ),
        )  # fmt: skip
        indexes = (
            models.Index(fields=["account", "began_at"], name="login_session_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["account", "began_at"], name="login_session_of"),
        )


class OneTimeCode(GuardedModel):
    """A code sent to a mobile number or an e-mail address for one purpose. Without an account nothing is sent unless
    somebody registers.
    """

    purpose = public(models.CharField(max_length=10, choices=[(p.value, p.value) for p in CodePurpose]))
    account = public(models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+"))
    mobile = sensitive(EncryptedTextField(null=True))
    mobile_hash = sensitive(KeyedHashField(of="mobile", purpose=MOBILE, null=True))
    mail = sensitive(EncryptedTextField(null=True))
    code = secret(EncryptedTextField())
    details = EncryptedJSONField(default=dict)
    made_at = public(models.DateTimeField())
    expires_at = public(models.DateTimeField())
    tries = public(models.PositiveSmallIntegerField(default=0))
    sent_at = public(models.DateTimeField(null=True))
    used_at = public(models.DateTimeField(null=True))

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="one_time_code_has_one_target",
                condition=Q(mobile__isnull=True, mail__isnull=False) | Q(mobile__isnull=False, mail__isnull=True),
            ),
        )
        indexes = (models.Index(fields=["expires_at"], name="one_time_code_expiry"),)


class MailAddress(GuardedModel):
    """The e-mail address of an account, proved by a code: codes for logging in and coming back may go there."""

    account = public(models.OneToOneField(Account, on_delete=models.CASCADE, related_name="mail"))
    address = sensitive(EncryptedTextField())
    address_hash = sensitive(KeyedHashField(of="address", purpose=MAIL, unique=True))
    confirmed_at = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        pass


class AttemptCount(GuardedModel):
    """How often something was tried until an instant; of whom stands in a keyed hash only."""

    bucket = secret(models.BinaryField(max_length=32, unique=True))
    account = public(models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+"))
    count = public(models.PositiveIntegerField())
    until = public(models.DateTimeField())

    class Meta(GuardedModel.Meta):
        indexes = (models.Index(fields=["until"], name="attempt_count_until"),)
