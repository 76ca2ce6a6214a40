"""Whoever loses a right or a way to log in without doing it themself reads of it."""

from datetime import date, timedelta

import pytest

from yiwang.commons.identity import commands
from yiwang.commons.identity.commands import acting, joiners
from yiwang.commons.identity.contracts import LEGAL_ENTITY, RepresentationKind
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.models import LegalEntity
from yiwang.commons.identity.tasks.endings import check_entities, end_guardianships
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import number_of, register, verified
from yiwang.commons.identity.tests.test_guardians import as_old_row, midnight
from yiwang.commons.notify import handlers, queries
from yiwang.commons.notify.handlers import real_names
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.outbox import relay

__all__ = ["register"]
pytestmark = pytest.mark.django_db


def told(made):
    relay()
    return [message.kind for message in queries.messages(viewer=made.actor).items]


def test_the_owner_hears_of_a_reset_and_the_person_of_a_closed_account():
    desk = make.make_organisation()
    one = make.make_official(desk, password=make.PASSWORD)
    own = make.make_resident(person_id=one.person_id)
    joiners.access_link(account_id=one.account_id, by=make.SYSTEM, at=clock.now())
    assert told(one) == [handlers.ALL_CLEARED]
    joiners.leave(account_id=one.account_id, ground=LeaveGround.RESIGNED, by=make.SYSTEM, at=clock.now())
    assert told(own) == [handlers.CLOSED]
    commands.deactivate_account(account_id=one.account_id, by=make.SYSTEM, at=clock.now())
    assert told(own) == [handlers.CLOSED], "said once"


def test_parents_and_child_hear_a_month_before_and_at_the_eighteenth_birthday():
    mother, father = make.make_resident("样例母亲"), make.make_resident("样例父亲")
    birthday = date(2010, 4, 5)
    grown = make.make_resident("样例孩子", person_id=make.make_person("样例孩子", birth_date=birthday))
    birth = make.person_row(grown.person_id).birth_date
    eighteen = birth.replace(year=birth.year + 18)
    child = SubjectRef("person", grown.person_id)
    for parent in (mother, father):
        as_old_row(parent.person_id, child)
    for day in (eighteen - timedelta(days=20), eighteen, eighteen + timedelta(days=1)):
        with clock.frozen(midnight(day) + timedelta(hours=1)):
            end_guardianships()
            relay()
    for parent in (mother, father):
        assert sorted(told(parent)) == sorted([real_names.CHILD_GROWS, real_names.CHILD_GREW])
    assert sorted(told(grown)) == sorted([real_names.OWN_MAJORITY, real_names.OF_AGE])


@pytest.mark.parametrize(("in_business", "kind"), [(False, real_names.DISSOLVED), (True, real_names.REPLACED)])
def test_the_former_representative_hears_that_the_register_ended_it(register, in_business, kind):
    boss, other = verified(register, "样例法人"), verified(register, "样例新法人")
    entity = make.make_legal_entity("样例有限公司", legal_representative_id=boss.person_id)
    code = LegalEntity.objects.values_list("credit_code", flat=True).get(pk=entity)
    subject = SubjectRef(LEGAL_ENTITY, entity)
    staff = make.make_resident("样例职员")
    acting.represent(
        representative_id=staff.person_id,
        subject=subject,
        kind=RepresentationKind.STAFF,
        by=make.SYSTEM,
        at=clock.now(),
    )
    register.entity(code, "样例有限公司", "样例新法人", number_of(other.person_id), in_business=in_business)
    check_entities()
    assert told(boss) == [kind]
    assert told(staff) == ([kind] if kind == real_names.DISSOLVED else [])
