"""Who sees and does what, as one table; lists stay one query."""

from dataclasses import replace

import pytest

from yiwang.commons.flow import queries as flow
from yiwang.commons.flow.contracts import InstanceStatus
from yiwang.commons.identity import commands as identity
from yiwang.commons.identity.commands import end_representation
from yiwang.commons.identity.contracts import Grade
from yiwang.commons.identity.tests.factories import (
    Grants,
    make_official,
    make_organisation,
    make_representation,
    make_resident,
)
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.errors import Forbidden
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import Applicant, CaseNotFound, CaseStateRefused, CaseStatus, ResultKind, TaskChoice
from yiwang.serve.cases.tests.factories import SITUATION, SYSTEM, make_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample():
    return make_sample()


def sees(viewer, number):
    try:
        queries.case(number=number, viewer=viewer)
    except CaseNotFound:
        return False
    return True


def test_who_sees_a_member_case(sample):
    case_id = sample.file()
    number = sample.case(case_id, "certificate").number
    office = sample.offices["certificate"]
    stranger = make_resident("样例路人").actor
    table = {
        "applicant": (sample.parent.actor, True),
        "official of the office": (sample.acceptors["certificate"], True),
        "official of another office": (sample.acceptors["card"], False),
        "official without the action": (make_official(office, grants=["cases.accept"]).actor, False),
        "official of a lower grade": (
            make_official(office, grants=[Grants("cases.view", grade=Grade.GENERAL_1)]).actor,
            False,
        ),
        "official of another matter": (
            make_official(office, grants=[Grants("cases.view", scope="matter:card")]).actor,
            False,
        ),
        "another resident": (stranger, False),
        "somebody without an account": (Actor.anonymous(), False),
    }
    assert {who: sees(viewer, number) for who, (viewer, _) in table.items()} == {
        who: expected for who, (_, expected) in table.items()
    }


def test_another_persons_number_is_answered_like_one_that_does_not_exist(sample):
    number = sample.case(sample.file()).number
    stranger = make_resident("样例路人").actor
    with pytest.raises(CaseNotFound) as theirs:
        queries.case(number=number, viewer=stranger)
    with pytest.raises(CaseNotFound) as nobodys:
        queries.case(number="320402-20261116-999999", viewer=stranger)
    assert theirs.value.sentence() == nobodys.value.sentence()


def test_an_agent_sees_what_was_filed_for_somebody(sample):
    agent = make_resident("样例代办")
    make_representation(agent.person_id, SubjectRef("person", sample.parent.person_id))
    acting = Actor(
        kind=agent.actor.kind, account_id=agent.account_id, person_id=agent.person_id,
        on_behalf=SubjectRef("person", sample.parent.person_id),
    )  # fmt: skip
    number = sample.case(sample.file(by=acting, materials=[_upload(sample, acting)])).number
    assert sees(agent.actor, number)
    assert sees(sample.parent.actor, number)
    assert queries.case(number=number, viewer=sample.parent.actor).agent == "样例代办"


def acting_for(sample, agent):
    return replace(agent.actor, on_behalf=SubjectRef("person", sample.parent.person_id))


@pytest.mark.parametrize("scope", ["*", "bundle:newborn", "matter:certificate", "matter:*"])
def test_an_agent_sees_and_does_what_the_authorisation_covers(sample, scope):
    agent, case_id = make_resident("样例代办"), sample.file()
    make_representation(agent.person_id, SubjectRef("person", sample.parent.person_id), scope=scope)
    assert sees(acting_for(sample, agent), sample.case(case_id, "certificate").number)
    assert not sees(agent.actor, sample.case(case_id, "certificate").number), "only while acting for the applicant"


def test_an_agent_for_another_matter_sees_and_does_nothing(sample):
    agent, case_id = make_resident("样例代办"), sample.file()
    make_representation(agent.person_id, SubjectRef("person", sample.parent.person_id), scope="matter:other")
    acting = acting_for(sample, agent)
    for member in ("", "certificate"):
        assert not sees(acting, sample.case(case_id, member).number)
    assert not queries.cases(viewer=acting).items
    assert not queries.may_read_files(case_id=case_id, viewer=acting)
    with pytest.raises(CaseNotFound):
        commands.withdraw(case_id=case_id, reason="不办了", by=acting, at=clock.now())


def test_what_an_agent_filed_is_closed_to_them_when_the_authorisation_ends(sample):
    agent = make_resident("样例代办")
    held = make_representation(agent.person_id, SubjectRef("person", sample.parent.person_id))
    acting = acting_for(sample, agent)
    case_id = sample.file(by=acting, materials=[_upload(sample, acting)])
    assert sees(agent.actor, sample.case(case_id).number)
    end_representation(representation_id=held, by=SYSTEM, at=clock.now())
    assert not sees(agent.actor, sample.case(case_id).number)
    assert not sees(agent.actor, sample.case(case_id, "certificate").number)
    with pytest.raises(CaseNotFound):
        commands.withdraw(case_id=case_id, reason="不办了", by=agent.actor, at=clock.now())
    assert sees(sample.parent.actor, sample.case(case_id).number)


def agent_with(sample, scope="*"):
    """An agent with that scope, the way they act, and the representation."""
    agent = make_resident("样例代办")
    subject = SubjectRef("person", sample.parent.person_id)
    made = make_representation(agent.person_id, subject, scope=scope)
    return replace(agent.actor, on_behalf=subject), made


def test_an_agent_whose_right_has_ended_sees_and_does_no_more_what_they_filed(sample):
    acting, made = agent_with(sample)
    case_id = sample.file(by=acting, materials=[_upload(sample, acting)])
    number = sample.case(case_id).number
    own = replace(acting, on_behalf=None)
    assert sees(acting, number)
    assert sees(own, number)
    identity.end_representation(representation_id=made, by=SYSTEM, at=clock.now())
    for viewer in (acting, own):  # the first as a session that has not noticed
        assert not sees(viewer, number)
        with pytest.raises(CaseNotFound):
            commands.withdraw(case_id=case_id, reason="不办了", by=viewer, at=clock.now())
    assert sees(sample.parent.actor, number)


@pytest.mark.parametrize(
    ("scope", "bundle", "certificate", "card"),
    [
        ("*", True, True, True),
        ("bundle:*", True, True, True),
        ("matter:*", False, True, True),
        ("matter:certificate", False, True, False),
        ("matter:cert", False, False, False),
        ("licences:own", False, False, False),
    ],
)
def test_who_acts_for_somebody_sees_the_matters_that_they_were_authorised_for(sample, scope, bundle, certificate, card):
    case_id = sample.file()
    acting, _made = agent_with(sample, scope)
    cases = sample.case(case_id), sample.case(case_id, "certificate"), sample.case(case_id, "card")
    assert [sees(acting, each.number) for each in cases] == [bundle, certificate, card]
    shown = {row.number for row in queries.cases(viewer=acting, size=100).items}
    assert shown <= {each.number for each, may in zip(cases, (bundle, certificate, card), strict=True) if may}
    if not bundle:
        with pytest.raises(CaseNotFound):
            commands.withdraw(case_id=case_id, reason="不办了", by=acting, at=clock.now())


def _upload(sample, by):
    from yiwang.serve.cases.contracts import MaterialInput

    return MaterialInput("book", file_id=sample.upload(by))


def test_nobody_files_for_a_stranger(sample):
    with pytest.raises(Forbidden):
        sample.file(by=make_resident().actor, materials=[])


def test_officials_without_the_grant_take_no_step(sample):
    case_id = sample.case(sample.file(), "certificate").id
    with pytest.raises(Forbidden):
        commands.accept(case_id=case_id, by=sample.reviewers["certificate"], at=clock.now())
    with pytest.raises(Forbidden):
        commands.accept(case_id=case_id, by=sample.acceptors["card"], at=clock.now())
    with pytest.raises(Forbidden):
        commands.accept(case_id=case_id, by=sample.parent.actor, at=clock.now())
    with pytest.raises(CaseStateRefused):
        commands.decide(case_id=case_id, result=ResultKind.GRANTED, by=sample.reviewers["certificate"], at=clock.now())


def test_a_task_is_done_with_its_own_case_only(sample):
    first, second = sample.file(), sample.file()
    with pytest.raises(CaseNotFound):
        commands.handle_task(
            task_id=sample.task(first, "certificate"),
            case_id=sample.case(second, "certificate").id,
            choice=TaskChoice.ACCEPT,
            by=sample.acceptors["certificate"],
            at=clock.now(),
        )


def test_files_of_a_case_are_read_by_those_who_handle_a_member(sample):
    case_id = sample.file(situation={**SITUATION, "held": True})
    assert queries.may_read_files(case_id=case_id, viewer=sample.acceptors["registration"])
    assert not queries.may_read_files(case_id=case_id, viewer=make_resident().actor)
    elsewhere = make_official(make_organisation(), grants=["cases.view"]).actor
    assert not queries.may_read_files(case_id=case_id, viewer=elsewhere)


def test_the_list_costs_one_query_whatever_its_length(sample, django_assert_num_queries):
    official = sample.acceptors["certificate"]
    sample.file()
    with django_assert_num_queries(1):
        assert len(queries.cases(viewer=official, matter_code="certificate").items) == 1
    for _ in range(4):
        sample.file()
    with django_assert_num_queries(1):
        page = queries.cases(viewer=official, matter_code="certificate", size=3)
    assert len(page.items) == 3
    rest = queries.cases(viewer=official, matter_code="certificate", size=3, cursor=page.next_cursor)
    assert len(rest.items) == 2
    assert not {row.number for row in page.items} & {row.number for row in rest.items}


def test_a_resident_lists_own_bundles_with_their_members_counted(sample):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    rows = queries.cases(viewer=sample.parent.actor).items
    assert [(row.members, row.members_done) for row in rows] == [(3, 1)]
    assert not queries.cases(viewer=make_resident().actor).items


def test_a_case_page_costs_a_bounded_number_of_queries(sample, django_assert_max_num_queries):
    case_id = sample.file()
    sample.grant(case_id, "certificate")
    number = sample.case(case_id).number
    with django_assert_max_num_queries(9):
        queries.case(number=number, viewer=sample.parent.actor)


def test_the_desk_explains_what_is_not_possible(sample):
    case_id = sample.file()
    sample.work(case_id, "certificate", TaskChoice.ACCEPT)
    desk = queries.desk_task(task_id=sample.task(case_id, "certificate"), viewer=sample.reviewers["certificate"])
    choices = {choice.choice: choice for choice in desk.choices}
    assert choices[TaskChoice.GRANT].allowed
    assert "三十二条" in choices[TaskChoice.CORRECT].refusal


def test_a_withdrawn_bundle_ends_its_members_and_its_tasks(sample):
    case_id = sample.file()
    commands.withdraw(case_id=case_id, reason="不办了", by=sample.parent.actor, at=clock.now())
    view = sample.case(case_id)
    assert {member.case.status for member in view.members} == {CaseStatus.WITHDRAWN}
    assert (view.status, view.result) == (CaseStatus.WITHDRAWN, ResultKind.WITHDRAWN)
    assert flow.status(instance_id=view.instance_id, viewer=SYSTEM) is InstanceStatus.CANCELLED


def test_a_company_is_an_applicant_too():
    with pytest.raises(ValueError, match="person or a legal entity"):
        Applicant()
