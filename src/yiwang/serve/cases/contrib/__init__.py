"""Sources that prove materials; what cases tell privacy."""

from yiwang.serve.cases.contrib import person, privacy

__all__ = ["person", "privacy"]
