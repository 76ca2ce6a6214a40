"""Officials who look at somebody's licence: its holder reads it in 谁看过我的信息, whichever page or file they opened."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from yiwang.commons.licences import policies
from yiwang.commons.licences.commands.using import data_of
from yiwang.commons.licences.commands.writing import PROGRAM
from yiwang.commons.licences.contracts import LICENCE, VIEW, LicenceNotFound
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.queries.types import newest, version_spec
from yiwang.commons.privacy import commands as privacy
from yiwang.commons.privacy import queries as entries
from yiwang.commons.privacy.contracts import AccessWay, NewAccess
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.kernel.text import gettext_noop as _

VIEWED: Final = "licence_viewed"
"""The purpose, registered with privacy, for which officials open a licence."""
ONE_LOOK: Final = timedelta(minutes=10)
"""A page with its picture, opened and turned over, is one look."""
_MANAGES: Final = _("颁发和管理这种证照的职责")
_HANDLES: Final = _("办理这件事的职责")


@command("licences.note_look")
def note_look(*, licence_id: UUID, way: AccessWay = AccessWay.VIEWED, by: Actor, at: datetime) -> None:
    """Enter that an official opened a licence (VIEWED) or one of its files (DOWNLOADED); of others nothing is entered.

    Raises LicenceNotFound where `by` may not see it.
    """
    row = Licence.objects.select_related("type").filter(pk=licence_id).defer("holder_code", "holder_hash").first()
    if row is None:
        raise LicenceNotFound
    policies.check_see(by, row)
    holder = policies.holder_of(row)
    subject = SubjectRef(LICENCE, licence_id)
    if not by.is_official or holder is None:
        note(subject, entered=False)
        return
    known = entries.entered_since(
        holder=holder.subject, data=data_of(row), way=way, account_id=by.account_id, since=at - ONE_LOOK, viewer=PROGRAM
    )
    if not known:
        privacy.record_access(entries=[_entry(row, holder.subject, way, by)], by=by, at=at)
    note(subject, entered=not known)


def _entry(row: Licence, holder: SubjectRef, way: AccessWay, by: Actor) -> NewAccess:
    """In the line of managing licences, else for the case whose result it is."""
    manages = policies.granted(by, VIEW, organisation_id=row.organisation_id, type_key=row.type.key)
    basis = version_spec(row=newest(key=row.type.key)).basis
    case = SubjectRef(row.subject_kind, row.subject_id) if row.subject_id and not manages else None
    ground = (basis or _MANAGES) if manages else _HANDLES
    return NewAccess(holder=holder, data=data_of(row), purpose=VIEWED, way=way, ground=ground[:200], case=case)
