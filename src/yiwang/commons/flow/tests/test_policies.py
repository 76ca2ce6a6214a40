"""Who may do what with an open and with a claimed task: one table."""

import pytest

from yiwang.commons.flow import policies
from yiwang.commons.flow.contracts import TaskStatus
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import ProcessInstance, Task
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.identity.tests.factories import make_official, make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import machinery

pytestmark = pytest.mark.django_db

#             see    claim  complete release assign administer
OPEN = {
    "worker": (True, True, True, False, False, False),
    "head": (True, True, True, False, True, False),
    "administrator": (False, False, False, False, False, True),
    "elsewhere": (False, False, False, False, False, False),
    "resident": (False, False, False, False, False, False),
    "nobody": (False, False, False, False, False, False),
    "program": (True, False, True, False, True, True),
}
CLAIMED = {
    "worker": (True, False, True, True, True, False),
    "head": (True, False, False, False, True, False),
    "administrator": (False, False, False, False, False, True),
    "elsewhere": (False, False, False, False, False, False),
    "resident": (False, False, False, False, False, False),
    "nobody": (False, False, False, False, False, False),
    "program": (True, False, True, True, True, True),
}


@pytest.fixture
def scene():
    organisation, worker = office()
    publish(bpmn(begin(), user("a"), end(), chain("start", "a", "end")))
    start(organisation_id=organisation)
    actors = {
        "worker": worker,
        "head": make_official(organisation, grants=["flow.work", "flow.assign"]).actor,
        "administrator": make_official(organisation, grants=["flow.administer"]).actor,
        "elsewhere": office()[1],
        "resident": make_resident().actor,
        "nobody": Actor.anonymous(),
        "program": SYSTEM,
    }
    return actors, Task.objects.get()


def rights(viewer, task):
    return (
        policies.can_work(viewer, task),
        policies.can_claim(viewer, task),
        policies.can_complete(viewer, task),
        policies.can_release(viewer, task),
        policies.can_assign(viewer, task),
        policies.can_administer(viewer, ProcessInstance.objects.get()),
    )


@pytest.mark.parametrize("name", OPEN)
def test_an_open_task(scene, name):
    actors, task = scene
    assert rights(actors[name], task) == OPEN[name]


@pytest.mark.parametrize("name", CLAIMED)
def test_a_task_that_the_worker_holds(scene, name):
    actors, task = scene
    with machinery("test"):
        held = {
            "status": TaskStatus.CLAIMED.value,
            "assignee_id": actors["worker"].account_id,
            "claimed_at": clock.now(),
        }
        Task.objects.update(**held)
    task.refresh_from_db()
    assert rights(actors[name], task) == CLAIMED[name]


def test_a_closed_task_lets_nobody_do_anything(scene):
    actors, task = scene
    task.status = TaskStatus.DONE.value
    for actor in actors.values():
        assert not policies.can_claim(actor, task)
        assert not policies.can_complete(actor, task)
        assert not policies.can_release(actor, task)
