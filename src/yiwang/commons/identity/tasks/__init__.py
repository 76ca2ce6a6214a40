"""Background work of identity; each area's jobs register themselves when imported."""

from yiwang.commons.identity.tasks import agency, endings, entry, openid, people

__all__ = ["agency", "endings", "entry", "openid", "people"]
