"""A mandate whose last day is over: both sides hear of it, once, at midnight in China, and not where somebody has ended it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yiwang.commons.identity import policies
from yiwang.commons.identity.commands import agency
from yiwang.commons.identity.contracts import LEGAL_ENTITY, PERSON
from yiwang.commons.identity.models import Mandate
from yiwang.commons.identity.queries.agency import run_out
from yiwang.commons.identity.tasks.agency import end_run_out_mandates
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_at_once import at_once
from yiwang.commons.notify.handlers import real_names as handlers
from yiwang.commons.notify.tests.test_real_names import nothing_connected, number_of, offer, pair, told
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import AuditEntry, EvidenceRow

__all__ = ["nothing_connected", "pair"]


def accepted(principal, agent):
    made = offer(principal, agent)
    agency.answer_mandate(mandate_id=made, accept=True, by=agent.actor, at=clock.now())
    return made


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Asia/Shanghai"))


def over_for(mandate_id):
    """The first moment after its last day in China."""
    return midnight(Mandate.objects.get(pk=mandate_id).valid_to + timedelta(days=1))


def ends(*made):
    return [told(each).count(handlers.ENDED) for each in made]


@pytest.mark.django_db
def test_it_ends_at_midnight_in_china_and_not_a_second_before_nor_at_that_of_greenwich(pair):
    principal, agent = pair
    mandate_id = accepted(principal, agent)
    subject = SubjectRef(PERSON, principal.person_id)
    with clock.frozen(over_for(mandate_id) - timedelta(seconds=1)):
        end_run_out_mandates()
        assert policies.can_act_for(agent.actor, subject)
        assert (ends(principal, agent), run_out(viewer=make.SYSTEM)) == ([0, 0], ())
    with clock.frozen(over_for(mandate_id)):
        assert not policies.can_act_for(agent.actor, subject), "whether the job has run or not"
        end_run_out_mandates()
        assert ends(principal, agent) == [1, 1]
    row = Mandate.objects.get(pk=mandate_id)
    assert (row.state, row.ended_by_id, row.ended_at) == ("ended", None, over_for(mandate_id))


@pytest.mark.django_db
def test_both_hear_once_however_often_the_job_runs_and_however_late(pair):
    principal, agent = pair
    mandate_id = accepted(principal, agent)
    for days in (3, 4, 400):
        with clock.frozen(over_for(mandate_id) + timedelta(days=days)):
            end_run_out_mandates()
            end_run_out_mandates()
            assert ends(principal, agent) == [1, 1]
    assert EvidenceRow.objects.filter(kind="identity.mandate_ended").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["principal", "agent", "declined", "unanswered"])
def test_nobody_hears_of_one_that_was_ended_declined_or_never_answered(pair, who):
    principal, agent = pair
    mandate_id = accepted(principal, agent) if who in {"principal", "agent"} else offer(principal, agent)
    if who == "declined":
        agency.answer_mandate(mandate_id=mandate_id, accept=False, by=agent.actor, at=clock.now())
    elif who != "unanswered":
        by = principal if who == "principal" else agent
        agency.end_mandate(mandate_id=mandate_id, by=by.actor, at=clock.now())
    before = told(principal), told(agent)
    with clock.frozen(over_for(mandate_id) + timedelta(hours=1)):
        end_run_out_mandates()
        assert (told(principal), told(agent)) == before
    assert not AuditEntry.objects.filter(command="identity.end_run_out_mandate").exists()


@pytest.mark.django_db
def test_withdrawn_after_the_last_day_and_before_the_job_it_is_heard_once(pair):
    principal, agent = pair
    mandate_id = accepted(principal, agent)
    with clock.frozen(over_for(mandate_id) + timedelta(minutes=3)):
        agency.end_mandate(mandate_id=mandate_id, by=principal.actor, at=clock.now())
        end_run_out_mandates()
        assert ends(principal, agent) == [0, 1], "who ended it knows"


@pytest.mark.django_db
def test_of_a_legal_entity_its_representative_of_that_day_hears(pair):
    owner, staff = pair
    entity = SubjectRef(LEGAL_ENTITY, make.make_legal_entity(legal_representative_id=owner.person_id))
    mandate_id = agency.offer_mandate(
        principal=entity, agent_name="样例代办", agent_number=number_of(staff.person_id), scopes=["*"],
        valid_to=clock.today(), by=owner.actor, at=clock.now(),
    )  # fmt: skip
    agency.answer_mandate(mandate_id=mandate_id, accept=True, by=staff.actor, at=clock.now())
    with clock.frozen(over_for(mandate_id)):
        end_run_out_mandates()
        assert ends(owner, staff) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_it_once(pair):
    principal, agent = pair
    mandate_id = accepted(principal, agent)
    moment = over_for(mandate_id)

    def work():
        with clock.frozen(moment):
            return agency.end_run_out(mandate_id=mandate_id, by=make.SYSTEM, at=moment)

    with clock.frozen(moment):
        assert sorted(at_once(work, work, work)) == [False, False, True]
        assert ends(principal, agent) == [1, 1]
