"""免证办 in the browser: what is found, agreed to or declined, filled in from a licence, and filed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.licences import commands as licences
from yiwang.commons.licences import tasks
from yiwang.commons.licences.contracts import Ground, Holder
from yiwang.commons.licences.models import LicenceUse
from yiwang.commons.licences.tests.factories import sealing_office  # noqa: F401  a fixture
from yiwang.commons.privacy.models import AccessEntry, Consent
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.serve.cases.contracts import MaterialBy
from yiwang.serve.portal.tests.conftest import PDF, SYSTEM, filed
from yiwang.serve.portal.tests.test_pledging import CODE, FACTS, at_materials

pytestmark = pytest.mark.django_db
TICK = "licence.business_licence"
NAME = "样例老店"


@pytest.fixture
def licence(mother, sealing_office):  # noqa: F811
    person = mother.client.get("/").wsgi_request.user.person_id
    made = licences.issue(
        type_key="business_licence",
        holder=Holder.of(SubjectRef(PERSON, person)),
        values={"shop_name": NAME, "operator_name": "样例母亲"},
        organisation_id=sealing_office,
        by=SYSTEM,
        at=clock.now(),
    )
    tasks.seal(licence_id=str(made))
    return made


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
    mother.get(f"/matters/{CODE}/guide/")
    at_materials(mother)
    mother.get(f"{mother.draft}check/")
    draft = mother.draft.split("/")[2]
    from yiwang.commons.forms import queries as forms

    answers = forms.draft(draft_id=draft, viewer=SYSTEM).answers
    assert answers["operator_name"].source.value in {"licence", "prefilled", "typed"}
    assert FACTS["operator_name"] == "样例母亲"


def test_with_one_tick_the_licence_is_retrieved_and_nothing_is_uploaded(mother, licence):
    at_materials(mother)
    field = fields(mother)[TICK]
    assert not field.value, "never ticked beforehand"
    assert "只用于" in field.help_answer
    assert "不影响申请" in field.help_answer
    mother.post(mother.url, {TICK: ticked(mother), "pledge.fire_compliance": "yes", **others(mother)})
    assert mother.url.endswith("/check/"), mother.text
    assert "已从您的电子证照调取" in mother.text
    consent = Consent.objects.get()
    mother.send()
    (case,) = filed()
    material = next(each for each in case.materials if each.material == "business_licence")
    assert material.by is MaterialBy.LICENCE
    assert LicenceUse.objects.get().consent_id == consent.pk
    assert AccessEntry.objects.get().case_words == case.number
    assert case.number in mother.get("/mine/privacy/")


def test_who_does_not_agree_uploads_and_who_changes_their_mind_takes_it_back(mother, licence):
    at_materials(mother)
    mother.post(mother.url, {"pledge.fire_compliance": "yes"}, status=422)
    assert "请上传营业执照" in mother.text
    mother.post(mother.url, {TICK: ticked(mother)}, status=422)
    assert Consent.objects.get().withdrawn_at is None
    mother.post(mother.url, {}, status=422)
    assert Consent.objects.get().withdrawn_at is not None
    files = {"material.business_licence": SimpleUploadedFile("样例.pdf", PDF), "pledge.fire_compliance": "yes"}
    mother.post(mother.url, {**others(mother), **files})
    assert mother.url.endswith("/check/")
    mother.send()
    assert not LicenceUse.objects.exists()


def test_words_that_were_not_on_the_page_are_no_consent(mother, licence):
    at_materials(mother)
    mother.post(mother.url, {TICK: "0" * 24}, status=422)
    assert "授权书的内容有变化" in mother.text
    assert not Consent.objects.exists()


def test_a_licence_that_ends_before_sending_sends_the_applicant_back_to_the_materials(mother, licence):
    at_materials(mother)
    mother.post(mother.url, {TICK: ticked(mother), "pledge.fire_compliance": "yes", **others(mother)})
    licences.revoke(licence_id=licence, reason="样例", ground=next(iter(Ground)), by=SYSTEM, at=clock.now())
    mother.send()
    assert mother.url.endswith("/materials/")
    assert not filed()
