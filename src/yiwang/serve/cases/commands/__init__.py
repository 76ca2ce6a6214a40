"""Writes of cases: filing, the legal steps with their documents, results, delivery, and what is done at a task."""

from yiwang.serve.cases.commands.asking import ask_for_seal
from yiwang.serve.cases.commands.deferring import lapse_deferral
from yiwang.serve.cases.commands.delivering import choose_delivery, confirm_receipt, record_delivery, release_results
from yiwang.serve.cases.commands.desk import (
    add_material,
    check_material,
    handle_task,
    note_export,
    supply_correction,
    supply_deferred,
)
from yiwang.serve.cases.commands.inspecting import inspect, remind
from yiwang.serve.cases.commands.limits import move_due, reckon_anew
from yiwang.serve.cases.commands.pledging import check_pledge, restore_trust
from yiwang.serve.cases.commands.procedures import extend, resume_clock, stop_clock
from yiwang.serve.cases.commands.results import issue_result
from yiwang.serve.cases.commands.revealing import reveal_numbers
from yiwang.serve.cases.commands.sealing import seal_papers
from yiwang.serve.cases.commands.steps import (
    accept,
    close,
    decide,
    decline,
    discontinue,
    receive,
    release,
    request_correction,
    review,
    settle,
    supply,
)
from yiwang.serve.cases.commands.submission import submit_bundle, submit_matter
from yiwang.serve.cases.commands.templates import publish_template
from yiwang.serve.cases.commands.withdrawing import withdraw

__all__ = [
    "accept", "add_material", "ask_for_seal", "check_material", "check_pledge", "choose_delivery", "close", "confirm_receipt", "decide",
    "decline", "discontinue", "extend", "handle_task", "inspect", "issue_result", "lapse_deferral", "move_due", "note_export", "publish_template", "receive",
    "reckon_anew", "record_delivery", "release", "release_results", "remind", "request_correction", "restore_trust", "resume_clock", "reveal_numbers", "review", "seal_papers",
    "settle", "stop_clock", "submit_bundle", "submit_matter", "supply", "supply_correction", "supply_deferred", "withdraw",
]  # fmt: skip
