"""Writes of crypto."""

from yiwang.commons.crypto.commands.making import create_key, establish

__all__ = ["create_key", "establish"]
