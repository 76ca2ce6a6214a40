import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.rules import queries
from yiwang.commons.rules.contracts import DecisionNotFound, DecisionRef
from yiwang.commons.rules.tests.factories import SYSTEM, publish_sample
from yiwang.kernel.actor import Actor

pytestmark = pytest.mark.django_db
ANYBODY = Actor.anonymous()


def test_an_outcome_explains_itself():
    publish_sample()
    outcome = queries.decide(key="sample_grade", facts={"age": 70, "resident": False}, viewer=ANYBODY)
    assert (outcome.value, outcome.known, outcome.matched_rules) == ("half", True, (3,))
    assert [(r.number, r.matched, r.failed_input) for r in outcome.rules] == [
        (1, False, "年龄"),
        (2, False, "户籍"),
        (3, True, ""),
    ]
    assert outcome.record == {"version": 1, "matched_rules": [3]}


def test_absent_facts_are_named_only_while_they_matter():
    publish_sample()
    assert queries.decide(key="sample_grade", facts={"age": 70}, viewer=ANYBODY).missing_facts == ("resident",)
    assert queries.decide(key="sample_grade", facts={"age": 7}, viewer=ANYBODY).value == "none"
    assert queries.facts_needed(key="sample_grade", viewer=ANYBODY) == ("age", "resident")


def test_a_pinned_version_keeps_deciding_as_it_did():
    publish_sample()
    publish_sample(limit=65)
    facts = {"age": 62, "resident": True}
    assert queries.decide(key="sample_grade", version=1, facts=facts, viewer=ANYBODY).value == "full"
    assert queries.decide(key="sample_grade", facts=facts, viewer=ANYBODY).value == "none"
    assert queries.latest_version(key="sample_grade", viewer=ANYBODY) == 2


def test_a_remark_says_why_a_value_is_null():
    publish_sample()
    outcome = queries.decide(key="sample_grade", facts={"age": "old", "resident": True}, viewer=ANYBODY)
    assert outcome.value is None
    assert [r.code for r in outcome.remarks][:1] == ["rules.coercion"]
    assert outcome.remarks[0].text


def test_a_decision_that_is_not_published_is_not_found():
    with pytest.raises(DecisionNotFound):
        queries.decide(key="nothing", facts={}, viewer=ANYBODY)
    publish_sample()
    with pytest.raises(DecisionNotFound):
        queries.decision(key="sample_grade", version=9, viewer=ANYBODY)
    assert queries.latest_version(key="nothing", viewer=ANYBODY) is None


def test_a_decision_shows_its_text():
    publish_sample()
    view = queries.decision(key="sample_grade", viewer=ANYBODY)
    assert view.ref == DecisionRef("sample_grade", 1)
    assert view.title == "样例档次"
    assert "decisionTable" in view.xml


def test_deciding_takes_one_query_once_the_model_is_compiled():
    publish_sample()
    facts = {"age": 70, "resident": False}
    queries.decide(key="sample_grade", facts=facts, viewer=SYSTEM)
    with CaptureQueriesContext(connection) as captured:
        queries.decide(key="sample_grade", facts=facts, viewer=SYSTEM)
    assert len(captured) == 1
