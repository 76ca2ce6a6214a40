"""The words of flow: actions of grants, states, kinds."""

from enum import StrEnum

WORK = "flow.work"
"""Action of grants: see, claim and complete tasks in reach."""

ASSIGN = "flow.assign"
"""Action of grants: give a task in reach to somebody else."""

ADMINISTER = "flow.administer"
"""Action of grants: see halted instances, try again, cancel."""

DESIGN = "flow.design"
"""Action of grants: draft new versions of processes; whoever wrote in a draft never publishes it."""

AUDIT = "audit.view"
"""Action of grants: read the audit trail; the acts of the offices in reach, over the whole territory those of everybody."""

CALENDAR = "calendar.announce"
"""Action of grants: announce the holidays of a year; over the whole territory only."""

ANY_SCOPE = "process:any"
"""Scope key of a task whose subject has none of its own."""


class InstanceStatus(StrEnum):
    RUNNING = "running"
    HALTED = "halted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"


class CallStatus(StrEnum):
    """Of a remote operation: FAILED waits for an administrator."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class HistoryKind(StrEnum):
    STARTED = "started"
    ENTERED = "entered"
    PASSED = "passed"
    TAKEN_AWAY = "taken_away"
    CLAIMED = "claimed"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    COMPLETED = "completed"
    DECIDED = "decided"
    OPERATED = "operated"
    CALLED = "called"
    HALTED = "halted"
    RETRIED = "retried"
    MIGRATED = "migrated"
    ENDED = "ended"
    CANCELLED = "cancelled"


class InboxView(StrEnum):
    """The views of the inbox. ALL is everything in reach that is not done."""

    ALL = "all"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    TODAY = "today"
    OVERDUE = "overdue"


class DraftState(StrEnum):
    """Where the draft of a process stands; published and discarded ones do not move any more."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class Urgency(StrEnum):
    """How the inbox groups tasks by due date."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    NONE = "none"
