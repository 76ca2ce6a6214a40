"""免证办 in the browser: what is found, agreed to or declined, filled in from a licence, filed, and read by officials."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import Source
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.identity.queries import actor_of
from yiwang.commons.licences import commands as licences
from yiwang.commons.licences import queries as held
from yiwang.commons.licences.contracts import Ground, Holder, TrustGrade
from yiwang.commons.licences.tests.factories import licensed, make_type, sealing_office  # noqa: F401  a fixture
from yiwang.commons.privacy import queries as privacy
from yiwang.commons.privacy.contracts import ConsentState
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.serve.cases.contracts import MaterialBy
from yiwang.serve.cases.queries import licensing
from yiwang.serve.matters import commands as matter_commands
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import SatisfierKind
from yiwang.serve.portal.tests.conftest import PDF, SYSTEM, _known, filed
from yiwang.serve.portal.tests.test_pledging import CODE, at_materials, begin

pytestmark = pytest.mark.django_db
TICK = "licence.business_licence"
NAME = "样例老店"


def actor(browser):
    return actor_of(browser.client.get("/").wsgi_request)


def consents(browser):
    return privacy.consents_of(viewer=actor(browser)).items


def entries(browser):
    return privacy.accesses_of(viewer=actor(browser)).items


def uses(case):
    return held.uses_of(subject=SubjectRef("case", case.id), viewer=SYSTEM)


@pytest.fixture
def licence(mother, sealing_office):  # noqa: F811
    holder = Holder.of(SubjectRef(PERSON, actor(mother).person_id))
    return licensed(sealing_office, holder, type_key="business_licence", values={"shop_name": NAME})


def fields(browser):
    return {each.name: each for each in browser.page.context["fields"]}


def others(browser):
    """A sample for whatever else is required."""
    return {
        name: SimpleUploadedFile("样例.pdf", PDF)
        for name, each in fields(browser).items()
        if each.required and not each.files and name.startswith("material.")
    }


def ticked(browser):
    return fields(browser)[TICK].options[0].value


def test_without_a_licence_the_page_asks_for_the_upload(mother):
    at_materials(mother)
    assert TICK not in fields(mother)
    assert fields(mother)["material.business_licence"].required


def test_a_licence_fills_the_form_and_says_so(mother, licence):
    begin(mother)
    answers = forms.draft(draft_id=UUID(mother.draft.split("/")[2]), viewer=SYSTEM).answers
    shop = answers["shop_name"]
    assert (shop.value, shop.source, shop.text) == (NAME, Source.LICENCE, "样例经营许可证")
    assert not entries(mother), "it is shown to its holder alone"


def test_with_one_tick_the_licence_is_retrieved_and_nothing_is_uploaded(mother, licence):
    at_materials(mother)
    field = fields(mother)[TICK]
    assert not field.value, "never ticked beforehand"
    assert "只用于" in field.help_answer
    assert "不影响申请" in field.help_answer
    mother.post(mother.url, {TICK: ticked(mother), "pledge.fire_compliance": "yes", **others(mother)})
    assert mother.url.endswith("/check/"), mother.text
    assert "已从您的电子证照调取" in mother.text
    (consent,) = consents(mother)
    mother.send()
    (case,) = filed()
    material = next(each for each in case.materials if each.material == "business_licence")
    assert material.by is MaterialBy.LICENCE
    assert [each.licence_id for each in uses(case)] == [licence]
    (entry,) = entries(mother)
    assert (entry.consent_id, entry.case_words) == (consent.id, case.number)
    assert case.number in mother.get("/mine/privacy/")


def test_who_does_not_agree_uploads_and_who_changes_their_mind_takes_it_back(mother, licence):
    at_materials(mother)
    mother.post(mother.url, {"pledge.fire_compliance": "yes"}, status=422)
    assert "请上传营业执照" in mother.text
    mother.post(mother.url, {TICK: ticked(mother)}, status=422)
    assert consents(mother)[0].state is ConsentState.IN_FORCE
    mother.post(mother.url, {}, status=422)
    assert consents(mother)[0].state is ConsentState.WITHDRAWN
    files = {"material.business_licence": SimpleUploadedFile("样例.pdf", PDF), "pledge.fire_compliance": "yes"}
    mother.post(mother.url, {**others(mother), **files})
    assert mother.url.endswith("/check/")
    mother.send()
    assert uses(filed()[0]) == ()


def test_words_that_were_not_on_the_page_are_no_consent(mother, licence):
    at_materials(mother)
    mother.post(mother.url, {TICK: "0" * 24}, status=422)
    assert "授权书的内容有变化" in mother.text
    assert not consents(mother)


def test_a_licence_that_ends_before_sending_sends_the_applicant_back_to_the_materials(mother, licence):
    at_materials(mother)
    mother.post(mother.url, {TICK: ticked(mother), "pledge.fire_compliance": "yes", **others(mother)})
    licences.revoke(licence_id=licence, reason="样例", ground=next(iter(Ground)), by=SYSTEM, at=clock.now())
    mother.send()
    assert mother.url.endswith("/materials/")
    assert not filed()


@pytest.fixture
def unchecked(mother, sealing_office):  # noqa: F811
    """A licence that was brought in without a comparison: grade C. The matter takes it from now on."""
    person = identity.person(person_id=actor(mother).person_id, viewer=SYSTEM)
    line = f"number,holder_name,holder_code,shop_name\nC-1,{person.name},{person.id_number},{NAME}\n"
    make_type("business_licence")
    run = licences.begin_import(
        type_key="business_licence", organisation_id=sealing_office, content=line.encode(), checked=False,
        later=False, by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    licences.import_batch(import_id=run, by=SYSTEM, at=clock.now())
    take_from("C")
    (licence,) = held.held(holder=Holder.of(SubjectRef(PERSON, person.id)), viewer=SYSTEM)
    assert licence.grade is TrustGrade.C
    return licence.id


def take_from(grade):
    """Publish the matter anew: its material may be a licence from this grade on."""
    now = matters.matter(code=CODE, viewer=SYSTEM)
    wanted = tuple(
        replace(each, satisfiers=tuple(_graded(way, grade) for way in each.satisfiers))
        for each in now.spec.requirements
    )
    matter_commands.publish_matter(
        spec=replace(now.spec, requirements=wanted), form_version=now.form_version,
        process_version=now.process_version, by=SYSTEM, at=clock.now(),
    )  # fmt: skip


def _graded(way, grade):
    return replace(way, grade=grade) if way.kind is SatisfierKind.LICENCE else way


def filed_with(mother):
    at_materials(mother)
    mother.post(mother.url, {TICK: ticked(mother), "pledge.fire_compliance": "yes", **others(mother)})
    mother.send()
    (case,) = filed()
    return case


def worked(case, browser, choice, status=200):
    """An official does the open task over the page."""
    browser.get(f"/work/cases/{case.number}/")
    task = browser.page.context["desk"].task_id
    browser.post(f"/work/cases/tasks/{task}/", {"choice": choice, "law": "样例依据", "reason": "样例"}, status=status)


def test_a_licence_that_nobody_checked_is_not_taken_where_the_matter_wants_one_in_law(mother, unchecked):
    take_from("B")
    at_materials(mother)
    assert TICK not in fields(mother)
    assert fields(mother)["material.business_licence"].required


def test_nothing_is_granted_on_a_licence_of_grade_c_before_its_original_was_looked_at(mother, unchecked):
    begin(mother)
    answers = forms.draft(draft_id=UUID(mother.draft.split("/")[2]), viewer=SYSTEM).answers
    assert "shop_name" not in answers, "what nobody checked fills in nothing"
    case = filed_with(mother)
    acceptor, reviewer = _known("tianning-fire-acceptor"), _known("tianning-fire-reviewer")
    worked(case, acceptor, "accept")
    page = reviewer.get(f"/work/cases/{case.number}/")
    assert "要核对原件" in page
    choices = {each.choice.value: each for each in reviewer.page.context["desk"].choices}
    assert "要先核对原件" in choices["grant"].refusal
    assert not choices["refuse"].refusal
    worked(case, reviewer, "grant", status=409)
    material = next(each for each in case.materials if each.material == "business_licence")
    acceptor.post(f"/work/cases/{case.number}/materials/", {"material": str(material.id)})
    page = reviewer.get(f"/work/cases/{case.number}/")
    assert "只能作为材料" not in page
    assert not {each.choice.value: each for each in reviewer.page.context["desk"].choices}["grant"].refusal


def test_the_official_reads_that_the_consent_was_taken_back_and_the_licence_is_shown_no_more(mother, licence):
    case = filed_with(mother)
    acceptor = _known("tianning-fire-acceptor")
    assert "撤回了调取" not in acceptor.get(f"/work/cases/{case.number}/")
    assert acceptor.page.context["licence_contents"]
    (consent,) = consents(mother)
    mother.post(f"/mine/privacy/consents/{consent.id}/withdraw/")
    assert "撤回了调取" in acceptor.get(f"/work/cases/{case.number}/")
    assert not acceptor.page.context["licence_contents"]
    assert "撤回" in licensing.unsound(case_id=case.id, viewer=SYSTEM)
