"""A city is data: reads a pack's files with the line of every value, checks them, and lets each context load its part.

Knows no file kind by itself: contexts register parts. Checking collects every fault; loading is one transaction.
"""

from yiwang.kernel.packs.kept import Kept, kept_words
from yiwang.kernel.packs.reader import Document, Merged, PackReader
from yiwang.kernel.packs.registry import PackPart, Report, Tally, pack_part, parts
from yiwang.kernel.packs.report import Fault, PackFaulty

__all__ = [
    "Document",
    "Fault",
    "Kept",
    "Merged",
    "PackFaulty",
    "PackPart",
    "PackReader",
    "Report",
    "Tally",
    "kept_words",
    "pack_part",
    "parts",
]
