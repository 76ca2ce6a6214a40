"""The inbox for real work: conditions together, saved views, many tasks at once, export; always in as many queries."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.commons.flow import commands, queries
from yiwang.commons.flow.contracts import (
    ASSIGN,
    WORK,
    BatchOutcome,
    HistoryKind,
    Holder,
    InboxFilter,
    InboxSort,
    InboxView,
    NoReason,
    UnknownView,
    Urgency,
    ViewRefused,
)
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import HistoryEntry, SavedView, Task
from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity.queries import offices
from yiwang.commons.identity.tests.factories import (
    SYSTEM,
    Grants,
    login,
    make_legal_entity,
    make_official,
    make_organisation,
    make_resident,
)
from yiwang.kernel import clock
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


def due(offset, key="p"):
    day = (clock.today() + timedelta(days=offset)).isoformat()
    schedule = f'<zeebe:taskSchedule dueDate="{day}"/>'
    return bpmn(begin(), user("a", schedule), end(), chain("start", "a", "end"), process_id=key)


@pytest.fixture
def desk():
    """Six tasks of two matters, two offices and three due dates; one of a company."""
    organisation = make_organisation()
    clerk = make_official(organisation, grants=[WORK])
    owner = make_resident(name="样例申请人")
    company = make_legal_entity(name="样例餐饮公司")
    for place, offset in enumerate((-2, 0, 40)):
        publish(due(offset))
        start(
            organisation_id=organisation, title=f"甲事项 320402-2026-00000{place}", scope_key="matter:a", net="serve",
            applicant_person_id=owner.person_id,
        )  # fmt: skip
        start(organisation_id=organisation, title=f"乙事项 {place}", scope_key="matter:b", net="govern",
              applicant_entity_id=company)  # fmt: skip
    return organisation, clerk.actor


def titles(viewer, **asked):
    return [row.title for row in queries.inbox(viewer=viewer, wanted=InboxFilter(**asked)).items]


def test_conditions_hold_together(desk):
    _organisation, clerk = desk
    assert len(titles(clerk)) == 6
    assert titles(clerk, matter="matter:a", due=Urgency.OVERDUE) == ["甲事项 320402-2026-000000"]
    assert titles(clerk, net="govern", due=Urgency.LATER, holder=Holder.NOBODY) == ["乙事项 2"]
    assert titles(clerk, search="样例餐饮 乙事项", due=Urgency.TODAY) == ["乙事项 1"]
    assert titles(clerk, search="2026-000002") == ["甲事项 320402-2026-000002"]
    assert titles(clerk, stage="没有的环节") == []


def test_each_row_names_its_applicant(desk):
    _organisation, clerk = desk
    told = {row.title[:3]: row.applicant for row in queries.inbox(viewer=clerk).items}
    assert told == {"甲事项": "样例申请人", "乙事项": "样例餐饮公司"}


@pytest.mark.parametrize("sort", list(InboxSort))
def test_every_order_pages_through_all_tasks_once(desk, sort):
    _organisation, clerk = desk
    seen, cursor = [], None
    while True:
        page = queries.inbox(viewer=clerk, wanted=InboxFilter(sort=sort), cursor=cursor, size=2)
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 6


def test_conditions_survive_the_address_and_nonsense_asks_nothing(desk):
    organisation, _clerk = desk
    wanted = InboxFilter(
        InboxView.MINE, "样例 1", "serve", "matter:a", "任务a", organisation, Urgency.WEEK, Holder.ME, InboxSort.STAGE
    )
    assert InboxFilter.read(wanted.params()) == wanted
    nonsense = {"view": "x", "due": "x", "holder": "x", "org": "x", "sort": "x", "q": "\x00 "}
    assert InboxFilter.read(nonsense) == InboxFilter()


def test_the_list_costs_as_much_with_500_granted_matters_as_with_one(desk):
    organisation, clerk = desk
    many = make_official(organisation, grants=[Grants(WORK, scope=f"matter:m{place}") for place in range(500)])
    for place in range(0, 500, 50):
        start(organisation_id=organisation, title=f"事项{place}", scope_key=f"matter:m{place}")

    def cost(viewer):
        with CaptureQueriesContext(connection) as captured:
            queries.inbox(viewer=viewer)
            queries.inbox_summary(viewer=viewer)
        return len(captured)

    assert queries.inbox_summary(viewer=many.actor).views[InboxView.ALL] == 10
    assert cost(many.actor) == cost(clerk) == 2


def test_the_page_shows_conditions_as_chips_and_keeps_them_in_its_links(client, desk):
    _organisation, clerk = desk
    login(client, clerk.account_id)
    page = client.get(reverse("flow:inbox"), {"matter": "matter:a", "due": "overdue"}).content.decode()
    assert "事项：甲事项" in page
    assert "时限：已超期" in page
    assert "样例申请人" in page
    assert "乙事项 0" not in page
    links = re.findall(r'class="work-chips".*?</ul>', page, re.DOTALL)[0]
    assert "?due=overdue" in links
    assert "?matter=matter%3Aa" in links


def test_claiming_many_tells_of_each_and_loses_none(desk):
    organisation, clerk = desk
    other = make_official(organisation, grants=[WORK], name="样例同事").actor
    ids = list(Task.objects.order_by("pk").values_list("pk", flat=True))
    commands.claim(task_id=ids[0], by=other, at=clock.now())
    commands.complete_task(task_id=ids[1], by=other, at=clock.now())
    _elsewhere, stranger = office()
    results = commands.claim_many(task_ids=ids, by=clerk, at=clock.now())
    assert [each.outcome for each in results] == [BatchOutcome.TAKEN, BatchOutcome.CLOSED, *[BatchOutcome.DONE] * 4]
    assert results[0].holder_id == other.account_id
    assert Task.objects.get(pk=ids[0]).assignee_id == other.account_id
    unknown = commands.claim_many(task_ids=ids, by=stranger, at=clock.now())
    assert {(each.outcome, each.title) for each in unknown} == {(BatchOutcome.UNKNOWN, "")}


def test_the_page_says_who_was_faster_and_undoes_a_claim(client, desk):
    organisation, clerk = desk
    other = make_official(organisation, grants=[WORK], name="样例同事").actor
    ids = list(Task.objects.order_by("pk").values_list("pk", flat=True))[:2]
    commands.claim(task_id=ids[0], by=other, at=clock.now())
    login(client, clerk.account_id)
    client.post(reverse("flow:batch"), {"task": [str(each) for each in ids], "action": "claim"})
    page = client.get(reverse("flow:inbox")).content.decode()
    assert "已认领 1 件" in page
    assert "已由 样例同事 认领" in page
    undo = re.findall(r'<div class="y-toast".*?<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)[0]
    hidden = dict(re.findall(r'name="(action|task|next)" value="([^"]*)"', undo[1]))
    assert hidden["task"] == str(ids[1])
    client.post(undo[0], hidden)
    assert Task.objects.get(pk=ids[1]).status == "open"
    assert Task.objects.get(pk=ids[0]).assignee_id == other.account_id


def test_a_batch_costs_the_same_whatever_its_length(desk):
    organisation, clerk = desk
    for _ in range(20):
        start(organisation_id=organisation, title="更多")
    ids = list(Task.objects.values_list("pk", flat=True))

    def cost(chosen):
        with CaptureQueriesContext(connection) as captured:
            commands.claim_many(task_ids=chosen, by=clerk, at=clock.now())
        return len(captured)

    assert cost(ids[:2]) == cost(ids[2:])


def test_tasks_are_handed_over_with_a_reason_to_who_may_work_on_them(desk):
    organisation, clerk = desk
    able = make_official(organisation, grants=[WORK])
    unable = make_official(organisation)
    ids = list(Task.objects.order_by("pk").values_list("pk", flat=True))[:2]
    commands.claim(task_id=ids[0], by=clerk, at=clock.now())
    with pytest.raises(NoReason):
        commands.hand_over(task_ids=ids, account_id=able.account_id, reason=" ", by=clerk, at=clock.now())
    refused = commands.hand_over(task_ids=ids, account_id=unable.account_id, reason="休假", by=clerk, at=clock.now())
    assert [each.outcome for each in refused] == [BatchOutcome.OUT_OF_REACH, BatchOutcome.REFUSED]
    assert {card.id for card in queries.candidates(task_ids=ids, viewer=clerk)} == {clerk.account_id, able.account_id}
    done = commands.hand_over(task_ids=ids[:1], account_id=able.account_id, reason="休假", by=clerk, at=clock.now())
    assert [each.outcome for each in done] == [BatchOutcome.DONE]
    assert Task.objects.get(pk=ids[0]).assignee_id == able.account_id
    line = HistoryEntry.objects.get(kind=HistoryKind.REASSIGNED.value)
    assert (line.details["to"], line.details["reason"]) == (str(able.account_id), "休假")


def test_who_may_assign_hands_over_what_others_hold(client, desk):
    organisation, clerk = desk
    head = make_official(organisation, grants=[WORK, ASSIGN])
    able = make_official(organisation, grants=[WORK], name="样例接手人")
    task = Task.objects.order_by("pk").first()
    commands.claim(task_id=task.pk, by=clerk, at=clock.now())
    login(client, head.account_id)
    led = client.post(reverse("flow:batch"), {"task": [str(task.pk)], "action": "hand_over"}).headers["Location"]
    assert "样例接手人" in client.get(led).content.decode()
    given = {"task": str(task.pk), "account": str(able.account_id)}
    wrong = client.post(reverse("flow:hand_over"), given)
    assert wrong.status_code == 422
    assert client.post(reverse("flow:hand_over"), {**given, "reason": "均衡工作量"}).status_code == 303
    task.refresh_from_db()
    assert task.assignee_id == able.account_id
    assert "已转办 1 件给 样例接手人" in client.get(reverse("flow:inbox")).content.decode()


def test_a_view_is_saved_shared_counted_and_opens_the_inbox(client, desk):
    organisation, clerk = desk
    colleague = make_official(organisation, grants=[WORK]).actor
    _other_office, stranger = office()
    wanted = InboxFilter(matter="matter:a", due=Urgency.OVERDUE)
    kept = commands.save_view(
        name=" 甲 的 超期 ", conditions=wanted, shared=True, is_default=True, by=clerk, at=clock.now()
    )
    (mine,) = queries.saved_views(viewer=clerk)
    assert (mine.name, mine.count, mine.conditions, mine.is_default) == ("甲 的 超期", 1, wanted, True)
    (theirs,) = queries.saved_views(viewer=colleague)
    assert (theirs.is_mine, theirs.is_default, theirs.count) == (False, False, 1)
    assert queries.saved_views(viewer=stranger) == ()
    login(client, clerk.account_id)
    led = client.get(reverse("flow:inbox")).headers["Location"]
    assert f"saved={kept}" in led
    assert "<h1>甲 的 超期</h1>" in client.get(led).content.decode()
    with pytest.raises(UnknownView):
        commands.drop_view(view_id=kept, by=colleague, at=clock.now())
    assert client.get(reverse("flow:saved_views")).status_code == 200
    client.post(reverse("flow:change_view", args=[kept]), {"do": "no_default"})
    assert client.get(reverse("flow:inbox")).status_code == 200
    client.post(reverse("flow:change_view", args=[kept]), {"do": "drop"})
    assert not SavedView.objects.exists()


def test_the_page_saves_what_it_shows(client, desk):
    _organisation, clerk = desk
    login(client, clerk.account_id)
    client.post(reverse("flow:save_view"), {"name": "乙", "matter": "matter:b", "shared": "on"})
    row = SavedView.objects.get()
    assert (row.name, row.conditions, row.organisation_id is not None) == ("乙", {"matter": "matter:b"}, True)
    client.post(reverse("flow:save_view"), {"name": "乙", "matter": "matter:a"})
    assert SavedView.objects.get().conditions == {"matter": "matter:a"}
    for name in ("", "长" * 41):
        with pytest.raises(ViewRefused):
            commands.save_view(name=name, conditions=InboxFilter(), by=clerk, at=clock.now())
    client.post(reverse("flow:save_view"), {"name": "", "matter": "matter:a"})
    assert "请写一个名称" in client.get(reverse("flow:inbox")).content.decode()


def test_saved_views_are_counted_in_two_queries_however_many(desk):
    _organisation, clerk = desk
    for place, wanted in enumerate(Urgency):
        commands.save_view(
            name=f"视图{place}", conditions=InboxFilter(due=wanted, net="govern"), by=clerk, at=clock.now()
        )
    with CaptureQueriesContext(connection) as captured:
        rows = queries.saved_views(viewer=clerk)
    assert [row.count for row in rows] == [1, 1, 0, 1, 0]
    assert len(captured) == 2


def test_the_export_holds_what_the_filter_finds_and_is_audited(client, desk):
    organisation, clerk = desk
    start(organisation_id=organisation, title="=cmd()", scope_key="matter:a")
    login(client, clerk.account_id)
    response = client.post(reverse("flow:inbox_export"), {"matter": "matter:a", "q": ""})
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0][0] == "编号"
    assert {row[1] for row in rows[1:]} == {"甲事项", "'=cmd()"}
    assert rows[1][0] == "320402-2026-000000"
    entry = AuditEntry.objects.get(command="flow.export_inbox")
    assert (entry.account_id, entry.details["conditions"]) == (clerk.account_id, {"matter": "matter:a"})


def test_an_official_of_two_offices_sees_what_waits_in_each_and_works_in_one(client):
    first, second = make_organisation(name="样例甲局"), make_organisation(name="样例乙局")
    made = make_official(first, role="clerk")
    identity.appoint(account_id=made.account_id, organisation_id=second, role="clerk", by=SYSTEM, at=clock.now())
    identity.grant(role="clerk", action=WORK, organisation_id=None, by=SYSTEM, at=clock.now())
    publish(due(3))
    start(organisation_id=first, title="甲局的事")
    for _ in range(2):
        start(organisation_id=second, title="乙局的事")
    login(client, made.account_id)
    page = client.get(reverse("flow:inbox")).content.decode()
    assert "甲局的事" in page
    assert "乙局的事" not in page
    side = page.split("我的岗位")[1].split("<h2>")[0]
    assert re.findall(r"(样例.局)<span>(\d)</span>", side) == [("样例甲局", "1"), ("样例乙局", "2")]
    office = next(each for each in offices(viewer=made.actor) if each.organisation.id == second)
    client.post(reverse("identity:office"), {"choice": str(office.appointment_id), "next": "/work/"})
    page = client.get(reverse("flow:inbox")).content.decode()
    assert "乙局的事" in page
    assert "岗位：样例乙局" in page


def test_one_list_holds_what_waits_in_all_offices_and_leads_to_each(client):
    first, second = make_organisation(name="样例甲局"), make_organisation(name="样例乙局")
    made = make_official(first, role="clerk")
    identity.appoint(account_id=made.account_id, organisation_id=second, role="clerk", by=SYSTEM, at=clock.now())
    identity.grant(role="clerk", action=WORK, organisation_id=None, by=SYSTEM, at=clock.now())
    publish(due(3))
    start(organisation_id=first, title="甲局的事")
    start(organisation_id=second, title="乙局的事")
    start(organisation_id=make_organisation(name="样例丙局"), title="丙局的事")
    login(client, made.account_id)
    side = client.get(reverse("flow:inbox")).content.decode().split("我的岗位")[1].split("<h2>")[0]
    assert re.findall(r"(全部单位)<span>(\d)</span>", side) == [("全部单位", "2")]
    page = client.get(reverse("flow:everywhere")).content.decode()
    assert [title in page for title in ("甲局的事", "乙局的事", "丙局的事")] == [True, True, False]
    task = Task.objects.get(title="乙局的事")
    led = html.unescape(re.search(rf'href="([^"]*{task.pk}[^"]*)"', page)[1])
    office = next(each for each in offices(viewer=made.actor) if each.organisation.id == second)
    assert f"choice={office.appointment_id}" in led
    asked = client.get(led).content.decode()
    assert re.search(rf'value="{office.appointment_id}"[^>]*checked', asked)


def test_all_offices_cost_the_same_whatever_the_list_holds(client):
    first, second = make_organisation(), make_organisation()
    made = make_official(first, role="clerk", grants=[WORK])
    identity.appoint(account_id=made.account_id, organisation_id=second, role="clerk", by=SYSTEM, at=clock.now())
    publish(due(3))
    login(client, made.account_id)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("flow:everywhere"))
        return len(captured)

    start(organisation_id=first)
    cost()  # a process's first look fills what it keeps in memory
    before = cost()
    for _ in range(30):
        start(organisation_id=first)
    assert cost() == before


def test_whoever_has_one_office_is_led_to_the_inbox(client, desk):
    _organisation, clerk = desk
    login(client, clerk.account_id)
    assert client.get(reverse("flow:everywhere")).headers["Location"] == reverse("flow:inbox")
