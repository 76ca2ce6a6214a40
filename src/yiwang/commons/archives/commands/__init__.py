"""Writes of archives: open, pack, check, decide on retention, lists, readings, the fixity run."""

from yiwang.commons.archives.commands.access import decide_access, read_archive, request_access
from yiwang.commons.archives.commands.fixity import advance_fixity, end_fixity, start_fixity
from yiwang.commons.archives.commands.holding import hold, release
from yiwang.commons.archives.commands.keeping import (
    accept_defects,
    number_archive,
    record_check,
    record_package,
    repack,
    schedule,
    stumble,
    wait_for,
)
from yiwang.commons.archives.commands.keys import ensure_key, write_trusted_keys
from yiwang.commons.archives.commands.lists import (
    complete_transfer,
    decide_destruction,
    destroy,
    propose_destruction,
    propose_transfer,
)
from yiwang.commons.archives.commands.opening import open_archive, pack_again

__all__ = [
    "accept_defects", "advance_fixity", "complete_transfer", "decide_access", "decide_destruction", "destroy", "end_fixity", "ensure_key", "hold",
    "number_archive", "open_archive", "pack_again", "propose_destruction", "propose_transfer", "read_archive",
    "record_check", "record_package", "release", "repack", "request_access", "schedule", "start_fixity", "stumble", "wait_for",
    "write_trusted_keys",
]  # fmt: skip
