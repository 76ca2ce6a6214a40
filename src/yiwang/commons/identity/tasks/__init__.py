"""Background work of identity; each area's jobs register themselves when imported."""

from yiwang.commons.identity.tasks import entry, openid, people

__all__ = ["entry", "openid", "people"]
