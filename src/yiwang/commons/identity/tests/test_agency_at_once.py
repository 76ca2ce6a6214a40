"""Mandates and bindings in the same moment, with real connections: one outcome, and never a right that outlives its end."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from yiwang.commons.identity import commands as identity
from yiwang.commons.identity import policies
from yiwang.commons.identity.commands import agency, binding
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON, AlreadyHeld, MayNotRepresent
from yiwang.commons.identity.contracts.real_names import (
    BindingRefused,
    MandateClosed,
    RegisteredEntity,
    ScopeChoice,
)
from yiwang.commons.identity.models import LegalEntity, Mandate, Person, Representation
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests.real_names import CODE, number_of, register, verified
from yiwang.commons.identity.tests.test_at_once import at_once
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import DomainError
from yiwang.kernel.models import EvidenceRow

__all__ = ["register"]
pytestmark = pytest.mark.django_db(transaction=True)
NAME = "常州样例甲有限公司"


@pytest.fixture
def pair(register):
    """A resident, an agent, and what was offered."""
    ports.provide_scopes(lambda audience: (ScopeChoice("matter:birth", "出生"), ScopeChoice("matter:card", "社保卡")))
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    return one, agent, SubjectRef(PERSON, one.person_id)


def offer(one, agent, scopes=("matter:birth", "matter:card")):
    return agency.offer_mandate(
        principal=SubjectRef(PERSON, one.person_id), agent_name="样例代办", agent_number=number_of(agent.person_id),
        scopes=scopes, valid_to=clock.today() + timedelta(days=30), by=one.actor, at=clock.now(),
    )  # fmt: skip


def accept(agent, mandate):
    return lambda: agency.answer_mandate(mandate_id=mandate, accept=True, by=agent.actor, at=clock.now())


def withdraw(made, mandate):
    return lambda: agency.end_mandate(mandate_id=mandate, by=made.actor, at=clock.now())


def refusals(found):
    return sorted(type(each).__name__ for each in found if isinstance(each, DomainError))


def test_accepted_and_withdrawn_at_once_nothing_is_left_in_force(pair):
    one, agent, subject = pair
    for _round in range(4):
        mandate = offer(one, agent)
        found = at_once(accept(agent, mandate), withdraw(one, mandate))
        assert refusals(found) in ([], ["MandateClosed"]), found
        assert Mandate.objects.get(pk=mandate).state == "withdrawn"
        assert not policies.can_act_for(agent.actor, subject)


def test_accepted_twice_at_once_it_is_accepted_once(pair):
    one, agent, _subject = pair
    mandate = offer(one, agent)
    found = at_once(*[accept(agent, mandate)] * 3)
    assert refusals(found) == ["MandateClosed"] * 2
    assert Representation.objects.count() == 2
    assert EvidenceRow.objects.filter(kind="identity.mandate_accepted").count() == 1


def test_offered_twice_at_once_it_is_offered_once(pair):
    one, agent, _subject = pair
    found = at_once(*[lambda: offer(one, agent)] * 3)
    assert [type(each) for each in found].count(AlreadyHeld) == 2
    assert Mandate.objects.count() == 1


def test_who_acts_in_the_moment_of_withdrawal_acts_before_it_or_not_at_all(pair):
    one, agent, subject = pair
    for _round in range(4):
        mandate = offer(one, agent)
        accept(agent, mandate)()
        act = lambda: identity.act_for(subject=subject, by=agent.actor, at=clock.now())  # noqa: E731
        found = at_once(withdraw(one, mandate), act, act)
        assert set(refusals(found)) <= {"MayNotRepresent"}
        with pytest.raises(MayNotRepresent):
            act()


def test_an_answer_waits_for_a_withdrawal_under_way_and_then_finds_it_closed(pair):
    one, agent, subject = pair
    mandate = offer(one, agent)
    from threading import Thread

    found = []

    def answer():
        found.extend(at_once(accept(agent, mandate)))

    waiting = Thread(target=answer)
    with transaction.atomic():
        withdraw(one, mandate)()
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
    waiting.join(20)
    assert [type(each) for each in found] == [MandateClosed]
    assert not policies.can_act_for(agent.actor, subject)


def test_both_sides_end_by_both_ways_at_once_without_blocking_each_other(pair):
    one, agent, subject = pair
    for _round in range(6):
        mandate = offer(one, agent)
        accept(agent, mandate)()
        held = list(Representation.objects.filter(mandate_id=mandate).values_list("pk", flat=True))
        ends = [
            lambda each=each: identity.end_representation(representation_id=each, by=agent.actor, at=clock.now())
            for each in held
        ]
        found = at_once(withdraw(one, mandate), *ends)
        assert set(refusals(found)) <= {"MandateClosed", "UnknownRecord"}, found
        assert Mandate.objects.get(pk=mandate).ended_at is not None
        assert not policies.can_act_for(agent.actor, subject)


class Changing:
    """A register whose answer changes from the first to the second representative between two questions."""

    def __init__(self, first, second):
        self.answers = [first, second]

    def entity(self, *, credit_code):
        name, number = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return RegisteredEntity(credit_code, NAME, "enterprise", name, number)


def bind(made):
    return lambda: binding.bind_legal_entity(credit_code=CODE, name=NAME, by=made.actor, at=clock.now())


def test_one_entity_bound_twice_at_once_is_one_entity_with_one_representation(register):
    owner = verified(register, "样例法人")
    register.entity(CODE, NAME, "样例法人", number_of(owner.person_id))
    found = at_once(*[bind(owner)] * 3)
    assert set(found) == {LegalEntity.objects.get().pk}, found
    assert Representation.objects.count() == 1


@pytest.mark.parametrize("known", [False, True])
def test_an_old_answer_of_the_register_takes_the_entity_from_nobody(register, known):
    """The former representative's question was answered before the change, and written after the successor's."""
    former, heir = verified(register, "样例前任"), verified(register, "样例后任")
    register.entity(CODE, NAME, "样例前任", number_of(former.person_id))
    if known:
        bind(former)()
    newer = RegisteredEntity(CODE, NAME, "enterprise", "样例后任", number_of(heir.person_id))

    class Overtaken:
        asked = 0

        def entity(self, *, credit_code):
            """While the former representative's question is answered, the successor asks and binds."""
            Overtaken.asked += 1
            if Overtaken.asked == 1:
                at_once(bind(heir))
                return RegisteredEntity(credit_code, NAME, "enterprise", "样例前任", number_of(former.person_id))
            return newer

    ports.provide_entity_register(Overtaken())
    with pytest.raises(BindingRefused):
        bind(former)()
    entity = LegalEntity.objects.get()
    subject = SubjectRef(LEGAL_ENTITY, entity.pk)
    assert entity.legal_representative_id == heir.person_id
    assert policies.can_act_for(heir.actor, subject)
    assert not policies.can_act_for(former.actor, subject)


def test_two_representatives_at_once_leave_one(register):
    former, heir = verified(register, "样例前任"), verified(register, "样例后任")
    ports.provide_entity_register(
        Changing(("样例前任", number_of(former.person_id)), ("样例后任", number_of(heir.person_id)))
    )
    at_once(bind(former), bind(heir))
    entity = LegalEntity.objects.filter().first()
    held = Representation.objects.filter(policies.period_covers_today(), kind="legal_representative")
    assert held.count() == (1 if entity else 0)
    if entity:
        assert held.get().representative_id == entity.legal_representative_id


def test_both_parents_who_bind_a_newborn_at_once_bind_one_child(register):
    mother, father = verified(register, "样例母亲"), verified(register, "样例父亲")
    numbers = (number_of(mother.person_id), number_of(father.person_id))
    register.child(
        name="样例宝宝", birth_date=date(2026, 8, 15), sex="2", birth_certificate="S320400009", parents=numbers
    )

    def add(made):
        return lambda: binding.bind_child(
            name="样例宝宝", birth_certificate="S320400009", by=made.actor, at=clock.now()
        )

    found = at_once(add(mother), add(father), add(mother))
    assert refusals(found) == ["AlreadyHeld"]
    assert Person.objects.filter(name="样例宝宝").count() == 1
    assert Representation.objects.count() == 2
