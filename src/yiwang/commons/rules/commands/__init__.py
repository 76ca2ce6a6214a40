"""Writes of rules: drafts, versions, trials."""

from yiwang.commons.rules.commands.drafting import (
    begin_decision,
    begin_draft,
    check_draft,
    discard_draft,
    publish_draft,
    save_draft,
)
from yiwang.commons.rules.commands.publishing import digest_of, publish_decision, withdraw_version
from yiwang.commons.rules.commands.trying import MAX_BYTES, begin_trial, end_trial, report_trial

__all__ = [
    "MAX_BYTES",
    "begin_decision",
    "begin_draft",
    "begin_trial",
    "check_draft",
    "digest_of",
    "discard_draft",
    "end_trial",
    "publish_decision",
    "publish_draft",
    "report_trial",
    "save_draft",
    "withdraw_version",
]
