"""Pages of flow: the officials' inbox, one task, halted processes, administration, the applicant's own things."""

from yiwang.commons.flow.views.administration import announce, audit, audit_export, calendar, deliveries, jobs
from yiwang.commons.flow.views.batches import batch, hand_over
from yiwang.commons.flow.views.diagrams import bpmn, diagram, diagram_of
from yiwang.commons.flow.views.exports import inbox_export
from yiwang.commons.flow.views.halted import halted, halted_one
from yiwang.commons.flow.views.inbox import everywhere, inbox
from yiwang.commons.flow.views.leave import end_leave, leave, stand_in
from yiwang.commons.flow.views.mine import mine
from yiwang.commons.flow.views.saved_views import change_view, save_view, saved_views
from yiwang.commons.flow.views.task import act, task

__all__ = [
    "act",
    "announce",
    "audit",
    "audit_export",
    "batch",
    "bpmn",
    "calendar",
    "change_view",
    "deliveries",
    "diagram",
    "diagram_of",
    "end_leave",
    "everywhere",
    "halted",
    "halted_one",
    "hand_over",
    "inbox",
    "inbox_export",
    "jobs",
    "leave",
    "mine",
    "save_view",
    "saved_views",
    "stand_in",
    "task",
]  # fmt: skip
