"""The pages around applying: who sees what, at what cost in queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/", "/search/", "/search/?q=孩子出生了", "/search/?q=zzzzzz", "/bundles/", "/bundles/newborn/", "/matters/",
    "/matters/?theme=birth", "/matters/?theme=nothing&audience=person", "/matters/household_registration/",
    "/bundles/newborn/guide/",
]  # fmt: skip


@pytest.mark.parametrize("url", PUBLIC)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everybody_reads_the_public_pages(anonymous, url, language):
    anonymous.client.cookies["yiwang_language"] = language
    html = anonymous.get(url)
    assert f'<html lang="{language}">' in html


@pytest.mark.parametrize("url", PUBLIC)
def test_officials_read_them_too(official, url):
    official.get(url)


def test_the_home_page_shows_my_cases_only_to_whom_is_known(anonymous, mother):
    assert "我的办件" not in anonymous.get("/").split("<main")[1].split("</main>")[0]
    assert "还没有办件" in mother.get("/")


def test_plain_words_find_the_bundle(anonymous):
    html = anonymous.get("/search/?q=孩子出生了")
    assert 'href="/bundles/newborn/"' in html


def test_words_without_a_hit_lead_on(anonymous):
    html = anonymous.get("/search/?q=zzzzzz")
    assert "没有找到「zzzzzz」" in html
    assert "看全部事项" in html


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'; drop table", "长" * 5000, "%", "_", "\\"])
def test_odd_searches_are_answered(anonymous, text):
    anonymous.page = anonymous.client.get("/search/", {"q": text})
    assert anonymous.page.status_code == 200
    assert "<script>alert" not in anonymous.text


@pytest.mark.parametrize("url", ["/search/", "/search/complete/"])
def test_a_search_for_what_is_no_text_is_refused(anonymous, url):
    anonymous.page = anonymous.client.get(url, {"q": "\x00"})
    assert anonymous.page.status_code == 400


def test_an_unknown_matter_is_not_found(anonymous):
    anonymous.get("/matters/nothing/", status=404)


def test_a_matter_names_the_bundles_that_contain_it(anonymous):
    html = anonymous.get("/matters/household_registration/")
    assert "可以合在一起办" in html
    assert 'href="/bundles/newborn/"' in html


@pytest.mark.parametrize(
    "url", ["/apply/00000000-0000-7000-8000-000000000000/", "/receipts/00000000-0000-7000-8000-000000000000/"]
)
def test_applying_needs_a_log_in(anonymous, url):
    anonymous.page = anonymous.client.get(url)
    assert anonymous.page.status_code == 302
    assert "/account/login/" in anonymous.page["Location"]


def test_a_receipt_is_for_the_applicant_alone(mother, neighbour, official):
    mother.to_check()
    mother.send()
    neighbour.get(mother.url, status=404)
    mother.get(mother.url)


def queries(browser, url):
    browser.get(url)
    with CaptureQueriesContext(connection) as caught:
        browser.get(url)
    return len([each for each in caught.captured_queries if "SAVEPOINT" not in each["sql"]])


COSTS = {"/": 10, "/search/?q=孩子出生了": 8, "/bundles/newborn/": 6, "/matters/": 6, "/bundles/newborn/guide/": 8}


@pytest.mark.parametrize(("url", "most"), COSTS.items())
def test_public_pages_cost_few_queries(anonymous, url, most):
    assert queries(anonymous, url) <= most


def test_the_home_page_of_a_resident_costs_eleven_queries_however_many_drafts(mother):
    mother.begin()
    assert queries(mother, "/") <= 11


def test_pages_of_an_application_cost_a_bounded_number_of_queries(mother):
    draft = mother.begin()
    mother.fill()
    mother.upload_all()
    found = {
        page: queries(mother, f"{draft}{page}/")
        for page in ("situation", "child", "parents", "household", "insurance", "materials", "check")
    }
    assert max(found.values()) <= 24, found


def test_a_receipt_costs_at_most_six_queries(mother):
    mother.to_check()
    mother.send()
    assert "各部门同时办理" in mother.text
    assert queries(mother, mother.url) <= 6
