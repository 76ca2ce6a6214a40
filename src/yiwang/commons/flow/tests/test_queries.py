"""Who sees which tasks, in how many queries; the applicant's own; histories."""

from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import (
    HistoryKind,
    InboxFilter,
    InboxView,
    UnknownInstance,
    UnknownProcess,
    UnknownTask,
    Urgency,
)
from yiwang.commons.flow.engine.tests.models import bpmn, call, chain, end, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.identity.contracts import Grade, RepresentationKind
from yiwang.commons.identity.tests.factories import (
    Grants,
    make_legal_entity,
    make_official,
    make_organisation,
    make_representation,
    make_resident,
)
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

pytestmark = pytest.mark.django_db
LINE = bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))


def due(text):
    schedule = f'<zeebe:taskSchedule dueDate="{text}"/>'
    return bpmn(begin(), user("a", schedule), end(), chain("start", "a", "end"))


@pytest.fixture
def desk():
    """An official with twelve open tasks of three due dates."""
    organisation, clerk = office()
    today = clock.today()
    for offset in (-1, 0, 30):
        publish(due((today + timedelta(days=offset)).isoformat()))
        for number in range(4):
            start(organisation_id=organisation, title=f"办件{offset}-{number}", net="serve" if number else "govern")
    return organisation, clerk


def test_the_inbox_is_one_query_and_the_most_urgent_come_first(desk):
    from django.db import connection

    _organisation, clerk = desk
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page = queries.inbox(viewer=clerk, size=10)
    assert len(captured) == 1
    assert [row.urgency for row in page.items][:8] == [Urgency.OVERDUE] * 4 + [Urgency.TODAY] * 4
    rest = queries.inbox(viewer=clerk, size=10, cursor=page.next_cursor)
    assert len(rest.items) == 2
    assert not {row.id for row in rest.items} & {row.id for row in page.items}
    with CaptureQueriesContext(connection) as captured:
        counts = queries.inbox_summary(viewer=clerk)
    assert len(captured) == 1
    assert {view.value: count for view, count in counts.views.items()} == {
        "all": 12, "today": 4, "overdue": 4, "unclaimed": 12, "mine": 0,
    }  # fmt: skip
    assert counts.nets == {"serve": 9, "govern": 3}


def test_views_and_search_cut_the_list(desk):
    _organisation, clerk = desk
    task = Task.objects.filter(title="办件0-2").get()
    commands.claim(task_id=task.pk, by=clerk, at=clock.now())
    assert [row.id for row in queries.inbox(viewer=clerk, wanted=InboxFilter(view=InboxView.MINE)).items] == [task.pk]
    assert len(queries.inbox(viewer=clerk, wanted=InboxFilter(view=InboxView.UNCLAIMED)).items) == 11
    assert len(queries.inbox(viewer=clerk, wanted=InboxFilter(view=InboxView.TODAY)).items) == 4
    assert len(queries.inbox(viewer=clerk, wanted=InboxFilter(view=InboxView.OVERDUE)).items) == 4
    assert [row.title for row in queries.inbox(viewer=clerk, wanted=InboxFilter(search="办件0-2 任务")).items] == [
        "办件0-2"
    ]
    assert len(queries.inbox(viewer=clerk, wanted=InboxFilter(net="govern")).items) == 3


def test_nobody_sees_what_their_grants_do_not_reach(desk):
    organisation, _clerk = desk
    elsewhere, _other = office()
    viewers = [
        make_official(elsewhere, grants=["flow.work"]).actor,
        make_official(organisation, grants=["cases.read"]).actor,
        make_official(organisation, grants=[Grants("flow.work", scope="matter:x")]).actor,
        make_resident().actor,
        Actor.anonymous(),
    ]
    task = Task.objects.first()
    for viewer in viewers:
        assert queries.inbox(viewer=viewer).items == ()
        assert queries.inbox_summary(viewer=viewer).views[InboxView.ALL] == 0
        with pytest.raises(UnknownTask):
            queries.task(task_id=task.pk, viewer=viewer)
        with pytest.raises(UnknownInstance):
            queries.status(instance_id=task.instance_id, viewer=viewer)
        assert queries.history(subject=SubjectRef(task.subject_kind, task.subject_id), viewer=viewer) == ()
        assert queries.halts(viewer=viewer).items == ()


def test_scope_and_grade_of_the_task_count(desk):
    organisation, _clerk = desk
    publish(LINE)
    start(organisation_id=organisation, scope_key="matter:birth", grade=3, title="密件")
    low = make_official(organisation, grants=[Grants("flow.work", scope="matter:birth", grade=Grade.GENERAL_2)]).actor
    high = make_official(organisation, grants=[Grants("flow.work", scope="matter:*", grade=Grade.GENERAL_3)]).actor
    assert queries.inbox(viewer=low).items == ()
    assert [row.title for row in queries.inbox(viewer=high).items] == ["密件"]


def test_a_task_given_by_name_is_seen_without_a_grant(desk):
    organisation, _clerk = desk
    guest = make_official(organisation, grants=[]).actor
    task = Task.objects.first()
    commands.reassign(task_id=task.pk, account_id=guest.account_id, by=SYSTEM, at=clock.now())
    (row,) = queries.inbox(viewer=guest).items
    assert (row.id, row.assignee_name) == (task.pk, "样例经办")


def test_the_page_of_a_task_says_what_may_be_done(desk):
    organisation, clerk = desk
    other = make_official(organisation, grants=["flow.work"]).actor
    task = Task.objects.first()
    view = queries.task(task_id=task.pk, viewer=clerk)
    assert (view.can_claim, view.can_release, view.can_complete, view.process_key) == (True, False, True, "p")
    commands.claim(task_id=task.pk, by=other, at=clock.now())
    view = queries.task(task_id=task.pk, viewer=clerk)
    assert (view.can_claim, view.can_release, view.can_complete) == (False, False, False)
    assert queries.task(task_id=task.pk, viewer=other).can_release


def test_an_applicant_sees_their_own_processes_and_what_waits_for_them():
    organisation = make_organisation()
    mother, stranger = make_resident(), make_resident()
    ask = '<zeebe:assignmentDefinition candidateGroups="applicant"/>'
    publish(bpmn(begin(), user("c", ask), end(), chain("start", "c", "end"), process_id="child"))
    publish(bpmn(begin(), call("call", "child"), end(), chain("start", "call", "end")))
    instance = start(applicant_person_id=mother.person_id, organisation_id=organisation, title="新生儿出生一件事")
    (row,) = queries.mine(viewer=mother.actor).items
    assert (row.id, row.title, row.stages) == (instance, "新生儿出生一件事", ("任务c",))
    assert len(row.waiting) == 1
    assert queries.mine(viewer=stranger.actor).items == ()
    assert queries.mine(viewer=Actor.anonymous()).items == ()
    assert [task.for_applicant for task in queries.inbox(viewer=mother.actor).items] == [True]
    commands.complete_task(task_id=row.waiting[0], by=mother.actor, at=clock.now())
    assert queries.mine(viewer=mother.actor, ended=False).items == ()
    assert len(queries.mine(viewer=mother.actor, ended=True).items) == 1


def test_who_acts_for_an_enterprise_sees_its_processes_and_not_their_own():
    publish(LINE)
    enterprise, agent = make_legal_entity(), make_resident()
    instance = start(applicant_entity_id=enterprise, organisation_id=make_organisation())
    acting = Actor(
        kind=agent.actor.kind,
        account_id=agent.account_id,
        person_id=agent.person_id,
        on_behalf=SubjectRef("legal_entity", enterprise),
    )
    assert queries.mine(viewer=acting).items == (), "not without an authorisation"
    make_representation(agent.person_id, SubjectRef("legal_entity", enterprise), kind=RepresentationKind.STAFF)
    assert [row.id for row in queries.mine(viewer=acting).items] == [instance]
    assert queries.mine(viewer=agent.actor).items == ()


def test_my_processes_take_two_queries_however_many():
    from django.db import connection

    organisation, mother = make_organisation(), make_resident()
    publish(LINE)
    for _ in range(12):
        start(applicant_person_id=mother.person_id, organisation_id=organisation)
    with CaptureQueriesContext(connection) as captured:
        page = queries.mine(viewer=mother.actor, size=10)
    assert (len(captured), len(page.items), bool(page.next_cursor)) == (2, 10, True)


def test_a_history_tells_what_happened_in_order():
    organisation, clerk = office()
    publish(LINE)
    instance = start(organisation_id=organisation)
    row = ProcessInstance.objects.get(pk=instance)
    task = Task.objects.get()
    commands.claim(task_id=task.pk, by=clerk, at=clock.now())
    commands.complete_task(task_id=task.pk, by=clerk, at=clock.now())
    lines = queries.history(subject=SubjectRef(row.subject_kind, row.subject_id), viewer=clerk)
    told = [(line.kind, line.name) for line in lines]
    assert told[0] == (HistoryKind.STARTED, "测试流程")
    assert (HistoryKind.CLAIMED, "任务a") in told
    assert (HistoryKind.PASSED, "任务a") in told
    assert [line.actor for line in lines if line.kind is HistoryKind.COMPLETED] == ["样例经办"]


def test_definitions_can_be_read_back_as_published():
    publish(LINE)
    publish(due("2026-01-01"))
    assert queries.definition_bpmn(key="p", version=1, viewer=SYSTEM) == LINE
    assert [version for version, _pk in queries.process_versions(key="p", viewer=SYSTEM)] == [2, 1]
    with pytest.raises(UnknownProcess):
        queries.definition_bpmn(key="q", viewer=SYSTEM)
