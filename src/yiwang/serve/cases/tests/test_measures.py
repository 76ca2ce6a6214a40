"""Measures over cases: each number equals the list behind it, and the sum of its parts, within the viewer's scope."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.test import Client

from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.commons.measures import queries, registry
from yiwang.commons.measures.contracts import Period, Unit
from yiwang.kernel import calendars, clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.clock import CHINA
from yiwang.kernel.guard import opened
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import CalendarDay
from yiwang.serve.cases.models import Case

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
KEYS = [each.key for each in registry.measures() if each.source in {"cases", "tasks"}]


class Made:
    """Sixty cases of two offices with every kind of fate, from a fixed seed."""

    def __init__(self) -> None:
        self.offices = [make_organisation(name=f"样例机构{number}") for number in range(2)]
        self.person = make_resident("样例申请人").person_id
        self.head, self.other = (
            make_official(office, role=f"head{place}", grants=("measures.view",))
            for place, office in enumerate(self.offices)
        )
        random = Random(7)
        with opened("tests"):
            for number in range(60):
                self.case(number, random)

    def case(self, number: int, random: Random) -> Case:
        submitted = datetime(2026, 1, 1, 1, tzinfo=UTC) + timedelta(hours=random.randrange(24 * 300))
        accepted = submitted + timedelta(days=random.randrange(4)) if random.random() < 0.8 else None
        decided = accepted + timedelta(days=random.randrange(30)) if accepted and random.random() < 0.8 else None
        office = random.randrange(2)
        return Case.objects.create(
            number=f"T{number:05d}",
            kind="single",
            title=f"样例事项{number % 3}",
            matter_id=new_id(),
            matter_code=f"matter_{number % 3}",
            person_id=self.person,
            applicant_name="样例",
            organisation_id=self.offices[office],
            organisation_name=f"样例机构{office}",
            region_code="320400",
            scope_key=f"matter:matter_{number % 3}",
            grade=1,
            corrections=random.randrange(2),
            status="closed" if decided else "accepted" if accepted else "submitted",
            result=random.choice(["granted", "refused"]) if decided else "",
            promised_days=5,
            promised_due=(accepted + timedelta(days=12)).date() if accepted else None,
            submitted_at=submitted,
            received_at=accepted,
            accepted_at=accepted,
            decided_at=decided,
            closed_at=decided,
        )


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("days", [(0, 365), (40, 100), (200, 201)])
def test_a_figure_equals_the_list_behind_it_and_the_sum_of_its_parts(made, key, days):
    period = Period(*(date(2026, 1, 1) + timedelta(days=each) for each in days))
    for viewer in (SYSTEM, made.head.actor, made.other.actor):
        figure = queries.figure(key=key, viewer=viewer, period=period)
        behind = queries.rows(key=key, viewer=viewer, period=period, size=100)
        assert figure.count == behind.total == len(behind.items)
        for split in registry.dimensions_of(registry.measure(key)):
            parts = queries.breakdown(key=key, dimension=split.key, viewer=viewer, period=period)
            assert sum(each.figure.count for each in parts) == figure.count
            assert sum(each.figure.base or 0 for each in parts) == (figure.base or 0)
            for part in parts:
                listed = queries.rows(
                    key=key, viewer=viewer, period=period, dimension=split.key, value=part.key, size=100
                )
                assert listed.total == part.figure.count


def test_each_head_sees_only_their_own_office(made):
    mine, theirs, all_ = (
        queries.figure(key="cases.filed", viewer=viewer, period=YEAR).count
        for viewer in (made.head.actor, made.other.actor, SYSTEM)
    )
    assert mine + theirs == all_ == 60
    parts = queries.breakdown(key="cases.filed", dimension="organisation", viewer=made.head.actor, period=YEAR)
    assert [each.key for each in parts] == [str(made.offices[0])]


def test_working_days_are_those_of_the_legal_calendar(made):
    announced = [
        ("2026-02-16", "holiday"),
        ("2026-02-17", "holiday"),
        ("2026-02-21", "holiday"),
        ("2026-02-28", "workday"),
    ]
    announced += [(f"2026-0{month}-01", "holiday") for month in range(4, 9)]
    with opened("tests"):
        for day, kind in announced:
            CalendarDay.objects.create(date=day, kind=kind, name="样例")
    calendars.forget()
    calendar = calendars.current()
    spent = [
        calendar.working_days_between(*(at.astimezone(CHINA).date() for at in (case.accepted_at, case.decided_at)))
        for case in Case.objects.filter(decided_at__isnull=False)
    ]
    figure = queries.figure(key="cases.working_days", viewer=SYSTEM, period=YEAR)
    assert figure.count == len(spent)
    assert figure.value == (Decimal(sum(spent)) / len(spent)).quantize(Decimal("0.01"))


def test_shares_are_of_the_cases_they_speak_of(made):
    decided = Case.objects.filter(decided_at__isnull=False)
    timely = [each for each in decided if each.decided_at.astimezone(CHINA).date() <= each.promised_due]
    figure = queries.figure(key="cases.on_time", viewer=SYSTEM, period=YEAR)
    assert (figure.count, figure.base) == (len(timely), len(decided))
    nothing = queries.figure(key="cases.on_time", viewer=SYSTEM, period=Period(date(2020, 1, 1), date(2020, 1, 2)))
    assert (nothing.value, nothing.count, nothing.base) == (None, 0, 0)


def test_the_course_has_each_month_also_the_empty_ones(made):
    course = queries.trend(key="cases.filed", viewer=SYSTEM, until=date(2026, 12, 20))
    assert [each.key for each in course] == [f"2026-{month:02d}" for month in range(1, 13)]
    assert sum(each.figure.count for each in course) == 60
    assert course[-1].figure.value == 0
    assert queries.trend(key="cases.overdue", viewer=SYSTEM, until=date(2026, 12, 20)) == ()


def test_many_measures_cost_a_statement_for_each_source(made, django_assert_num_queries):
    with django_assert_num_queries(2):
        queries.values(keys=KEYS, viewer=SYSTEM, period=YEAR)
    with django_assert_num_queries(2):
        queries.rows(key="cases.filed", viewer=SYSTEM, period=YEAR)


@pytest.mark.parametrize("value", ["", "x", "2026-13", "0000"])
def test_a_value_that_is_none_finds_nothing(made, value):
    for dimension in ("organisation", "matter", "month"):
        page = queries.rows(key="cases.filed", viewer=SYSTEM, period=YEAR, dimension=dimension, value=value)
        assert page.items == ()


def paged(made: Made, path: str, **asked: str):
    client = Client()
    login(client, made.head.account_id)
    return client.get(path, asked)


def test_pages_show_figures_that_lead_to_their_lists(made):
    asked = {"since": "2026-01-01", "until": "2026-12-31"}
    shown = paged(made, "/work/measures/", **asked).content.decode()
    count = queries.figure(key="cases.filed", viewer=made.head.actor, period=YEAR).count
    assert "收件量" in shown
    assert f"{count}" in shown
    for key in KEYS:
        one = paged(made, f"/work/measures/{key}/", **asked)
        assert one.status_code == 200, key
        listed = paged(made, f"/work/measures/{key}/rows/", **asked).content.decode()
        figure = queries.figure(key=key, viewer=made.head.actor, period=YEAR)
        assert f"共 {figure.count:,} 条" in listed
    by_month = paged(made, "/work/measures/cases.filed/rows/", by="month", value="2026-02", **asked).content.decode()
    assert "/work/cases/T" in by_month


@pytest.mark.parametrize("asked", [{"since": "morgen"}, {"since": "2026-05-01", "until": "2026-01-01"}])
def test_a_period_that_is_none_is_told_and_the_usual_one_shown(made, asked):
    page = paged(made, "/work/measures/", **asked)
    assert page.status_code == 200
    assert "统计时段不对" in page.content.decode()


def test_exports_hold_the_parts_and_the_rows(made):
    asked = {"since": "2026-01-01", "until": "2026-12-31"}
    parts = b"".join(paged(made, "/work/measures/cases.filed/export.csv", by="matter", **asked).streaming_content)
    lines = parts.decode("utf-8-sig").splitlines()
    count = queries.figure(key="cases.filed", viewer=made.head.actor, period=YEAR).count
    assert sum(int(line.split(",")[2]) for line in lines[1:]) == count
    rows = b"".join(paged(made, "/work/measures/cases.filed/rows/export.csv", **asked).streaming_content)
    assert len(rows.decode("utf-8-sig").splitlines()) == count + 1


def test_rest_answers_the_same(made):
    asked = {"since": "2026-01-01", "until": "2026-12-31"}
    found = paged(made, "/api/v1/measures", **asked).json()
    filed = next(each for each in found["items"] if each["key"] == "cases.filed")
    assert filed["unit"] == Unit.COUNT
    parts = paged(made, "/api/v1/measures/cases.filed", by="month", **asked).json()["items"]
    rows = paged(made, "/api/v1/measures/cases.filed/rows", **asked).json()
    assert filed["count"] == rows["total"] == sum(each["count"] for each in parts)
    assert paged(made, "/api/v1/measures/nothing").status_code == 404
    assert Client().get("/api/v1/measures").status_code in {401, 403}


def test_strangers_and_officials_without_the_grant_are_refused(made):
    clerk = make_official(made.offices[0], role="clerk", grants=("cases.view",))
    client = Client()
    assert client.get("/work/measures/").status_code == 302
    login(client, clerk.account_id)
    for path in ("", "cases.filed/", "cases.filed/rows/", "cases.filed/export.csv", "cases.filed/rows/export.csv"):
        assert client.get(f"/work/measures/{path}").status_code == 403


def test_overdue_is_as_of_now(made):
    today = clock.today()
    late = [c for c in Case.objects.filter(decided_at=None, promised_due__isnull=False) if c.promised_due < today]
    assert queries.figure(key="cases.overdue", viewer=SYSTEM, period=YEAR).count == len(late)
