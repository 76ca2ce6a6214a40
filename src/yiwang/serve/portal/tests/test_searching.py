"""Search and completion as a resident meets them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def lines(browser, text):
    """(address, title) of the lines under the search box."""
    html = browser.get(f"/search/complete/?q={text}")
    found = re.findall(r'role="option"[^>]*data-href="([^"]+)"><span>(.*?)</span>', html)
    return [(href, re.sub("<.*?>", "", title)) for href, title in found]


@pytest.mark.parametrize("text", ["新生儿", "孩子出生", "xinshenger", "xse", "newborn"])
def test_names_are_completed_in_words_everyday_words_pinyin_initials_and_english(anonymous, text):
    assert "/bundles/newborn/" in [href for href, _title in lines(anonymous, text)]


def test_what_was_typed_is_marked_and_escaped(anonymous):
    assert "<mark>新生儿</mark>" in anonymous.get("/search/complete/?q=新生儿")
    anonymous.page = anonymous.client.get("/search/complete/", {"q": "<script>"})
    assert "<script>" not in anonymous.text


def test_a_whole_sentence_lists_what_search_finds(anonymous):
    found = lines(anonymous, "老婆刚生完要去哪里办手续")
    assert found[0][0] == "/bundles/newborn/"


@pytest.mark.parametrize("text", ["", "，", "火箭发射", "长" * 300])
def test_nothing_comes_of_nothing(anonymous, text):
    anonymous.page = anonymous.client.get("/search/complete/", {"q": text})
    assert anonymous.page.status_code == 200
    assert "role=" not in anonymous.text


def test_a_name_costs_one_statement_and_may_be_kept_a_minute(anonymous):
    lines(anonymous, "新生儿")
    with CaptureQueriesContext(connection) as caught:
        lines(anonymous, "新生儿")
    assert len(caught) == 1
    assert "max-age=60" in anonymous.page["Cache-Control"]


def test_completions_speak_the_language_of_the_page(anonymous):
    anonymous.client.cookies["yiwang_language"] = "en"
    assert ("/bundles/newborn/", "A child is born") in lines(anonymous, "child")


@pytest.mark.parametrize(("typed", "read"), [("xinshenger", "新生儿"), ("社宝卡", "社保卡")])
def test_the_page_says_how_a_query_was_read_and_offers_the_words_as_typed(anonymous, typed, read):
    html = anonymous.get(f"/search/?q={typed}")
    assert f"已按「{read}」查找" in html
    again = re.search(r'<a class="y-link" href="([^"]+)">仍按', html)
    assert again
    html = anonymous.get(again[1].replace("&amp;", "&"))
    assert "已按" not in html
    assert "/bundles/newborn/" not in html.split("没有找到")[0] or typed != "xinshenger"


def test_words_taken_as_they_are_say_nothing_of_a_reading(anonymous):
    assert "已按" not in anonymous.get("/search/?q=孩子出生了")


def test_hits_are_told_in_english_where_the_page_is(anonymous):
    anonymous.client.cookies["yiwang_language"] = "en"
    html = anonymous.get("/search/?q=newborn")
    assert "A child is born" in re.sub("</?mark>", "", html)


def test_pages_without_a_search_box_lead_to_search(anonymous):
    assert 'class="y-nav__seek" href="/search/"' in anonymous.get("/bundles/")
    assert "y-nav__seek" not in anonymous.get("/")
    assert "autofocus" in anonymous.get("/search/")


def test_the_search_box_is_a_form_with_a_label_before_any_script(anonymous):
    html = anonymous.get("/")
    assert '<form class="y-search" role="search" action="/search/">' in html
    assert '<label class="y-vh" for="q">' in html
    assert 'role="combobox"' not in html
