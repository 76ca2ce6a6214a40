"""A form that is replaced while somebody fills it in: nothing typed is lost, the new version goes on where it fits."""

import pytest
from tests.pack import actor_named

from yiwang.commons.forms import commands as publishing
from yiwang.commons.forms import queries as forms
from yiwang.kernel import clock
from yiwang.serve.matters import commands as matters
from yiwang.serve.matters import queries as catalogue
from yiwang.serve.portal.tests.conftest import SYSTEM, drafts, filed

pytestmark = pytest.mark.django_db


def _replace_the_form():
    """A new version of the bundle whose form asks for the certificate and the household only."""
    old = catalogue.bundle(key="newborn", viewer=SYSTEM)
    at = clock.now()
    situation = [{"fact": q.fact, "question": {"zh": q.text}} for q in old.spec.questions]
    members = [
        {"form": m.spec.matter} for m in old.members if m.spec.matter in {"birth_certificate", "household_registration"}
    ]
    version = publishing.publish_bundle(
        key="newborn", title={"zh": "新生儿出生（新版）"}, members=members, situation=situation, by=SYSTEM, at=at
    )
    matters.publish_bundle(spec=old.spec, form_version=version, process_version=old.process_version, by=SYSTEM, at=at)
    return version


def _kept(draft):
    return forms.draft(draft_id=draft.split("/")[2], viewer=actor_named("family1-mother"))


def test_what_is_posted_for_a_replaced_form_is_kept_and_told_and_moved(mother):
    draft = mother.begin()
    mother.fill(until="/child/")
    page, data = mother.url, mother.shown() | {"child_name": "样例新名"}
    version = _replace_the_form()
    mother.post(page, data)
    assert mother.url == f"{draft}renewal/"
    assert "这张表有了新版本" in mother.text
    assert _kept(draft).answers["child_name"].value == "样例新名"
    mother.post(f"{draft}renewal/")
    assert mother.url.startswith(draft)
    assert "renewal" not in mother.url
    kept = _kept(draft)
    assert kept.version == version
    assert kept.answers["child_name"].value == "样例新名"
    mother.get(f"{draft}renewal/")
    assert "renewal" not in mother.url


def test_every_page_of_an_old_version_leads_to_the_choice_and_nothing_is_sent(mother):
    mother.to_check()
    draft, check, revision = mother.draft, mother.url, mother.revision
    _replace_the_form()
    for name in ("", "child/", "materials/", "check/"):
        mother.get(f"{draft}{name}")
        assert mother.url == f"{draft}renewal/", name
    mother.post(check, {"revision": revision, "confirmed": "yes"})
    assert mother.url == f"{draft}renewal/"
    assert not filed()
    assert len(drafts()) == 1


def test_what_the_new_form_does_not_ask_is_shown_before_it_goes(mother):
    draft = mother.begin()
    mother.fill(card_bank="icbc")
    _replace_the_form()
    mother.get(f"{draft}renewal/")
    assert "新表不再使用的" in mother.text
    assert "中国工商银行" in mother.text
    mother.post(f"{draft}renewal/")
    assert "card_bank" not in _kept(draft).answers


def test_anothers_renewal_is_not_found(mother, neighbour):
    neighbour.get(f"{mother.begin()}renewal/", status=404)


def test_the_list_of_drafts_says_until_when_each_is_kept(mother):
    draft = mother.begin()
    html = mother.get("/drafts/")
    assert draft in html
    assert "保存到" in html
    assert f"{draft}discard/" in html
    mother.post(f"{draft}discard/")
    assert "没有未提交的申请" in mother.get("/drafts/")


def test_a_search_without_a_hit_offers_themes_the_hotline_and_counters(mother, anonymous):
    for browser in (anonymous, mother):
        html = browser.get("/search/?q=zzqqxxyy")
        assert "个人办事" in html
        assert "12345" in html
        assert "政务服务中心" in html
    assert mother.text.index("天宁区政务服务中心") < mother.text.index("常州市政务服务中心")
