"""Expressions that measures of several contexts need."""

from yiwang.commons.measures.contrib.working_days import WorkingDays

__all__ = ["WorkingDays"]
