"""Writes of privacy: agree and take back, leave access entries, object and answer."""

from yiwang.commons.privacy.commands.consents import give_consent, withdraw_consent
from yiwang.commons.privacy.commands.entries import record_access
from yiwang.commons.privacy.commands.exporting import note_export
from yiwang.commons.privacy.commands.objections import answer_objection, raise_objection
from yiwang.commons.privacy.commands.reading import note_system_read

__all__ = [
    "answer_objection",
    "give_consent",
    "note_export",
    "note_system_read",
    "raise_objection",
    "record_access",
    "withdraw_consent",
]
