"""What can go wrong with keys and sealed values. No message holds key material or plain text."""


class CryptoError(Exception):
    """Any refusal of the engine."""


class Damaged(CryptoError):
    """A sealed value was changed, cut, or sealed under another key or context."""


class KeyRefused(CryptoError):
    """A key that is malformed, of an unknown kind, or outside of its group."""


class Unavailable(CryptoError):
    """The library or device that an operation needs is not on this machine."""
