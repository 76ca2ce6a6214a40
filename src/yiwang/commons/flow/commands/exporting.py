"""Who took a copy of a list of tasks, by which conditions."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from yiwang.commons.flow import policies
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note

_INBOX = UUID(int=0)


@command("flow.export_inbox")
def note_inbox_export(*, conditions: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Kept in the audit trail before the list is written. Search words may be names, so only which conditions were set.

    Raises NotYourTask for whom has no desk.
    """
    del at
    policies.check_official(by)
    told = {name: value for name, value in conditions.items() if name != "q"}
    note(SubjectRef("inbox", _INBOX), conditions=told, searched="q" in conditions)
