"""The ports of crypto: whatever holds the keys that wrap all others, and who needs a key to stay as it is.

Master keys are held by files or a hardware module. Higher contexts say which keys something of theirs stands on.
"""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID


class NotHere(LookupError):
    """No master key of that fingerprint is on the machine."""


class MasterKeys(Protocol):
    """Holds master keys outside of the database and uses them; it gives none away.

    A fingerprint is 16 hex digits. `context` binds a wrapped key to its place.
    """

    @property
    def kind(self) -> str:
        """`file`, `pkcs11`."""

    @property
    def place(self) -> str:
        """Where an operator finds them."""

    def has(self, fingerprint: str) -> bool:
        """Whether it is here."""

    def first(self) -> str:
        """The one that the pool begins with; made where there is none."""

    def make(self) -> str:
        """A new one, kept for good before this returns."""

    def wrap(self, fingerprint: str, suite: str, key: bytes, context: bytes) -> bytes:
        """A key, readable by this master key alone. Raises NotHere."""

    def unwrap(self, fingerprint: str, suite: str, wrapped: bytes, context: bytes) -> bytes:
        """The key. Raises NotHere; engine.Damaged where it was changed."""


_keeper: list[MasterKeys] = []


def provide_master_keys(keeper: MasterKeys) -> None:
    """Called once at start-up, in `apps.ready`."""
    _keeper[:] = [keeper]


def master_keys() -> MasterKeys:
    """What was provided."""
    return _keeper[0]


Holder = Callable[[UUID], str]
_holders: list[Holder] = []


def register_holder(holder: Holder) -> None:
    """`holder(key_id)` names what needs this key just as it is, "" where nothing does. Called once at start-up."""
    if holder not in _holders:
        _holders.append(holder)


def held_by(key_id: UUID, /) -> str:
    """What needs this key just as it is: it is not rotated, suspended, retired or destroyed meanwhile. "" where nothing does."""
    return next(filter(None, (holder(key_id) for holder in _holders)), "")
