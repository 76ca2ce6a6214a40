"""Reads of privacy: who looked, what was agreed to, what was objected to, and all of it to take along."""

from yiwang.commons.privacy.queries.accesses import access, access_choices, accesses_of, entered_since
from yiwang.commons.privacy.queries.consents import consent, consent_in_force, consents_of, withdrawals
from yiwang.commons.privacy.queries.exporting import export
from yiwang.commons.privacy.queries.objections import objection, objections, objections_of, open_objections
from yiwang.commons.privacy.queries.offering import consent_offer

__all__ = [
    "access",
    "access_choices",
    "accesses_of",
    "consent",
    "consent_in_force",
    "consent_offer",
    "consents_of",
    "entered_since",
    "export",
    "objection",
    "objections",
    "objections_of",
    "open_objections",
    "withdrawals",
]
