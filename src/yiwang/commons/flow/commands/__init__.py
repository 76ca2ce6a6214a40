"""Flow's writes. A context starts a process, moves its tasks and hears of the end by `contracts.InstanceEnded`."""

from yiwang.commons.flow.commands.administration import (
    announce_year,
    dismiss_jobs,
    note_audit_export,
    retry_deliveries,
    retry_jobs,
)
from yiwang.commons.flow.commands.batches import claim_many, hand_over, release_many, take_back
from yiwang.commons.flow.commands.delegations import delegate, revoke_delegation, stand_in
from yiwang.commons.flow.commands.drafting import (
    begin_draft,
    begin_process,
    discard_draft,
    publish_draft,
    save_draft,
)
from yiwang.commons.flow.commands.exporting import note_inbox_export
from yiwang.commons.flow.commands.leaving import return_tasks
from yiwang.commons.flow.commands.locking import lock_process
from yiwang.commons.flow.commands.messages import (
    begin_due,
    broadcast_signal,
    correlate,
    deliver_message,
    deliver_signal,
    forget_messages,
)
from yiwang.commons.flow.commands.migrating import migrate_batch, migrate_instances
from yiwang.commons.flow.commands.publishing import publish_definition
from yiwang.commons.flow.commands.remote import complete_remote, fail_remote, give_up_remote
from yiwang.commons.flow.commands.rescheduling import reckon_tasks, reschedule
from yiwang.commons.flow.commands.reviews import close_review, open_review
from yiwang.commons.flow.commands.running import cancel, fire_timers, retry_halted, start
from yiwang.commons.flow.commands.saved_views import change_view, drop_view, save_view
from yiwang.commons.flow.commands.tasks import claim, complete_task, reassign, release

__all__ = [
    "announce_year",
    "begin_draft",
    "begin_due",
    "begin_process",
    "broadcast_signal",
    "cancel",
    "change_view",
    "claim",
    "claim_many",
    "close_review",
    "complete_remote",
    "complete_task",
    "correlate",
    "delegate",
    "deliver_message",
    "deliver_signal",
    "discard_draft",
    "dismiss_jobs",
    "drop_view",
    "fail_remote",
    "fire_timers",
    "forget_messages",
    "give_up_remote",
    "hand_over",
    "lock_process",
    "migrate_batch",
    "migrate_instances",
    "note_audit_export",
    "note_inbox_export",
    "open_review",
    "publish_definition",
    "publish_draft",
    "reassign",
    "reckon_tasks",
    "release",
    "release_many",
    "reschedule",
    "retry_deliveries",
    "retry_halted",
    "retry_jobs",
    "return_tasks",
    "revoke_delegation",
    "save_draft",
    "save_view",
    "stand_in",
    "start",
    "take_back",
]  # fmt: skip
