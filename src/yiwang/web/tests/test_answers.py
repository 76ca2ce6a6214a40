"""Headers and error pages: what every answer gets."""

import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from yiwang.web.errors import server_error
from yiwang.web.middleware import extends_csp, policy
from yiwang.web.registry import AlreadyRegistered, NavEntry, register_account, register_nav, register_site
from yiwang.web.responses import go, safe_next, with_toast

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_policy_allows_only_our_own_scripts_and_styles(client):
    csp = client.get("/style/")["Content-Security-Policy"]
    assert "script-src 'self';" in csp
    assert "style-src 'self';" in csp
    assert "unsafe" not in csp
    assert "frame-ancestors 'none'" in csp


def test_every_answer_has_the_companion_headers(client):
    response = client.get("/nowhere/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_one_view_may_widen_the_policy_and_no_other_is_touched(client):
    widened = client.get("/widened/")["Content-Security-Policy"]
    assert "worker-src 'self' blob:" in widened
    assert "img-src 'self' data: https://tiles.example" in widened
    assert "blob:" not in client.get("/style/")["Content-Security-Policy"]


@pytest.mark.parametrize("value", ["'unsafe-inline'", "'unsafe-eval'", "*", "https://*.example"])
def test_nobody_can_undo_the_policy(value):
    with pytest.raises(ValueError):
        extends_csp(script_src=(value,))


def test_widening_none_replaces_it():
    assert "object-src 'self'" in policy({"object-src": ("'self'",)})


def test_a_request_id_is_kept_when_it_is_well_formed_and_replaced_when_not(client):
    assert client.get("/style/", HTTP_X_REQUEST_ID="proxy-12345678")["X-Request-ID"] == "proxy-12345678"
    assert client.get("/style/", HTTP_X_REQUEST_ID="a b\n<")["X-Request-ID"] != "a b\n<"


def test_a_refusal_is_a_page_with_sentence_next_step_code_and_request_id(client):
    response = client.get("/refuses/")
    html = response.content.decode()
    assert response.status_code == 403
    assert "您没有办理这一事项的权限。" in html
    assert "请联系本单位管理员授权" in html
    assert "kernel.forbidden" in html
    assert response["X-Request-ID"] in html


def test_a_refusal_under_the_desk_leads_back_to_the_desk(client):
    assert "回到待办" in client.get("/work/refuses/").content.decode()


def test_htmx_gets_a_toast_with_the_status(client):
    response = client.get("/refuses/", **HTMX)
    assert response.status_code == 403
    assert response["HX-Retarget"] == "#yw-toasts"
    assert response["HX-Reswap"] == "beforeend"
    assert "<html" not in response.content.decode()


def test_field_errors_are_listed_and_escaped(client):
    html = client.post("/invalid/").content.decode()
    assert "&lt;b&gt;手机号码&lt;/b&gt;少 1 位" in html


def test_an_anonymous_visitor_is_led_to_the_login_page_and_back(client):
    assert client.get("/anonymous/?a=1")["Location"] == "/login/?next=%2Fanonymous%2F%3Fa%3D1"
    led = client.get("/anonymous/", **HTMX, HTTP_HX_CURRENT_URL="http://testserver/mine/")
    assert led["HX-Redirect"] == "/login/?next=http%3A%2F%2Ftestserver%2Fmine%2F"
    strange = client.get("/anonymous/", **HTMX, HTTP_HX_CURRENT_URL="https://evil.example/")
    assert strange["HX-Redirect"] == "/login/?next=%2F"


def test_an_unknown_address_has_our_page(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "没有找到这一页" in response.content.decode()


def test_a_failure_of_ours_says_so(client):
    response = client.get("/breaks/")
    assert response.status_code == 500
    assert "这是我们的问题" in response.content.decode()


def test_while_the_database_is_away_one_is_told_to_try_again_without_asking_it_once_more():
    def asks(_request):
        raise AssertionError("the shell asks the database")

    def answers():
        raise OperationalError("the connection is closed")

    register_account(asks)
    try:
        answers()
    except OperationalError:
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 503
    assert response["Retry-After"] == "3"
    assert "系统正在恢复" in response.content.decode()


def test_the_error_page_stands_when_the_shell_falls():
    def falls(_request):
        raise RuntimeError("no database")

    register_account(falls)
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "系统出错了" in response.content.decode()


def test_a_stale_form_is_told_to_reload():
    response = Client(enforce_csrf_checks=True).post("/print-size/", {"print": "large"})
    assert response.status_code == 403
    assert "web.csrf" in response.content.decode()


def test_large_print_is_remembered_and_never_leads_away(client):
    response = client.post("/print-size/", {"print": "large", "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert 'data-print="large"' in client.get("/style/").content.decode()
    client.post("/print-size/", {"print": "normal", "next": "/style/"})
    assert 'data-print="large"' not in client.get("/style/").content.decode()


def test_the_language_is_switched_by_a_form(client):
    client.post("/language/", {"language": "en", "next": "/style/"})
    html = client.get("/style/").content.decode()
    assert '<html lang="en"' in html
    assert "Large print" in html


def test_navigation_marks_the_longest_match_and_hides_what_is_not_for_the_viewer(client):
    register_nav(NavEntry("home", "首页", "/", order=1))
    register_nav(NavEntry("style", "组件", lambda: "/style/", order=2))
    register_nav(NavEntry("secret", "内部", "/secret/", visible=lambda _request: False))
    html = client.get("/style/").content.decode()
    assert '<a href="/style/" aria-current="page">组件</a>' in html
    assert '<a href="/">首页</a>' in html
    assert "内部" not in html
    with pytest.raises(AlreadyRegistered):
        register_nav(NavEntry("home", "又一个", "/"))


def test_more_entries_than_a_line_holds_go_behind_a_button_but_for_the_own_page_and_what_counts(client):
    for number in range(1, 9):
        register_nav(NavEntry(f"n{number}", f"第{number}项", f"/n{number}/", order=number))
    assert "more-menu" not in client.get("/style/").content.decode()  # eight stand beside each other
    register_nav(NavEntry("style", "组件", "/style/", order=50))
    register_nav(NavEntry("news", "消息", "/news/", order=60, count=lambda _request: 3))
    html = client.get("/style/").content.decode()
    row, more = re.search(r'<nav class="y-nav[^"]*".*?</nav>', html, re.DOTALL)[0].split('<div class="y-menu"')
    assert re.findall(r'href="/(\w+)/"', row) == ["n1", "n2", "n3", "n4", "n5", "n6", "style", "news"]
    assert re.findall(r'href="/(\w+)/"', more) == ["n7", "n8"]
    assert 'aria-expanded="false" aria-controls="more-menu"' in more


def test_a_hostile_city_name_stays_words(client):
    from yiwang.web.registry import Site

    register_site(lambda _request: Site(name="<b>市"))
    assert "<b>市" not in client.get("/style/").content.decode()


def test_going_on_after_a_post_is_a_see_other():
    factory = RequestFactory()
    assert go(factory.post("/"), "/x/").status_code == 303
    assert go(factory.post("/", headers={"HX-Request": "true"}), "/x/")["HX-Redirect"] == "/x/"
    assert safe_next(factory.get("/"), "//evil.example", "/home/") == "/home/"


def test_a_toast_travels_in_a_header_that_is_ascii():
    assert with_toast(HttpResponse(), "已认领")["HX-Trigger"].isascii()


def test_the_page_is_whole_markup(client):
    html = client.get("/style/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<main") == html.count("<h1") == 1
