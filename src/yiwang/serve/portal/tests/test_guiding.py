"""The guide: each question once, answers kept encrypted, changes that carry only as far as they reach."""

import pytest

from yiwang.serve.matters.contracts import SituationQuestion
from yiwang.serve.matters.tests.factories import bundle_spec, matters, value_of
from yiwang.serve.portal.contracts import Eligibility, Scope
from yiwang.serve.portal.tests.conftest import GUIDE
from yiwang.serve.portal.views import tailoring

pytestmark = pytest.mark.django_db
URL = "/bundles/newborn/guide/"


def test_who_is_not_logged_in_is_guided_to_the_matters_and_materials(anonymous):
    html = anonymous.answer_guide()
    assert "您要办 5 个事项" in html
    assert "宝宝是在医院出生的吗？" in html
    assert "开始填写" in html


def test_a_question_is_not_asked_when_its_answer_changes_nothing(anonymous):
    html = anonymous.answer_guide(settle_in_city="no")
    assert "要为宝宝申领社会保障卡吗？" not in html


def test_what_the_form_asks_of_the_situation_is_asked_here_and_not_again(mother):
    mother.answer_guide()
    assert "宝宝随谁落户？" in mother.text
    mother.post("/bundles/newborn/begin/")
    assert mother.url.endswith("/child/")


def test_answers_are_encrypted_in_the_session(anonymous):
    anonymous.answer_guide()
    stored = anonymous.client.session["guide:newborn"]
    assert isinstance(stored, str)
    assert "parents_married" not in stored
    assert "parents_married" not in bytes.fromhex(stored).decode("latin-1")


def test_a_spoilt_session_begins_the_guide_again(anonymous):
    anonymous.answer_guide()
    for spoilt in ("zz", "00ff", anonymous.client.session["guide:newborn"][:-2]):
        session = anonymous.client.session
        session["guide:newborn"] = spoilt
        session.save()
        assert 'value="born_in_hospital"' in anonymous.get(URL)


def test_changing_an_answer_drops_only_what_hangs_on_it(anonymous):
    anonymous.answer_guide()
    anonymous.post(URL, {"about": "settle_in_city", "answer": "no"})
    facts = anonymous.page.context["answered"].facts
    assert len(facts) == len(GUIDE) - 1
    assert not any("社会保障卡" in fact.label for fact in facts)
    anonymous.post(URL, {"about": "settle_in_city", "answer": "yes"})
    assert 'value="wants_social_security_card"' in anonymous.text


def test_giving_the_same_answer_again_changes_nothing(anonymous):
    anonymous.answer_guide()
    before = anonymous.client.session["guide:newborn"]
    anonymous.post(URL, {"about": "parents_married", "answer": "yes"})
    assert anonymous.client.session["guide:newborn"] == before


def test_the_way_back_leads_through_the_questions(anonymous):
    anonymous.get(URL)
    assert 'href="/bundles/newborn/"' in anonymous.text
    anonymous.post(URL, {"about": "born_in_hospital", "answer": "yes"})
    back = anonymous.page.context["back"].href
    assert back == f"{URL}?about=born_in_hospital"
    anonymous.get(back)
    assert anonymous.page.context["field"].value == "yes"


@pytest.mark.parametrize("answer", ["", "maybe", "是" * 10_000])
def test_an_answer_that_is_none_is_asked_for_again(anonymous, answer):
    anonymous.post(URL, {"about": "born_in_hospital", "answer": answer}, status=422)
    assert "请选择“是”或“否”" in anonymous.text


def test_an_unknown_question_leads_back_to_the_guide(anonymous):
    anonymous.post(URL, {"about": "no_such_fact", "answer": "yes"})
    assert 'value="born_in_hospital"' in anonymous.text
    anonymous.get(f"{URL}?about=no_such_fact")
    assert 'value="born_in_hospital"' in anonymous.text


def test_an_unknown_bundle_is_not_found(anonymous):
    for url in ("/bundles/nothing/", "/bundles/nothing/guide/"):
        anonymous.get(url, status=404)


def test_answering_again_forgets_the_answers(anonymous):
    anonymous.answer_guide()
    anonymous.post("/bundles/newborn/guide/again/")
    assert 'value="born_in_hospital"' in anonymous.text


def test_a_situation_that_is_refused_is_told_why_and_can_not_begin(anonymous, monkeypatch):
    from yiwang.serve.portal.views import guiding

    verdict = Eligibility(Scope.NONE, "请到政务服务大厅综合窗口办理")
    monkeypatch.setattr(guiding, "eligibility", lambda **_options: verdict)
    html = anonymous.answer_guide()
    assert "按您的情况，不能在网上办理" in html
    assert "请到政务服务大厅综合窗口办理" in html
    assert "开始填写" not in html


def test_typed_answers_are_read_or_refused():
    from yiwang.serve.portal.views.guiding import read_answer

    def read(type_, text):
        return read_answer(SituationQuestion("x", "？", type_), text)

    assert read("date", "2026-11-09") == ("2026-11-09", "")
    assert read("number", " 3 ") == (3, "")
    assert read("text", "样例") == ("样例", "")
    for type_, text in (
        ("date", "2026-13-01"),
        ("number", "三"),
        ("number", "9" * 5000),
        ("text", ""),
        ("text", "a\x00"),
    ):
        assert read(type_, text)[1], (type_, text[:9])


def test_what_a_decision_advises_is_a_notice_and_only_a_refusal_has_a_title():
    bundle = value_of(bundle_spec(), matters())
    assert tailoring._advice(bundle, Eligibility(Scope.PARTIAL, "部分在窗口办")).title == ""
    assert tailoring._advice(bundle, Eligibility(Scope.ALL, "您的法定退休时间是2026年11月")).title == ""
    assert tailoring._advice(bundle, Eligibility(Scope.NONE, "到窗口办理")).title != ""
    assert tailoring._advice(bundle, Eligibility(Scope.ALL, "")) is None
    assert tailoring._advice(bundle, None) is None


def test_a_question_for_a_place_takes_a_place_that_there_is(pack, db):
    from yiwang.serve.matters.contracts import SituationQuestion
    from yiwang.serve.portal.views.guiding import question_field, read_answer

    asked = SituationQuestion("residence_region", "您住在哪里？", "region")
    assert read_answer(asked, "320402010") == ("320402010", "")
    for wrong in ("", "999999999", "天宁", "320402010; drop"):
        value, error = read_answer(asked, wrong)
        assert value is None
        assert error
    field = question_field(asked, {"residence_region": "320402010"}, {}, name="answer")
    assert [level.value for level in field.levels] == ["320402", "320402010"]
