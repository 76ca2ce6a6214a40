"""A parent proves by a birth certificate kept here whose child somebody is."""

from dataclasses import replace
from datetime import date

import pytest

from yiwang.commons.identity import policies as identity_policies
from yiwang.commons.identity.commands import binding
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.identity.contracts.real_names import BindingRefused, RegisterUnavailable
from yiwang.commons.identity.models import Person, Representation
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.adapters import BirthCertificates
from yiwang.commons.licences.contracts import Ground, Holder
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.tests.factories import SYSTEM, make_type
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.guard import opened

pytestmark = pytest.mark.django_db
FACTS = (
    "child_name", "child_sex", "child_birth_date", "mother_name", "mother_id_number", "father_name", "father_id_number",
)  # fmt: skip
BORN = date(2026, 8, 15)


@pytest.fixture(autouse=True)
def only_certificates(monkeypatch):
    connected = tuple(ports._provided.families)
    monkeypatch.setattr(ports, "_provided", ports._Provided())
    ports.provide_family_register(BirthCertificates())
    return connected


def parent(name):
    made = make.make_resident(name)
    return replace(made, actor=replace(made.actor, assurance=2))


def number_of(made):
    return Person.objects.get(pk=made.person_id).id_number


def certificate(holder, number="Z320000777", grade="A", **said):
    make_type(
        "birth_certificate",
        fields=[{"fact": fact, "label": {"zh": fact}, "sensitivity": "sensitive"} for fact in FACTS],
        purposes=[],
    )
    values = {"child_name": "样例宝宝", "child_sex": "女", "child_birth_date": "2026年8月15日"} | said
    made = commands.issue(
        type_key="birth_certificate", holder=Holder.of(SubjectRef(PERSON, holder.person_id)), values=values,
        organisation_id=make.make_organisation(), number=number, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    with opened("tests"):
        row = Licence.objects.get(pk=made)
        row.state, row.current, row.pending, row.grade = "in_force", row.pending, None, grade
        row.sealed_at = clock.now() if grade == "A" else None
        row.save()
    return made


def bind(made, number="Z320000777", name="样例宝宝"):
    return binding.bind_child(name=name, birth_certificate=number.lower(), by=made.actor, at=clock.now())


def test_both_parents_on_the_certificate_add_one_child_until_it_is_eighteen():
    mother, father = parent("样例母亲"), parent("样例父亲")
    certificate(
        mother, mother_name="样例母亲", mother_id_number=number_of(mother),
        father_name="样例父亲", father_id_number=number_of(father),
    )  # fmt: skip
    for made in (mother, father):
        row = Representation.objects.get(pk=bind(made))
        assert row.valid_to == date(2044, 8, 14)
        assert identity_policies.can_act_for(made.actor, SubjectRef(PERSON, row.person_id))
    child = Person.objects.get(name="样例宝宝")
    assert (child.birth_date, child.sex) == (BORN, "2")


def test_who_holds_it_and_stands_on_it_by_name_is_the_parent_and_nobody_of_the_same_name():
    mother, namesake, father = parent("样例母亲"), parent("样例母亲"), parent("样例父亲")
    certificate(mother, child_birth_date="2026-08-15", mother_name="样例母亲", father_name="样例父亲")
    bind(mother)
    for made in (namesake, father):
        with pytest.raises(BindingRefused):
            bind(made)


@pytest.mark.parametrize(
    "change",
    [
        {"grade": "C"}, {"mother_name": "别人"}, {"child_name": "另一个"}, {"child_birth_date": "不详"},
        {"child_birth_date": "2008年1月1日"}, {"mother_id_number": "32040219710203002X"},
    ],
)  # fmt: skip
def test_what_the_certificate_does_not_say_is_not_proved(change):
    mother = parent("样例母亲")
    certificate(mother, **{"mother_name": "样例母亲", **change})
    with pytest.raises(BindingRefused):
        bind(mother)


def test_a_certificate_that_is_suspended_or_not_sealed_yet_proves_nothing():
    mother = parent("样例母亲")
    made = certificate(mother, mother_name="样例母亲")
    commands.suspend(licence_id=made, ground=Ground.INVESTIGATION, reason="样例", by=SYSTEM, at=clock.now())
    with pytest.raises(BindingRefused):
        bind(mother)
    with opened("tests"):
        Licence.objects.filter(pk=made).update(
            state="making", current=None, pending=Licence.objects.get(pk=made).current
        )
    with pytest.raises(BindingRefused):
        bind(mother)
    assert not Representation.objects.exists()


def test_only_the_program_asks_and_start_up_has_connected_it():
    mother = parent("样例母亲")
    certificate(mother, mother_name="样例母亲")
    asked = {"number": "Z320000777", "name": "样例宝宝", "parent_number": number_of(mother)}
    assert queries.child_by_certificate(**asked, viewer=mother.actor) is None
    assert queries.child_by_certificate(**asked, viewer=SYSTEM) is not None


def test_a_register_that_does_not_answer_hides_no_certificate():
    class Silent:
        def child(self, **_asked):
            raise OSError

    mother = parent("样例母亲")
    ports._provided.families.insert(0, Silent())
    with pytest.raises(RegisterUnavailable):
        bind(mother)
    certificate(mother, mother_name="样例母亲")
    assert bind(mother)


def test_start_up_connects_the_certificates(only_certificates):
    assert any(isinstance(each, BirthCertificates) for each in only_certificates)
