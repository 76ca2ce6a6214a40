"""Grants given twice at once stand once; an appointment reaches no organisation beyond the appointer, in either tree."""

from datetime import timedelta

import pytest

from yiwang.commons.identity import commands
from yiwang.commons.identity.contracts import AlreadyHeld, NotPermitted, Tree
from yiwang.commons.identity.models import Grant
from yiwang.commons.identity.policies import APPOINT
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_at_once import at_once
from yiwang.kernel import clock


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days", [None, 30])
@pytest.mark.parametrize("to", ["account", "role"])
def test_the_same_grant_given_twice_at_once_stands_once(days, to):
    place = make.make_organisation("bureau")
    official = make.make_official(place)
    whom = {"account_id": official.account_id} if to == "account" else {"role": "clerk"}
    until = clock.today() + timedelta(days=days) if days else None

    def give():
        return commands.grant(
            action="case.read", organisation_id=place, valid_to=until, by=make.SYSTEM, at=clock.now(), **whom
        )

    answers = at_once(*[give] * 3)
    assert Grant.objects.filter(action="case.read").count() == 1
    assert sum(isinstance(each, AlreadyHeld) for each in answers) == 2


@pytest.mark.django_db
def test_a_grant_for_a_time_is_given_again_for_longer_and_not_within_what_is_held():
    place = make.make_organisation("bureau")
    official = make.make_official(place)

    def give(days):
        return commands.grant(
            account_id=official.account_id, action="case.read", organisation_id=place,
            valid_to=clock.today() + timedelta(days=days), by=make.SYSTEM, at=clock.now(),
        )  # fmt: skip

    give(10)
    give(20)
    with pytest.raises(AlreadyHeld):
        give(15)


@pytest.mark.django_db
@pytest.mark.parametrize("rooted", [True, False])
def test_nobody_appoints_to_a_role_that_reaches_outside_along_the_line(rooted):
    """The district's administrator holds its territory; the line below the city's bureau runs through other districts."""
    make.make_organisation("district")
    make.make_organisation("district-health", parent="district")
    health = make.make_organisation("district-health", parent="district")
    make.make_organisation("other-health", line_parent="district-health")
    district = make.make_organisation("district")
    make.make_role("inspector")
    commands.grant(
        role="inspector", holder_id=health if rooted else None, organisation_id=health if rooted else None,
        action="case.read", tree=Tree.LINE, by=make.SYSTEM, at=clock.now(),
    )  # fmt: skip
    chief = make.make_official(district, grants=[APPOINT])
    whom = make.make_official(health)
    with pytest.raises(NotPermitted):
        commands.appoint(
            account_id=whom.account_id, organisation_id=health, role="inspector", by=chief.actor, at=clock.now()
        )
    both = make.make_official(district, grants=[APPOINT, make.Grants(APPOINT, tree=Tree.LINE, organisation_id=health)])
    commands.appoint(
        account_id=whom.account_id, organisation_id=health, role="inspector", by=both.actor, at=clock.now()
    )
