"""Reads of archives: lists, one with its checks, what waits, lists of destruction and transfer, requests, packages."""

from yiwang.commons.archives.queries.archives import (
    archive,
    archived_of,
    archives,
    due_for_check,
    is_kept,
    keepers,
    of_subjects,
    opened,
    standing,
    waiting_for,
    waiting_jobs,
)
from yiwang.commons.archives.queries.fixity import fixity
from yiwang.commons.archives.queries.handing import HANDED_OVER, handover, list_numbered
from yiwang.commons.archives.queries.keys import trusted_keys
from yiwang.commons.archives.queries.lists import accesses, archive_list, lists
from yiwang.commons.archives.queries.packages import check_stored, is_whole, stored

__all__ = [
    "HANDED_OVER",
    "accesses",
    "archive",
    "archive_list",
    "archived_of",
    "archives",
    "check_stored",
    "due_for_check",
    "fixity",
    "handover",
    "is_kept",
    "is_whole",
    "keepers",
    "list_numbered",
    "lists",
    "of_subjects",
    "opened",
    "standing",
    "stored",
    "trusted_keys",
    "waiting_for",
    "waiting_jobs",
]  # fmt: skip
