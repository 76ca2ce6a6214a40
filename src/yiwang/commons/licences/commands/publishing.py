"""The key that signs the list of licences that ended."""

from datetime import datetime

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import Purpose
from yiwang.commons.licences.commands.writing import PROGRAM
from yiwang.commons.licences.queries.verdicts import APPLICATION, STATUS_KEY
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note


@command("licences.make_status_key")
def make_status_key(*, by: Actor, at: datetime) -> bool:
    """Make the key where there is none; whether one was made. A second call changes nothing."""
    del by
    there = pool.key_id_of(name=STATUS_KEY)
    made = there or crypto.create_key(
        name=STATUS_KEY, owner="电子证照", purpose=Purpose.SIGNING, application=APPLICATION, by=PROGRAM, at=at
    )
    note(SubjectRef("key", made), made=there is None)
    return there is None
