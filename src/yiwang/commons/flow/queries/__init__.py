"""Flow's reads: the inbox of officials, an applicant's own processes, histories, halts."""

from yiwang.commons.flow.queries.administration import (
    administration_counts,
    audit_export,
    audit_trail,
    failed_background_jobs,
    standing_deliveries,
)
from yiwang.commons.flow.queries.deciding import DecisionMade, decisions_made
from yiwang.commons.flow.queries.delegations import delegations, deputising
from yiwang.commons.flow.queries.diagrams import diagram, diagram_of, published_bpmn
from yiwang.commons.flow.queries.drafting import (
    can_publish_draft,
    design_rights,
    draft_findings,
    process_changes,
    process_drafts,
    process_page,
    process_text,
    suggestions,
)
from yiwang.commons.flow.queries.halted import call, halt, halts
from yiwang.commons.flow.queries.inbox import (
    candidates,
    check_plain,
    everywhere,
    inbox,
    inbox_export,
    inbox_summary,
    task,
    tasks_by_id,
    waiting_by_office,
)
from yiwang.commons.flow.queries.leaving import holding
from yiwang.commons.flow.queries.migrating import MigrationPlan, migration, migrations, plan_migration, versions
from yiwang.commons.flow.queries.processes import (
    applicant_of,
    definition_bpmn,
    due_beginnings,
    due_calls,
    due_instances,
    history,
    mine,
    open_tasks,
    process_versions,
    status,
)
from yiwang.commons.flow.queries.saved_views import saved_views

__all__ = [
    "DecisionMade",
    "MigrationPlan",
    "administration_counts",
    "applicant_of",
    "audit_export",
    "audit_trail",
    "call",
    "can_publish_draft",
    "candidates",
    "check_plain",
    "decisions_made",
    "definition_bpmn",
    "delegations",
    "deputising",
    "design_rights",
    "diagram",
    "diagram_of",
    "draft_findings",
    "due_beginnings",
    "due_calls",
    "due_instances",
    "everywhere",
    "failed_background_jobs",
    "halt",
    "halts",
    "history",
    "holding",
    "inbox",
    "inbox_export",
    "inbox_summary",
    "migration",
    "migrations",
    "mine",
    "open_tasks",
    "plan_migration",
    "process_changes",
    "process_drafts",
    "process_page",
    "process_text",
    "process_versions",
    "published_bpmn",
    "saved_views",
    "standing_deliveries",
    "status",
    "suggestions",
    "task",
    "tasks_by_id",
    "versions",
    "waiting_by_office",
]  # fmt: skip
