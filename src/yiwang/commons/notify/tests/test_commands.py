"""A message is sent once, read by whom it is for, and carried by every channel."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.commons.identity.contracts import RepresentationKind
from yiwang.commons.identity.tests.factories import make_legal_entity, make_representation, make_resident
from yiwang.commons.notify import commands, queries, registry, tasks
from yiwang.commons.notify.contracts import MessageFaulty, MessageNotFound, Recipient
from yiwang.commons.notify.models import Message
from yiwang.commons.notify.registry import Kind
from yiwang.commons.notify.tests.factories import SYSTEM, send
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.guard import UnguardedWrite
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def read_by(viewer, **options):
    return queries.messages(viewer=viewer, **options).items


def test_the_same_key_is_sent_once():
    reader = make_resident("样例甲")
    first = send(reader, key="case:1:accepted", title="甲")
    assert send(reader, key="case:1:accepted", title="乙") == first
    (message,) = read_by(reader.actor)
    assert message.params == {"title": "甲"}
    assert queries.unread_count(viewer=reader.actor) == 1


def test_a_message_goes_to_exactly_one():
    for wrong in ({}, {"account_id": new_id(), "person_id": new_id()}):
        with pytest.raises(ValueError, match="one account"):
            Recipient(**wrong)
    reader = make_resident("样例甲")
    from yiwang.kernel.command import machinery

    with pytest.raises(IntegrityError), transaction.atomic(), machinery("test"):
        Message(key="x", account_id=reader.account_id, person_id=reader.person_id, kind="k", at=clock.now()).save()


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "no.such.kind"}, {"params": {}}, {"href": "https://elsewhere.example"}, {"href": "//elsewhere.example"}],
)
def test_a_faulty_message_is_refused(wrong):
    with pytest.raises(MessageFaulty):
        send(make_resident("样例甲"), **wrong)
    assert not Message.objects.exists()


def test_an_agent_for_single_matters_reads_no_messages_of_whom_they_act_for():
    reader, agent = make_resident("样例甲"), make_resident("样例乙")
    of = SubjectRef("person", reader.person_id)
    make_representation(agent.person_id, of, scope="matter:birth")
    message_id = send(reader)
    acting = replace(agent.actor, on_behalf=of)
    assert not read_by(acting)
    with pytest.raises(MessageNotFound):
        commands.mark_read(message_id=message_id, by=acting, at=clock.now())
    make_representation(agent.person_id, of)
    assert len(read_by(acting)) == 1


def test_nobody_reads_anothers_messages():
    reader, other = make_resident("样例甲"), make_resident("样例乙")
    message_id = send(reader)
    assert not read_by(other.actor)
    with pytest.raises(MessageNotFound):
        queries.message(message_id=message_id, viewer=other.actor)
    with pytest.raises(MessageNotFound):
        commands.mark_read(message_id=message_id, by=other.actor, at=clock.now())
    assert queries.unread_count(viewer=reader.actor) == 1


def test_what_is_for_an_enterprise_is_read_by_who_acts_for_it_now():
    agent, entity = make_resident("样例甲"), SubjectRef("legal_entity", make_legal_entity())
    make_representation(agent.person_id, entity, kind=RepresentationKind.STAFF)
    send(to=Recipient(entity_id=entity.id))
    own = send(agent, key="mine")
    acting = replace(agent.actor, on_behalf=entity)
    assert len(read_by(acting)) == 1
    assert [each.id for each in read_by(agent.actor)] == [own]


def test_reading_is_remembered_and_reading_again_changes_nothing():
    reader, now = make_resident("样例甲"), clock.now()
    message_id = send(reader)
    commands.mark_read(message_id=message_id, by=reader.actor, at=now)
    commands.mark_read(message_id=message_id, by=reader.actor, at=now + timedelta(hours=1))
    assert queries.message(message_id=message_id, viewer=reader.actor).read_at == now
    assert queries.unread_count(viewer=reader.actor) == 0
    assert not read_by(reader.actor, unread=True)


def test_marking_all_leaves_those_of_others():
    reader, other = make_resident("样例甲"), make_resident("样例乙")
    send(reader, key="1")
    send(reader, key="2")
    send(other, key="3")
    assert commands.mark_all_read(by=reader.actor, at=clock.now()) == 2
    assert queries.unread_count(viewer=other.actor) == 1


def test_pages_hold_every_message_once_and_each_costs_one_query(django_assert_num_queries):
    reader = make_resident("样例甲")
    sent = [send(reader, key=str(number)) for number in range(45)]
    found, cursor = [], None
    while True:
        with django_assert_num_queries(1):
            page = queries.messages(viewer=reader.actor, cursor=cursor)
        found += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == sent[::-1]


def test_a_refused_command_sends_nothing():
    reader = make_resident("样例甲")
    with pytest.raises(UnguardedWrite), transaction.atomic():
        Message.objects.create(key="x", person_id=reader.person_id, kind="k", at=clock.now())
    assert not read_by(reader.actor)


class _Carrier:
    """A channel as a city would write it; it keeps what it carried."""

    key = "test.letters"

    def __init__(self):
        self.carried = []

    def carry(self, message, recipient):
        self.carried.append((message, recipient))


def test_each_channel_carries_each_message_by_a_job(monkeypatch):
    carrier = _Carrier()
    monkeypatch.setattr(registry, "_channels", {})
    registry.register_channel(carrier)
    reader = make_resident("样例甲")
    message_id = send(reader, key="1")
    send(reader, key="1")
    jobs = list(ProcrastinateJob.objects.filter(task_name="notify.carry").values_list("args", flat=True))
    assert jobs == [{"message_id": str(message_id), "channel": "test.letters"}]
    tasks.carry(**jobs[0])
    ((message, recipient),) = carrier.carried
    assert message.id == message_id
    assert recipient == Recipient(person_id=reader.person_id)


def test_the_job_of_a_channel_that_is_gone_ends_quietly(monkeypatch):
    monkeypatch.setattr(registry, "_channels", {})
    tasks.carry(str(send(make_resident("样例甲"))), "test.letters")


def test_a_kind_keeps_its_words():
    registry.register_kind(Kind("test.kind", "“{title}”有消息", "内容"))
    with pytest.raises(ValueError, match="two kinds"):
        registry.register_kind(Kind("test.kind", "别的", "内容"))


def test_the_program_alone_reads_all():
    send(make_resident("样例甲"))
    assert len(read_by(SYSTEM)) == 1
