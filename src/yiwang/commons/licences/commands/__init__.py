"""Writes of licences: types, issue and life, use, showing."""

from yiwang.commons.licences.commands.calling import (
    admit_caller,
    close_caller,
    note_asked,
    register_caller,
    use_by_caller,
)
from yiwang.commons.licences.commands.holders import claim
from yiwang.commons.licences.commands.importing import (
    IMPORT_JOB,
    LARGEST,
    begin_import,
    import_batch,
    note_import_failed,
)
from yiwang.commons.licences.commands.issuing import SEAL_JOB, change, issue, replace
from yiwang.commons.licences.commands.living import abandon_change, expire, resume, revoke, suspend
from yiwang.commons.licences.commands.looking import VIEWED, note_look
from yiwang.commons.licences.commands.publishing import make_status_key
from yiwang.commons.licences.commands.pulling import fetch, find_own, keep_pulled
from yiwang.commons.licences.commands.samples import give_sample
from yiwang.commons.licences.commands.sealing import FILE_PURPOSE, catch_up, note_problem, seal_again, seal_pending
from yiwang.commons.licences.commands.showing import SHOWN, check_shown, forget_tries, show, withdraw_showing
from yiwang.commons.licences.commands.types import define_type
from yiwang.commons.licences.commands.using import SHARED, end_uses, use

__all__ = [
    "FILE_PURPOSE",
    "IMPORT_JOB",
    "LARGEST",
    "SEAL_JOB",
    "SHARED",
    "SHOWN",
    "VIEWED",
    "abandon_change",
    "admit_caller",
    "begin_import",
    "catch_up",
    "change",
    "check_shown",
    "claim",
    "close_caller",
    "define_type",
    "end_uses",
    "expire",
    "fetch",
    "find_own",
    "forget_tries",
    "give_sample",
    "import_batch",
    "issue",
    "keep_pulled",
    "make_status_key",
    "note_asked",
    "note_import_failed",
    "note_look",
    "note_problem",
    "register_caller",
    "replace",
    "resume",
    "revoke",
    "seal_again",
    "seal_pending",
    "show",
    "suspend",
    "use",
    "use_by_caller",
    "withdraw_showing",
]
