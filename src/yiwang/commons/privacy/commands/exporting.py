"""That somebody took their own data along (PIPL art. 45)."""

from datetime import datetime

from yiwang.commons.privacy import policies
from yiwang.commons.privacy.contracts import MayNotConsent
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note


@command("privacy.note_export")
def note_export(*, by: Actor, at: datetime) -> None:
    """Audit an export before it begins. Raises MayNotConsent where the viewer has no data of their own here."""
    del at
    whose = policies.holder(by)
    if whose is None:
        raise MayNotConsent
    note(whose)
