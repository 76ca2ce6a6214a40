"""Real names decided by a deputy during leave: from the inbox to identity's page, both names kept, never beyond the office."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow.models import Task
from yiwang.commons.flow.tests.conftest import ports as at_first
from yiwang.commons.flow.tests.test_delegations import leave, stood_in
from yiwang.commons.flow.tests.test_reviews import check_of, claimed, clerk, connected, published, status, town
from yiwang.commons.identity.models import Account, RealNameCheck
from yiwang.commons.identity.queries import assurance as checks
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.guard import opened
from yiwang.kernel.models import AuditEntry

# Fixtures; those that every test uses come in the order of their names.
__all__ = ["at_first", "connected", "published", "town"]
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Absent:
    actor: Actor

    @property
    def account_id(self):
        return self.actor.account_id


@pytest.fixture
def absent(town):
    return Absent(town["320402"])


@pytest.fixture
def deputy(town):
    """A colleague elsewhere who holds nothing."""
    return make.make_official(make.make_organisation("elsewhere", parent="top"), name="样例代理人")


def standing_in(client, absent, deputy, scope="*", organisation=None):
    made = leave(organisation or absent.actor.organisation_id, absent, deputy, scope=scope)
    return stood_in(client, deputy, made)


def page_of(made):
    return reverse("real:decide", args=[check_of(made)])


@pytest.mark.parametrize("scope", ["*", "process:*", "process:real_name_review"])
def test_the_deputy_goes_from_the_task_to_the_page_and_decides_in_both_names(absent, deputy, client, scope):
    made = claimed("320402001")
    check = check_of(made)
    standing_in(client, absent, deputy, scope)
    led = client.get(reverse("flow:task", args=[Task.objects.get().pk]))
    assert led.url == page_of(made)
    assert client.get(led.url).status_code == 200
    assert client.post(led.url, {"decision": "pass"}).status_code == 303
    row = RealNameCheck.objects.get(pk=check)
    assert (row.state, row.decided_by_id) == ("passed", deputy.account_id)
    entry = AuditEntry.objects.get(command="identity.decide_real_name")
    assert (entry.account_id, entry.on_behalf_kind, entry.on_behalf_id) == (
        deputy.account_id, "account", absent.account_id,
    )  # fmt: skip
    task = Task.objects.get()
    assert (task.status, status(check)) == ("done", "completed")
    shown = client.get(led.url).content.decode()
    assert "样例代理人（代 " in shown
    detail = checks.check_detail(check_id=check, viewer=absent.actor)
    assert detail.decided_by == "样例代理人"
    assert detail.absent


def test_a_delegation_of_other_work_opens_nothing(absent, deputy, client):
    made = claimed("320402001")
    standing_in(client, absent, deputy, "matter:birth")
    assert client.get(page_of(made)).status_code == 403
    assert client.get(reverse("real:queue")).status_code == 403


def test_without_standing_in_and_after_the_leave_the_deputy_decides_nothing(absent, deputy, client):
    made = claimed("320402001")
    make.login(client, deputy.account_id)
    assert client.get(page_of(made)).status_code == 403
    standing_in(client, absent, deputy)
    assert client.get(page_of(made)).status_code == 200
    with clock.frozen(clock.now() + timedelta(days=10)):
        response = client.post(page_of(made), {"decision": "pass"})
        assert response.status_code in {302, 303, 403}
    assert RealNameCheck.objects.get().state == "waiting"


def test_the_right_is_that_of_the_absent_one_whatever_the_task_and_the_deputy_have(town, deputy, client):
    """Somebody of the same office who works on tasks and may not decide: a deputy of theirs may not either."""
    worker = Absent(clerk(town["320402"].organisation_id, "flow.work"))
    made = claimed("320402001")
    standing_in(client, worker, deputy)
    led = client.get(reverse("flow:task", args=[Task.objects.get().pk]))
    assert led.url == page_of(made)
    assert client.get(led.url).status_code == 403
    assert client.post(led.url, {"decision": "pass"}).status_code == 403
    assert RealNameCheck.objects.get().state == "waiting"


def test_a_deputy_decides_neither_on_their_own_name_nor_on_that_of_the_absent_one(absent, deputy, client):
    made = claimed("320402001")
    standing_in(client, absent, deputy)
    for whose in (deputy.account_id, absent.account_id):
        with opened("tests"):
            RealNameCheck.objects.update(account_id=whose)
        assert client.post(page_of_check(), {"decision": "pass"}).status_code == 403
    with opened("tests"):  # another account of the absent one's person
        RealNameCheck.objects.update(account_id=made.account_id)
        Account.objects.filter(pk=made.account_id).update(person_id=Account.objects.get(pk=absent.account_id).person_id)
    assert client.post(page_of_check(), {"decision": "pass"}).status_code == 403
    assert RealNameCheck.objects.get().state == "waiting"


def page_of_check():
    return reverse("real:decide", args=[RealNameCheck.objects.get().pk])
