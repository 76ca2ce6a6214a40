"""Pages for who looks after the installation: failed background work, versions of processes, the legal calendar, the audit trail."""

from yiwang.commons.flow.views.administration.audit import audit, audit_export
from yiwang.commons.flow.views.administration.background import deliveries, jobs
from yiwang.commons.flow.views.administration.calendar import announce, calendar
from yiwang.commons.flow.views.administration.versions import migration, versions

__all__ = ["announce", "audit", "audit_export", "calendar", "deliveries", "jobs", "migration", "versions"]
