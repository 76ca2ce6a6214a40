"""Deadlines that turn out to be others: tasks, timers and variables of running processes follow, halted ones too."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands, handlers, policies
from yiwang.commons.flow.contracts import NotYourTask, UnknownInstance
from yiwang.commons.flow.engine.tests.models import boundary, bpmn, chain, end, flow, gateway, timer, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Halt, ProcessInstance, Task, Timer
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.identity.tests.factories import login
from yiwang.kernel import calendars, clock, outbox
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.kernel.legal_calendar import DayKind, SpecialDay

pytestmark = pytest.mark.django_db
FIRST = datetime(2031, 5, 6, 17, 30, tzinfo=clock.CHINA)
LATER = FIRST + timedelta(days=4)
WAITING = bpmn(
    begin(),
    user("a", '<zeebe:taskSchedule dueDate="=due" />'),
    boundary("t", "a", timer("timeDate", "=due")),
    user("b", '<zeebe:taskSchedule dueDate="=due" />'),
    end(),
    end("late"),
    chain("start", "a", "b", "end"),
    flow("t", "late"),
)


def waiting(**options):
    subject = SubjectRef("case", new_id())
    organisation, official = office()
    publish(WAITING)
    pk = start(variables={"due": FIRST.isoformat()}, subject=subject, organisation_id=organisation, **options)
    return subject, official, pk


def move(subject, to=LATER, by=SYSTEM):
    return commands.reschedule(subject=subject, variables={"due": to}, by=by, at=clock.now())


def test_task_timer_and_variable_move_together():
    subject, official, pk = waiting()
    assert move(subject) == 1
    assert Task.objects.get().due_at == LATER
    assert Timer.objects.get().due_at == LATER
    assert ProcessInstance.objects.get(pk=pk).variables["due"] == LATER.isoformat()
    assert not commands.fire_timers(instance_id=pk, by=SYSTEM, at=FIRST + timedelta(hours=1))
    commands.complete_task(task_id=Task.objects.get().pk, by=official, at=clock.now())
    assert Task.objects.get(element_id="b").due_at == LATER


def test_the_moved_timer_fires_at_its_new_moment():
    subject, _official, pk = waiting()
    move(subject)
    assert commands.fire_timers(instance_id=pk, by=SYSTEM, at=LATER)
    assert ProcessInstance.objects.get(pk=pk).status == "completed"
    assert Task.objects.get().status == "cancelled"


def test_a_moment_that_is_right_already_changes_nothing():
    subject, _official, pk = waiting()
    state = bytes(ProcessInstance.objects.get(pk=pk).state)
    assert move(subject, FIRST) == 0
    assert bytes(ProcessInstance.objects.get(pk=pk).state) == state
    assert move(subject) == 1
    assert move(subject) == 0


def test_an_earlier_moment_that_has_passed_fires_at_once():
    subject, _official, pk = waiting()
    assert move(subject, clock.now() - timedelta(days=1)) == 1
    assert ProcessInstance.objects.get(pk=pk).status == "completed"


def test_processes_without_the_variable_and_other_subjects_stay():
    subject, _official, _pk = waiting()
    other = SubjectRef("case", new_id())
    start(subject=other, variables={"due": FIRST.isoformat()}, organisation_id=office()[0])
    assert commands.reschedule(subject=subject, variables={"unknown": LATER}, by=SYSTEM, at=clock.now()) == 0
    move(subject)
    assert Task.objects.get(subject_id=other.id).due_at == FIRST


def test_a_halted_process_moves_when_it_goes_on():
    choice = bpmn(
        begin(),
        user("a"),
        gateway("exclusive", "g", "d"),
        user("b", '<zeebe:taskSchedule dueDate="=due" />'),
        end("no"),
        end(),
        chain("start", "a", "g"),
        flow("g", "b", "=x &gt; 1"),
        flow("g", "no", name="d"),
        chain("b", "end"),
    )
    subject = SubjectRef("case", new_id())
    organisation, official = office()
    publish(choice)
    start(variables={"due": FIRST.isoformat()}, subject=subject, organisation_id=organisation)
    commands.complete_task(task_id=Task.objects.get().pk, by=official, at=clock.now())
    assert move(subject) == 1
    commands.retry_halted(halt_id=Halt.objects.get().pk, variables={"x": 2}, by=SYSTEM, at=clock.now())
    assert ProcessInstance.objects.get().variables["due"] == LATER.isoformat()


def test_only_administrators_move_deadlines_by_hand():
    subject, official, pk = waiting()
    assert not policies.can_administer(official, ProcessInstance.objects.get(pk=pk))
    with pytest.raises(UnknownInstance):
        move(subject, by=official)


def in_working_days(number):
    header = f'<zeebe:taskHeaders><zeebe:header key="working_days" value="{number}" /></zeebe:taskHeaders>'
    organisation, official = office()
    publish(bpmn(begin(), user("a", header), end(), chain("start", "a", "end")))
    with clock.frozen(datetime(2031, 12, 29, 9, tzinfo=clock.CHINA)):
        start(organisation_id=organisation)
    return official


def test_a_deadline_beyond_the_announced_years_has_a_date_and_a_visible_warning(client):
    official = in_working_days(5)
    task = Task.objects.get()
    assert task.due_at.astimezone(clock.CHINA).date() == date(2032, 1, 5)
    login(client, official.account_id)
    page = client.get(reverse("flow:task", args=[task.pk])).content.decode()
    assert "2032年的节假日安排尚未公布" in page


def test_a_deadline_decades_away_is_a_date_and_nonsense_halts_with_a_sentence():
    in_working_days(9_000)
    assert Task.objects.get().due_at.year > 2060
    in_working_days(10**12)
    assert "不是工作日数" in Halt.objects.get().reason


def test_the_announcement_of_the_year_moves_deadlines_in_working_days_and_takes_the_warning_away(client):
    official = in_working_days(5)
    days = {date(2032, 1, day): SpecialDay(DayKind.HOLIDAY, "元旦") for day in (1, 2, 5)}
    calendars.announce_year(year=2032, days=days, source="样例", by=SYSTEM, at=clock.now())
    calendars.forget()
    handlers.on_year_announced(
        calendars.YearAnnounced(2032, new_id()), delivery=outbox.Delivery(new_id(), clock.now(), 1)
    )
    task = Task.objects.get()
    assert task.due_at.astimezone(clock.CHINA).date() == date(2032, 1, 8)
    assert task.due_order == task.due_at
    login(client, official.account_id)
    assert "尚未公布" not in client.get(reverse("flow:task", args=[task.pk])).content.decode()
    calendars.forget()


def test_only_the_program_reckons_deadlines_anew():
    _organisation, official = office()
    with pytest.raises(NotYourTask):
        commands.reckon_tasks(year=2032, by=official, at=clock.now())
