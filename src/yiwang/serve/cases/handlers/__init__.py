"""Registers with lower contexts: operations and openers with flow, readers with files, words and holders with the ledger."""

from yiwang.serve.cases.handlers import evidence, operations, readers, subscriptions

__all__ = ["evidence", "operations", "readers", "subscriptions"]
