"""At the counter: found or registered, asked on one page, told once, filed with a signature, in both names."""

import re
from datetime import date

import pytest
from tests.pack import account_of, actor_named

from yiwang.commons.identity import queries as identity
from yiwang.commons.notify import queries as messages
from yiwang.kernel import outbox
from yiwang.kernel.codes.id_number import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.models import AuditEntry, EvidenceRow
from yiwang.serve.portal import queries
from yiwang.serve.portal.models import CounterFiling
from yiwang.serve.portal.tests.conftest import GUIDE, SYSTEM, drafts, filed

pytestmark = pytest.mark.django_db
UNKNOWN = synthetic_id_number(division_code="320402", birth_date=date(1950, 3, 4), sex=Sex.FEMALE, serial=3)


def number_of(username):
    return identity.person(person_id=actor_named(username).person_id, viewer=SYSTEM).id_number


def serve(clerk, username="family1-mother"):
    clerk.post("/work/counter/find/", {"id_number": number_of(username)})
    assert clerk.url == "/work/counter/person/", clerk.text
    return clerk


def ask(clerk, **changed):
    """Answer question after question on the one page until none is left."""
    answers = GUIDE | changed
    for _turn in range(12):
        clerk.get("/work/counter/offers/newborn/")
        names = re.findall(r'name="q-(\w+)"', clerk.text)
        open_ = {f"q-{name}": answers[name] for name in dict.fromkeys(names)}
        if "个问题会影响结果" not in clerk.text:
            return clerk.text
        clerk.post("/work/counter/offers/newborn/", open_)
    raise AssertionError(clerk.text)


def fill(clerk, **changed):
    ask(clerk)
    clerk.post("/work/counter/offers/newborn/begin/")
    draft = clerk.draft
    clerk.fill(applicant_relation="mother", **changed)
    clerk.upload_all()
    return draft


def send(clerk, status=200, **posted):
    data = {"revision": clerk.revision, "confirmed": "yes", "signed": "yes", "papers": "6"} | posted
    return clerk.post(clerk.url, {name: value for name, value in data.items() if value}, status=status)


def test_only_those_with_the_grant_open_the_counter(official, mother, anonymous):
    for url in ("/work/counter/", "/work/counter/person/", "/work/counter/handovers/", "/work/counter/offers/newborn/"):
        official.get(url, status=403)
        mother.get(url, status=403)
        assert "next=" in anonymous.client.get(url)["Location"]
    assert "/work/counter/" not in official.get("/work/")


def test_the_navigation_shows_the_counter_to_its_clerks(clerk):
    assert 'href="/work/counter/"' in clerk.get("/work/")


@pytest.mark.parametrize("wrong", ["", "12345", "320402199405180054", "x" * 500, "²"])
def test_a_wrong_number_is_told_at_the_field(clerk, wrong):
    clerk.post("/work/counter/find/", {"id_number": wrong}, status=422)
    assert clerk.page.context["number"].error


def test_a_person_without_phone_or_account_is_registered_and_served(clerk):
    html = clerk.post("/work/counter/find/", {"id_number": UNKNOWN})
    assert "没有登记过，请登记" in html
    clerk.post("/work/counter/register/", {"id_number": UNKNOWN, "name": ""}, status=422)
    clerk.post("/work/counter/register/", {"id_number": UNKNOWN, "name": "样例老人", "mobile": "1"}, status=422)
    clerk.post("/work/counter/register/", {"id_number": UNKNOWN, "name": "样例老人"})
    assert clerk.url == "/work/counter/person/"
    assert "正在窗口为 样例老人 办理" in clerk.text
    clerk.post("/work/counter/next/")
    assert "正在窗口为" not in clerk.text
    clerk.post("/work/counter/find/", {"id_number": UNKNOWN.lower()})
    assert "样例老人" in clerk.text
    assert identity.find_person(id_number=UNKNOWN, viewer=SYSTEM).mobile is None


def test_a_page_that_needs_a_person_says_so(clerk):
    clerk.get("/work/counter/person/", status=409)
    assert "还没有选定" in clerk.text
    clerk.post("/work/counter/offers/newborn/begin/", status=409)


def test_the_search_leads_to_the_questions_on_one_page(clerk):
    serve(clerk)
    html = clerk.get("/work/counter/person/?q=孩子出生了")
    assert "/work/counter/offers/newborn/" in html
    html = ask(clerk)
    assert "开始填表" in html
    assert len(re.findall(r'class="y-field', html)) >= 7


def test_a_change_answers_htmx_with_the_body_only(clerk):
    serve(clerk)
    answer = clerk.client.post(
        "/work/counter/offers/newborn/", {"q-born_in_hospital": "yes"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert "<html" not in html
    assert "个问题会影响结果" in html


def test_somebody_who_only_asks_gets_the_notice_without_being_registered(clerk):
    ask(clerk)
    html = clerk.get("/work/counter/offers/newborn/notice/")
    assert "一次性告知单" in html
    assert "<svg" in html
    assert "/bundles/newborn/guide/" in html
    assert not drafts()


def test_the_notice_of_a_draft_is_complete_and_leads_on(clerk, mother):
    serve(clerk)
    ask(clerk)
    clerk.post("/work/counter/offers/newborn/begin/", {"notice": "1"})
    html = clerk.text
    (draft,) = drafts()
    assert clerk.url == f"/work/counter/drafts/{draft.id}/notice/"
    assert f"/apply/{draft.id}/" in html
    for words in ("要准备的", "到哪里取得", "设定依据", "承诺", "行政许可法第三十二条", "生育登记"):
        assert words in html or words == "生育登记", words
    bundle = queries.offer(key="newborn", viewer=SYSTEM)
    named = {each.name for member in bundle.members for each in member.matter.spec.inputs}
    assert sum(name in html for name in named) >= 5
    mother.get(f"/apply/{draft.id}/")
    assert mother.url.startswith(f"/apply/{draft.id}/")


def test_the_clerk_files_for_the_person_with_both_names_in_the_audit(clerk, mother):
    serve(clerk)
    draft = fill(clerk)
    assert "预审" in clerk.text
    html = clerk.get(f"/work/counter/drafts/{draft.split('/')[2]}/form/")
    assert "申请人（签字）" in html
    clerk.get(f"{draft}check/")
    send(clerk)
    assert clerk.url.startswith("/work/counter/receipts/")
    assert "收件回执" in clerk.text
    (case,) = filed()
    person_id = actor_named("family1-mother").person_id
    assert case.channel == "counter"
    assert case.applicant == identity.person(person_id=person_id, viewer=SYSTEM).name
    entry = AuditEntry.objects.filter(command="portal.send_application").latest("at")
    assert (entry.account_id, entry.on_behalf_id) == (account_of("tianning-hall-clerk"), person_id)
    assert EvidenceRow.objects.filter(kind="portal.filed_at_counter", subject_id=case.id).exists()
    filing = CounterFiling.objects.get(case_id=case.id)
    assert (filing.papers, filing.number) == (6, case.number)
    assert case.number in mother.get("/") or "新生儿出生" in mother.text
    outbox.relay()
    kinds = [message.kind for message in messages.messages(viewer=actor_named("family1-mother"), size=50).items]
    assert "case.submitted" in kinds


@pytest.mark.parametrize("lacking", [{"signed": ""}, {"papers": ""}, {"papers": "0"}, {"papers": "九"}])
def test_nothing_is_filed_without_the_signature_and_its_paper(clerk, lacking):
    serve(clerk)
    fill(clerk)
    send(clerk, status=422, **lacking)
    assert "请先打印申请表" in clerk.text
    assert not filed()
    assert len(drafts()) == 1


def test_a_draft_begun_at_home_is_continued_at_the_counter_with_its_uploads(clerk, mother):
    mother.to_check()
    draft = mother.draft
    serve(clerk)
    assert draft in clerk.text
    clerk.get(f"{draft}check/")
    send(clerk)
    assert clerk.url.startswith("/work/counter/receipts/")
    assert len(filed()) == 1
    assert not drafts()


def test_a_clerk_who_serves_another_opens_no_strangers_draft(clerk, mother):
    draft = mother.begin()
    serve(clerk, "family2-mother")
    clerk.get(draft, status=404)
    clerk.post("/work/counter/next/")
    clerk.get(draft, status=404)


def test_what_was_answered_in_an_earlier_case_is_not_typed_again(clerk):
    serve(clerk)
    fill(clerk)
    send(clerk)
    clerk.post("/matters/fertility_registration/begin/")
    (kept,) = drafts()
    earlier = [answer for answer in kept.answers.values() if answer.source.value == "earlier"]
    assert earlier
    assert all("新生儿出生一件事" in answer.text for answer in earlier)


def test_the_pre_check_warns_of_the_same_application_under_way(clerk):
    serve(clerk)
    fill(clerk)
    send(clerk)
    fill(clerk)
    assert "已有同样的办件正在办" in clerk.text


def test_anothers_receipt_is_not_found(clerk, official):
    from yiwang.kernel.ids import new_id

    clerk.get(f"/work/counter/receipts/{new_id()}/", status=404)
    official.get(f"/work/counter/receipts/{new_id()}/", status=403)
