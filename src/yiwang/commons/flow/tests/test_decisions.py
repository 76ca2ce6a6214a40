"""Published decisions inside a process: pinned at the start, explained in the history, never guessed."""

from decimal import Decimal

import pytest

from yiwang.commons.flow import commands, registry
from yiwang.commons.flow.contrib.decisions import PublishedDecisions
from yiwang.commons.flow.engine.tests.models import bpmn, chain, end, rule, user
from yiwang.commons.flow.engine.tests.models import start as begin
from yiwang.commons.flow.models import Halt, HistoryEntry, ProcessInstance, Task
from yiwang.commons.flow.queries.deciding import ProcessVariables
from yiwang.commons.flow.tests.factories import SYSTEM, office, publish, start
from yiwang.commons.rules.tests.factories import publish_sample
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db
XML = bpmn(begin(), user("a"), rule("r", "sample_grade", "grade"), end(), chain("start", "a", "r", "end"))


@pytest.fixture(autouse=True)
def decisions(ports):
    registry.provide_decider(PublishedDecisions())


def run(**outputs):
    commands.complete_task(task_id=Task.objects.get(status="open").pk, outputs=outputs, by=SYSTEM, at=clock.now())


def test_a_decision_keeps_the_version_of_the_start_and_tells_its_rules():
    organisation, _clerk = office()
    publish_sample(limit=60)
    publish(XML)
    instance = start(organisation_id=organisation)
    publish_sample(limit=90)
    run(age=70, resident=True)
    row = ProcessInstance.objects.get(pk=instance)
    assert row.status == "completed"
    assert row.pins == {"decision:sample_grade": 1}
    entry = HistoryEntry.objects.get(kind="decided")
    assert (entry.details["version"], entry.details["decision"]) == (1, "sample_grade")
    assert entry.details["matched_rules"]


def test_absent_facts_halt_and_name_what_is_missing():
    organisation, _clerk = office()
    publish_sample()
    publish(XML)
    instance = start(organisation_id=organisation)
    run()
    assert ProcessInstance.objects.get(pk=instance).status == "halted"
    assert Halt.objects.get().diagnostics["missing"] == ["age", "resident"]


def test_a_decision_that_is_not_published_halts():
    organisation, _clerk = office()
    publish(XML)
    instance = start(organisation_id=organisation)
    run(age=1)
    assert ProcessInstance.objects.get(pk=instance).status == "halted"


def test_what_was_known_when_it_was_decided_serves_to_try_a_new_version_within_reach():
    organisation, clerk = office()
    _elsewhere, stranger = office()
    publish_sample(limit=60)
    publish(XML)
    for age in (70, 50):
        start(organisation_id=organisation)
        run(age=age, resident=True, share=Decimal("0.5"))
    start(organisation_id=organisation)
    past = ProcessVariables()
    assert past.count("sample_grade", viewer=clerk) == 2
    found = list(past.facts("sample_grade", limit=10, viewer=clerk))
    assert [each["age"] for each in found] == [50, 70]
    assert found[0]["share"] == {"@number": "0.5"}
    assert past.count("sample_grade", viewer=stranger) == past.count("another", viewer=clerk) == 0
    assert len(list(past.facts("sample_grade", limit=1, viewer=SYSTEM))) == 1
