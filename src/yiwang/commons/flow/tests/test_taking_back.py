"""A hand-over can be undone for some minutes, by who did it, while nobody has touched the task since."""

from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import commands
from yiwang.commons.flow.contracts import BatchOutcome
from yiwang.commons.flow.models import HistoryEntry, Task
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.flow.tests.test_commands import LINE
from yiwang.commons.identity.tests.factories import login, make_official
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def given():
    """(task, who handed it over, who has it now); one of two was held, the other free."""
    organisation, head = office("flow.work", "flow.assign")
    colleague = make_official(organisation, grants=["flow.work"]).actor
    publish(LINE)
    tasks = [Task.objects.get(instance_id=start(organisation_id=organisation)) for _ in range(2)]
    commands.claim(task_id=tasks[0].pk, by=head, at=clock.now())
    ids = [task.pk for task in tasks]
    commands.hand_over(task_ids=ids, account_id=colleague.account_id, reason="休假", by=head, at=clock.now())
    return ids, head, colleague


def holders(ids):
    return [Task.objects.get(pk=each).assignee_id for each in ids]


def take_back(ids, by, at=None):
    done = commands.take_back(task_ids=ids, by=by, at=at or clock.now())
    return [each.outcome for each in done]


def test_each_task_goes_back_to_whoever_held_it(given):
    ids, head, colleague = given
    assert holders(ids) == [colleague.account_id] * 2
    assert take_back(ids, head) == [BatchOutcome.DONE] * 2
    assert holders(ids) == [head.account_id, None]
    kinds = HistoryEntry.objects.filter(details__undone=True).order_by("pk").values_list("kind", flat=True)
    assert sorted(kinds) == ["reassigned", "released"]
    assert take_back(ids, head) == [BatchOutcome.TAKEN, BatchOutcome.UNKNOWN]


def test_nobody_else_takes_it_back(given):
    ids, _head, colleague = given
    assert take_back(ids, colleague) == [BatchOutcome.UNKNOWN] * 2


def test_what_the_colleague_has_touched_stays(given):
    ids, head, colleague = given
    commands.release(task_id=ids[0], by=colleague, at=clock.now())
    commands.complete_task(task_id=ids[1], by=colleague, at=clock.now())
    assert take_back(ids, head) == [BatchOutcome.UNKNOWN] * 2
    assert Task.objects.get(pk=ids[1]).status == "done"


def test_after_some_minutes_it_stays(given):
    ids, head, _colleague = given
    assert take_back(ids, head, clock.now() + timedelta(minutes=11)) == [BatchOutcome.TAKEN] * 2


def test_what_nobody_handed_over_is_unknown():
    organisation, clerk = office()
    publish(LINE)
    start(organisation_id=organisation)
    assert take_back([Task.objects.get().pk], clerk) == [BatchOutcome.UNKNOWN]
    assert take_back([Task.objects.get().pk], SYSTEM) == [BatchOutcome.UNKNOWN]


def test_the_message_that_reports_it_undoes_it(client, given):
    ids, head, colleague = given
    take_back(ids, head)
    login(client, head.account_id)
    chosen = {"task": [str(ids[0])], "account": str(colleague.account_id), "reason": "均衡工作量"}
    page = client.post(reverse("flow:hand_over"), chosen, follow=True).content.decode()
    assert 'name="action" value="take_back"' in page
    client.post(reverse("flow:batch"), {"task": [str(ids[0])], "action": "take_back"})
    assert holders(ids) == [head.account_id, None]
