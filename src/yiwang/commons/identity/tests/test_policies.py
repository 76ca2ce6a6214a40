"""One table: who may do what."""

from dataclasses import replace

import pytest

from yiwang.commons.identity import commands, policies, queries
from yiwang.commons.identity.contracts import (
    LEGAL_ENTITY,
    PERSON,
    Grade,
    MayNotRepresent,
    NotPermitted,
    OrganisationKind,
    UnknownRecord,
)
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """A small city hall: who there is, and what they may be asked about."""
    make.make_organisation("root")
    bureau = make.make_organisation("bureau", parent="root")
    desk = make.make_organisation("desk", parent="bureau", kind=OrganisationKind.OFFICE)
    other = make.make_organisation("other", parent="root")
    owner = make.make_resident("样例法人")
    entity = make.make_legal_entity(legal_representative_id=owner.person_id)
    agent, resident = make.make_resident("样例代办"), make.make_resident("样例居民")
    make.make_representation(agent.person_id, SubjectRef(PERSON, resident.person_id))
    manager_grants = [
        *("identity.register", "identity.manage_accounts", "identity.appoint", "identity.represent"),
        *("identity.read_person", "identity.grant", "case.read"),
    ]
    manager = make.make_official(bureau, role="manager", grants=manager_grants)
    clerk = make.make_official(desk)
    outsider = make.make_official(other)
    return {
        "actors": {
            "program": make.SYSTEM,
            "stranger": Actor.anonymous(),
            "resident": resident.actor,
            "agent": agent.actor,
            "agent acting": replace(agent.actor, on_behalf=SubjectRef(PERSON, resident.person_id)),
            "owner": owner.actor,
            "manager": manager.actor,
            "clerk": clerk.actor,
            "outsider": outsider.actor,
        },
        "resident": SubjectRef(PERSON, resident.person_id),
        "entity": SubjectRef(LEGAL_ENTITY, entity),
        "agent_person": agent.person_id,
        "accounts": {"clerk": clerk, "outsider": outsider, "manager": manager, "resident": resident},
        "organisations": {"bureau": bureau, "desk": desk, "other": other},
    }


def _grant(action="case.read", place="bureau", scope="*", grade=Grade.GENERAL_3):
    return lambda by, c: policies.can_grant(
        by,
        organisation_id=c["organisations"][place] if place else None,
        tree="territory",
        scope_pattern=scope,
        action=action,
        grade=grade,
    )


def _appoint(who, place):
    return lambda by, c: policies.can_appoint(
        by, account_id=c["accounts"][who].account_id, organisation_id=c["organisations"][place]
    )


RULES = {
    "define places": (lambda by, c: policies.can_define(by), "program"),
    "register a person": (lambda by, c: policies.can_register(by), "program, manager"),
    "create an account": (lambda by, c: policies.can_manage_account(by), "program, manager"),
    "manage the clerk's account": (
        lambda by, c: policies.can_manage_account(by, c["accounts"]["clerk"].account_id),
        "program, manager",
    ),
    "manage an account elsewhere": (
        lambda by, c: policies.can_manage_account(by, c["accounts"]["outsider"].account_id),
        "program",
    ),
    "set the resident's password": (
        lambda by, c: policies.can_set_password(by, c["accounts"]["resident"].account_id),
        "program, resident",
    ),
    "appoint the outsider to the desk": (_appoint("outsider", "desk"), "program, manager"),
    "appoint the clerk elsewhere": (_appoint("clerk", "other"), "program"),
    "appoint the manager": (_appoint("manager", "desk"), "program"),
    "grant what one holds": (_grant(), "program, manager"),
    "grant below": (_grant(place="desk", scope="matter:birth"), "program, manager"),
    "grant elsewhere": (_grant(place="other"), "program"),
    "grant what one has not": (_grant(action="case.decide"), "program"),
    "grant every action": (_grant(action="*"), "program"),
    "grant a higher grade": (_grant(grade=Grade.CORE), "program"),
    "grant without bound": (_grant(place=None), "program"),
    "enter who acts for whom without asking": (lambda by, c: policies.can_represent(by), "program, manager"),
    "end the agent's representation": (
        lambda by, c: policies.can_end_representation(by, representative_id=c["agent_person"], subject=c["resident"]),
        "program, manager, resident, agent, agent acting",
    ),
    "act for the resident": (lambda by, c: policies.can_act_for(by, c["resident"]), "agent, agent acting"),
    "act for the entity": (lambda by, c: policies.can_act_for(by, c["entity"]), "owner"),
    "see the resident": (
        lambda by, c: policies.can_see_person(by, c["resident"].id),
        "program, manager, resident, agent acting",
    ),
    "see the entity": (lambda by, c: policies.can_see_entity(by, c["entity"].id), "program, manager, owner"),
}


@pytest.mark.parametrize("rule", RULES)
def test_who_may(cast, rule):
    ask, expected = RULES[rule]
    allowed = {name for name, actor in cast["actors"].items() if ask(actor, cast)}
    assert allowed == set(expected.split(", "))


def test_check_refuses_where_can_denies(cast):
    stranger, entity = Actor.anonymous(), cast["entity"]
    account_id = cast["accounts"]["clerk"].account_id
    desk = cast["organisations"]["desk"]
    checks = (
        (NotPermitted, lambda: policies.check_define(stranger)),
        (NotPermitted, lambda: policies.check_register(stranger)),
        (NotPermitted, lambda: policies.check_manage_account(stranger)),
        (NotPermitted, lambda: policies.check_set_password(stranger, account_id)),
        (NotPermitted, lambda: policies.check_appoint(stranger, account_id=account_id, organisation_id=desk)),
        (
            NotPermitted,
            lambda: policies.check_grant(
                stranger, organisation_id=desk, tree="line", scope_pattern="*", action="case.read", grade=1
            ),
        ),
        (NotPermitted, lambda: policies.check_represent(stranger)),
        (
            NotPermitted,
            lambda: policies.check_end_representation(stranger, representative_id=account_id, subject=entity),
        ),
        (MayNotRepresent, lambda: policies.check_act_for(stranger, entity)),
        (UnknownRecord, lambda: policies.check_see_person(stranger, account_id)),
        (UnknownRecord, lambda: policies.check_see_entity(stranger, entity.id)),
    )
    for error, check in checks:
        with pytest.raises(error):
            check()


def test_nobody_appoints_to_a_role_that_reaches_beyond_them(cast):
    make.make_role("auditor", "审计人员")
    other = cast["organisations"]["other"]
    commands.grant(role="auditor", organisation_id=other, action="case.read", by=make.SYSTEM, at=clock.now())
    values = {"account_id": cast["accounts"]["clerk"].account_id, "organisation_id": cast["organisations"]["desk"]}
    with pytest.raises(NotPermitted):
        commands.appoint(role="auditor", by=cast["actors"]["manager"], at=clock.now(), **values)
    commands.appoint(role="manager", by=cast["actors"]["manager"], at=clock.now(), **values)


def test_what_a_manager_granted_can_be_used_and_revoked_by_the_manager(cast):
    manager, clerk = cast["actors"]["manager"], cast["accounts"]["clerk"]
    row = commands.grant(
        account_id=clerk.account_id,
        organisation_id=cast["organisations"]["desk"],
        action="case.read",
        scope="matter:birth",
        by=manager,
        at=clock.now(),
    )
    assert queries.holds(clerk.actor, "case.read", scope_key="matter:birth")
    assert not queries.holds(clerk.actor, "case.read", scope_key="matter:card")
    with pytest.raises(NotPermitted):
        commands.revoke(grant_id=row, by=cast["actors"]["outsider"], at=clock.now())
    commands.revoke(grant_id=row, by=manager, at=clock.now())
    assert not queries.holds(clerk.actor, "case.read", scope_key="matter:birth")


def test_acting_covers_its_scope_and_no_more():
    agent, owner = make.make_resident(), make.make_person()
    subject = SubjectRef(PERSON, owner)
    make.make_representation(agent.person_id, subject, scope="matter:birth")
    acting = replace(agent.actor, on_behalf=subject)
    assert queries.acts_within(scope_key="matter:birth", viewer=acting)
    assert not queries.acts_within(scope_key="matter:card", viewer=acting)
    assert queries.acts_within(scope_key="matter:card", viewer=agent.actor)
    with pytest.raises(MayNotRepresent):
        policies.check_act_within(acting, "bundle:newborn")
