"""Whose licences they are: those that came in by a code find their holder once somebody registers with it."""

from datetime import datetime

from yiwang.commons.identity import queries as identity
from yiwang.commons.licences.commands.writing import PROGRAM
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.commons.licences.models import HOLDER_CODE, Licence
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import command, note
from yiwang.kernel.fields import keyed_hashes


def holder_card(*, holder: Holder) -> tuple[str, str]:
    """Name and code (ID number, credit code) of a holder. Raises UnknownRecord."""
    if holder.kind is HolderKind.PERSON:
        person = identity.person(person_id=holder.id, viewer=PROGRAM)
        return person.name, person.id_number or ""
    entity = identity.entity(entity_id=holder.id, viewer=PROGRAM)
    return entity.name, entity.credit_code or ""


@command("licences.claim")
def claim(*, holder: Holder, by: Actor, at: datetime) -> int:
    """Give the holder the licences that bear its code and name and are nobody's yet; how many. Again changes nothing.

    One of another name stays nobody's: a code that was mistyped in an import shows nobody a stranger's licence.
    """
    del by, at
    name, code = holder_card(holder=holder)
    found = 0
    if code:
        mine = {"person_id": holder.id} if holder.kind is HolderKind.PERSON else {"legal_entity_id": holder.id}
        rows = Licence.objects.filter(
            holder_hash__in=keyed_hashes(code, HOLDER_CODE), holder_kind=holder.kind.value,
            holder_name=name, person__isnull=True, legal_entity__isnull=True,
        )  # fmt: skip
        found = rows.update(**mine)
    note(holder.subject, claimed=found)
    return found
