"""The archivists' pages."""

from yiwang.commons.archives.views.archives import archive, archives, fixity
from yiwang.commons.archives.views.lists import destruction, one_list, transfers
from yiwang.commons.archives.views.readings import accesses, decide, read

__all__ = [
    "accesses", "archive", "archives", "decide", "destruction", "fixity", "one_list", "read", "transfers",
]  # fmt: skip
