"""A guardian acts for a child until the day before it is eighteen, however the guardianship came in."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.commons.identity import policies
from yiwang.commons.identity import queries as reads
from yiwang.commons.identity.commands import binding
from yiwang.commons.identity.contracts import PERSON, AlreadyHeld, InvalidIdentity, RepresentationKind
from yiwang.commons.identity.engine.realnames import born_when_of_age, last_day_as_child
from yiwang.commons.identity.models import Person, Representation
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import CHILD, number_of, register, verified
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.guard import opened

__all__ = ["register"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
GUARDIAN = RepresentationKind.GUARDIAN


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def born(day: date):
    child = make.make_person("样例孩子", with_id_number=False)
    with opened("tests"):
        Person.objects.filter(pk=child).update(birth_date=day)
    return SubjectRef(PERSON, child)


def as_old_row(representative_id, child, last=None):
    """A guardianship as the counter wrote them: no end."""
    with opened("tests"):
        Representation.objects.create(
            representative_id=representative_id, person_id=child.id, kind=GUARDIAN.value, valid_from=date(2020, 1, 1),
            valid_to=last,
        )  # fmt: skip


def stands(parent, child):
    acting = replace(parent.actor, on_behalf=child)
    return policies.can_act_for(parent.actor, child), policies.can_act_within(acting, "matter:birth")


@pytest.mark.django_db
@pytest.mark.parametrize("last", [None, date(2099, 1, 1)])
def test_a_guardianship_without_end_ends_at_the_stroke_of_the_eighteenth_birthday(last):
    parent, child = make.make_resident("样例母亲"), born(date(2010, 4, 5))
    as_old_row(parent.person_id, child, last)
    eighteen = midnight(date(2028, 4, 5))
    with clock.frozen(eighteen - timedelta(seconds=1)):
        assert stands(parent, child) == (True, True)
        [choice] = reads.acting_choices(viewer=parent.actor)
        assert choice.valid_to == date(2028, 4, 4)
    with clock.frozen(eighteen):
        assert stands(parent, child) == (False, False)
        assert reads.acting_choices(viewer=parent.actor) == ()


@pytest.mark.django_db
def test_a_session_that_acts_for_a_child_stops_at_midnight(client):
    child, eighteen = born(date(2010, 4, 5)), midnight(date(2028, 4, 5))
    with clock.frozen(eighteen - timedelta(minutes=1)):
        parent = make.make_resident("样例母亲")
        as_old_row(parent.person_id, child)
        make.login(client, parent.account_id)
        assert client.post("/account/acting/", {"choice": str(child)}).status_code == 303
        assert reads.actor_of(client.get("/account/acting/").wsgi_request).on_behalf == child
    with clock.frozen(eighteen):
        response = client.get("/account/password/")
        assert (response.status_code, response.url) == (302, "/account/acting/")
        assert reads.actor_of(client.get("/account/acting/").wsgi_request).on_behalf is None


@pytest.mark.django_db
def test_nobody_is_guardian_of_somebody_of_unknown_age_and_agents_are_not_touched():
    parent, child = make.make_resident("样例母亲"), born(None)
    as_old_row(parent.person_id, child)
    assert stands(parent, child) == (False, False)
    grown = born(date(1950, 1, 1))
    make.make_representation(parent.person_id, grown)
    assert stands(parent, grown) == (True, True)


@pytest.mark.django_db
def test_the_counter_cannot_enter_a_guardianship_beyond_eighteen():
    parent, child = make.make_resident("样例母亲"), born(date(2018, 4, 5))
    for wanted, kept in ((date(2099, 1, 1), date(2036, 4, 4)), (date(2030, 1, 1), date(2030, 1, 1))):
        made = make.make_representation(parent.person_id, child, kind=GUARDIAN, valid_to=wanted)
        assert Representation.objects.get(pk=made).valid_to == kept
    for other in (born(date(2008, 1, 1)), born(None)):
        with pytest.raises(InvalidIdentity):
            make.make_representation(parent.person_id, other, kind=GUARDIAN)


@pytest.mark.django_db
def test_a_child_entered_by_the_counter_is_not_bound_a_second_time(register):
    parent = verified(register, "样例母亲")
    child = SubjectRef(PERSON, make.make_person("样例孩子", id_number=CHILD))
    as_old_row(parent.person_id, child)
    register.child(
        name="样例孩子", birth_date=date(2018, 4, 5), sex="2", id_number=CHILD, parents=(number_of(parent.person_id),)
    )
    with pytest.raises(AlreadyHeld):
        binding.bind_child(name="样例孩子", id_number=CHILD, by=parent.actor, at=clock.now())


@pytest.mark.django_db
def test_a_child_known_without_its_day_of_birth_gets_it_when_bound(register):
    parent = verified(register, "样例母亲")
    child = SubjectRef(PERSON, make.make_person("样例孩子", id_number=CHILD))
    with opened("tests"):
        Person.objects.filter(pk=child.id).update(birth_date=None)
    register.child(
        name="样例孩子", birth_date=date(2018, 4, 5), sex="2", id_number=CHILD, parents=(number_of(parent.person_id),)
    )
    binding.bind_child(name="样例孩子", id_number=CHILD, by=parent.actor, at=clock.now())
    assert policies.can_act_for(parent.actor, child)


@given(st.dates(date(1920, 1, 1), date(2050, 1, 1)), st.integers(-3, 3))
def test_both_ways_to_count_eighteen_years_agree_on_every_day(birth, days):
    day = last_day_as_child(birth) + timedelta(days=days)
    assert (birth > born_when_of_age(day)) is (day <= last_day_as_child(birth))
