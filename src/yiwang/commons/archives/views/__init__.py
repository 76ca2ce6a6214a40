"""The archivists' pages."""

from yiwang.commons.archives.views.archives import archive, archives, fixity, package
from yiwang.commons.archives.views.lists import destruction, one_list, transfers
from yiwang.commons.archives.views.readings import accesses, decide, read

__all__ = [
    "accesses", "archive", "archives", "decide", "destruction", "fixity", "one_list", "package", "read", "transfers",
]  # fmt: skip
