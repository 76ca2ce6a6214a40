"""Binding legal entities and children, mandates for agents and staff: by registers, accepted, ended at once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from yiwang.commons.identity import commands as identity
from yiwang.commons.identity import policies
from yiwang.commons.identity import queries as reads
from yiwang.commons.identity.commands import agency, binding
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    AlreadyHeld,
    NotPermitted,
    RepresentationKind,
    UnknownRecord,
)
from yiwang.commons.identity.contracts.real_names import (
    BindingRefused,
    ClaimInvalid,
    MandateClosed,
    MandateState,
    RealNameNeeded,
    RegisterUnavailable,
    ScopeChoice,
    TooManyChecks,
)
from yiwang.commons.identity.models import LegalEntity, Mandate, Person, Representation
from yiwang.commons.identity.queries import agency as queries
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import CHILD, CLOSED, CODE, GROWN, number_of, register, unproven, verified
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.models import AuditEntry, EvidenceRow

__all__ = ["register"]
pytestmark = pytest.mark.django_db


def bind(made, code=CODE, name="常州样例甲有限公司"):
    return binding.bind_legal_entity(credit_code=code, name=name, by=made.actor, at=clock.now())


@pytest.fixture
def owner(register):
    made = verified(register, "样例法人")
    register.entity(CODE, "常州样例甲有限公司", "样例法人", number_of(made.person_id), address="样例路 1 号")
    return made


def offer(made, principal, agent, *, name="样例代办", scopes=("*",), days=30):
    return agency.offer_mandate(
        principal=principal,
        agent_name=name,
        agent_number=number_of(agent.person_id),
        scopes=scopes,
        valid_to=clock.today() + timedelta(days=days),
        by=made.actor,
        at=clock.now(),
    )


def answer(made, mandate_id, accept=True):
    agency.answer_mandate(mandate_id=mandate_id, accept=accept, by=made.actor, at=clock.now())


def end(made, mandate_id):
    agency.end_mandate(mandate_id=mandate_id, by=made.actor, at=clock.now())


def test_the_legal_representative_binds_the_entity_by_the_register(owner):
    entity_id = bind(owner, name="常州样例甲有限公司 ")
    entity = LegalEntity.objects.get(pk=entity_id)
    assert (entity.credit_code, entity.legal_representative_id) == (CODE, owner.person_id)
    assert policies.can_act_for(owner.actor, SubjectRef(LEGAL_ENTITY, entity_id))
    assert bind(owner) == entity_id, "again changes nothing"
    assert Representation.objects.filter(legal_entity=entity).count() == 1
    assert EvidenceRow.objects.filter(kind="identity.entity_bound").exists()
    [bound] = queries.bound_entities(viewer=owner.actor)
    assert (bound.name, bound.agents, bound.offers) == ("常州样例甲有限公司", 0, 0)


def test_nobody_else_binds_it_whatever_they_know(owner, register):
    other = verified(register, "样例旁人")
    same_name = verified(register, "样例法人")
    for made in (other, same_name):
        with pytest.raises(BindingRefused):
            bind(made)
    with pytest.raises(BindingRefused):
        bind(owner, name="常州样例乙有限公司")
    register.entity(CLOSED, "常州样例丙有限公司", "样例法人", number_of(owner.person_id), in_business=False)
    with pytest.raises(BindingRefused):
        bind(owner, code=CLOSED, name="常州样例丙有限公司")
    assert not LegalEntity.objects.exists()


def test_binding_needs_a_real_name_and_a_register_and_is_not_tried_for_ever(owner, register):
    with pytest.raises(RealNameNeeded):
        bind(replace(owner, actor=replace(owner.actor, assurance=1)))
    with pytest.raises(ClaimInvalid) as refused:
        bind(owner, code="123", name="")
    assert set(refused.value.fields) == {"credit_code", "name"}
    for _ in range(5):
        with pytest.raises(BindingRefused):
            bind(owner, name="错")
    with pytest.raises(TooManyChecks):
        bind(owner)
    other = verified(register, "样例旁人")
    ports.provide_entity_register(None)
    for _ in range(6):  # what is not the claim's fault counts for nothing
        with pytest.raises(RegisterUnavailable):
            bind(other)


def test_when_the_legal_representative_changes_the_former_acts_no_more_from_that_moment(owner, register):
    entity_id = bind(owner)
    subject = SubjectRef(LEGAL_ENTITY, entity_id)
    staff = verified(register, "样例代办")
    mandate = offer(owner, subject, staff)
    answer(staff, mandate)
    heir = verified(register, "样例新人")
    register.entity(CODE, "常州样例甲有限公司", "样例新人", number_of(heir.person_id))
    assert bind(heir) == entity_id
    assert not policies.can_act_for(owner.actor, subject)
    assert policies.can_act_for(heir.actor, subject)
    assert policies.can_act_for(staff.actor, subject), "the entity's staff stay"
    with pytest.raises(UnknownRecord):
        end(owner, mandate)
    end(heir, mandate)
    assert not policies.can_act_for(staff.actor, subject)


def test_staff_act_from_the_moment_they_accept_until_the_moment_it_is_withdrawn(owner, register):
    subject = SubjectRef(LEGAL_ENTITY, bind(owner))
    staff = verified(register, "样例代办")
    mandate = offer(owner, subject, staff)
    assert not policies.can_act_for(staff.actor, subject)
    [asked] = queries.offers_to(viewer=staff.actor)
    assert (asked.id, asked.principal, asked.given_by) == (mandate, "常州样例甲有限公司", "样例法人")
    answer(staff, mandate)
    assert policies.can_act_for(staff.actor, subject)
    [choice] = reads.acting_choices(viewer=staff.actor)
    assert (choice.kind, choice.valid_to) == (RepresentationKind.STAFF, asked.valid_to)
    end(owner, mandate)
    assert not policies.can_act_for(staff.actor, subject)
    assert Mandate.objects.get(pk=mandate).state == MandateState.WITHDRAWN
    with pytest.raises(MandateClosed):
        end(owner, mandate)
    kinds = set(EvidenceRow.objects.values_list("kind", flat=True))
    assert {"identity.mandate_offered", "identity.mandate_accepted", "identity.mandate_withdrawn"} <= kinds


def test_a_session_that_acts_is_stopped_at_its_next_request(owner, register, client):
    subject = SubjectRef(LEGAL_ENTITY, bind(owner))
    staff = verified(register, "样例代办")
    mandate = offer(owner, subject, staff)
    answer(staff, mandate)
    make.login(client, staff.account_id)
    assert client.post("/account/acting/", {"choice": str(subject)}).status_code == 303
    assert reads.actor_of(client.get("/account/acting/").wsgi_request).on_behalf == subject
    end(owner, mandate)
    response = client.get("/account/password/")
    assert (response.status_code, response.url) == (302, "/account/acting/")
    assert reads.actor_of(client.get("/account/acting/").wsgi_request).on_behalf is None


def test_a_mandate_ends_by_itself_after_its_last_day(owner, register):
    subject = SubjectRef(LEGAL_ENTITY, bind(owner))
    staff = verified(register, "样例代办")
    answer(staff, offer(owner, subject, staff, days=1))
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert policies.can_act_for(staff.actor, subject)
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert not policies.can_act_for(staff.actor, subject)
        [row] = queries.mandates_given(viewer=owner.actor, entity_id=subject.id).items
        assert row.state is MandateState.ENDED


def test_a_resident_authorises_an_agent_for_some_matters_only(register):
    ports.provide_scopes(
        lambda audience: (ScopeChoice("matter:birth", "出生登记"), ScopeChoice("matter:card", "社保卡"))
    )
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    subject = SubjectRef(PERSON, one.person_id)
    mandate = offer(one, subject, agent, scopes=("matter:birth", "matter:card"))
    answer(agent, mandate)
    acting = replace(agent.actor, on_behalf=subject)
    assert policies.can_act_within(acting, "matter:birth")
    assert not policies.can_act_within(acting, "matter:house")
    identity.act_for(subject=subject, by=agent.actor, at=clock.now())
    entry = AuditEntry.objects.get(command="identity.act_for")
    assert (entry.account_id, entry.subject_id) == (agent.account_id, one.person_id)
    with pytest.raises(ClaimInvalid):
        offer(one, subject, agent, scopes=("matter:house",))
    end(agent, mandate)
    assert not policies.can_act_for(agent.actor, subject)
    assert Mandate.objects.get(pk=mandate).state == MandateState.ENDED


def test_whoever_offers_learns_nothing_and_whoever_is_not_asked_sees_nothing(register):
    one, agent, other = (verified(register, name) for name in ("样例本人", "样例代办", "样例旁人"))
    subject = SubjectRef(PERSON, one.person_id)
    unknown = agency.offer_mandate(
        principal=subject, agent_name="样例无人", agent_number=CHILD, scopes=["*"],
        valid_to=clock.today(), by=one.actor, at=clock.now(),
    )  # fmt: skip
    known = offer(one, subject, agent)
    shown = {each.id: each for each in queries.mandates_given(viewer=one.actor).items}
    assert shown[unknown].state is shown[known].state is MandateState.OFFERED
    for made in (other, unproven(), replace(agent, actor=replace(agent.actor, assurance=1))):
        assert queries.offers_to(viewer=made.actor) == ()
    for made in (other, one):
        with pytest.raises(UnknownRecord):
            answer(made, known)
    with pytest.raises(UnknownRecord):
        queries.mandate(mandate_id=known, viewer=other.actor)
    with pytest.raises(UnknownRecord):
        end(other, known)
    with pytest.raises(RealNameNeeded):
        answer(replace(agent, actor=replace(agent.actor, assurance=1)), known)


def test_a_number_with_another_name_is_not_who_was_asked(register):
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    mandate = offer(one, SubjectRef(PERSON, one.person_id), agent, name="完全不同")
    with pytest.raises(UnknownRecord):
        answer(agent, mandate)


def test_only_who_it_concerns_gives_a_mandate(owner, register):
    subject = SubjectRef(LEGAL_ENTITY, bind(owner))
    staff, third = verified(register, "样例代办"), verified(register, "样例旁人")
    answer(staff, offer(owner, subject, staff))
    acting = replace(staff, actor=replace(staff.actor, on_behalf=subject))
    for made in (staff, acting, third):
        with pytest.raises(NotPermitted):
            offer(made, subject, third)
    with pytest.raises(NotPermitted):
        offer(owner, SubjectRef(PERSON, third.person_id), staff)
    with pytest.raises(RealNameNeeded):
        offer(replace(owner, actor=replace(owner.actor, assurance=1)), subject, third)


@pytest.mark.parametrize("days", [-1, 3 * 366 + 1])
def test_a_mandate_without_a_fair_end_is_refused(register, days):
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    with pytest.raises(ClaimInvalid) as refused:
        offer(one, SubjectRef(PERSON, one.person_id), agent, days=days)
    assert set(refused.value.fields) == {"valid_to"}


def test_twice_the_same_and_oneself_are_refused(register):
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    subject = SubjectRef(PERSON, one.person_id)
    offer(one, subject, agent)
    with pytest.raises(AlreadyHeld):
        offer(one, subject, agent)
    with pytest.raises(ClaimInvalid):
        offer(one, subject, one)


def test_declining_and_withdrawing_before_an_answer_close_the_offer(register):
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    subject = SubjectRef(PERSON, one.person_id)
    first = offer(one, subject, agent)
    answer(agent, first, accept=False)
    with pytest.raises(MandateClosed):
        answer(agent, first)
    second = offer(one, subject, agent)
    end(one, second)
    with pytest.raises(MandateClosed):
        answer(agent, second)
    assert not Representation.objects.exists()


def test_the_last_representation_that_is_ended_ends_its_mandate(register):
    one, agent = verified(register, "样例本人"), verified(register, "样例代办")
    mandate = offer(one, SubjectRef(PERSON, one.person_id), agent)
    answer(agent, mandate)
    held = Representation.objects.get()
    identity.end_representation(representation_id=held.pk, by=agent.actor, at=clock.now())
    assert Mandate.objects.get(pk=mandate).state == MandateState.ENDED


@pytest.fixture
def parent(register):
    made = verified(register, "样例母亲")
    mother = number_of(made.person_id)
    register.child(name="样例孩子", birth_date=date(2018, 4, 5), sex="2", id_number=CHILD, parents=(mother,))
    register.child(name="样例成年", birth_date=date(2006, 4, 5), sex="2", id_number=GROWN, parents=(mother,))
    register.child(
        name="样例宝宝", birth_date=clock.today(), sex="1", birth_certificate="S320400009", parents=(mother,)
    )
    return made


def child(made, **values):
    return binding.bind_child(by=made.actor, at=clock.now(), **values)


def test_a_parent_acts_for_a_child_until_the_day_before_it_is_eighteen(parent):
    child(parent, name="样例孩子", id_number=CHILD)
    [choice] = queries.children(viewer=parent.actor)
    assert (choice.name, choice.valid_to) == ("样例孩子", date(2036, 4, 4))
    born = Person.objects.get(pk=choice.subject.id)
    assert (born.id_number, born.birth_date) == (CHILD, date(2018, 4, 5))
    with pytest.raises(AlreadyHeld):
        child(parent, name="样例孩子", id_number=CHILD)


def test_a_newborn_without_a_number_is_bound_by_its_certificate_and_once(parent):
    child(parent, name="样例宝宝", birth_certificate="s320400009")
    with pytest.raises(AlreadyHeld):
        child(parent, name="样例宝宝", birth_certificate="S320400009")
    assert Person.objects.filter(name="样例宝宝").count() == 1


def test_both_parents_bind_one_child_and_it_gets_its_number_later(register):
    mother, father = verified(register, "样例母亲"), verified(register, "样例父亲")
    numbers = (number_of(mother.person_id), number_of(father.person_id))
    born = {"name": "样例宝宝", "birth_date": date(2018, 4, 5), "sex": "2", "parents": numbers}
    register.child(**born, birth_certificate="S320400009")
    for made in (mother, father):
        child(made, name="样例宝宝", birth_certificate="S320400009")
    register.child(**born, id_number=CHILD)
    with pytest.raises(AlreadyHeld):
        child(mother, name="样例宝宝", id_number=CHILD)
    third = verified(register, "样例旁人")
    register.child(**{**born, "parents": (*numbers, number_of(third.person_id))}, id_number=GROWN)
    assert Person.objects.filter(name="样例宝宝").count() == 1


def test_no_other_child_and_nobody_of_age_is_bound(parent, register):
    stranger = verified(register, "样例旁人")
    for made, values in (
        (stranger, {"name": "样例孩子", "id_number": CHILD}),
        (stranger, {"name": "样例宝宝", "birth_certificate": "S320400009"}),
        (parent, {"name": "别的孩子", "id_number": CHILD}),
        (parent, {"name": "样例成年", "id_number": GROWN}),
    ):
        with pytest.raises(BindingRefused):
            child(made, **values)
    with pytest.raises(ClaimInvalid):
        child(parent, name="样例孩子")
    with pytest.raises(RealNameNeeded):
        child(replace(parent, actor=replace(parent.actor, assurance=1)), name="样例孩子", id_number=CHILD)


def test_lists_page_in_sql_with_a_constant_number_of_queries(register, django_assert_num_queries):
    one = verified(register, "样例本人")
    subject = SubjectRef(PERSON, one.person_id)
    agents = [verified(register, "样例代办") for _ in range(4)]
    for agent in agents:
        answer(agent, offer(one, subject, agent))
    with django_assert_num_queries(1):
        page = queries.mandates_given(viewer=one.actor, size=3)
    assert len(page.items) == 3
    assert page.next_cursor
    with django_assert_num_queries(1):
        assert len(queries.mandates_held(viewer=agents[0].actor).items) == 1
    with django_assert_num_queries(1):
        queries.bound_entities(viewer=one.actor)
