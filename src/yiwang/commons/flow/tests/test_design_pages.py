"""The pages on which processes are drawn, compared and published."""

import re

import pytest
from django.urls import reverse

from yiwang.commons.flow.contracts import ADMINISTER, DESIGN
from yiwang.commons.flow.engine import blank_process
from yiwang.commons.flow.engine.tests.models import bpmn, chain, drawn, end, start, user
from yiwang.commons.flow.models import ProcessDefinition, ProcessDraft
from yiwang.commons.flow.tests.factories import publish
from yiwang.commons.identity.tests.factories import login, make_official

pytestmark = pytest.mark.django_db

LINE = drawn(bpmn(start(), user("a"), end(), chain("start", "a", "end")))
LONGER = drawn(bpmn(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end")))
BROKEN = bpmn(start(), user("a"), user("lost"), end(), chain("start", "a", "end"))


@pytest.fixture
def designer(client, top):
    made = make_official(top, grants=(DESIGN,), name="样例起草")
    login(client, made.account_id)
    publish(LINE)
    return made


@pytest.fixture
def publisher(top):
    return make_official(top, grants=(ADMINISTER,), name="样例发布")


def at(name, key="p"):
    return reverse(f"flow:{name}", args=[key])


def words(response, status=200):
    assert response.status_code == status, response.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def save(client, text, revision=1):
    return client.post(at("save_draft"), {"xml": text.decode(), "revision": revision})


def test_the_list_leads_to_each_process_and_its_draft(client, designer):
    client.post(at("edit"))
    page = client.get(reverse("flow:versions"))
    assert at("process") in page.content.decode()
    assert at("edit") in page.content.decode()
    assert "新建流程" in words(page)


def test_a_process_shows_its_drawing_and_who_published_what(client, designer):
    page = client.get(at("process"))
    definition = ProcessDefinition.objects.get()
    assert reverse("flow:bpmn", args=[definition.pk]) in page.content.decode()
    assert "配置包" in words(page)
    assert "起草新版本" in words(page)
    assert client.get(at("process", "nowhere")).status_code == 404


def test_the_editor_saves_checks_and_tells_of_a_conflict(client, designer):
    assert "起草新版本" in words(client.get(at("edit")))
    assert client.post(at("edit")).status_code == 303
    page = client.get(at("edit")).content.decode()
    assert 'data-yw-modeller="bpmn"' in page
    assert "data-yw-element-panel" in page
    model = client.get(at("draft_bpmn"))
    assert (model["X-Revision"], model["Cache-Control"]) == ("1", "no-store")
    assert save(client, BROKEN).json()["revision"] == 2
    found = client.get(at("draft_findings"))
    assert 'data-yw-element="lost"' in found.content.decode()
    assert "从开始事件走不到这里" in words(found)
    late = save(client, LONGER)
    assert (late.status_code, late.json()["conflict"]) == (409, True)
    assert "样例起草" in late.json()["words"]
    assert save(client, LONGER, 2).json()["revision"] == 3
    assert "没有错误" in words(client.get(at("draft_findings")))


@pytest.mark.parametrize("data", [{}, {"xml": "", "revision": 1}, {"xml": "<a/>", "revision": "x"}])
def test_a_save_that_says_nothing_is_refused(client, designer, data):
    client.post(at("edit"))
    assert client.post(at("save_draft"), data).status_code == 422


def test_a_colleague_sees_what_changed_and_publishes(client, designer, publisher):
    client.post(at("edit"))
    save(client, LONGER)
    assert "您没有发布流程的权限" in words(client.get(at("publish_draft")))
    login(client, publisher.account_id)
    page = words(client.get(at("compare")))
    assert "新增 任务b" in page
    assert "草稿" in page
    assert "起草：样例起草" in words(client.get(at("publish_draft")))
    assert "请写明原因" in words(client.post(at("publish_draft"), {"revision": 2, "reason": ""}), 422)
    done = words(client.post(at("publish_draft"), {"revision": 2, "reason": "样例理由"}, follow=True))
    assert "已发布第 2 版" in done
    assert "样例理由" in done
    assert "样例发布" in done


def test_a_draft_with_an_error_can_not_be_published(client, designer, publisher):
    client.post(at("edit"))
    save(client, BROKEN)
    login(client, publisher.account_id)
    page = words(client.get(at("publish_draft")))
    assert "草稿还有错误" in page
    assert "lost" in page
    assert "没有发布" in words(client.post(at("publish_draft"), {"revision": 2, "reason": "样例"}), 422)


def test_two_texts_are_compared_in_both_directions_and_a_broken_one_is_told(client, designer):
    assert "只有一个版本" in words(client.get(at("compare")))
    publish(LONGER)
    assert "新增 任务b" in words(client.get(at("compare")))
    assert "已去掉 任务b" in words(client.get(at("compare"), {"a": 2, "b": 1}))
    client.post(at("edit"))
    save(client, b"<no")
    assert "无法比较" in words(client.get(at("compare"), {"a": 1, "b": "draft"}))
    assert "XML" in words(client.get(at("draft_findings")))


def test_a_draft_is_discarded(client, designer):
    client.post(at("edit"))
    assert '<input type="hidden" name="revision" value="1">' in client.get(at("edit")).content.decode()
    save(client, LONGER)
    for late in ({}, {"revision": 1}):
        assert "没有放弃" in words(client.post(at("discard_draft"), late, follow=True))
    assert ProcessDraft.objects.get().state == "open"
    assert "已放弃草稿" in words(client.post(at("discard_draft"), {"revision": 2}, follow=True))
    assert ProcessDraft.objects.get().state == "discarded"
    assert client.get(at("draft_bpmn")).status_code == 404
    assert client.get(at("publish_draft")).status_code == 404


def test_a_new_process_begins_from_nothing_or_from_a_file(client, designer, tmp_path):
    address = reverse("flow:begin_process")
    assert "编号只能用" in words(client.post(address, {"title": "新", "key": "Not A Key"}), 422)
    assert "请填写名称" in words(client.post(address, {"title": "", "key": "new_one"}), 422)
    made = client.post(address, {"title": "新的", "key": "new_one"})
    assert made["Location"] == at("edit", "new_one")
    path = tmp_path / "other.bpmn"
    path.write_bytes(blank_process("other", "上传的", start="s", task="t", end="e"))
    with path.open("rb") as file:
        client.post(address, {"title": "随便", "key": "other", "file": file})
    assert "上传的" in words(client.get(at("edit", "other")))


def test_strangers_are_refused(client, designer, top):
    login(client, make_official(top, grants=("flow.work",)).account_id)
    for name in ("process", "compare", "edit", "draft_findings", "publish_draft", "draft_bpmn"):
        assert client.get(at(name)).status_code == 403, name
    assert client.post(at("save_draft"), {"xml": "<a/>", "revision": 1}).status_code == 403
    assert client.get(reverse("flow:begin_process")).status_code == 403


def test_a_page_costs_the_same_with_many_versions(client, designer, django_assert_max_num_queries):
    for number in range(6):
        publish(LINE.replace("任务a".encode(), f"任务{number}".encode()))
    client.get(at("process"))
    with django_assert_max_num_queries(10):
        client.get(at("process"))
