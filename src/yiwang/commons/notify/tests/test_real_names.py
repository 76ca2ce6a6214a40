"""Who acts for whom, and how a real name was decided: the other side hears of it, once, and learns no more than it may."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from yiwang.commons.identity.commands import acting, agency, assurance
from yiwang.commons.identity.contracts import PERSON, UnknownRecord
from yiwang.commons.identity.contracts.real_names import Answer, Verdict
from yiwang.commons.identity.queries import acting_choices
from yiwang.commons.identity.queries.agency import run_out
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.notify import queries
from yiwang.commons.notify.handlers import real_names as handlers
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.outbox import relay

pytestmark = pytest.mark.django_db


class Agreeing:
    """A register in which everybody is."""

    def compare(self, claim):
        return Answer(Verdict.AGREES)


@pytest.fixture(autouse=True)
def nothing_connected(monkeypatch):
    monkeypatch.setattr(ports, "_provided", ports._Provided())


def number_of(person_id):
    return make.person_row(person_id).id_number


def told(made):
    relay()
    return [message.kind for message in queries.messages(viewer=made.actor).items]


def offer(principal, agent, name="样例代办"):
    return agency.offer_mandate(
        principal=SubjectRef(PERSON, principal.person_id),
        agent_name=name,
        agent_number=number_of(agent.person_id),
        scopes=["*"],
        valid_to=clock.today() + timedelta(days=30),
        by=principal.actor,
        at=clock.now(),
    )


@pytest.fixture
def pair():
    return make.make_proven("样例本人"), make.make_proven("样例代办")


def test_who_is_asked_hears_and_the_principal_hears_the_answer_and_the_end(pair):
    principal, agent = pair
    mandate_id = offer(principal, agent)
    assert (told(principal), told(agent)) == ([], [handlers.OFFERED])
    agency.answer_mandate(mandate_id=mandate_id, accept=True, by=agent.actor, at=clock.now())
    assert told(principal) == [handlers.ACCEPTED]
    agency.end_mandate(mandate_id=mandate_id, by=agent.actor, at=clock.now())
    assert told(principal) == [handlers.ENDED, handlers.ACCEPTED]
    assert told(agent) == [handlers.OFFERED], "who ended it knows"


def test_the_agent_hears_that_it_was_withdrawn_and_the_principal_that_it_was_declined(pair):
    principal, agent = pair
    first = offer(principal, agent)
    agency.answer_mandate(mandate_id=first, accept=True, by=agent.actor, at=clock.now())
    agency.end_mandate(mandate_id=first, by=principal.actor, at=clock.now())
    assert told(agent)[0] == handlers.ENDED
    second = offer(principal, agent)
    agency.answer_mandate(mandate_id=second, accept=False, by=agent.actor, at=clock.now())
    assert told(principal)[0] == handlers.DECLINED
    third = offer(principal, agent)
    before = told(agent)
    agency.end_mandate(mandate_id=third, by=principal.actor, at=clock.now())
    assert told(agent) == before, "an offer that nobody answered is withdrawn in silence"


def test_both_sides_hear_when_the_program_ends_it(pair):
    principal, agent = pair
    mandate_id = offer(principal, agent)
    agency.answer_mandate(mandate_id=mandate_id, accept=True, by=agent.actor, at=clock.now())
    [held] = acting_choices(viewer=agent.actor)
    acting.end_representation(representation_id=held.representation_id, by=make.SYSTEM, at=clock.now())
    assert told(principal)[0] == told(agent)[0] == handlers.ENDED


def test_both_sides_hear_once_when_its_last_day_is_over(pair):
    principal, agent = pair
    mandate_id = offer(principal, agent)
    agency.answer_mandate(mandate_id=mandate_id, accept=True, by=agent.actor, at=clock.now())
    unanswered = offer(principal, make.make_proven("样例旁人"), name="样例旁人")

    def over():
        found = run_out(viewer=make.SYSTEM)
        return [agency.end_run_out(mandate_id=each, by=make.SYSTEM, at=clock.now()) for each in found]

    with clock.frozen(clock.now() + timedelta(days=30)):
        assert over() == [], "the last day counts"
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert over() == [True]
        assert told(principal)[0] == told(agent)[0] == handlers.ENDED
        heard = told(principal), told(agent)
        assert over() == []
        assert (told(principal), told(agent)) == heard
        assert not agency.end_run_out(mandate_id=unanswered, by=make.SYSTEM, at=clock.now())
        with pytest.raises(UnknownRecord):
            agency.end_run_out(mandate_id=mandate_id, by=agent.actor, at=clock.now())


def test_who_has_no_checked_name_hears_once_it_is_checked_and_another_name_never():
    principal, agent = make.make_proven("样例本人"), make.make_resident("样例代办")
    ports.provide_population_register(Agreeing())
    offer(principal, agent)
    assert told(agent) == []
    number = number_of(agent.person_id)
    assurance.check_real_name(name="样例代办", id_number=number, by=agent.actor, at=clock.now())
    assert told(agent) == [handlers.OFFERED]
    other = make.make_proven("样例旁人")
    offer(principal, other, name="样例别名")
    assert told(other) == []


@pytest.mark.parametrize(("passed", "kind"), [(True, handlers.PASSED), (False, handlers.REFUSED)])
def test_the_owner_hears_how_a_waiting_check_was_decided(passed, kind):
    owner = make.make_resident(person_id=make.make_person("样例新人", with_id_number=False))
    number = synthetic_id_number(division_code="320402", birth_date=date(1980, 3, 4), sex=Sex.FEMALE)
    check_id = assurance.check_real_name(name="样例新人", id_number=number, by=owner.actor, at=clock.now())
    official = make.make_official(make.make_organisation(), grants=["identity.review"])
    words = "" if passed else "请带身份证到窗口办理"
    assurance.decide_check(check_id=check_id, passed=passed, words=words, by=official.actor, at=clock.now())
    relay()
    reader = replace(owner.actor, person_id=None)
    assert [message.kind for message in queries.messages(viewer=reader).items] == [kind]


def test_a_person_hears_when_another_account_claims_to_be_them_and_the_other_hears_nothing():
    known, other = make.make_resident("样例旧人"), make.make_person("样例旧人", with_id_number=False)
    claimant = make.make_resident(person_id=other)
    ports.provide_population_register(Agreeing())
    number = number_of(known.person_id)
    assurance.check_real_name(name="样例旧人", id_number=number, by=claimant.actor, at=clock.now())
    assert told(known) == [handlers.CLAIMED]
    assert told(claimant) == []
