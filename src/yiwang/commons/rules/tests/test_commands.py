import pytest
from django.db import DatabaseError, connection

from yiwang.commons.rules import commands
from yiwang.commons.rules.contracts import DecisionFaulty, DecisionRef
from yiwang.commons.rules.models import DecisionVersion
from yiwang.commons.rules.tests.factories import SYSTEM, publish_sample, sample_dmn
from yiwang.kernel import clock
from yiwang.kernel.guard import UnguardedWrite
from yiwang.kernel.models import AuditEntry, OutboxEvent

pytestmark = pytest.mark.django_db


def test_each_change_is_a_new_version_and_the_same_content_is_none():
    assert publish_sample() == DecisionRef("sample_grade", 1)
    assert publish_sample() == DecisionRef("sample_grade", 1)
    assert publish_sample(limit=65) == DecisionRef("sample_grade", 2)
    assert publish_sample() == DecisionRef("sample_grade", 3)
    assert DecisionVersion.objects.count() == 3


def test_publishing_is_audited_and_tells_of_new_versions_only():
    publish_sample()
    publish_sample()
    entries = AuditEntry.objects.filter(command="rules.publish_decision").order_by("id")
    assert [e.details["changed"] for e in entries] == [True, False]
    (event,) = OutboxEvent.objects.filter(type="commons.rules.DecisionPublished")
    assert (event.payload["key"], event.payload["version"]) == ("sample_grade", 1)


@pytest.mark.parametrize(
    ("old", "new", "code_line"),
    [
        ("&lt; 60", "&lt; &lt; 60", "年龄"),
        ("<text>age</text>", "<text>agee</text>", "agee"),
        ("#i1", "#nothing", "nothing"),
    ],
)
def test_refuses_a_faulty_model_with_every_fault(old, new, code_line):
    xml = sample_dmn().replace(old, new)
    with pytest.raises(DecisionFaulty) as caught:
        commands.publish_decision(key="sample_grade", title="样例", xml=xml, by=SYSTEM, at=clock.now())
    assert code_line in str(caught.value)
    assert not DecisionVersion.objects.exists()


@pytest.mark.parametrize("xml", ["", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "x" * 6_000_000])
def test_refuses_what_is_no_dmn(xml):
    with pytest.raises(DecisionFaulty):
        commands.publish_decision(key="k", title="样例", xml=xml, by=SYSTEM, at=clock.now())


def test_refuses_a_model_without_the_decision():
    with pytest.raises(DecisionFaulty):
        commands.publish_decision(key="other", title="样例", xml=sample_dmn(), by=SYSTEM, at=clock.now())


def test_a_published_version_cannot_be_changed():
    publish_sample()
    with pytest.raises(UnguardedWrite):
        DecisionVersion.objects.update(xml="")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE commons_rules_decisionversion SET xml = ''")
