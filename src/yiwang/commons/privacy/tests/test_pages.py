"""The pages as a browser gets them: the holder's three lists, objecting, taking along, the data officer's desk."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.commons.privacy import commands, queries, registry
from yiwang.commons.privacy.contracts import ANSWER, AccessWay, ConsentState, Finding
from yiwang.commons.privacy.tests.factories import agree, ask, data, look
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef

pytestmark = pytest.mark.django_db


def words(response, status=200):
    assert response.status_code == status, response.content.decode()[:800]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def resident(client):
    made = make_resident("样例甲")
    login(client, made.account_id)
    return made


@pytest.fixture
def holder(resident):
    return SubjectRef("person", resident.person_id)


@pytest.fixture
def bureau():
    return make_organisation("police", name="样例市公安局")


@pytest.fixture
def official(bureau):
    return make_official(bureau, grants=[ANSWER])


def test_the_data_officers_desk_is_no_page_for_residents(client, resident):
    assert client.get(reverse("privacy:waiting")).status_code == 403


def test_each_look_is_a_sentence_with_its_ground_and_case(client, holder, bureau, official, monkeypatch):
    monkeypatch.setitem(registry._addresses, "case", lambda _subject, said: f"/cases/{said}/")
    look(holder, by=official.actor, case_words="2026-1")
    look(holder, by=Actor.system("tests"), organisation_id=bureau, way=AccessWay.USED)
    answer = client.get(reverse("privacy:accesses"))
    page = words(answer)
    assert "样例市公安局的工作人员查看了您的“样例证照”，用于：办理样例事项。" in page
    assert "样例市公安局的系统自动调取使用了您的“样例证照”，用于：办理样例事项。" in page
    assert "《样例条例》第七条" in page
    assert 'href="/cases/2026-1/"' in answer.content.decode()
    assert "样例经办" not in page, "the organisation answers for it, not a named official"


def test_the_list_is_filtered_by_organisation_data_and_days(client, holder, official):
    health = make_official(make_organisation("health", name="样例市卫健委"))
    look(holder, by=official.actor, of=data("household_register"))
    look(holder, by=health.actor, of=data("birth_certificate"))
    here, today = reverse("privacy:accesses"), clock.today().isoformat()
    for query, seen, unseen in (
        ({"organisation": str(health.actor.organisation_id)}, "卫健委的", "公安局的"),
        ({"data": "licence:household_register"}, "公安局的", "卫健委的"),
        ({"since": today, "until": today}, "公安局的", "没有符合条件"),
        ({"until": "2020-01-01"}, "没有符合条件", "公安局的"),
        ({"organisation": "nothing", "since": "soon"}, "公安局的", "没有符合条件"),
    ):
        page = words(client.get(here, query))
        assert seen in page
        assert unseen not in page
    assert client.get(here, {"data": "\x00"}).status_code == 400


def test_nobody_sees_looks_at_others(client, holder, official):
    look(SubjectRef("person", make_resident("样例乙").person_id), by=official.actor)
    assert "还没有人看过您的信息" in words(client.get(reverse("privacy:accesses")))
    login(client, official.account_id)
    assert "还没有人看过您的信息" in words(client.get(reverse("privacy:accesses")))


def test_lists_ask_the_same_number_of_queries_however_long_they_are(client, resident, holder, bureau, official):
    login(client, official.account_id)
    client.get(reverse("privacy:waiting"))
    for name, of_official in (("accesses", False), ("consents", False), ("objections", False), ("waiting", True)):
        counts = []
        for many in (1, 9):
            login(client, resident.account_id)
            for _each in range(many):
                agree(ask(holder, bureau), resident.actor)
                look(holder, by=official.actor)
                newest = queries.accesses_of(viewer=resident.actor, size=1).items[0]
                commands.raise_objection(entry_id=newest.id, words="不对", by=resident.actor, at=clock.now())
            if of_official:
                login(client, official.account_id)
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(f"privacy:{name}"))
            counts.append(len(asked))
        assert counts[0] == counts[1], name


def test_a_page_far_back_is_reached_by_its_cursor(client, resident, holder, official):
    for _each in range(45):
        look(holder, by=official.actor)
    seen, cursor = set(), None
    while True:
        page = queries.accesses_of(viewer=resident.actor, cursor=cursor)
        seen |= {each.id for each in page.items}
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 45


def test_a_consent_is_read_and_taken_back_by_one_press(client, resident, holder, bureau, monkeypatch):
    monkeypatch.setattr(
        registry, "_effects", {"case": lambda given, _viewer: dict.fromkeys((e.id for e in given), "要补交。")}
    )
    made = agree(ask(holder, bureau), resident.actor)
    page = words(client.get(reverse("privacy:consents")))
    assert "样例证照 有效" in page
    assert "给样例市公安局，用于办理样例事项" in page
    assert "要补交。" in page
    text = words(client.get(reverse("privacy:consent", args=[made])))
    assert queries.consent(consent_id=made, viewer=resident.actor).text.split("\n")[0] in text
    answer = client.post(reverse("privacy:withdraw", args=[made]))
    assert answer.status_code == 303
    assert queries.consent(consent_id=made, viewer=resident.actor).state is ConsentState.WITHDRAWN
    assert "没有有效的授权" in words(client.get(reverse("privacy:consents")))
    assert "已撤回" in words(client.get(reverse("privacy:consents"), {"ended": "1"}))


def test_an_objection_is_made_on_the_entry_and_answered_at_the_desk(client, resident, holder, official):
    look(holder, by=official.actor)
    entry = queries.accesses_of(viewer=resident.actor).items[0]
    url = reverse("privacy:object", args=[entry.id])
    asked = words(client.get(url))
    assert "15 个工作日内" in asked
    assert "请写明内容" in words(client.post(url, {"words": "  "}), 422)
    assert client.post(url, {"words": "我没有办过<b>这件事</b>"}).status_code == 303
    one = queries.objections_of(viewer=resident.actor).items[0]
    mine = client.get(reverse("privacy:objection", args=[one.id]))
    assert "&lt;b&gt;" in mine.content.decode()
    login(client, official.account_id)
    desk = words(client.get(reverse("privacy:waiting")))
    assert "样例甲" in desk
    answer = reverse("privacy:answer", args=[one.id])
    assert "请选择一项" in words(client.post(answer, {"answer": "依法"}), 422)
    assert client.post(answer, {"finding": Finding.IMPROPER.value, "answer": "已经处理。"}).status_code == 303
    assert "查看不当" in words(client.get(reverse("privacy:waiting"), {"answered": "1"}))
    login(client, resident.account_id)
    told = words(client.get(reverse("privacy:objection", args=[one.id])))
    assert "已经处理。" in told
    assert "人民法院" in told
    assert words(client.get(answer), 404)


def test_a_person_takes_their_data_along_as_one_document(client, resident, holder, bureau, official):
    agree(ask(holder, bureau), resident.actor)
    look(holder, by=official.actor)
    answer = client.post(reverse("privacy:export"))
    whole = json.loads(b"".join(answer.streaming_content))
    assert whole["format"] == "yiwang.personal-data/1"
    parts = {part["key"]: part["rows"] for part in whole["parts"]}
    assert parts["profile"][0]["name"] == "样例甲"
    assert len(parts["consents"]) == len(parts["accesses"]) == 1
    assert str(official.account_id) not in str(whole)
    assert "no-store" in answer["Cache-Control"]
    assert client.get(reverse("privacy:export")).status_code == 405
    login(client, official.account_id)
    assert client.post(reverse("privacy:export")).status_code == 403


def test_strangers_are_led_to_the_login(client):
    for name in ("accesses", "consents", "objections", "waiting"):
        assert client.get(reverse(f"privacy:{name}")).status_code == 302
