"""Real names: the register answers, an official decides, nobody gets at another's records."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from yiwang.commons.identity.commands import assurance as commands
from yiwang.commons.identity.commands import people
from yiwang.commons.identity.contracts import InvalidIdentity, NotPermitted, UnknownRecord
from yiwang.commons.identity.contracts.real_names import (
    Answer,
    Assurance,
    CheckClosed,
    CheckMethod,
    CheckReason,
    CheckState,
    CheckWaits,
    ClaimInvalid,
    TooManyChecks,
    Verdict,
)
from yiwang.commons.identity.models import Account, Person, RealNameCheck
from yiwang.commons.identity.queries import assurance as queries
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import ALONE, MINORITY, number, number_of, register, unproven, verified
from yiwang.kernel import clock
from yiwang.kernel.guard import opened
from yiwang.kernel.models import AuditEntry, EvidenceRow

__all__ = ["register"]
pytestmark = pytest.mark.django_db


def check(made, name, id_number, **more):
    check_id = commands.check_real_name(name=name, id_number=id_number, by=made.actor, at=clock.now(), **more)
    return RealNameCheck.objects.get(pk=check_id)


def level_of(made):
    return Account.objects.get(pk=made.account_id).assurance


@pytest.fixture
def reviewer():
    return make.make_official(make.make_organisation(), grants=["identity.review", "identity.register"])


def test_name_and_number_that_agree_give_a_real_name_and_leave_evidence(register):
    one = unproven()
    row = check(one, "样例孤名", ALONE)
    assert (row.state, row.reason, level_of(one)) == (CheckState.PASSED, "", Assurance.CHECKED)
    person = Person.objects.get(pk=one.person_id)
    assert (person.name, person.id_number, person.birth_date.year) == ("样例孤名", ALONE, 1971)
    left = EvidenceRow.objects.get(kind="identity.real_name_confirmed")
    assert left.statement["facts"]["level"] == 2
    kept = str(left.statement) + str(list(AuditEntry.objects.values_list("details", flat=True)))
    assert ALONE not in kept
    assert "样例孤名" not in kept


def test_the_number_may_be_typed_as_people_type_it_and_the_dot_too(register):
    one = unproven()
    row = check(one, "买买提•吐尔逊", f" {MINORITY[:6]} {MINORITY[6:14]}-{MINORITY[14:]} ".lower())
    assert row.state == CheckState.PASSED


def test_a_name_that_differs_is_refused_and_changes_nothing(register):
    one = unproven("样例乙")
    row = check(one, "样例另名", ALONE)
    assert (row.state, row.reason, level_of(one)) == (CheckState.REFUSED, CheckReason.DIFFERS, 1)
    assert Person.objects.get(pk=one.person_id).id_number is None


def test_another_number_than_that_of_the_account_is_refused_whatever_the_register_says(register):
    one = make.make_resident()
    row = check(one, "样例孤名", ALONE)
    assert (row.state, row.reason) == (CheckState.REFUSED, CheckReason.OTHER_PERSON)


def test_name_and_number_alone_never_open_the_records_of_a_person_known_here(register):
    known = make.make_person("样例旧人", id_number=None)
    register.add(number_of(known), "样例旧人")
    one = unproven()
    row = check(one, "样例旧人", number_of(known))
    assert (row.state, row.reason) == (CheckState.WAITING, CheckReason.KNOWN_PERSON)
    assert Account.objects.get(pk=one.account_id).person_id == one.person_id


def test_who_claims_to_be_a_person_known_here_reads_what_they_would_read_of_one_in_no_register(register, client):
    known = make.make_person("样例旧人", id_number=None)
    register.add(number_of(known), "样例旧人")
    pages = []
    for name, claimed in (("样例旧人", number_of(known)), ("样例无人", number(date(1973, 2, 3)))):
        one = unproven(name)
        row = check(one, name, claimed)
        assert row.state == CheckState.WAITING
        seen = queries.own_check(check_id=row.pk, viewer=one.actor)
        make.login(client, one.account_id)
        page = client.get("/account/real-name/").content.decode()
        pages.append((seen.reason, page))
    assert [page[0] for page in pages] == [CheckReason.NOT_FOUND] * 2
    said = [re.search(r"自动核验[^<]*", page[1])[0] for page in pages]
    assert said[0] == said[1]
    assert "服务窗口" in said[0]


def test_nor_does_the_mobile_of_that_person_which_a_clerk_may_write_into_another_record(register):
    known = make.make_person("样例旧人")
    register.add(number_of(known), "样例旧人")
    one = unproven()
    theirs = Person.objects.get(pk=known)
    people.update_contact(
        person_id=one.person_id, mobile=theirs.mobile, address=None, region_id=None, by=make.SYSTEM, at=clock.now()
    )
    assert check(one, "样例旧人", number_of(known)).state == CheckState.WAITING
    assert Account.objects.get(pk=one.account_id).person_id == one.person_id


@pytest.mark.parametrize(
    ("name", "id_number", "field"),
    [
        ("", ALONE, "name"),
        ("样例孤名", "", "id_number"),
        ("样例孤名", ALONE[:-1] + "0", "id_number"),
        ("1", "1", "name"),
    ],
)
def test_what_is_not_well_formed_is_named_by_field_and_asked_of_nobody(register, name, id_number, field):
    if id_number == ALONE[:-1] + "0" and ALONE.endswith("0"):
        id_number = ALONE[:-1] + "1"
    with pytest.raises(ClaimInvalid) as refused:
        check(unproven(), name, id_number)
    assert field in refused.value.fields
    assert not RealNameCheck.objects.exists()


def test_without_a_register_an_official_looks_and_only_once(register, reviewer):
    ports.provide_population_register(None)
    one = unproven()
    row = check(one, "样例孤名", ALONE)
    assert (row.state, row.reason) == (CheckState.WAITING, CheckReason.UNAVAILABLE)
    with pytest.raises(CheckWaits):
        check(one, "样例孤名", ALONE)
    commands.decide_check(check_id=row.pk, passed=True, by=reviewer.actor, at=clock.now())
    assert level_of(one) == Assurance.CHECKED
    with pytest.raises(CheckClosed):
        commands.decide_check(check_id=row.pk, passed=False, words="迟", by=reviewer.actor, at=clock.now())


def test_a_refusal_by_hand_says_why(register, reviewer):
    one = unproven()
    row = check(one, "买买提吐尔逊", MINORITY)
    assert (row.state, row.reason) == (CheckState.WAITING, CheckReason.NAME_VARIANT), "the dot was left out"
    with pytest.raises(InvalidIdentity):
        commands.decide_check(check_id=row.pk, passed=False, by=reviewer.actor, at=clock.now())
    commands.decide_check(check_id=row.pk, passed=False, words="请带身份证到窗口", by=reviewer.actor, at=clock.now())
    assert queries.own_check(check_id=row.pk, viewer=one.actor).words == "请带身份证到窗口"
    assert level_of(one) == 1


def test_nobody_without_the_right_decides_and_nobody_on_themself(register, reviewer):
    ports.provide_population_register(None)
    row = check(unproven(), "样例孤名", ALONE)
    other = make.make_official(make.make_organisation(), grants=["cases.view"])
    for actor in (other.actor, make.make_resident().actor):
        with pytest.raises(NotPermitted):
            commands.decide_check(check_id=row.pk, passed=True, by=actor, at=clock.now())
    mine = check(reviewer, "样例经办", number_of(reviewer.person_id))
    assert mine.state == CheckState.WAITING
    with pytest.raises(NotPermitted):
        commands.decide_check(check_id=mine.pk, passed=True, by=reviewer.actor, at=clock.now())
    moment = clock.now()
    with pytest.raises(IntegrityError), opened("tests"):
        RealNameCheck.objects.filter(pk=row.pk).update(state="passed", decided_at=moment, decided_by=row.account_id)


def test_failed_checks_are_counted_by_account_and_by_number_until_tomorrow(register):
    one = unproven()
    for _ in range(commands.TRIES_OF_ACCOUNT):
        check(one, "样例错名", ALONE)
    with pytest.raises(TooManyChecks):
        check(one, "样例孤名", ALONE)
    others = [unproven(f"样例{index}") for index in "乙丙"]
    for other in others[:1]:
        for _ in range(commands.TRIES_OF_NUMBER - commands.TRIES_OF_ACCOUNT):
            check(other, "样例错名", ALONE)
    with pytest.raises(TooManyChecks):
        check(others[1], "样例孤名", ALONE)
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert check(one, "样例孤名", ALONE).state == CheckState.PASSED


def test_a_stronger_method_lifts_the_level_and_opens_a_known_person(register):
    class Face:
        method = CheckMethod("sample_face", "样例", "样例", Assurance.CONFIRMED)
        asks = ()

        def check(self, claim, given):
            del claim
            return Answer(Verdict.AGREES if given.get("token") == "right" else Verdict.DIFFERS, "f-1")

    ports.register_method(Face())
    known = make.make_person("样例旧人")
    one = unproven()
    refused = check(one, "样例旧人", number_of(known), method="sample_face", given={"token": "wrong"})
    assert refused.state == CheckState.REFUSED
    row = check(one, "样例旧人", number_of(known), method="sample_face", given={"token": "right"})
    assert (row.state, row.reference) == (CheckState.PASSED, "f-1")
    assert (level_of(one), Account.objects.get(pk=one.account_id).person_id) == (3, known)
    with pytest.raises(UnknownRecord):
        check(one, "样例旧人", number_of(known), method="nothing")


def test_at_the_counter_an_account_reaches_the_highest_level(register, reviewer):
    ports.provide_population_register(None)
    one = unproven()
    waiting = check(one, "样例孤名", ALONE)
    given = {"username": one.username, "name": "样例孤名", "id_number": ALONE}
    found = commands.confirm_in_person(**given, by=reviewer.actor, at=clock.now())
    assert (found, level_of(one)) == (waiting.pk, Assurance.IN_PERSON)
    with pytest.raises(InvalidIdentity):
        commands.confirm_in_person(**given | {"id_number": MINORITY}, by=reviewer.actor, at=clock.now())
    with pytest.raises(NotPermitted):
        commands.confirm_in_person(**given, by=one.actor, at=clock.now())
    with pytest.raises(UnknownRecord):
        commands.confirm_in_person(**given | {"username": "nobody"}, by=reviewer.actor, at=clock.now())


def test_at_the_counter_a_number_of_somebody_with_another_name_joins_no_account_to_them(register, reviewer):
    stranger, one = make.make_person("样例旧人"), unproven()
    given = {"username": one.username, "name": "样例新客", "id_number": number_of(stranger)}
    with pytest.raises(InvalidIdentity) as refused:
        commands.confirm_in_person(**given, by=reviewer.actor, at=clock.now())
    assert set(refused.value.fields) == {"name"}
    assert Account.objects.get(pk=one.account_id).person_id != stranger
    commands.confirm_in_person(**given | {"name": "样例旧人"}, by=reviewer.actor, at=clock.now())
    assert Account.objects.get(pk=one.account_id).person_id == stranger


def test_the_queue_is_masked_paged_in_sql_and_for_reviewers_only(register, reviewer, django_assert_num_queries):
    ports.provide_population_register(None)
    for _ in range(3):
        check(unproven(), "样例孤名", ALONE)
    queries.waiting_checks(viewer=reviewer.actor, size=2)
    with django_assert_num_queries(2):
        page = queries.waiting_checks(viewer=reviewer.actor, size=2)
    assert len(page.items) == 2
    assert page.next_cursor
    assert {(each.name, each.masked_number) for each in page.items} == {("样***", f"{ALONE[:6]}********{ALONE[-4:]}")}
    detail = queries.check_detail(check_id=page.items[0].id, viewer=reviewer.actor)
    assert (detail.row.name, detail.id_number, detail.tries) == ("样例孤名", ALONE, 3)
    for read in (queries.waiting_checks, lambda **k: queries.check_detail(check_id=page.items[0].id, **k)):
        with pytest.raises(NotPermitted):
            read(viewer=make.make_resident().actor)
    assert queries.count_waiting(viewer=reviewer.actor) == 3


def test_one_sees_only_ones_own_checks(register):
    one, other = unproven(), unproven()
    row = check(one, "样例孤名", ALONE)
    assert queries.own_check(check_id=row.pk, viewer=one.actor).state is CheckState.PASSED
    with pytest.raises(UnknownRecord):
        queries.own_check(check_id=row.pk, viewer=other.actor)
    standing = queries.real_name_standing(viewer=one.actor)
    assert (standing.level, standing.name) == (Assurance.CHECKED, "样例孤名")
    assert "*" in standing.masked_number


def test_the_actor_of_a_request_bears_the_level(register, client):
    made = verified(register, level=3)
    make.login(client, made.account_id)
    from yiwang.commons.identity import queries as identity

    response = client.get("/account/acting/")
    assert identity.actor_of(response.wsgi_request).assurance == 3
    assert replace(made.actor, assurance=3) == made.actor
