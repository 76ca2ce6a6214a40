"""Writes of licences: types, issue and life, use, showing."""

from yiwang.commons.licences.commands.issuing import change, issue, replace
from yiwang.commons.licences.commands.living import expire, resume, revoke, suspend
from yiwang.commons.licences.commands.showing import check_shown, show, withdraw_showing
from yiwang.commons.licences.commands.types import define_type
from yiwang.commons.licences.commands.using import end_uses, use

__all__ = [
    "change",
    "check_shown",
    "define_type",
    "end_uses",
    "expire",
    "issue",
    "replace",
    "resume",
    "revoke",
    "show",
    "suspend",
    "use",
    "withdraw_showing",
]
