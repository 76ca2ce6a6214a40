"""What ends by itself is written, left as evidence and told once: majority, a dissolved entity, another representative."""

from datetime import date, timedelta

import pytest

from yiwang.commons.identity import policies
from yiwang.commons.identity.commands import acting, agency, binding, endings
from yiwang.commons.identity.contracts import LEGAL_ENTITY, RepresentationKind, UnknownRecord
from yiwang.commons.identity.contracts.real_names import BindingRefused, MandateState, RegisterUnavailable
from yiwang.commons.identity.models import LegalEntity, Mandate, Representation
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tasks.endings import check_entities, end_guardianships
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import CODE, number_of, register, verified
from yiwang.commons.identity.tests.test_guardians import as_old_row, born, midnight
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

__all__ = ["register"]
pytestmark = pytest.mark.django_db
EIGHTEEN = date(2028, 4, 5)


def news(kind):
    return OutboxEvent.objects.filter(type__endswith=kind).count()


def on(day, times=2):
    with clock.frozen(midnight(day) + timedelta(hours=1)):
        for _again in range(times):
            end_guardianships()


@pytest.fixture
def family():
    parent, child = make.make_resident("样例母亲"), born(date(2010, 4, 5))
    return parent, child


@pytest.mark.parametrize("until", [None, date(2028, 4, 4), date(2099, 1, 1)])
def test_a_guardianship_is_announced_thirty_days_before_and_its_end_written_once(family, until):
    parent, child = family
    as_old_row(parent.person_id, child, until)
    on(EIGHTEEN - timedelta(days=32))
    assert news("GuardianshipEndNeared") == 0
    on(EIGHTEEN - timedelta(days=30))
    on(EIGHTEEN - timedelta(days=3))
    assert (news("GuardianshipEndNeared"), news("GuardianshipEnded")) == (1, 0)
    on(EIGHTEEN)
    on(EIGHTEEN + timedelta(days=2))
    assert (news("GuardianshipEndNeared"), news("GuardianshipEnded")) == (1, 1)
    assert Representation.objects.get().valid_to == EIGHTEEN - timedelta(days=1)
    assert EvidenceRow.objects.filter(kind="identity.guardianship_ended").count() == 1


def test_a_missed_month_is_made_up_for_but_not_years(family):
    parent, child = family
    as_old_row(parent.person_id, child)
    on(EIGHTEEN + timedelta(days=400))
    assert news("GuardianshipEnded") == 0
    on(EIGHTEEN + timedelta(days=50))
    assert (news("GuardianshipEndNeared"), news("GuardianshipEnded")) == (0, 1)


def test_one_that_was_ended_before_is_told_to_nobody_again(family):
    parent, child = family
    as_old_row(parent.person_id, child, date(2027, 1, 1))
    for day in (EIGHTEEN - timedelta(days=9), EIGHTEEN, EIGHTEEN + timedelta(days=1)):
        on(day)
    assert (news("GuardianshipEndNeared"), news("GuardianshipEnded")) == (0, 0)


def test_nobody_but_the_program_writes_these_ends(family):
    parent, child = family
    as_old_row(parent.person_id, child)
    row = Representation.objects.get()
    for command in (endings.end_guardianship, endings.announce_guardianship_end):
        with pytest.raises(UnknownRecord):
            command(representation_id=row.pk, by=parent.actor, at=clock.now())


@pytest.fixture
def firm(register):
    """A bound entity with a clerk by mandate, an offer that waits, staff entered at the counter."""
    boss, clerk = verified(register, "样例法人"), verified(register, "样例职员")
    register.entity(CODE, "样例有限公司", "样例法人", number_of(boss.person_id))
    entity = binding.bind_legal_entity(credit_code=CODE, name="样例有限公司", by=boss.actor, at=clock.now())
    subject = SubjectRef(LEGAL_ENTITY, entity)
    given = {"principal": subject, "scopes": ["*"], "valid_to": clock.today() + timedelta(days=90), "by": boss.actor}
    accepted = agency.offer_mandate(
        agent_name="样例职员", agent_number=number_of(clerk.person_id), at=clock.now(), **given
    )
    agency.answer_mandate(mandate_id=accepted, accept=True, by=clerk.actor, at=clock.now())
    waiting = verified(register, "样例候补")
    agency.offer_mandate(agent_name="样例候补", agent_number=number_of(waiting.person_id), at=clock.now(), **given)
    counter = make.make_resident("样例老职员")
    kind = RepresentationKind.STAFF
    acting.represent(representative_id=counter.person_id, subject=subject, kind=kind, by=make.SYSTEM, at=clock.now())
    return {"boss": boss, "clerk": clerk, "counter": counter, "subject": subject, "register": register}


def who_acts(firm):
    return [policies.can_act_for(firm[name].actor, firm["subject"]) for name in ("boss", "clerk", "counter")]


def says(firm, representative="boss", **values):
    made = firm[representative]
    name = "样例法人" if representative == "boss" else "样例职员"
    firm["register"].entity(CODE, "样例有限公司", name, number_of(made.person_id), **values)


def test_an_entity_in_business_with_the_same_representative_changes_nothing_and_writes_nothing(firm):
    entries = AuditEntry.objects.count()
    check_entities()
    assert who_acts(firm) == [True, True, True]
    assert AuditEntry.objects.count() == entries


def test_a_dissolved_entity_has_nobody_who_acts_for_it(firm):
    says(firm, in_business=False)
    check_entities()
    check_entities()
    assert who_acts(firm) == [False, False, False]
    states = sorted(Mandate.objects.values_list("state", flat=True))
    assert states == [MandateState.ENDED.value, MandateState.WITHDRAWN.value]
    assert LegalEntity.objects.get(credit_code=CODE).legal_representative_id is None
    told = OutboxEvent.objects.filter(type__endswith="EntityLapsed")
    heard = {row.payload["person_id"] for row in told}
    assert heard == {str(firm[name].person_id) for name in ("boss", "counter")}
    row = EvidenceRow.objects.get(kind="identity.entity_lapsed")
    assert (row.statement["facts"]["reason"], row.statement["facts"]["credit_code"]) == ("dissolved", CODE)
    assert "样例" not in str(row.statement)
    with pytest.raises(BindingRefused):
        binding.bind_legal_entity(credit_code=CODE, name="样例有限公司", by=firm["boss"].actor, at=clock.now())


def test_where_the_register_names_another_the_former_representative_acts_no_more_but_the_staff_does(firm):
    says(firm, "clerk")
    check_entities()
    assert who_acts(firm) == [False, True, True]
    assert EvidenceRow.objects.get(kind="identity.entity_lapsed").statement["facts"]["reason"] == "replaced"
    binding.bind_legal_entity(credit_code=CODE, name="样例有限公司", by=firm["clerk"].actor, at=clock.now())
    check_entities()
    assert who_acts(firm) == [False, True, True]


def test_an_answer_older_than_a_new_binding_ends_nothing(firm):
    says(firm, "clerk")
    found = ports.entity(credit_code=CODE)
    ended = endings.lapse_entity(
        entity_id=firm["subject"].id, found=found, before=firm["clerk"].person_id, by=make.SYSTEM, at=clock.now()
    )
    assert ended is None
    assert who_acts(firm) == [True, True, True]


def test_a_register_that_is_silent_or_does_not_know_the_entity_ends_nothing(firm, monkeypatch):
    asked = []

    def silent(*, credit_code):
        asked.append(credit_code)
        raise RegisterUnavailable

    for _another in range(5):
        make.make_legal_entity(legal_representative_id=make.make_person())
    monkeypatch.setattr(ports, "entity", silent)
    check_entities()
    assert len(asked) == 3, "it is left alone after three"
    monkeypatch.setattr(ports, "entity", lambda *, credit_code: None)
    check_entities()
    assert who_acts(firm) == [True, True, True]


def test_only_the_program_judges_by_the_register(firm):
    says(firm, in_business=False)
    found = ports.entity(credit_code=CODE)
    with pytest.raises(UnknownRecord):
        endings.lapse_entity(
            entity_id=firm["subject"].id, found=found, before=firm["boss"].person_id, by=firm["boss"].actor,
            at=clock.now(),
        )  # fmt: skip
