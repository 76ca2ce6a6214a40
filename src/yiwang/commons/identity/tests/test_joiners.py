"""Joiners, movers, leavers: what an administrator may do, and that it holds at once."""

from datetime import date

import pytest

from yiwang.commons.identity import queries
from yiwang.commons.identity.commands import joiners
from yiwang.commons.identity.contracts import (
    AccountDeactivated,
    InvalidIdentity,
    NotPermitted,
    OrganisationKind,
    TooManyAttempts,
    UnknownRecord,
    UsernameTaken,
)
from yiwang.commons.identity.contracts.people import LeaveGround, LinkSpent, NotAdmitted, NotInReach, OfficialExists
from yiwang.commons.identity.models import Account, Appointment, Grant, HeldGrant, LoginSession
from yiwang.commons.identity.queries import accounts_admin, links
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """A bureau with an office inside, another bureau, and an administrator of the first."""
    bureau = make.make_organisation("bureau", name="样例局")
    desk = make.make_organisation("desk", name="样例科", parent="bureau", kind=OrganisationKind.OFFICE)
    other = make.make_organisation("other", name="样例他局")
    make.make_role("reviewer", "审核人员")
    admin = make.make_official(
        bureau, role="administrator", grants=["identity.manage_accounts", "identity.appoint"], name="样例管理员"
    )
    return {"bureau": bureau, "desk": desk, "other": other, "admin": admin.actor}


def join(house, **changed):
    make.make_role()
    given = {
        "name": "样例新人", "username": "newcomer", "organisation_id": house["desk"], "role": "clerk",
        "by": house["admin"], "at": clock.now(), **changed,
    }  # fmt: skip
    return joiners.join(**given)


def test_a_joiner_gets_an_account_an_office_and_a_link_that_works_once(house):
    made = join(house)
    token = joiners.access_link(account_id=made, by=house["admin"], at=clock.now())
    assert links.link_username(token=token, at=clock.now(), viewer=make.SYSTEM) == "newcomer"
    joiners.redeem_link(token=token, password=make.PASSWORD, by=make.SYSTEM, at=clock.now())
    assert Account.objects.get(pk=made).check_password(make.PASSWORD)
    with pytest.raises(LinkSpent):
        joiners.redeem_link(token=token, password="Other-sample-2027", by=make.SYSTEM, at=clock.now())
    assert EvidenceRow.objects.filter(kind="identity.joined").count() == 1


def test_a_link_is_void_when_too_old_changed_replaced_or_when_the_account_is_closed(house):
    made = join(house)
    first = joiners.access_link(account_id=made, by=house["admin"], at=clock.now())
    second = joiners.access_link(account_id=made, by=house["admin"], at=clock.now())
    late = clock.now() + links.LASTS * 1.01
    for token, at in ((first, clock.now()), (second + "x", clock.now()), (second, late), ("", clock.now())):
        with pytest.raises(LinkSpent):
            joiners.redeem_link(token=token, password=make.PASSWORD, by=make.SYSTEM, at=at)
    with pytest.raises(InvalidIdentity):
        joiners.redeem_link(token=second, password="12345", by=make.SYSTEM, at=clock.now())
    joiners.leave(account_id=made, ground=LeaveGround.OTHER, by=house["admin"], at=clock.now())
    with pytest.raises(LinkSpent):
        joiners.redeem_link(token=second, password=make.PASSWORD, by=make.SYSTEM, at=clock.now())


def test_a_person_known_by_number_is_taken_as_registered_and_gets_one_account_only(house):
    number = synthetic_id_number(division_code="320402", birth_date=date(1991, 2, 3), sex="2")
    person = make.make_person("样例新人", id_number=number)
    with pytest.raises(NotAdmitted):
        join(house, name="样例别人", id_number=number)
    made = join(house, id_number=number.lower())
    assert Account.objects.get(pk=made).person_id == person
    with pytest.raises(OfficialExists):
        join(house, id_number=number, username="second")
    with pytest.raises(InvalidIdentity):  # an account in reach is no secret
        join(house, name="样例别人", id_number=number, username="second")


def test_of_people_outside_an_administrator_hears_one_answer_and_that_ten_times_a_day(house):
    resident = make.person_row(make.make_person("样例居民"))
    official = make.person_row(make.make_official(house["other"], name="样例外人").person_id)
    said = set()
    for person, name in ((resident, "样例假名"), (official, "样例假名"), (official, "样例外人")):
        with pytest.raises(NotAdmitted) as refused:
            join(house, name=name, id_number=person.id_number)
        said.add((refused.value.sentence(), refused.value.advice()))
    assert len(said) == 1
    for _each in range(7):
        with pytest.raises(NotAdmitted):
            join(house, name="样例假名", id_number=resident.id_number)
    for number in (
        resident.id_number,
        synthetic_id_number(division_code="320402", birth_date=date(1992, 2, 3), sex="2"),
    ):
        with pytest.raises(TooManyAttempts):
            join(house, name="样例假名", id_number=number)
    join(house, username="without.number")


def test_an_administrator_admits_within_reach_only(house):
    with pytest.raises(NotPermitted):
        join(house, organisation_id=house["other"])
    with pytest.raises(UsernameTaken):
        join(house, username=make.make_resident(username="taken").username)
    with pytest.raises(UnknownRecord):
        join(house, role="nothing")
    assert not Account.objects.filter(username="newcomer").exists()


def test_a_leaver_loses_every_office_right_and_the_way_in_at_once(house, client):
    leaver = make.make_official(house["desk"], grants=["cases.view"], username="leaver", password=make.PASSWORD)
    make.login(client, leaver.account_id)
    assert client.get("/api/v1/me").json()["office"]["organisation"] == "样例科"
    joiners.leave(account_id=leaver.account_id, ground=LeaveGround.RETIRED, by=house["admin"], at=clock.now())
    assert client.get("/api/v1/me").status_code == 401
    assert not HeldGrant.objects.filter(account_id=leaver.account_id, valid_to__isnull=True).exists()
    assert not queries.holds(leaver.actor, "cases.view")
    row = Account.objects.get(pk=leaver.account_id)
    assert (row.is_active, row.has_usable_password()) == (False, False)
    told = set(OutboxEvent.objects.filter(aggregate_id=leaver.account_id).values_list("type", flat=True))
    assert {f"commons.identity.{name}" for name in ("AccountDeactivated", "AppointmentEnded", "AccessEnded")} <= told
    again = OutboxEvent.objects.filter(type__endswith=AccountDeactivated.__name__).count()
    joiners.leave(account_id=leaver.account_id, ground=LeaveGround.RETIRED, by=house["admin"], at=clock.now())
    assert OutboxEvent.objects.filter(type__endswith=AccountDeactivated.__name__).count() == again


def test_a_leaver_comes_back_without_the_rights_of_before(house):
    leaver = make.make_official(house["desk"], grants=["cases.view"])
    joiners.leave(account_id=leaver.account_id, ground=LeaveGround.OTHER, by=house["admin"], at=clock.now())
    joiners.reinstate(
        account_id=leaver.account_id,
        organisation_id=house["bureau"],
        role="reviewer",
        by=house["admin"],
        at=clock.now(),
    )
    page = accounts_admin.official_page(account_id=leaver.account_id, viewer=house["admin"])
    assert [office.role for office in page.row.offices] == ["reviewer"]
    assert page.rights == ()
    assert not page.row.ready


def test_a_mover_keeps_nothing_of_the_former_office(house):
    mover = make.make_official(house["desk"], grants=["cases.view"])
    held = Appointment.objects.get(account_id=mover.account_id)
    joiners.move(
        appointment_id=held.pk, organisation_id=house["bureau"], role="reviewer", by=house["admin"], at=clock.now()
    )
    assert not queries.holds(mover.actor, "cases.view")
    assert not Grant.objects.filter(account_id=mover.account_id, valid_to__isnull=True).exists()
    now = accounts_admin.official_page(account_id=mover.account_id, viewer=house["admin"]).row.offices
    assert [(office.organisation.name, office.role) for office in now] == [("样例局", "reviewer")]
    with pytest.raises(NotPermitted):
        joiners.move(
            appointment_id=now[0].appointment_id, organisation_id=house["other"], role="clerk", by=house["admin"],
            at=clock.now(),
        )  # fmt: skip
    assert Appointment.objects.get(pk=now[0].appointment_id).valid_to is None, "a refusal takes all of it back"


def test_nobody_administers_an_account_with_more_than_they_reach_nor_their_own(house):
    stronger = make.make_official(house["desk"], grants=[make.Grants("cases.view", organisation_id=house["other"])])
    elsewhere = make.make_official(house["other"])
    resident = make.make_resident()
    for account_id in (stronger.account_id, elsewhere.account_id, resident.account_id, house["admin"].account_id):
        for step in (
            lambda found: joiners.access_link(account_id=found, by=house["admin"], at=clock.now()),
            lambda found: joiners.leave(account_id=found, ground=LeaveGround.OTHER, by=house["admin"], at=clock.now()),
        ):
            with pytest.raises(NotInReach):
                step(account_id)
    clerk = make.make_official(house["desk"])
    with pytest.raises(NotInReach):
        joiners.access_link(account_id=stronger.account_id, by=clerk.actor, at=clock.now())


@pytest.mark.parametrize("step", ["reset", "move", "leave"])
def test_a_log_in_ends_with_the_step_and_the_record_of_it_says_so(house, client, step):
    one = make.make_official(house["desk"], username="careless", password=make.PASSWORD)
    client.post("/account/login/", {"login": "careless", "password": make.PASSWORD})
    assert client.get("/api/v1/me").status_code == 200
    by, at = house["admin"], clock.now()
    held = Appointment.objects.get(account_id=one.account_id)
    if step == "reset":
        joiners.access_link(account_id=one.account_id, by=by, at=at)
    elif step == "move":
        joiners.move(appointment_id=held.pk, organisation_id=house["bureau"], role="reviewer", by=by, at=at)
    else:
        joiners.leave(account_id=one.account_id, ground=LeaveGround.OTHER, by=by, at=at)
    assert client.get("/api/v1/me").status_code == 401
    ended = LoginSession.objects.get(account_id=one.account_id)
    assert ended.ended_at is not None


def test_commands_leave_no_name_in_audit_or_evidence(house):
    made = join(
        house,
        id_number=synthetic_id_number(division_code="320402", birth_date=date(1991, 2, 3), sex="2"),
    )
    joiners.leave(account_id=made, ground=LeaveGround.OTHER, by=house["admin"], at=clock.now())
    told = str(list(AuditEntry.objects.values_list("details", flat=True)))
    told += str(list(EvidenceRow.objects.values_list("statement", flat=True)))
    assert "样例新人" not in told
    assert "newcomer" not in told
