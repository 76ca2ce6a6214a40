"""How surely somebody is who they are: one's own standing, and the officials' queue of checks that wait."""

from uuid import UUID

from yiwang.commons.identity.contracts import UnknownRecord
from yiwang.commons.identity.contracts.real_names import (
    REAL_NAME_CHECK,
    Assurance,
    CheckDetail,
    CheckReason,
    CheckRow,
    CheckState,
    RealNameStanding,
)
from yiwang.commons.identity.models import Account, Person, RealNameCheck
from yiwang.commons.identity.models.assurance import CLAIMED_NUMBER
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.policies import real_names
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import mask_id_number, mask_mobile, mask_name
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.paging import Page, paginate


def real_name_standing(*, viewer: Actor) -> RealNameStanding:
    """The viewer's own level, name, masked number and last check. Two queries. Raises Unauthenticated."""
    account = None
    if viewer.account_id is not None:
        account = Account.objects.select_related("person").filter(pk=viewer.account_id).first()
    if account is None:
        raise Unauthenticated
    last = RealNameCheck.objects.filter(account=account).order_by("-asked_at", "-id").first()
    person = account.person
    return RealNameStanding(
        level=Assurance(account.assurance),
        name=person.name if person else "",
        masked_number=mask_id_number(person.id_number) if person and person.id_number else "",
        last=_row(last) if last else None,
    )


def own_check(*, check_id: UUID, viewer: Actor) -> CheckRow:
    """One of the viewer's own checks. Raises UnknownRecord."""
    row = RealNameCheck.objects.filter(pk=check_id, account_id=viewer.account_id).first()
    if row is None:
        raise UnknownRecord(kind=REAL_NAME_CHECK)
    return _row(row)


def waiting_checks(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[CheckRow]:
    """The checks that wait for an official, the oldest first, names and numbers masked. Raises NotPermitted."""
    real_names.check_review(viewer)
    rows = RealNameCheck.objects.filter(state=CheckState.WAITING.value)
    return paginate(rows, order=("asked_at", "id"), cursor=cursor, size=size).map(_masked)


def count_waiting(*, viewer: Actor) -> int:
    """How many wait, for the menu; at most 100 are counted. None for who may not decide."""
    if not real_names.can_review(viewer):
        return 0
    return int(RealNameCheck.objects.filter(state=CheckState.WAITING.value)[:100].count())


def check_detail(*, check_id: UUID, viewer: Actor) -> CheckDetail:
    """A check in full, for who may decide on it. Raises NotPermitted, UnknownRecord."""
    real_names.check_review(viewer)
    row = RealNameCheck.objects.select_related("account__person").filter(pk=check_id).first()
    if row is None:
        raise UnknownRecord(kind=REAL_NAME_CHECK)
    person = row.account.person
    bearer = Person.objects.filter(id_number_hash__in=keyed_hashes(row.id_number, ID_NUMBER)).first()
    hashes = keyed_hashes(row.id_number, CLAIMED_NUMBER)
    return CheckDetail(
        row=_row(row, name=row.name),
        id_number=row.id_number,
        mobile=mask_mobile(person.mobile) if person and person.mobile else "",
        known_as=bearer.name if bearer else "",
        own=bearer is not None and person is not None and bearer.pk == person.pk,
        tries=RealNameCheck.objects.filter(id_number_hash__in=hashes).count(),
    )


def _masked(row: RealNameCheck) -> CheckRow:
    return _row(row, name=mask_name(row.name))


def _row(row: RealNameCheck, name: str = "") -> CheckRow:
    return CheckRow(
        id=row.pk,
        name=name or row.name,
        masked_number=mask_id_number(row.id_number),
        method=row.method,
        state=CheckState(row.state),
        reason=CheckReason(row.reason),
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        words=row.words,
    )
