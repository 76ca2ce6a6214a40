"""How surely somebody is who they are: one's own standing, and the officials' queue of checks that wait."""

from dataclasses import replace
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from yiwang.commons.identity import rules
from yiwang.commons.identity.contracts import ACCOUNT, NotPermitted, UnknownRecord
from yiwang.commons.identity.contracts.real_names import (
    REAL_NAME_CHECK,
    Assurance,
    CheckDetail,
    CheckReason,
    CheckRow,
    CheckState,
    RealNameStanding,
)
from yiwang.commons.identity.models import (
    Account,
    Appointment,
    HeldGrant,
    Organisation,
    OrganisationAncestry,
    Person,
    RealNameCheck,
)
from yiwang.commons.identity.models.assurance import CLAIMED_NUMBER
from yiwang.commons.identity.models.person import ID_NUMBER
from yiwang.commons.identity.policies import period_covers_today, real_names
from yiwang.commons.identity.queries.holders import may_all
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.codes import mask_id_number, mask_mobile, mask_name
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.fields import keyed_hashes
from yiwang.kernel.models import AuditEntry
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
        last=_own(last) if last else None,
    )


def own_check(*, check_id: UUID, viewer: Actor) -> CheckRow:
    """One of the viewer's own checks. Raises UnknownRecord."""
    row = RealNameCheck.objects.filter(pk=check_id, account_id=viewer.account_id).first()
    if row is None:
        raise UnknownRecord(kind=REAL_NAME_CHECK)
    return _own(row)


def _own(row: RealNameCheck) -> CheckRow:
    """For its owner: whether the number is in no register or is another person's here is one answer."""
    found = _row(row)
    return replace(found, reason=CheckReason.NOT_FOUND) if found.reason is CheckReason.KNOWN_PERSON else found


def waiting_checks(*, viewer: Actor, cursor: str | None = None, size: int = 20) -> Page[CheckRow]:
    """The checks that wait for an official, the oldest first, names and numbers masked. Raises NotPermitted."""
    real_names.check_review(viewer)
    rows = _waiting()
    return paginate(rows, order=("asked_at", "id"), cursor=cursor, size=size).map(_masked)


def count_waiting(*, viewer: Actor) -> int:
    """How many wait, for the menu; at most 100 are counted. None for who may not decide."""
    if not real_names.can_review(viewer):
        return 0
    return int(_waiting()[:100].count())


def _waiting() -> "QuerySet[RealNameCheck]":
    """Those of a closed account wait for nobody until it opens again."""
    found: QuerySet[RealNameCheck] = RealNameCheck.objects.filter(
        state=CheckState.WAITING.value, account__is_active=True
    )
    return found


def waiting_check_of(*, account_id: UUID, viewer: Actor) -> UUID | None:
    """The check of an account that waits for an official. For the program alone. Raises NotPermitted."""
    _check_program(viewer)
    rows = RealNameCheck.objects.filter(state=CheckState.WAITING.value, account_id=account_id)
    found: UUID | None = rows.values_list("pk", flat=True).first()
    return found


def reviewing_office(*, check_id: UUID, action: str, viewer: Actor) -> UUID | None:
    """Where a waiting check belongs: the office nearest to where the account's person lives (a street, a district's hall)
    in which somebody may decide and also holds `action`; without a region that of the whole territory.

    Where no such office is, the territory's administration, if somebody may do both there; else None. For the program
    alone. Raises NotPermitted.
    """
    _check_program(viewer)
    lives = _waiting().filter(pk=check_id).values_list("account__person__region_id").first()
    if lives is None:
        return None
    top = Organisation.objects.filter(territorial_parent__isnull=True).order_by("position", "code").first()
    region_id = lives[0] or (top.region_id if top else None)
    seats = Appointment.objects.filter(
        period_covers_today(), Exists(_seat(real_names.REVIEW)), Exists(_seat(action)), account__is_active=True
    )
    covers = "jurisdictions__region__below__"
    rows = Organisation.objects.filter(
        Q(**{f"{covers}descendant_id": region_id}), pk__in=seats.values("organisation_id")
    )
    found: UUID | None = rows.order_by(F(f"{covers}distance"), "position", "code").values_list("pk", flat=True).first()
    if found is None and top is not None and may_all((real_names.REVIEW, action), organisation_id=top.pk):
        return UUID(str(top.pk))
    return found


def _seat(action: str) -> "QuerySet[HeldGrant]":
    """Grants of an appointment's account, used in that office, that reach the office itself."""
    today = clock.today()
    reached = OrganisationAncestry.objects.filter(
        tree=OuterRef("tree"),
        ancestor_id=OuterRef("organisation_id"),
        descendant_id=OuterRef(OuterRef("organisation_id")),
    )
    found: QuerySet[HeldGrant] = HeldGrant.objects.filter(
        Q(office_id=OuterRef("organisation_id")) | Q(office_id__isnull=True),
        Q(valid_to__gte=today) | Q(valid_to__isnull=True),
        Exists(reached),
        account_id=OuterRef("account_id"),
        valid_from__lte=today,
        action__in=rules.covering(action, "."),
        scope=rules.ANY,
    )
    return found


def _check_program(viewer: Actor) -> None:
    if not viewer.is_system:
        raise NotPermitted


def check_detail(*, check_id: UUID, viewer: Actor) -> CheckDetail:
    """A check in full, for who may decide on it. Raises NotPermitted, UnknownRecord."""
    real_names.check_review(viewer)
    row = RealNameCheck.objects.select_related("account__person", "decided_by").filter(pk=check_id).first()
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
        decided_by=_name_of(row.decided_by_id),
        absent=_name_of(_in_place_of(row)),
    )


def _in_place_of(row: RealNameCheck) -> UUID | None:
    """For whom the deputy stood in who decided, as the audit has it."""
    if row.decided_by_id is None:
        return None
    done = AuditEntry.objects.filter(
        subject_kind=REAL_NAME_CHECK,
        subject_id=row.pk,
        account_id=row.decided_by_id,
        outcome=AuditEntry.Outcome.DONE,
        command="identity.decide_real_name",
        on_behalf_kind=ACCOUNT,
    )
    found: UUID | None = done.values_list("on_behalf_id", flat=True).first()
    return found


def _name_of(account_id: UUID | None) -> str:
    found = (
        Account.objects.filter(pk=account_id).values_list("person__name", "username").first() if account_id else None
    )
    return (found[0] or found[1]) if found else ""


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
