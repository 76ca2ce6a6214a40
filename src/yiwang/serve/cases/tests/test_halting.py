"""A matter that a steward suspended or cancelled stops its bundle, or is left out of it, and the applicant is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from yiwang.kernel import clock
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import Applicant, CaseStatus, MatterHalted
from yiwang.serve.cases.tests.factories import ANSWERS, SITUATION, SYSTEM, make_sample
from yiwang.serve.matters import commands as matter_commands
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import MemberKind
from yiwang.serve.matters.tests.factories import bundle_spec

pytestmark = pytest.mark.django_db
HELD = {**SITUATION, "held": True}


@pytest.fixture
def sample():
    """The sample whose card can be left out."""
    sample = make_sample()
    members = tuple(
        replace(each, kind=MemberKind.OPTIONAL) if each.key == "card" else each for each in bundle_spec().members
    )
    published = matter_commands.publish_bundle(spec=bundle_spec(members=members), by=SYSTEM, at=clock.now())
    sample.bundle_id = published.id
    return sample


def suspend(code, days=None):
    until = clock.today() + timedelta(days=days) if days else None
    matter_commands.suspend_matter(
        code=code, since=clock.today(), until=until, reason="系统升级", by=SYSTEM, at=clock.now()
    )


def cancel(code):
    matter_commands.cancel_matter(code=code, on=clock.today(), reason="法律修改", by=SYSTEM, at=clock.now())


def test_a_suspended_mandatory_member_stops_the_filing_and_says_which_and_why(sample):
    suspend("registration", days=3)
    with pytest.raises(MatterHalted) as refused:
        sample.file(situation=HELD)
    told = refused.value.sentence()
    back = clock.today() + timedelta(days=4)
    assert "“样例registration”暂停办理（系统升级）" in told
    assert f"{back.year}年{back.month}月{back.day}日恢复" in told
    assert not queries.cases(viewer=SYSTEM).items
    matter_commands.resume_matter(code="registration", by=SYSTEM, at=clock.now())
    assert sample.file(situation=HELD)


def test_a_cancelled_mandatory_member_stops_the_filing_too(sample):
    cancel("registration")
    with pytest.raises(MatterHalted, match="“样例registration”已取消（法律修改）"):
        sample.file(situation=HELD)


def test_a_halted_member_that_the_situation_does_not_ask_for_stops_nothing(sample):
    suspend("certificate")
    view = sample.case(sample.file(situation=HELD))
    assert [member.key for member in view.members] == ["registration", "card"]
    assert view.events[0].note == ""


def test_a_halted_optional_member_is_left_out_and_the_applicant_is_told(sample):
    suspend("card")
    view = sample.case(sample.file(situation=HELD))
    assert [member.key for member in view.members] == ["registration"]
    assert view.events[0].note == (
        "这次没有一并办理：“样例card”暂停办理（系统升级），恢复日期另行通知。恢复办理后可以单独申请。"
    )
    own = queries.case(number=view.number, viewer=sample.parent.actor)
    assert "样例card" in own.events[0].note


def test_a_mandatory_member_that_waits_for_a_halted_one_stops_the_filing_and_names_both(sample):
    cancel("certificate")
    with pytest.raises(MatterHalted) as refused:
        sample.file()
    assert "“样例certificate”已取消（法律修改）" in refused.value.sentence()
    assert "“样例registration”的前序事项“样例certificate”已取消" in refused.value.sentence()


def test_what_can_be_left_out_and_waits_for_a_halted_member_is_left_out_with_it(sample):
    members = tuple(
        replace(each, kind=MemberKind.MANDATORY if each.key == "certificate" else MemberKind.OPTIONAL)
        for each in bundle_spec().members
    )
    published = matter_commands.publish_bundle(spec=bundle_spec(members=members), by=SYSTEM, at=clock.now())
    suspend("registration")
    bundle = matters.bundle_version(bundle_id=published.id, viewer=SYSTEM)
    guide = matters.guide(bundle=bundle, facts=SITUATION, viewer=SYSTEM)
    assert [member.key for member in guide.members] == ["certificate"]
    assert {each.key: each.waits_for for each in guide.left_out} == {"registration": "", "card": "样例registration"}
    assert not guide.blocking
    still_open = matters.guide(bundle=bundle, facts={}, viewer=SYSTEM)
    assert "wants_card" not in {question.fact for question in still_open.questions_left}


def test_where_all_that_is_left_is_halted_nothing_is_filed_and_it_says_why(sample):
    members = tuple(replace(each, kind=MemberKind.OPTIONAL) for each in bundle_spec().members)
    published = matter_commands.publish_bundle(spec=bundle_spec(members=members), by=SYSTEM, at=clock.now())
    sample.bundle_id = published.id
    suspend("registration")
    with pytest.raises(MatterHalted, match="样例registration"):
        sample.file(situation=HELD)


def test_a_halted_matter_by_itself_takes_no_application_and_what_began_goes_on(sample):
    begun = sample.file(situation=HELD)
    matter = matters.matter(code="certificate", viewer=SYSTEM)
    suspend("certificate")
    suspend("registration")
    with pytest.raises(MatterHalted, match="暂停办理"):
        commands.submit_matter(
            matter_id=matter.id, applicant=Applicant(person_id=sample.parent.person_id), situation={}, answers=ANSWERS,
            region_code="320402001", by=sample.parent.actor, at=clock.now(),
        )  # fmt: skip
    sample.grant(begun, "registration", fields={"child_number": "320402202611160048"})
    assert sample.case(begun, "registration").status is CaseStatus.CLOSED


def test_a_new_version_of_a_matter_halts_no_bundle_that_pinned_the_former(sample):
    spec = replace(matters.matter(code="card", viewer=SYSTEM).spec, name="样例新卡")
    matter_commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now())
    view = sample.case(sample.file(situation=HELD))
    assert [member.key for member in view.members] == ["registration", "card"]


def test_reading_a_bundle_costs_two_statements_and_a_third_where_a_member_is_halted(sample, django_assert_num_queries):
    matters.bundle(key="newborn", viewer=SYSTEM)
    with django_assert_num_queries(2):
        matters.bundle(key="newborn", viewer=SYSTEM)
    suspend("card")
    with django_assert_num_queries(3):
        bundle = matters.bundle(key="newborn", viewer=SYSTEM)
    assert bundle.member("card").halt.reason == "系统升级"
