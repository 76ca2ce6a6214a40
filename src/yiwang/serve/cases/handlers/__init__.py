"""Registers with lower contexts: operations and openers with flow, readers with files, messages, words and holders with the ledger, the source of archives."""

from yiwang.serve.cases.handlers import archiving, evidence, exporting, messages, operations, readers, subscriptions

__all__ = ["archiving", "evidence", "exporting", "messages", "operations", "readers", "subscriptions"]
