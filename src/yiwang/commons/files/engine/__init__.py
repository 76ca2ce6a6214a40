"""Looks at documents that other contexts take as well: no framework, no database."""

from .locks import needs_password

__all__ = ["needs_password"]
