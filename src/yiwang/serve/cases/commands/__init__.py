"""Writes of cases: filing, the legal steps, results, and what is done at a task."""

from yiwang.serve.cases.commands.desk import add_material, check_material, handle_task, supply_correction
from yiwang.serve.cases.commands.limits import move_due, reckon_anew
from yiwang.serve.cases.commands.results import issue_result
from yiwang.serve.cases.commands.steps import (
    accept,
    close,
    decide,
    decline,
    discontinue,
    receive,
    release,
    request_correction,
    resume_clock,
    review,
    settle,
    stop_clock,
    supply,
    withdraw,
)
from yiwang.serve.cases.commands.submission import submit_bundle, submit_matter

__all__ = [
    "accept", "add_material", "check_material", "close", "decide", "decline", "discontinue", "handle_task",
    "issue_result", "move_due", "receive", "reckon_anew", "release", "request_correction", "resume_clock", "review", "settle", "stop_clock",
    "submit_bundle", "submit_matter", "supply", "supply_correction", "withdraw",
]  # fmt: skip
