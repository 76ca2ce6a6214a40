"""Accounts: what somebody logs in with. Rights come from grants only, so Django's permission tables stay empty."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q

from yiwang.commons.identity.contracts import AccountKind, CodeWay
from yiwang.commons.identity.models.person import Person
from yiwang.kernel.fields import personal, public, secret
from yiwang.kernel.guard import GuardedManager
from yiwang.kernel.models import GuardedModel

LONGEST_USERNAME = 64


class AccountManager(GuardedManager, BaseUserManager["Account"]):
    """The guarded manager with what Django's authentication asks for."""


class Account(GuardedModel, AbstractBaseUser):
    """A log-in of a resident or an official. Log-ins are in the audit, not in a column (`last_login` is off)."""

    username = personal(models.CharField(max_length=LONGEST_USERNAME, unique=True))
    password = secret(models.CharField(max_length=200))
    last_login = None
    kind = public(models.CharField(max_length=8, choices=[(k.value, k.value) for k in AccountKind]))
    person = personal(models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="accounts"))
    is_active = public(models.BooleanField(default=True))
    assurance = public(models.PositiveSmallIntegerField(default=1, help_text="level of the real name, 1 to 4"))
    second_code = public(
        models.CharField(
            max_length=4, blank=True, choices=[(w.value, w.value) for w in CodeWay],
            help_text="a code sent this way is asked for beside the password",
        )
    )  # fmt: skip
    created_at = public(models.DateTimeField())
    sample = public(models.BooleanField(default=False))

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_staff = False
    is_superuser = False

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta(GuardedModel.Meta):
        constraints = (
            models.CheckConstraint(
                name="account_username_is_plain", condition=Q(username__regex=r"^[a-z0-9][a-z0-9._-]{1,63}$")
            ),
            models.CheckConstraint(name="account_assurance_exists", condition=Q(assurance__gte=1, assurance__lte=4)),
            models.CheckConstraint(
                name="account_resident_is_a_person",
                condition=~Q(kind=AccountKind.PERSON.value) | Q(person__isnull=False),
            ),
        )

    def check_password(self, raw_password: str | None) -> bool:
        """Whether the password is right. Never rewrites the hash: a new hash is made by `set_password` only."""
        return check_password(raw_password, self.password)

    async def acheck_password(self, raw_password: str | None) -> bool:
        """As check_password."""
        return self.check_password(raw_password)

    def has_perm(self, _perm: str, _obj: Any = None) -> bool:
        """Django's permissions are not used."""
        return False

    def has_module_perms(self, _label: str) -> bool:
        """Django's permissions are not used."""
        return False
