"""What the tests of real names and of acting for others share: a register, people in it, their numbers."""

from dataclasses import replace
from datetime import date

import pytest

from yiwang.commons.identity.contracts.real_names import RegisteredChild, RegisteredEntity
from yiwang.commons.identity.contrib.embedded import EmbeddedRegister
from yiwang.commons.identity.models import Account, Person
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel.codes.id_number import Sex
from yiwang.kernel.codes.synthetic import synthetic_credit_code, synthetic_id_number

CODE = synthetic_credit_code(division_code="320402", serial=9001)
CLOSED = synthetic_credit_code(division_code="320402", serial=9002)


def number(birth, serial=0, sex=Sex.FEMALE):
    return synthetic_id_number(division_code="320402", birth_date=birth, sex=sex, serial=serial)


ALONE = number(date(1971, 2, 3))
MINORITY = number(date(1972, 2, 3))
CHILD = number(date(2018, 4, 5), 1)
GROWN = number(date(2006, 4, 5), 1)


@pytest.fixture
def register(monkeypatch):
    """Connects an embedded register for one test; returns how to add to it."""
    monkeypatch.setattr(ports, "_provided", ports._Provided())
    people = {ALONE: "样例孤名", MINORITY: "买买提·吐尔逊"}
    children, entities = [], {}

    def connect():
        made = EmbeddedRegister(dict(people), tuple(children), dict(entities))
        ports.provide_population_register(made)
        ports.provide_entity_register(made)
        ports._provided.families = [made]

    class Register:
        def add(self, found, name):
            people[found] = name
            connect()

        def child(self, **values):
            children.append(RegisteredChild(**values))
            connect()

        def entity(self, code, name, representative, representative_number, **values):
            entities[code] = RegisteredEntity(code, name, "enterprise", representative, representative_number, **values)
            connect()

    connect()
    return Register()


def number_of(person_id):
    return Person.objects.get(pk=person_id).id_number


def verified(register, name="样例甲", level=2):
    """A resident in the register whose account has that level."""
    from yiwang.kernel.guard import opened

    made = make.make_resident(name)
    register.add(number_of(made.person_id), name)
    with opened("tests"):
        Account.objects.filter(pk=made.account_id).update(assurance=level)
    return replace(made, actor=replace(made.actor, assurance=level))


def unproven(name="样例甲"):
    """A resident who registered by themself: a name, no number."""
    return make.make_resident(person_id=make.make_person(name, with_id_number=False))
