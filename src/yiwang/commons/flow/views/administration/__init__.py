"""Pages for who looks after the installation: failed background work, the legal calendar, the audit trail."""

from yiwang.commons.flow.views.administration.audit import audit, audit_export
from yiwang.commons.flow.views.administration.background import deliveries, jobs
from yiwang.commons.flow.views.administration.calendar import announce, calendar

__all__ = ["announce", "audit", "audit_export", "calendar", "deliveries", "jobs"]
