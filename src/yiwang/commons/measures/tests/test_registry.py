"""Measures are registered whole, found by their keys, and seen only by who holds the grant."""

from datetime import date

import pytest
from django.db.models import F, Q

from yiwang.commons.identity.tests.factories import make_official, make_organisation, make_resident
from yiwang.commons.measures import queries, registry
from yiwang.commons.measures.contracts import BadPeriod, Line, MeasureNotFound, NotGranted, Period, Unit
from yiwang.commons.measures.registry import Dimension, Measure, Source
from yiwang.kernel.actor import Actor
from yiwang.kernel.models import AuditEntry

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_sources", {})
    monkeypatch.setattr(registry, "_measures", {})
    source = Source(
        "offices", "机构", AuditEntry.objects.all, (Dimension("kind", "类别", "command"),), _line, ("command",)
    )
    registry.register_source(source)


def _line(row):
    return Line("organisation", str(row.pk), "", row.command, {})


@pytest.mark.parametrize(
    "faulty",
    [
        Measure("x", "x", "", "nowhere"),
        Measure("x", "x", "", "offices", Unit.SHARE),
        Measure("x", "x", "", "offices", Unit.WORKING_DAYS),
    ],
)
def test_a_measure_that_cannot_be_computed_is_refused(faulty):
    with pytest.raises(ValueError, match="x"):
        registry.register_measure(faulty)


def test_unknown_keys_and_dimensions_are_told():
    registry.register_measure(Measure("offices.all", "机构数", "", "offices"))
    one = registry.measure("offices.all")
    assert [each.key for each in registry.dimensions_of(one)] == ["kind"]
    for wrong in (lambda: registry.measure("nothing"), lambda: registry.dimension_of(one, "month")):
        with pytest.raises(MeasureNotFound):
            wrong()


def test_a_measure_with_a_period_is_split_by_month():
    registry.register_measure(Measure("m", "m", "", "offices", period_by="created_at", of=Q(), mean=F("x")))
    assert [each.key for each in registry.dimensions_of(registry.measure("m"))] == ["kind", "month"]


@pytest.mark.parametrize(("first", "last"), [((2026, 2, 1), (2026, 1, 1)), ((2000, 1, 1), (2026, 1, 1))])
def test_a_period_runs_forward_and_not_for_ever(first, last):
    with pytest.raises(BadPeriod):
        Period(date(*first), date(*last))


def test_the_period_before_has_the_same_length():
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before == Period(date(2026, 1, 29), date(2026, 2, 28))


@pytest.mark.django_db
def test_only_who_holds_the_grant_sees_measures():
    registry.register_measure(Measure("offices.all", "机构数", "", "offices"))
    office = make_organisation()
    granted = make_official(office, role="head", grants=("measures.view",)).actor
    others = (
        make_official(office, role="clerk", grants=("cases.view",)).actor,
        make_resident().actor,
        Actor.anonymous(),
    )
    assert queries.can_view(viewer=granted)
    for viewer in others:
        assert not queries.can_view(viewer=viewer)
        for read in (
            lambda viewer=viewer: queries.values(keys=["offices.all"], viewer=viewer, period=YEAR),
            lambda viewer=viewer: queries.breakdown(key="offices.all", dimension="kind", viewer=viewer, period=YEAR),
            lambda viewer=viewer: queries.rows(key="offices.all", viewer=viewer, period=YEAR),
            lambda viewer=viewer: queries.all_rows(key="offices.all", viewer=viewer, period=YEAR),
        ):
            with pytest.raises(NotGranted):
                read()
