"""Sources that prove materials."""

from yiwang.serve.cases.contrib import person

__all__ = ["person"]
