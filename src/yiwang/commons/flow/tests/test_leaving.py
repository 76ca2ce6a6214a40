"""Who leaves an office leaves no task behind that nobody else can take."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands
from yiwang.commons.flow.contracts import HistoryKind, NotYourTask
from yiwang.commons.flow.models import HistoryEntry, Task
from yiwang.commons.flow.tasks import return_what_was_left
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.flow.tests.test_commands import LINE
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity import queries
from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident, make_role
from yiwang.kernel import clock
from yiwang.kernel.outbox import relay

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """(organisation, an official there, one more)."""
    organisation, leaver = office()
    publish(LINE)
    return organisation, leaver, make_official(organisation, grants=["flow.work"]).actor


def held_by(actor, organisation, **options):
    task = Task.objects.get(instance_id=start(organisation_id=organisation, **options))
    commands.claim(task_id=task.pk, by=actor, at=clock.now())
    return task


def end(actor, organisation):
    held = queries.offices(viewer=actor)
    ended = next(each.appointment_id for each in held if each.organisation.id == organisation)
    identity.end_appointment(appointment_id=ended, by=SYSTEM, at=clock.now())
    relay()


def holder(task):
    row = Task.objects.get(pk=task.pk)
    return row.status, row.assignee_id


def test_what_a_leaver_held_waits_for_all_again_and_the_history_says_so(desk, client):
    organisation, leaver, colleague = desk
    task, kept = held_by(leaver, organisation), held_by(colleague, organisation)
    end(leaver, organisation)
    assert holder(task) == ("open", None)
    assert holder(kept) == ("claimed", colleague.account_id)
    line = HistoryEntry.objects.get(instance_id=task.instance_id, kind=HistoryKind.RELEASED.value)
    assert (line.details, line.account_id) == ({"task": str(task.pk), "left": str(leaver.account_id)}, None)
    login(client, colleague.account_id)
    assert "离开了岗位" in client.get(reverse("flow:task", args=[task.pk])).content.decode()
    commands.claim(task_id=task.pk, by=colleague, at=clock.now())
    commands.complete_task(task_id=task.pk, by=colleague, at=clock.now())
    assert holder(task)[0] == "done"


def test_what_another_office_of_theirs_reaches_stays_with_them(desk):
    organisation, leaver, _colleague = desk
    other, _somebody = office()
    make_role("second", "另一岗位")
    at = clock.now()
    identity.appoint(account_id=leaver.account_id, organisation_id=other, role="second", by=SYSTEM, at=at)
    identity.grant(account_id=leaver.account_id, action="flow.work", organisation_id=other, by=SYSTEM, at=at)
    task = held_by(leaver, organisation)
    end(leaver, organisation)
    assert holder(task) == ("claimed", leaver.account_id)  # the right by name reaches it from the other office
    end(leaver, other)
    assert holder(task) == ("open", None)


def test_an_office_that_ends_by_its_date_is_left_the_day_after(desk):
    organisation, _leaver, _colleague = desk
    elsewhere, at = make_organisation(), clock.now()
    made = make_official(elsewhere)
    make_role("temporary", "临时岗位")
    identity.grant(role="temporary", action="flow.work", organisation_id=organisation, by=SYSTEM, at=at)
    last = clock.today() + timedelta(days=3)
    identity.appoint(
        account_id=made.account_id, organisation_id=organisation, role="temporary", valid_to=last, by=SYSTEM, at=at
    )
    task = held_by(replace(made.actor, organisation_id=organisation, role="temporary"), organisation)
    with clock.frozen(at + timedelta(days=3)):
        return_what_was_left()
        assert holder(task) == ("claimed", made.account_id)
    with clock.frozen(at + timedelta(days=4)):
        return_what_was_left()
        assert holder(task) == ("open", None)


def test_a_closed_account_holds_nothing_and_hearing_of_it_again_changes_nothing(desk):
    organisation, leaver, _colleague = desk
    task = held_by(leaver, organisation)
    identity.deactivate_account(account_id=leaver.account_id, by=SYSTEM, at=clock.now())
    relay()
    assert holder(task) == ("open", None)
    lines = HistoryEntry.objects.filter(instance_id=task.instance_id)
    before = lines.count()
    assert commands.return_tasks(account_id=leaver.account_id, everything=True, by=SYSTEM, at=clock.now()) == 0
    assert lines.count() == before


def test_a_task_that_is_done_stays_theirs(desk):
    organisation, leaver, _colleague = desk
    task = held_by(leaver, organisation)
    commands.complete_task(task_id=task.pk, by=leaver, at=clock.now())
    end(leaver, organisation)
    assert holder(task) == ("done", leaver.account_id)


def test_nobody_but_the_program_takes_tasks_from_somebody(desk):
    organisation, leaver, colleague = desk
    held_by(leaver, organisation)
    with pytest.raises(NotYourTask):
        commands.return_tasks(account_id=leaver.account_id, everything=True, by=colleague, at=clock.now())


def test_news_of_an_account_that_holds_nothing_is_heard_quietly():
    assert commands.return_tasks(account_id=make_resident().account_id, by=SYSTEM, at=clock.now()) == 0
