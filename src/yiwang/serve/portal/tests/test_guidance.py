"""The guide of a matter: everything a resident asks, also of what is suspended or only listed; the filters of the list."""

import pytest

from yiwang.kernel import clock
from yiwang.serve.matters import commands
from yiwang.serve.matters.tests.factories import LIST_CODE as CODE
from yiwang.serve.matters.tests.factories import LIST_ROW as GOOD
from yiwang.serve.matters.tests.factories import SYSTEM
from yiwang.serve.matters.tests.factories import list_file as table

pytestmark = pytest.mark.django_db
MATTER = "/matters/household_registration/"


def listed():
    commands.import_list(file="list.csv", data=table(GOOD), by=SYSTEM, at=clock.now())


def test_the_guide_answers_who_what_how_long_where_and_what_if(anonymous):
    html = anonymous.get(MATTER)
    for words in (
        "谁可以办",
        "申请材料",
        "承诺时限",
        "法定时限",
        "到哪里办",
        "设定依据",
        "第七条",
        "行政复议",
        "监督投诉",
        "办理结果",
    ):
        assert words in html, words
    assert "打印办事指南" in html
    assert 'href="/matters/household_registration/guide/"' in html


def test_the_guide_is_read_in_english(anonymous):
    anonymous.client.cookies["yiwang_language"] = "en"
    html = anonymous.get(MATTER).split("<main")[1].split("</main>")[0]
    assert "Who can apply" in html
    assert "Household book" in html


def test_a_suspended_matter_says_so_and_can_not_be_begun(anonymous):
    commands.suspend_matter(
        code="household_registration", since=clock.today(), until=None, reason="系统升级", by=SYSTEM, at=clock.now()
    )
    html = anonymous.get(MATTER)
    assert "暂停办理：系统升级" in html
    assert "/guide/" not in html.split('class="y-actions"')[1].split("</p>")[0]
    anonymous.get("/matters/household_registration/guide/", status=404)


def test_an_entry_of_a_list_is_told_and_says_that_it_is_handled_elsewhere(anonymous):
    listed()
    html = anonymous.get(f"/matters/{CODE}/")
    assert GOOD[0] in html
    assert "不在本平台办理" in html
    assert "区经信局" in html


def test_matters_are_kept_to_words_department_and_level(anonymous):
    listed()
    assert GOOD[0] in anonymous.get("/matters/?department=区经信局")
    found = anonymous.get("/matters/?q=出生登记")
    assert 'href="/matters/household_registration/"' in found
    assert GOOD[0] not in found
    assert GOOD[0] not in anonymous.get("/matters/?level=district")
    assert "没有符合条件的事项" in anonymous.get("/matters/?q=zzzz")


@pytest.mark.parametrize("query", ["theme=x'--", "level=../..", "cursor=abc", "q=%00", "department=" + "长" * 500])
def test_odd_filters_are_answered(anonymous, query):
    anonymous.page = anonymous.client.get(f"/matters/?{query}")
    assert anonymous.page.status_code in {200, 400, 422}


def test_an_odd_code_is_not_found(anonymous):
    assert anonymous.client.get("/matters/a%00b/").status_code == 400
    assert anonymous.client.get("/matters/no-such-matter/").status_code == 404
