"""A matter by itself: guide, form, check, one case; matters that can't be had here say so."""

import re

import pytest

from yiwang.serve.cases.contracts import CaseKind
from yiwang.serve.portal.tests.conftest import drafts, filed

pytestmark = pytest.mark.django_db
CODE = "fertility_registration"


def _begin(browser):
    browser.get(f"/matters/{CODE}/guide/")
    while 'name="about"' in browser.text:
        about = re.search(r'name="about" value="(\w+)"', browser.text)
        browser.post(f"/matters/{CODE}/guide/", {"about": about[1], "answer": "no"})
    assert f'action="/matters/{CODE}/begin/"' in browser.text
    browser.post(f"/matters/{CODE}/begin/")
    return browser.draft


def test_a_single_matter_is_applied_for_from_the_guide_to_one_case(mother):
    draft = _begin(mother)
    assert [each.key for each in drafts()] == [CODE]
    assert draft in mother.get("/drafts/")
    mother.get(draft)
    mother.fill(
        mother_name="样例母亲",
        mother_id_number="320402199802280068",
        mother_mobile="19900000001",
        parents_married="yes",
    )
    mother.upload_all()
    mother.send()
    assert mother.url.startswith("/receipts/")
    (case,) = filed()
    assert case.kind is CaseKind.SINGLE
    assert case.matter_code == CODE
    assert case.answers
    assert not drafts()


def test_loading_the_beginning_again_leads_to_the_same_draft(mother):
    draft = _begin(mother)
    mother.post(f"/matters/{CODE}/begin/")
    assert mother.draft == draft
    assert len(drafts()) == 1


def test_the_pages_of_its_draft_lead_back_to_the_matter(mother):
    draft = _begin(mother)
    mother.get(draft)
    assert f'href="/matters/{CODE}/"' in mother.text
    mother.post(f"{draft}discard/?restart=1", {"restart": "1"})
    assert mother.url == f"/matters/{CODE}/guide/"


def test_an_unknown_matter_is_not_found(anonymous):
    anonymous.get("/matters/no-such-matter/guide/", status=404)


def test_what_was_answered_in_another_case_is_brought_along_and_says_so(mother):
    mother.to_check()
    mother.send()
    draft = _begin(mother)
    (kept,) = drafts()
    earlier = {name: answer for name, answer in kept.answers.items() if answer.source.value == "earlier"}
    assert "father_name" in earlier
    assert "新生儿出生一件事" in earlier["father_name"].text
    mother.get(draft)
    pages = mother.text
    for _turn in range(4):
        if "您以前办事时填写" in pages or "以前办事时填写" in pages:
            break
        response = mother.client.post(mother.url, mother.shown(), follow=True)
        mother.page, mother.url = response, (response.redirect_chain or [(mother.url, 0)])[-1][0]
        pages += mother.text
    assert "以前办事时填写" in pages
