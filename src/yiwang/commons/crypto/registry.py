"""The port of master keys: whatever holds the keys that wrap all others. Filled by files or a hardware module."""

from typing import Protocol


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
