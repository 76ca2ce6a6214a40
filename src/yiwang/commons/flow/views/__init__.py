"""Pages of flow: the officials' inbox, one task, halted processes, administration, the applicant's own things."""

from yiwang.commons.flow.views.administration import announce, audit, audit_export, calendar, deliveries, jobs
from yiwang.commons.flow.views.diagrams import bpmn, diagram, diagram_of
from yiwang.commons.flow.views.halted import halted, halted_one
from yiwang.commons.flow.views.inbox import batch, inbox
from yiwang.commons.flow.views.mine import mine
from yiwang.commons.flow.views.task import act, task

__all__ = [
    "act", "announce", "audit", "audit_export", "batch", "bpmn", "calendar", "deliveries", "diagram", "diagram_of", "halted", "halted_one", "inbox", "jobs", "mine",
    "task",
]  # fmt: skip
