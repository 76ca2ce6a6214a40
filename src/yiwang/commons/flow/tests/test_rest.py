"""REST: the same rules as the pages, errors as problem documents."""

import pytest

from yiwang.commons.flow import registry
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Task
from yiwang.commons.flow.tests.factories import office, publish, start
from yiwang.commons.identity.tests.factories import login, make_resident

pytestmark = pytest.mark.django_db
LINE = bpmn(begin(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))


@pytest.fixture
def task(client):
    organisation, clerk = office()
    login(client, clerk.account_id)
    publish(LINE)
    start(organisation_id=organisation)
    return Task.objects.get()


def post(client, path, body=None):
    return client.post(path, body or {}, content_type="application/json")


def test_tasks_are_listed_opened_and_completed(client, task):
    (row,) = client.get("/api/v1/tasks").json()["items"]
    assert (row["title"], row["stage"], row["status"]) == ("样例办件", "任务a", "open")
    found = client.get(f"/api/v1/tasks/{task.pk}").json()
    assert (found["can_claim"], found["process"], found["version"]) == (True, "p", 1)
    assert post(client, f"/api/v1/tasks/{task.pk}/claim").status_code == 204
    assert post(client, f"/api/v1/tasks/{task.pk}/release").status_code == 204
    for _ in range(2):
        body = {"outputs": {"ok": True}, "idempotency_key": "k1"}
        assert post(client, f"/api/v1/tasks/{task.pk}/complete", body).status_code == 204
    assert list(Task.objects.order_by("created_at").values_list("status", flat=True)) == ["done", "open"]


def test_strangers_get_a_problem_document(client, task):
    _elsewhere, stranger = office()
    login(client, stranger.account_id)
    assert client.get("/api/v1/tasks").json()["items"] == []
    refused = client.get(f"/api/v1/tasks/{task.pk}")
    assert (refused.status_code, refused.json()["code"]) == (404, "flow.unknown_task")
    assert post(client, f"/api/v1/tasks/{task.pk}/complete").json()["code"] == "flow.unknown_task"
    client.logout()
    assert client.get("/api/v1/tasks").status_code == 401


def test_a_task_whose_owner_completes_it_is_not_completed_behind_its_back(client, task):
    registry.register_opener("case", task_url=lambda subject, task_id: "/work/cases/")
    refused = post(client, f"/api/v1/tasks/{task.pk}/complete", {"outputs": {"verdict": "通过"}})
    assert refused.json()["code"] == "flow.owned_elsewhere"
    assert client.post(f"/work/tasks/{task.pk}/complete/").status_code == 409
    task.refresh_from_db()
    assert task.status == "open"


def test_my_processes(client, task):
    mother = make_resident()
    login(client, mother.account_id)
    start(applicant_person_id=mother.person_id, organisation_id=task.organisation_id, title="新生儿出生一件事")
    (row,) = client.get("/api/v1/processes/mine").json()["items"]
    assert (row["title"], row["stages"]) == ("新生儿出生一件事", ["任务a"])
