"""Registers with lower contexts: operations and openers with flow, readers with files, subscriptions of the outbox."""

from yiwang.serve.cases.handlers import operations, readers, subscriptions

__all__ = ["operations", "readers", "subscriptions"]
