"""Writes of the ledger: open a log, append, sequence evidence, sign heads, keep what witnesses and monitors say."""

from yiwang.commons.ledger.commands.appending import append
from yiwang.commons.ledger.commands.checkpoints import sign_checkpoint
from yiwang.commons.ledger.commands.grouping import GroupCommit, append_one
from yiwang.commons.ledger.commands.handing import handing_out
from yiwang.commons.ledger.commands.logs import open_log
from yiwang.commons.ledger.commands.sequencing import BATCH, sequence
from yiwang.commons.ledger.commands.witnesses import (
    add_witness,
    record_cosignatures,
    report_finding,
    retire_witness,
    set_quorum,
    settle_finding,
)

__all__ = [
    "BATCH",
    "GroupCommit",
    "add_witness",
    "append",
    "append_one",
    "handing_out",
    "open_log",
    "record_cosignatures",
    "report_finding",
    "retire_witness",
    "sequence",
    "set_quorum",
    "settle_finding",
    "sign_checkpoint",
]
