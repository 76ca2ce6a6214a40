"""Who gave a false pledge may not pledge again in such a matter until trust is restored; of the rest they declare."""

import re

import pytest

from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.kernel import clock
from yiwang.kernel.errors import Forbidden
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import (
    Applicant,
    CaseAction,
    DocumentKind,
    MaterialBy,
    MaterialInput,
    NotBarred,
    PledgeBarred,
    ReasonMissing,
    TaskChoice,
)
from yiwang.serve.cases.models import Case
from yiwang.serve.cases.tests.factories import ANSWERS, SYSTEM, file_permit
from yiwang.serve.matters import queries as matters

pytestmark = pytest.mark.django_db
PLEDGED = (MaterialInput("proof", "场所证明", MaterialBy.PLEDGE),)


@pytest.fixture
def permit():
    """A case whose pledge was found false after it was granted."""
    permit = file_permit(materials=PLEDGED)
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.GRANT)
    check(permit, kept=False)
    return permit


def check(permit, *, kept):
    pledge = permit.view().pledges[0]
    commands.check_pledge(pledge_id=pledge.id, kept=kept, finding="场所为违法建筑", by=permit.reviewer, at=clock.now())


def again(permit, *, person=None, materials=PLEDGED):
    person = person or permit.sample.parent
    return commands.submit_matter(
        matter_id=matters.matter(code="permit", viewer=SYSTEM).id, applicant=Applicant(person_id=person.person_id),
        situation={}, answers=ANSWERS, materials=materials, region_code="320402001", by=person.actor, at=clock.now(),
    )  # fmt: skip


def restore(permit, ground="常信修〔2026〕1号", by=None):
    pledge = permit.view().pledges[0]
    commands.restore_trust(pledge_id=pledge.id, ground=ground, by=by or permit.reviewer, at=clock.now())


def test_a_false_pledge_bars_its_signer_from_pledging_again_and_says_in_which_case(permit):
    with pytest.raises(PledgeBarred) as refused:
        again(permit)
    assert permit.view().number in refused.value.sentence()
    assert Case.objects.filter(matter_code="permit").count() == 1
    assert again(permit, materials=())


def test_it_bars_nobody_else_and_a_kept_pledge_bars_nobody(permit):
    assert again(permit, person=make_resident("样例邻居"))
    kept = file_permit_again(permit)
    assert kept


def file_permit_again(permit):
    restore(permit)
    case_id = again(permit)
    pledge = queries.case(number=queries.brief(case_id=case_id, viewer=SYSTEM).number, viewer=SYSTEM).pledges[0]
    assert pledge.kept is None
    return again(permit)


def test_a_bar_ends_when_trust_is_restored_which_is_noted_with_its_ground(permit):
    with pytest.raises(ReasonMissing):
        restore(permit, ground=" ")
    with pytest.raises(Forbidden):
        restore(permit, by=permit.sample.parent.actor)
    restore(permit)
    with pytest.raises(NotBarred):
        restore(permit)
    assert permit.view().events[-1].kind is CaseAction.RESTORE_TRUST
    assert permit.view().events[-1].opinion == "常信修〔2026〕1号"
    assert again(permit)


def test_a_correction_cannot_be_answered_by_a_pledge_of_whoever_is_barred(permit, client):
    case_id = again(permit, materials=())
    task = permit.sample.task(case_id)
    commands.handle_task(
        task_id=task, case_id=case_id, choice=TaskChoice.CORRECT, reason="场所证明", by=permit.acceptor, at=clock.now()
    )
    with pytest.raises(PledgeBarred):
        commands.supply_correction(
            task_id=permit.sample.task(case_id), case_id=case_id, materials=PLEDGED, by=permit.sample.parent.actor,
            at=clock.now(),
        )  # fmt: skip
    login(client, permit.sample.parent.account_id)
    number = queries.brief(case_id=case_id, viewer=SYSTEM).number
    url = re.search(r"/cases/corrections/[0-9a-f-]+/", client.get(f"/cases/{number}/").content.decode())[0]
    html = client.get(url).content.decode()
    assert "信用修复之前不适用告知承诺，请提交材料" in html
    assert re.search(r'name="pledge"[^>]*disabled', html)


def test_the_signed_pledge_tells_whom_it_does_not_serve_and_declares_that_none_applies():
    permit = file_permit(materials=PLEDGED)
    found = next(each for each in permit.view().documents if each.kind is DocumentKind.PLEDGE)
    said = "\n".join(queries.document(document_id=found.id, viewer=SYSTEM)[0].paragraphs)
    assert "不适用的情形：有较严重的不良信用记录，或者曾经作出虚假承诺的，在信用修复之前不适用告知承诺" in said
    assert "不属于上述不适用告知承诺的情形" in said


def test_restoring_trust_is_a_page_of_the_office_that_decided(permit, client):
    view = permit.view()
    url = f"/work/cases/{view.number}/pledges/{view.pledges[0].id}/restore/"
    login(client, permit.reviewer.account_id)
    assert url in client.get(f"/work/cases/{view.number}/").content.decode()
    assert client.post(url, {"ground": ""}).status_code == 422
    assert client.post(url, {"ground": "常信修〔2026〕1号"}).status_code == 303
    assert url not in client.get(f"/work/cases/{view.number}/").content.decode()
    assert client.post(url, {"ground": "再次"}).status_code == 409
