"""Background work of identity; each area's jobs register themselves when imported."""

from yiwang.commons.identity.tasks import people

__all__ = ["people"]
