"""A real name that waits for an official is a task in the inbox of the office nearest to where the person lives."""

import pytest
from django.urls import reverse

from yiwang.commons.flow import adapters, commands, queries
from yiwang.commons.flow.commands.reviews import REVIEW_PROCESS
from yiwang.commons.flow.contracts import OwnedElsewhere
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, start, user
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.flow.tests.factories import SYSTEM, publish
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity.commands import assurance, joiners
from yiwang.commons.identity.contracts import InvalidIdentity, OrganisationKind
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.contracts.real_names import CheckState
from yiwang.commons.identity.queries import assurance as checks
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.outbox import relay

pytestmark = pytest.mark.django_db

BOTH = ("flow.work", "identity.review")


@pytest.fixture(autouse=True)
def connected(monkeypatch):
    """No register answers, so every claim waits."""
    monkeypatch.setattr(ports, "_provided", ports._Provided())
    adapters.connect()


@pytest.fixture
def published():
    task = user("review", '<zeebe:assignmentDefinition candidateGroups="clerk"/>')
    publish(bpmn(start(), task, end(), chain("start", "review", "end"), process_id=REVIEW_PROCESS))


@pytest.fixture
def town(published):
    """The clerks of the city's hall and of one district's, by the code of their region."""
    make.make_organisation("top", name="样例市政府", kind=OrganisationKind.GOVERNMENT, line="government")
    city = make.make_organisation("city-hall", parent="top")
    district = make.make_organisation("district-hall", region="320402", parent="top")
    return {"320400": clerk(city), "320402": clerk(district)}


def clerk(organisation, *grants):
    return make.make_official(organisation, grants=grants or BOTH).actor


def claimed(region=None, name="样例甲"):
    """The account of somebody whose check waits."""
    regions = make.make_regions()
    person = identity.register_person(
        name=name, region_id=regions[region] if region else None, sample=True, by=SYSTEM, at=clock.now()
    )
    made = make.make_resident(person_id=person)
    number = synthetic_id_number(
        division_code="320402", birth_date=clock.today().replace(year=1980), sex=make.Sex.FEMALE
    )
    assurance.check_real_name(name=name, id_number=number, by=made.actor, at=clock.now())
    return made


def check_of(made):
    return checks.waiting_check_of(account_id=made.account_id, viewer=SYSTEM)


def seen_by(actor):
    return [row.title for row in queries.inbox(viewer=actor).items]


def status(check_id):
    return ProcessInstance.objects.get(subject_id=check_id).status


def test_it_goes_to_the_hall_of_the_persons_district_and_else_to_the_city(town):
    today = clock.today().isoformat()
    claimed("320402001")
    assert (seen_by(town["320402"]), seen_by(town["320400"])) == ([f"实名核对 {today}"], [])
    claimed("320404001", name="样例乙")
    claimed(name="样例丙")
    assert len(seen_by(town["320400"])) == 2
    assert len(seen_by(town["320402"])) == 1


def test_the_row_names_nobody_and_no_number(town):
    made = claimed("320402001")
    row = queries.inbox(viewer=town["320402"]).items[0]
    assert "样例甲" not in repr(row)
    instance = ProcessInstance.objects.get(subject_id=check_of(made))
    assert (instance.applicant_person_id, instance.variables) == (None, {})


def test_the_task_opens_where_identity_decides(town, client):
    made = claimed("320402001")
    task = Task.objects.get()
    make.login(client, town["320402"].account_id)
    led = client.get(reverse("flow:task", args=[task.pk]))
    assert led.url == reverse("real:decide", args=[check_of(made)])
    assert client.get(led.url).status_code == 200
    with pytest.raises(OwnedElsewhere):
        queries.check_plain(task_id=task.pk, viewer=town["320402"])


def test_who_may_not_decide_learns_nothing_from_the_task(town, client):
    claimed("320402001")
    other = clerk(town["320402"].organisation_id, "flow.work")
    assert len(seen_by(other)) == 1
    make.login(client, other.account_id)
    led = client.get(reverse("flow:task", args=[Task.objects.get().pk]))
    assert client.get(led.url).status_code == 403


def test_deciding_completes_the_task_of_who_decides(town):
    made = claimed("320402001")
    check, by = check_of(made), town["320402"]
    commands.claim(task_id=Task.objects.get().pk, by=by, at=clock.now())
    assurance.decide_check(check_id=check, passed=True, by=by, at=clock.now())
    task = Task.objects.get()
    assert (task.status, task.completed_by_id) == ("done", by.account_id)
    assert status(check) == "completed"


def test_a_decision_that_fails_leaves_the_task(town):
    made = claimed("320402001")
    with pytest.raises(InvalidIdentity):
        assurance.decide_check(check_id=check_of(made), passed=False, by=town["320402"], at=clock.now())
    assert Task.objects.get().status == "open"


def test_decided_by_somebody_whose_task_it_is_not_it_is_cancelled(town):
    made = claimed("320402001")
    check = check_of(made)
    assurance.decide_check(check_id=check, passed=True, by=town["320400"], at=clock.now())
    task = Task.objects.get()
    assert (task.status, task.completed_by_id, status(check)) == ("cancelled", None, "cancelled")


def test_a_closed_account_takes_its_task_away_and_brings_it_back(town):
    hall = town["320402"].organisation_id
    made = make.make_official(hall, name="样例乙")
    number = make.person_row(made.person_id).id_number
    assurance.check_real_name(name="样例乙", id_number=number, by=made.actor, at=clock.now())
    check = check_of(made)
    joiners.leave(account_id=made.account_id, ground=LeaveGround.OTHER, by=SYSTEM, at=clock.now())
    relay()
    assert (Task.objects.get().status, status(check)) == ("cancelled", "cancelled")
    assert checks.waiting_checks(viewer=town["320402"]).items == ()
    assert commands.open_review(check_id=check, by=SYSTEM, at=clock.now()) is None
    joiners.reinstate(account_id=made.account_id, organisation_id=hall, role="clerk", by=SYSTEM, at=clock.now())
    relay()
    assert Task.objects.filter(status="open").count() == 1
    assert len(checks.waiting_checks(viewer=town["320402"]).items) == 1


def test_opening_twice_is_opening_once(town):
    check = check_of(claimed("320402001"))
    first = ProcessInstance.objects.get().pk
    assert commands.open_review(check_id=check, by=SYSTEM, at=clock.now()) == first
    assert Task.objects.count() == 1


def test_without_the_process_a_check_stays_on_identitys_page():
    hall = make.make_organisation("city-hall")
    made = claimed()
    assert ProcessInstance.objects.count() == 0
    assurance.decide_check(check_id=check_of(made), passed=True, by=clerk(hall), at=clock.now())
    assert checks.real_name_standing(viewer=made.actor).last.state is CheckState.PASSED


def test_without_anybody_who_could_see_it_there_is_no_task(published):
    hall = make.make_organisation("city-hall")
    clerk(hall, "flow.work")
    clerk(hall, "identity.review")
    claimed()
    assert Task.objects.count() == 0


def test_where_no_hall_has_reviewers_the_citys_administration_has_it(published):
    top = make.make_organisation("top", kind=OrganisationKind.GOVERNMENT)
    elsewhere = make.make_organisation("desk", kind=OrganisationKind.OFFICE, parent="top")
    grants = [make.Grants(action, organisation_id=top) for action in BOTH]
    reviewer = make.make_official(elsewhere, grants=grants).actor
    claimed("320404001")
    assert Task.objects.get().organisation_id == top
    assert len(seen_by(reviewer)) == 1
