"""What somebody tries by hand against mandates and bindings: foreign ids, replayed answers, wider scopes, sessions gone stale."""

from datetime import timedelta

import pytest
from django.test import Client

from yiwang.commons.identity import policies
from yiwang.commons.identity import queries as reads
from yiwang.commons.identity.commands import agency, binding
from yiwang.commons.identity.contracts import PERSON, NotPermitted
from yiwang.commons.identity.contracts.real_names import BindingRefused, ClaimInvalid, ScopeChoice
from yiwang.commons.identity.models import LegalEntity, Mandate, Representation
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.real_names import CLOSED, number_of, register, verified
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id

__all__ = ["register"]
pytestmark = pytest.mark.django_db
BIRTH = "matter:birth"


@pytest.fixture
def three(register):
    """Who gives, who is asked, and a stranger."""
    ports.provide_scopes(lambda audience: (ScopeChoice(BIRTH, "出生"), ScopeChoice("matter:card", "社保卡")))
    return [verified(register, name) for name in ("样例本人", "样例代办", "样例旁人")]


def browser(made):
    found = Client()
    make.login(found, made.account_id)
    return found


def offer(one, agent, scopes=(BIRTH,)):
    return agency.offer_mandate(
        principal=SubjectRef(PERSON, one.person_id), agent_name="样例代办", agent_number=number_of(agent.person_id),
        scopes=scopes, valid_to=clock.today() + timedelta(days=30), by=one.actor, at=clock.now(),
    )  # fmt: skip


def post(found, mandate, verb="", **data):
    return found.post(f"/account/mandates/{mandate}/{verb}", data).status_code


def test_foreign_and_invented_mandates_are_not_found_whatever_is_posted(three):
    one, agent, stranger = three
    mandate = offer(one, agent)
    for made, ids in ((stranger, (mandate, new_id())), (agent, (new_id(),)), (one, (new_id(),))):
        for each in ids:
            assert browser(made).get(f"/account/mandates/{each}/").status_code == 404
            assert post(browser(made), each, answer="accept") == 404
            assert post(browser(made), each, "end/") == 404
    assert post(browser(one), mandate, answer="accept") == 404, "who gave it doesn't accept it"
    assert Mandate.objects.get(pk=mandate).state == "offered"
    assert Client().post(f"/account/mandates/{mandate}/", {"answer": "accept"}).status_code in {302, 403}


def test_a_replayed_answer_brings_nothing_back(three):
    one, agent, _stranger = three
    mandate, here = offer(one, agent), browser(agent)
    assert post(here, mandate, answer="accept") == 303
    assert post(here, mandate, answer="accept") == 409
    assert post(browser(one), mandate, "end/") == 303
    for answer in ("accept", "decline"):
        assert post(here, mandate, answer=answer) in {404, 409}
    assert not policies.can_act_for(agent.actor, SubjectRef(PERSON, one.person_id))
    assert Mandate.objects.get(pk=mandate).state == "withdrawn"


def test_a_declined_offer_is_not_accepted_afterwards(three):
    one, agent, _stranger = three
    mandate, here = offer(one, agent), browser(agent)
    assert post(here, mandate, answer="anything") == 303, "what is no acceptance declines"
    assert post(here, mandate, answer="accept") in {404, 409}
    assert not Representation.objects.exists()


@pytest.mark.parametrize("scopes", [("matter:*",), ("*", BIRTH), ("matter:house",), ("",), (), ("matter:birth:x",)])
def test_no_scope_is_given_that_is_not_offered(three, scopes):
    one, agent, _stranger = three
    with pytest.raises(ClaimInvalid):
        offer(one, agent, scopes)


def test_an_agent_gives_nothing_on_and_widens_nothing(three):
    one, agent, stranger = three
    mandate, here = offer(one, agent), browser(agent)
    post(here, mandate, answer="accept", scopes="*", scope="*")
    assert list(Representation.objects.values_list("scope", flat=True)) == [BIRTH]
    subject = SubjectRef(PERSON, one.person_id)
    assert here.post("/account/acting/", {"choice": str(subject), "scope": "*"}).status_code == 303
    viewer = reads.actor_of(here.get("/account/acting/").wsgi_request)
    assert viewer.on_behalf == subject
    assert not reads.acts_within(scope_key="matter:card", viewer=viewer)
    with pytest.raises(NotPermitted):
        agency.offer_mandate(
            principal=subject, agent_name="样例旁人", agent_number=number_of(stranger.person_id), scopes=["*"],
            valid_to=clock.today(), by=viewer, at=clock.now(),
        )  # fmt: skip
    assert Mandate.objects.count() == 1


@pytest.mark.parametrize("kind", ["person", "legal_entity", "account", "mandate", ""])
def test_nobody_acts_for_who_gave_them_nothing(three, kind):
    one, _agent, stranger = three
    here = browser(stranger)
    here.post("/account/acting/", {"choice": f"{kind}:{one.person_id}"})
    session = here.session
    session["identity.acting"] = f"{kind}:{one.person_id}"  # as if it had been chosen before
    session.save()
    assert reads.actor_of(here.get("/account/acting/").wsgi_request).on_behalf is None


def test_a_stale_session_writes_nothing_for_who_has_withdrawn(three):
    one, agent, _stranger = three
    mandate, here = offer(one, agent), browser(agent)
    post(here, mandate, answer="accept")
    subject = SubjectRef(PERSON, one.person_id)
    here.post("/account/acting/", {"choice": str(subject)})
    agency.end_mandate(mandate_id=mandate, by=one.actor, at=clock.now())
    response = here.post("/account/children/new/", {"name": "样例孩子", "id_number": "x"})
    assert response.status_code in {302, 303, 403, 409}
    assert here.session.get("identity.acting") in {None, str(subject)}
    assert reads.actor_of(here.get("/account/acting/").wsgi_request).on_behalf is None


def test_an_entity_that_is_closed_is_bound_by_nobody_and_gives_nothing_new(register):
    owner = verified(register, "样例法人")
    register.entity(CLOSED, "常州样例丙有限公司", "样例法人", number_of(owner.person_id), in_business=False)
    with pytest.raises(BindingRefused):
        binding.bind_legal_entity(credit_code=CLOSED, name="常州样例丙有限公司", by=owner.actor, at=clock.now())
    assert not LegalEntity.objects.exists()
