"""Leave: a deputy works for an absent official, with both names kept, never beyond what that one holds, never passed on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands, policies, queries
from yiwang.commons.flow.contracts import (
    ADMINISTER,
    WORK,
    DelegationRefused,
    HistoryKind,
    InboxView,
    NotYourTask,
    UnknownDelegation,
)
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Delegation, HistoryEntry, Task
from yiwang.commons.flow.tests.factories import publish, start
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity.tests.factories import SYSTEM, login, make_official, make_organisation
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
LINE = bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))
DAY = timedelta(days=1)


@pytest.fixture
def desk():
    """An official who may work on everything of an office, and a colleague elsewhere who holds no grant at all."""
    organisation = make_organisation()
    absent = make_official(organisation, grants=[WORK], name="样例请假人")
    deputy = make_official(make_organisation(), name="样例代理人")
    publish(LINE)
    start(organisation_id=organisation, title="样例办件", scope_key="matter:birth")
    return organisation, absent, deputy


def leave(organisation, absent, deputy, **changes):
    today = clock.today()
    options = {
        "from_account": absent.account_id,
        "to_account": deputy.account_id,
        "organisation_id": organisation,
        "role": "clerk",
        "valid_from": today,
        "valid_to": today + 3 * DAY,
        "reason": "年休假",
        "by": absent.actor,
        "at": clock.now(),
        **changes,
    }
    return commands.delegate(**options)


def stood_in(client, deputy, delegation):
    """The deputy's browser after choosing to stand in."""
    login(client, deputy.account_id)
    response = client.post(reverse("flow:stand_in"), {"delegation": str(delegation)})
    assert response.status_code == 303, response.content.decode()
    return client


def inbox(client):
    response = client.get(reverse("flow:inbox"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_deputy_completes_a_task_and_both_names_are_kept(client, desk):
    organisation, absent, deputy = desk
    login(client, deputy.account_id)
    assert "样例办件" not in inbox(client)
    stood_in(client, deputy, leave(organisation, absent, deputy))
    page = inbox(client)
    assert "样例办件" in page
    assert "您正在代 样例请假人 办理待办" in page
    task = Task.objects.get()
    client.post(reverse("flow:act", args=[task.pk, "claim"]))
    task.refresh_from_db()
    assert task.assignee_id == absent.account_id, "what a deputy claims is the absent official's"
    assert client.post(reverse("flow:act", args=[task.pk, "complete"])).status_code == 303
    task.refresh_from_db()
    assert (task.status, task.completed_by_id) == ("done", deputy.account_id)
    line = HistoryEntry.objects.get(kind=HistoryKind.COMPLETED.value)
    assert (line.account_id, line.details["for"]) == (deputy.account_id, str(absent.account_id))
    audited = AuditEntry.objects.filter(command="flow.complete_task").latest("at")
    assert (audited.account_id, audited.on_behalf_kind, audited.on_behalf_id) == (
        deputy.account_id, "account", absent.account_id,
    )  # fmt: skip
    subject = SubjectRef(task.subject_kind, task.subject_id)
    said = {row.kind: row.actor for row in queries.history(subject=subject, viewer=absent.actor)}
    assert said[HistoryKind.COMPLETED] == "样例代理人（代样例请假人）"


def test_what_the_absent_official_loses_the_deputy_loses_at_once(client, desk):
    organisation, _absent, deputy = desk
    absent = make_official(organisation)
    grant = identity.grant(
        account_id=absent.account_id, action=WORK, organisation_id=organisation, by=SYSTEM, at=clock.now()
    )
    stood_in(client, deputy, leave(organisation, absent, deputy))
    assert "样例办件" in inbox(client)
    identity.revoke(grant_id=grant, by=SYSTEM, at=clock.now())
    assert "样例办件" not in inbox(client)


def test_a_scope_keeps_the_deputy_to_part_of_the_work(client, desk):
    organisation, absent, deputy = desk
    start(organisation_id=organisation, title="别的事项", scope_key="matter:death")
    stood_in(client, deputy, leave(organisation, absent, deputy, scope="matter:death"))
    page = inbox(client)
    assert "别的事项" in page
    assert "样例办件" not in page


def test_a_scope_keeps_the_deputy_from_what_the_absent_official_has_claimed_besides(client, desk):
    organisation, absent, deputy = desk
    task = Task.objects.get()
    commands.claim(task_id=task.pk, by=absent.actor, at=clock.now())
    stood_in(client, deputy, leave(organisation, absent, deputy, scope="matter:death"))
    assert "样例办件" not in inbox(client)
    actor = client.get(reverse("flow:inbox")).wsgi_request.actor
    for verb in (commands.complete_task, commands.release):
        with pytest.raises(NotYourTask):
            verb(task_id=task.pk, by=actor, at=clock.now())
    assert client.get(reverse("flow:task", args=[task.pk])).status_code == 404


def test_a_deputy_neither_administers_nor_passes_on(client, desk):
    organisation, absent, deputy = desk
    identity.grant(
        account_id=absent.account_id, action=ADMINISTER, organisation_id=organisation, by=SYSTEM, at=clock.now()
    )
    stood_in(client, deputy, leave(organisation, absent, deputy))
    actor = client.get(reverse("flow:inbox")).wsgi_request.actor
    assert policies.rights(actor) == {}
    third = make_official(organisation)
    with pytest.raises(NotYourTask):
        leave(
            organisation, absent, third, by=actor, valid_from=clock.today() + 9 * DAY, valid_to=clock.today() + 9 * DAY
        )


def test_a_deputy_of_a_deputy_sees_nothing_of_the_first(client, desk):
    organisation, absent, deputy = desk
    office = deputy.actor.organisation_id
    leave(organisation, absent, deputy)
    third = make_official(office)
    with pytest.raises(DelegationRefused):
        leave(organisation, absent, third, role="reviewer")
    second = leave(office, deputy, third, by=deputy.actor)
    stood_in(client, third, second)
    assert "样例办件" not in inbox(client)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_to": -1}, "valid_to"),
        ({"valid_to": 400}, "valid_to"),
        ({"reason": "  "}, "reason"),
        ({"role": "nobody"}, "post"),
        ({"scope": "matter"}, "scope"),
    ],
)
def test_a_delegation_that_makes_no_sense_is_refused_at_its_field(desk, changes, field):
    if "valid_to" in changes:
        changes = {"valid_to": clock.today() + changes["valid_to"] * DAY, "valid_from": clock.today() - 5 * DAY}
    with pytest.raises(DelegationRefused) as refused:
        leave(*desk, **changes)
    assert set(refused.value.fields) == {field}


def test_nobody_deputises_for_themself_or_while_away_and_no_two_for_the_same_days(desk):
    organisation, absent, deputy = desk
    with pytest.raises(DelegationRefused):
        leave(organisation, absent, absent)
    leave(organisation, absent, deputy)
    with pytest.raises(DelegationRefused):
        leave(organisation, absent, make_official(organisation))
    colleague = make_official(organisation)
    with pytest.raises(DelegationRefused) as refused:
        leave(organisation, colleague, absent, by=colleague.actor)
    assert set(refused.value.fields) == {"to"}


def test_an_administrator_sets_it_for_their_office_and_a_colleague_may_not(desk):
    organisation, absent, deputy = desk
    head = make_official(organisation, grants=[ADMINISTER])
    colleague = make_official(organisation, grants=[WORK])
    with pytest.raises(NotYourTask):
        leave(organisation, absent, deputy, by=colleague.actor)
    leave(organisation, absent, deputy, by=head.actor)
    assert Delegation.objects.get().created_by_id == head.account_id


def test_revoking_ends_it_in_the_middle_of_the_deputys_work(client, desk):
    organisation, absent, deputy = desk
    delegation = leave(organisation, absent, deputy)
    stood_in(client, deputy, delegation)
    task = Task.objects.get()
    with pytest.raises(UnknownDelegation):
        commands.revoke_delegation(delegation_id=delegation, by=make_official(organisation).actor, at=clock.now())
    commands.revoke_delegation(delegation_id=delegation, by=absent.actor, at=clock.now())
    response = client.post(reverse("flow:act", args=[task.pk, "claim"]))
    assert response.headers["Location"] == "/work/", "said first, and nothing is done under another name"
    task.refresh_from_db()
    assert task.status == "open"
    assert "代理已经结束" in inbox(client)
    with pytest.raises(UnknownDelegation):
        commands.revoke_delegation(delegation_id=delegation, by=absent.actor, at=clock.now())


def test_it_begins_and_ends_by_itself(client, desk):
    organisation, absent, deputy = desk
    today = clock.today()
    delegation = leave(organisation, absent, deputy, valid_from=today + DAY, valid_to=today + 2 * DAY)
    with pytest.raises(UnknownDelegation):
        commands.stand_in(delegation_id=delegation, by=deputy.actor, at=clock.now())
    with clock.frozen(clock.now() + DAY):
        assert [row.id for row, _held in queries.deputising(viewer=deputy.actor)] == [delegation]
    with clock.frozen(clock.now() + 3 * DAY):
        assert queries.deputising(viewer=deputy.actor) == ()


def test_the_page_sets_shows_and_revokes(client, desk):
    organisation, absent, _deputy = desk
    colleague = make_official(organisation, name="样例同事")
    login(client, absent.account_id)
    page = client.get(reverse("flow:leave")).content.decode()
    assert "样例同事" in page
    post = page.split('name="post" value="')[1].split('"')[0]
    days = {"valid_from": clock.today().isoformat(), "valid_to": (clock.today() + DAY).isoformat()}
    wrong = client.post(reverse("flow:leave"), {"post": post, "to": str(colleague.account_id), **days})
    assert wrong.status_code == 422
    assert "请写明原因" in wrong.content.decode()
    given = {"post": post, "to": str(colleague.account_id), "reason": "年休假", **days}
    assert client.post(reverse("flow:leave"), given).status_code == 303
    assert "代理中" in client.get(reverse("flow:leave")).content.decode()
    row = Delegation.objects.get()
    assert client.post(reverse("flow:end_leave", args=[row.pk])).status_code == 303
    assert "已撤销" in client.get(reverse("flow:leave")).content.decode()


def test_own_tasks_are_not_mixed_with_those_of_the_absent(client, desk):
    organisation, absent, deputy = desk
    commands.claim(task_id=Task.objects.get().pk, by=absent.actor, at=clock.now())
    stood_in(client, deputy, leave(organisation, absent, deputy))
    actor = client.get(reverse("flow:inbox")).wsgi_request.actor
    assert queries.inbox_summary(viewer=actor).views[InboxView.MINE] == 1
    assert queries.inbox_summary(viewer=deputy.actor).views[InboxView.MINE] == 0
    client.post(reverse("flow:stand_in"))
    assert "您正在代" not in inbox(client)
