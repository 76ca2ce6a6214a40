"""Static analysis of a DMN file, framework-free: what will go wrong, with its place and facts that show it.

Door: `check`. Gaps and overlaps are exact where cells compare their column with constants and columns are independent;
what can't be decided, or not in time, is said.
"""

from .checking import check
from .findings import MESSAGES, Finding, Report, Severity

__all__ = ["MESSAGES", "Finding", "Report", "Severity", "check"]
