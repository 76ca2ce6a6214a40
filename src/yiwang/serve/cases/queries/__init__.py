"""Reads of cases."""

from yiwang.serve.cases.queries.briefs import (
    Brief,
    brief,
    entered,
    legal_ground,
    may_file,
    may_read_files,
    real_name_needed,
    rights,
)
from yiwang.serve.cases.queries.desk import deferrable, desk_task, not_handed_in, task_case, tasks_of
from yiwang.serve.cases.queries.documents import document, is_pledged, lapsed_deferrals, parcel_of, results_due, verify
from yiwang.serve.cases.queries.drafting import draft_choice, draft_extension, draft_special
from yiwang.serve.cases.queries.earlier import EarlierCase, earlier
from yiwang.serve.cases.queries.limits import misreckoned
from yiwang.serve.cases.queries.lists import case_row, cases, ids_of, matters_of, number_of, rows_of
from yiwang.serve.cases.queries.materials import can_be_exempt, material_needs
from yiwang.serve.cases.queries.papers import (
    late_papers,
    paper,
    sealed_bytes,
    sealed_paper,
    sealed_papers,
    sealing_left,
)
from yiwang.serve.cases.queries.parties import Party, party
from yiwang.serve.cases.queries.pledges import pledge_bar, pledge_bars
from yiwang.serve.cases.queries.procedure import Terms, terms
from yiwang.serve.cases.queries.views import case, check_history, result, situation, timeline
from yiwang.serve.cases.queries.wording import known_places
from yiwang.serve.cases.rules import ACCEPTANCE_DAYS

__all__ = [
    "ACCEPTANCE_DAYS",
    "Brief",
    "EarlierCase",
    "Party",
    "Terms",
    "brief",
    "can_be_exempt",
    "case",
    "case_row",
    "cases",
    "check_history",
    "deferrable",
    "desk_task",
    "document",
    "draft_choice",
    "draft_extension",
    "draft_special",
    "earlier",
    "entered",
    "ids_of",
    "is_pledged",
    "known_places",
    "lapsed_deferrals",
    "late_papers",
    "legal_ground",
    "material_needs",
    "matters_of",
    "may_file",
    "may_read_files",
    "misreckoned",
    "not_handed_in",
    "number_of",
    "paper",
    "parcel_of",
    "party",
    "pledge_bar",
    "pledge_bars",
    "real_name_needed",
    "result",
    "results_due",
    "rights",
    "rows_of",
    "sealed_bytes",
    "sealed_paper",
    "sealed_papers",
    "sealing_left",
    "situation",
    "task_case",
    "tasks_of",
    "terms",
    "timeline",
    "verify",
]  # fmt: skip
