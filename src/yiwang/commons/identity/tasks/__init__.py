"""Background work of identity; each area's jobs register themselves when imported."""

from yiwang.commons.identity.tasks import agency, entry, openid, people

__all__ = ["agency", "entry", "openid", "people"]
