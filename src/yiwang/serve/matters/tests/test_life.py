"""Suspending, resuming, cancelling by date; remedies and numbering words by place."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from yiwang.commons.identity.contracts import OrganisationKind
from yiwang.commons.identity.tests.factories import make_official, make_organisation
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import machinery
from yiwang.kernel.errors import Forbidden
from yiwang.serve.matters import commands, models, queries
from yiwang.serve.matters.contracts import (
    DatesOutOfOrder,
    Limits,
    LimitUnit,
    MatterFaulty,
    MatterNotFound,
    MatterState,
    MatterStateRefused,
    PledgeTerms,
    ProcedureKind,
    RemedyTerms,
)
from yiwang.serve.matters.rules import TRANSITIONS, MatterAction, matter_defects, next_state, state_on
from yiwang.serve.matters.tests.factories import SYSTEM, card, certificate, publish_sample, registration

pytestmark = pytest.mark.django_db
NOBODY = Actor.anonymous()
DAY = timedelta(days=1)


def suspend(code="card", *, since=None, until=None, by=SYSTEM):
    commands.suspend_matter(
        code=code, since=since or clock.today(), until=until, reason="系统升级", by=by, at=clock.now()
    )


def offered(code):
    try:
        queries.matter(code=code, viewer=NOBODY)
    except MatterNotFound:
        return False
    return True


def test_a_suspended_matter_takes_no_applications_until_its_last_day_is_over():
    publish_sample()
    today = clock.today()
    suspend(since=today + DAY, until=today + 3 * DAY)
    assert offered("card")
    row = models.Matter.objects.get(code="card")
    states = [
        state_on(MatterState(row.state), today + n * DAY, row.suspended_from, row.suspended_until) for n in range(5)
    ]
    held = MatterState.SUSPENDED
    assert states == [MatterState.PUBLISHED, held, held, held, MatterState.PUBLISHED]


def test_it_is_offered_again_once_it_is_resumed():
    publish_sample()
    suspend()
    assert not offered("card")
    assert "card" not in [entry.key for entry in queries.catalogue(viewer=NOBODY)]
    with pytest.raises(MatterStateRefused):
        suspend()
    commands.resume_matter(code="card", by=SYSTEM, at=clock.now())
    assert offered("card")


def test_a_day_in_the_past_is_refused():
    publish_sample()
    with pytest.raises(DatesOutOfOrder):
        suspend(since=clock.today() - DAY)
    with pytest.raises(DatesOutOfOrder):
        suspend(until=clock.today() - DAY)
    with pytest.raises(DatesOutOfOrder):
        commands.cancel_matter(code="card", on=clock.today() - DAY, reason="", by=SYSTEM, at=clock.now())


def test_a_cancelled_matter_is_offered_to_the_day_before():
    publish_sample()
    commands.cancel_matter(code="card", on=clock.today() + 5 * DAY, reason="法律修改", by=SYSTEM, at=clock.now())
    row = models.Matter.objects.get(code="card")
    assert (row.effective_to, row.state) == (clock.today() + 4 * DAY, "published")
    commands.cancel_matter(code="card", on=clock.today(), reason="法律修改", by=SYSTEM, at=clock.now())
    assert not offered("card")
    assert models.Matter.objects.get(code="card").state == "withdrawn"


def test_only_those_with_the_grant_suspend_and_cancel():
    publish_sample()
    official = make_official(make_organisation("office-x")).actor
    with pytest.raises(Forbidden):
        suspend(by=official)
    with pytest.raises(Forbidden):
        commands.cancel_matter(code="card", on=clock.today(), reason="", by=official, at=clock.now())
    assert offered("card")


def test_every_action_is_either_told_or_refused_in_every_state():
    told = {(state, action): next_state(state, action) for state in MatterState for action in MatterAction}
    assert {place for place, after in told.items() if after is not None} == set(TRANSITIONS)
    assert all(next_state(MatterState.WITHDRAWN, action) is None for action in MatterAction)


def test_the_promise_is_compared_with_the_law_across_units():
    spec = certificate()
    fine = [
        Limits(2, 2, unit=LimitUnit.CALENDAR_DAY, statutory_unit=LimitUnit.WORKING_DAY),
        Limits(24, 1, unit=LimitUnit.HOUR, statutory_unit=LimitUnit.CALENDAR_DAY),
        Limits(0, 5, unit=LimitUnit.IMMEDIATE),
        Limits(5, None, unit=LimitUnit.CALENDAR_DAY),
    ]
    broken = [
        Limits(25, 1, unit=LimitUnit.HOUR, statutory_unit=LimitUnit.CALENDAR_DAY),
        Limits(11, 14, unit=LimitUnit.WORKING_DAY, statutory_unit=LimitUnit.CALENDAR_DAY),
        Limits(6, 5),
    ]
    assert all(matter_defects(replace(spec, limits=limits)) == [] for limits in fine)
    for limits in broken:
        assert [defect.place for defect in matter_defects(replace(spec, limits=limits))] == [("limits", "promised")]


def test_a_pledge_for_a_material_that_is_not_asked_for_is_refused():
    publish_sample()
    spec = replace(registration(), pledge=PledgeTerms(("nothing",), "承诺", "撤销"))
    with pytest.raises(MatterFaulty) as refused:
        commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now())
    assert "pledge.materials.0" in refused.value.fields


def test_the_database_refuses_a_published_matter_without_a_promise():
    publish_sample()
    with machinery("test"), pytest.raises(DatabaseError, match="matter_promises_when_published"), transaction.atomic():
        models.Matter.objects.filter(code="card").update(promised_days=None)


def test_remedies_name_the_government_and_the_court_of_the_deciding_organisation():
    publish_sample()
    make_organisation("city-gov", name="样例市人民政府", kind=OrganisationKind.GOVERNMENT, region="320400")
    office = make_organisation("office-y", name="样例区局", region="320402", parent="city-gov")
    entries = {
        (ProcedureKind.COURT, "320400"): ("样例市中级人民法院", ""),
        (ProcedureKind.COURT, "default"): ("样例高级人民法院", ""),
        (ProcedureKind.WORD, "office-y"): ("样卫", ""),
    }
    assert commands.set_procedure(entries=entries, by=SYSTEM, at=clock.now())
    assert not commands.set_procedure(entries=entries, by=SYSTEM, at=clock.now())
    matter = queries.matter(code="certificate", viewer=NOBODY)
    found = queries.remedies(matter=matter, organisation_id=office, viewer=NOBODY)
    assert (found.review_authority, found.court) == ("样例市人民政府", "样例市中级人民法院")
    assert (found.review_days, found.litigation_months) == (60, 6)
    assert queries.document_word(organisation_id=office, viewer=NOBODY) == "样卫"
    own = replace(card(), remedies=RemedyTerms(review_authority="样例省政府", court="样例法院"))
    commands.publish_matter(spec=own, by=SYSTEM, at=clock.now())
    told = queries.remedies(matter=queries.matter(code="card", viewer=NOBODY), organisation_id=office, viewer=NOBODY)
    assert (told.review_authority, told.court) == ("样例省政府", "样例法院")


def test_a_version_that_takes_effect_later_waits_and_the_present_one_stays_in_force():
    publish_sample()
    later = replace(card(), name="以后的名称", valid_from=clock.today() + 2 * DAY)
    first = commands.publish_matter(spec=later, by=SYSTEM, at=clock.now())
    assert (first.version, first.changed) == (2, True)
    assert not commands.publish_matter(spec=later, by=SYSTEM, at=clock.now()).changed
    assert queries.matter(code="card", viewer=NOBODY).version == 1
    assert commands.put_in_force(by=SYSTEM, at=clock.now()) == 0
    assert commands.put_in_force(by=SYSTEM, at=clock.now() + 2 * DAY) == 1
    states = models.Matter.objects.filter(code="card").order_by("version").values_list("version", "state")
    assert list(states) == [(1, "withdrawn"), (2, "published")]


def test_a_waiting_version_is_replaced_by_a_newer_one():
    publish_sample()
    for name in ("甲", "乙"):
        spec = replace(card(), name=name, valid_from=clock.today() + 2 * DAY)
        commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now())
    states = models.Matter.objects.filter(code="card").order_by("version").values_list("version", "state")
    assert list(states) == [(1, "published"), (2, "withdrawn"), (3, "draft")]


def test_a_former_version_is_put_in_force_again_as_a_new_one():
    publish_sample()
    commands.publish_matter(spec=replace(card(), name="新名称"), by=SYSTEM, at=clock.now())
    again = commands.republish_matter(code="card", version=1, since=clock.today(), by=SYSTEM, at=clock.now())
    assert again.version == 3
    assert queries.matter(code="card", viewer=NOBODY).name == card().name
    with pytest.raises(DatesOutOfOrder):
        commands.republish_matter(code="card", version=1, since=clock.today() - DAY, by=SYSTEM, at=clock.now())
    with pytest.raises(MatterNotFound):
        commands.republish_matter(code="card", version=9, since=clock.today(), by=SYSTEM, at=clock.now())


def test_a_new_version_of_a_suspended_matter_is_suspended_as_long():
    publish_sample()
    suspend(until=clock.today() + DAY)
    commands.publish_matter(spec=replace(card(), name="新名称"), by=SYSTEM, at=clock.now())
    assert not offered("card")
