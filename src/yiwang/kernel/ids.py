"""Identifiers: UUID version 7 (RFC 9562), ordered by time, so that B-trees grow at one end."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7. Later ids compare greater within one process."""
    return uuid7()
