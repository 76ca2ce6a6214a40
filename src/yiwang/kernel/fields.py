"""Model fields: each is labelled with its sensitivity; sensitive ones are encrypted.

A field without a label fails a test, so nobody forgets to think about it.
"""

import json
from enum import StrEnum
from typing import Any, TypeVar

from django.db import connection as database
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from yiwang.kernel.cipher import cipher, keyed_hash, keyed_hashes

__all__ = [
    "EncryptedField", "EncryptedJSONField", "EncryptedTextField", "KeyedHashField", "Sensitivity", "claimed_hashes",
    "keyed_hash", "keyed_hashes", "personal", "public", "secret", "sensitive", "sensitivity_of",
]  # fmt: skip

F = TypeVar("F", bound=models.Field)  # type: ignore[type-arg]


class Sensitivity(StrEnum):
    """How much harm a leak of the field does (个人信息保护法 4, 28)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"  # noqa: S105  a label, no secret


def _labelled(field: F, label: Sensitivity) -> F:
    field.sensitivity = label  # type: ignore[attr-defined]
    return field


def public(field: F) -> F:
    """Label: about no person."""
    return _labelled(field, Sensitivity.PUBLIC)


def personal(field: F) -> F:
    """Label: personal information (个人信息); never in logs."""
    return _labelled(field, Sensitivity.PERSONAL)


def sensitive(field: F) -> F:
    """Label: sensitive personal information (敏感个人信息); stored encrypted or as a keyed hash."""
    return _labelled(field, Sensitivity.SENSITIVE)


def secret(field: F) -> F:
    """Label: keys, password hashes, tokens; never leaves the server."""
    return _labelled(field, Sensitivity.SECRET)


def sensitivity_of(field: Any) -> Sensitivity | None:
    """The label of a model field, None where it has none."""
    return getattr(field, "sensitivity", None)


class EncryptedField(models.BinaryField):  # type: ignore[type-arg]
    """Stores ciphertext; the column's place is authenticated with it, so a value can't be moved elsewhere."""

    sensitivity = Sensitivity.SENSITIVE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @property
    def sealing_context(self) -> str:
        """What a stored value is bound to: the table and the column."""
        return f"{self.model._meta.db_table}.{self.column}"

    def _dump(self, value: Any) -> bytes:
        raise NotImplementedError

    def _load(self, plain: bytes) -> Any:
        raise NotImplementedError

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is not None:
            value = cipher().encrypt(self._dump(value), context=self.sealing_context)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        if value is None:
            return None
        return self._load(cipher().decrypt(bytes(value), context=self.sealing_context))

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self._dump(self.value_from_object(obj)).hex())

    def to_python(self, value: Any) -> Any:
        return value


class EncryptedTextField(EncryptedField):
    """Text, encrypted. Find equal values by a `keyed_hash` column beside it."""

    def _dump(self, value: Any) -> bytes:
        return str(value).encode()

    def _load(self, plain: bytes) -> str:
        return plain.decode()


class EncryptedJSONField(EncryptedField):
    """A JSON value, encrypted as a whole."""

    def _dump(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def _load(self, plain: bytes) -> Any:
        return json.loads(plain)


class KeyedHashField(models.BinaryField):  # type: ignore[type-arg]
    """The keyed hash of an encrypted text of the same row, `of`, for one purpose: equal values are found by `keyed_hashes`.

    When the key of look-ups is replaced these columns are reckoned anew, which is why they say what they are made of.
    """

    sensitivity = Sensitivity.SENSITIVE

    def __init__(self, *args: Any, of: str = "", purpose: str = "", **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        super().__init__(*args, **kwargs)
        self.of, self.purpose = of, purpose

    def deconstruct(self) -> Any:
        """For migrations a plain column of bytes: what it is made of is no matter of the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


def claimed_hashes(value: str, purpose: str) -> tuple[bytes, ...]:
    """`keyed_hashes` for somebody who is about to store a value that must be unique; inside a transaction.

    While a key of look-ups is replaced one value has two hashes, and the unique index can't see that they are one: then
    whoever stores the value waits here for the other. Look for all of the hashes after this, and store the first.
    The lock is the same in whatever order the processes know the keys.
    """
    hashes = keyed_hashes(value, purpose)
    if len(hashes) > 1:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(min(hashes)[:8], signed=True)])
    return hashes
