"""The pages as a browser gets them, for those who read, edit and publish."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from yiwang.commons.identity.tests.factories import login, make_resident
from yiwang.commons.rules import commands, queries, registry, tasks, views
from yiwang.commons.rules.tests.factories import (
    EXAMPLES,
    SYSTEM,
    keepers,
    publish_sample,
    publish_with_examples,
    sample_dmn,
)
from yiwang.kernel import clock
from yiwang.web.catalogues import untranslated

pytestmark = pytest.mark.django_db
KEY = "sample_grade"


@pytest.fixture
def people(client):
    publish_with_examples()
    made = keepers()
    login(client, made.editor.account_id)
    return made


def words(response, status=200):
    assert response.status_code == status, response.content.decode()[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_list_finds_by_words_and_state(client, people):
    publish_sample("another_rule")
    page = words(client.get(reverse("rules:list")))
    assert "样例档次" in page
    assert "another_rule" in page
    assert "another_rule" not in words(client.get(reverse("rules:list"), {"q": "grade"}))
    assert "没有符合条件的决策" in words(client.get(reverse("rules:list"), {"state": "draft"}))
    assert "another_rule" in words(client.get(reverse("rules:list"), {"state": "in_force"}))


def test_a_page_of_the_list_costs_the_same_with_many_decisions(client, people, django_assert_max_num_queries):
    client.get(reverse("rules:list"))
    for number in range(25):
        publish_sample(f"rule_{number}")
    with django_assert_max_num_queries(9):  # three of ours, the others ask what the navigation shows
        page = client.get(reverse("rules:list"))
    assert "下一页" in words(page)


def test_strangers_to_rules_are_refused(client, people):
    login(client, people.bystander.account_id)
    assert client.get(reverse("rules:list")).status_code == 403
    assert client.get(reverse("rules:decision", args=[KEY])).status_code == 403
    assert client.post(reverse("rules:save", args=[KEY]), {"xml": "<a/>", "revision": 1}).status_code == 403


def test_only_editors_begin_a_decision(client, people):
    for nobody in (people.bystander, make_resident().actor):
        login(client, nobody.account_id)
        for answer in (
            client.get("/work/rules/-/new/"),
            client.post("/work/rules/-/new/", {"title": "样例", "key": "x"}),
        ):
            assert answer.status_code == 403


def test_a_decision_reads_as_a_table(client, people):
    page = words(client.get(reverse("rules:decision", args=[KEY])))
    assert "唯一：至多一条规则成立" in page
    assert "≥ 60" in page
    assert "3 个用例全部通过" in page
    assert "现行" in page


def test_a_trial_lights_the_cells_and_gives_reasons(client, people):
    page = client.post(reverse("rules:decision", args=[KEY]), {"fact-age": "70", "fact-resident": "no"})
    text = page.content.decode()
    assert 'class="is-live"' in text
    assert "is-yes" in text
    assert "实为 70" in text
    assert "可以确定" in text


def test_a_missing_fact_is_asked_for_with_what_it_would_change(client, people):
    page = words(client.post(reverse("rules:decision", args=[KEY]), {"fact-age": "70"}))
    assert "暂不能确定，只差一项事实" in page
    assert "还差这一项，会改变结果" in page
    assert re.search(r"户籍：是\s+全额", page)
    page = words(client.post(reverse("rules:decision", args=[KEY]), {"fact-age": "7"}))
    assert "不影响结果，不用问" in page


def test_what_is_no_number_is_told_at_its_field(client, people):
    page = client.post(reverse("rules:decision", args=[KEY]), {"fact-age": "seventy"})
    assert "请填写数字" in words(page, 422)
    fragment = client.post(reverse("rules:decision", args=[KEY]), {"fact-age": "7"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()


def test_examples_run_on_the_page(client, people):
    page = words(client.get(reverse("rules:examples", args=[KEY])))
    assert "全部通过" in page
    assert "第三条（样例）" in page


def begun(people, limit=65):
    commands.begin_draft(key=KEY, by=people.editor, at=clock.now())
    commands.save_draft(key=KEY, revision=1, xml=sample_dmn(limit=limit), by=people.editor, at=clock.now())


def test_a_changed_outcome_is_confirmed_or_stays_a_failure(client, people):
    begun(people)
    page = words(client.get(reverse("rules:examples", args=[KEY]) + "?v=draft"))
    assert "1 个没有通过" in page
    assert "与现行不同" in page
    client.post(reverse("rules:change_examples", args=[KEY]), {"do": "accept", "index": 1, "revision": 2})
    assert "全部通过" in words(client.get(reverse("rules:examples", args=[KEY]) + "?v=draft"))
    facts = json.dumps({"age": 90, "resident": True})
    client.post(reverse("rules:change_examples", args=[KEY]), {"do": "add", "name": "九十岁", "facts": facts})
    client.post(reverse("rules:change_examples", args=[KEY]), {"do": "remove", "index": 0})
    kept = queries.text_of(key=KEY, version=0, viewer=SYSTEM).examples
    assert [example.name for example in kept] == ["本地，已满六十", "外地，七十", "九十岁"]
    assert kept[-1].expect == {"value": "full"}


def test_the_editor_saves_and_tells_of_a_conflict(client, people):
    assert "起草新版本" in words(client.get(reverse("rules:edit", args=[KEY])))
    client.post(reverse("rules:edit", args=[KEY]))
    assert "data-yw-modeller" in client.get(reverse("rules:edit", args=[KEY])).content.decode()
    assert client.get(reverse("rules:model", args=[KEY]))["X-Revision"] == "1"
    saved = client.post(reverse("rules:save", args=[KEY]), {"xml": sample_dmn(limit=65), "revision": 1})
    assert saved.json()["revision"] == 2
    late = client.post(reverse("rules:save", args=[KEY]), {"xml": sample_dmn(limit=66), "revision": 1})
    assert (late.status_code, late.json()["conflict"]) == (409, True)
    assert "样例起草" in late.json()["words"]
    found = client.post(reverse("rules:check", args=[KEY]), headers={"HX-Request": "true"})
    assert "1 个用例没有通过" in words(found)


def test_discarding_takes_nothing_that_others_saved_since(client, people):
    commands.begin_draft(key=KEY, by=people.editor, at=clock.now())
    page = client.get(reverse("rules:edit", args=[KEY])).content.decode()
    assert '<input type="hidden" name="revision" value="1">' in page
    commands.save_draft(key=KEY, revision=1, xml=sample_dmn(limit=64), by=people.other, at=clock.now())
    address = reverse("rules:discard", args=[KEY])
    for late in ({}, {"revision": 1}):
        assert "没有放弃" in words(client.post(address, late, follow=True))
    assert "已放弃草稿" in words(client.post(address, {"revision": 2}, follow=True))


def test_a_publisher_sees_the_steps_and_publishes(client, people):
    begun(people)
    client.post(reverse("rules:change_examples", args=[KEY]), {"do": "accept", "index": 1})
    assert "您没有发布规则的权限" in words(client.get(reverse("rules:publish", args=[KEY])))
    login(client, people.publisher.account_id)
    assert "请先检查草稿" in words(client.get(reverse("rules:publish", args=[KEY])))
    page = words(client.post(reverse("rules:check", args=[KEY]), follow=True))
    assert "没有语法错误" in page
    revision = queries.text_of(key=KEY, version=0, viewer=SYSTEM).revision
    day = clock.today() + timedelta(days=3)
    form = {"revision": revision, "effective_from": day.isoformat(), "reason": ""}
    assert "请写明理由" in words(client.post(reverse("rules:publish", args=[KEY]), form), 422)
    page = words(client.post(reverse("rules:publish", args=[KEY]), {**form, "reason": "样例文件"}, follow=True))
    assert "已发布第 2 版" in page
    assert "待施行" in page


def test_two_versions_are_compared_rule_by_rule_and_by_their_examples(client, people):
    begun(people)
    page = words(client.get(reverse("rules:versions", args=[KEY])))
    assert "3 条规则不同" in page
    assert "≥ 60" in page
    assert "≥ 65" in page
    assert "本地，已满六十" in page


def test_a_version_is_withdrawn_with_a_reason(client, people):
    login(client, people.publisher.account_id)
    address = reverse("rules:withdraw", args=[KEY, 1])
    assert "废止以后没有版本可用" in words(client.get(address))
    assert "请写明理由" in words(client.post(address, {"ends_on": clock.today().isoformat(), "reason": ""}), 422)
    page = client.post(address, {"ends_on": clock.today().isoformat(), "reason": "样例"}, follow=True)
    assert "已废止" in words(page)


def test_a_change_is_tried_on_an_uploaded_table(client, people, tmp_path):
    begun(people)
    path = tmp_path / "people.csv"
    rows = ["年龄,户籍,别的"] + [f"{age},{'是' if age % 2 else '否'},x" for age in range(50, 80)] + ["abc,是,x"]
    path.write_text("\n".join(rows), "utf-8")
    with path.open("rb") as file:
        page = client.post(reverse("rules:impact", args=[KEY]), {"source": "file", "file": file})
    assert page.status_code == 303
    (trial,) = queries.trials(key=KEY, viewer=SYSTEM)
    assert "正在排队" in words(client.get(page["Location"]))
    tasks.run_trial(str(trial.id))
    tasks.run_trial(str(trial.id))  # a repeat finds nothing to do
    shown = words(client.get(page["Location"]))
    assert re.search(r"结果改变 5", shown)
    assert "另有 1 行" in shown
    done = queries.trial(trial_id=trial.id, viewer=SYSTEM)
    assert (done.done, done.refused, done.changed) == (31, 1, 5)
    assert {(c.before, c.after, c.count) for c in done.changes} == {("full", "none", 2), ("half", "none", 3)}
    assert "完成" in words(client.get(reverse("rules:impact", args=[KEY])))


def test_codes_of_outcomes_are_told_in_words(client, people):
    page = words(client.post(reverse("rules:decision", args=[KEY]), {"fact-age": "70", "fact-resident": "no"}))
    assert "半额" in page
    assert "half" not in page
    assert "全额" in words(client.get(reverse("rules:examples", args=[KEY])))


def test_a_trial_on_past_facts_names_the_examples_that_change(client, people, monkeypatch):
    class Past:
        def count(self, decision_key, *, viewer):
            return 1

        def facts(self, decision_key, *, limit, viewer):
            yield {"age": 61, "resident": True}

    monkeypatch.setattr(registry, "_sources", {"past": registry.PastSource("past", "以往的", Past())})
    begun(people)
    page = client.post(reverse("rules:impact", args=[KEY]), {"source": "past"})
    (trial,) = queries.trials(key=KEY, viewer=SYSTEM)
    tasks.run_trial(str(trial.id))
    shown = words(client.get(page["Location"]))
    assert "用例：本地，已满六十" in shown
    assert "61" not in shown, "past facts are other people's"


def test_a_file_that_is_no_table_of_facts_is_told(client, people, tmp_path):
    begun(people)
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with path.open("rb") as file:
        page = client.post(reverse("rules:impact", args=[KEY]), {"file": file})
    (trial,) = queries.trials(key=KEY, viewer=SYSTEM)
    tasks.run_trial(str(trial.id))
    assert "没有一列的名称" in words(client.get(page["Location"]))
    assert "没有选择文件" in words(client.post(reverse("rules:impact", args=[KEY]), {}), 422)


def test_a_new_decision_begins_from_a_file(client, people, tmp_path):
    path = tmp_path / "new.dmn"
    path.write_text(sample_dmn("brand_new"), "utf-8")
    with path.open("rb") as file:
        wrong = client.post(reverse("rules:begin"), {"title": "新", "key": "other", "file": file})
    assert "没有 id 为" in words(wrong, 422)
    with path.open("rb") as file:
        made = client.post(reverse("rules:begin"), {"title": "新", "key": "brand_new", "file": file})
    assert made["Location"] == reverse("rules:edit", args=["brand_new"])
    assert EXAMPLES


def test_the_catalogue_has_english_for_every_message():
    assert untranslated(Path(views.__file__).parents[1]) == {}
