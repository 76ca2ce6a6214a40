"""A department connects its system, another person agrees, a resident enters it from the launcher, and takes it back.

Each page is looked at on a phone and on a desk.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.browser.visitor import DESKTOP, PHONE, Visitor
from yiwang.commons.identity.engine.openid import code_challenge

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
CONTACT, REVIEWER, RESIDENT = "system-contact", "administrator", "family1-father"
VERIFIER = "v" * 64


class _Department(BaseHTTPRequestHandler):
    """The system's own pages: each address answers with a word."""

    def do_GET(self) -> None:
        body = "<!doctype html><html lang=zh><title>样例</title><h1>样例参保查询系统</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Silence."""


@pytest.fixture
def department() -> Iterator[str]:
    """The address of a department's system."""
    with HTTPServer(("127.0.0.1", 0), _Department) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _asks(contact: Visitor, here: str, name: str) -> str:
    """The request, first with nothing in it, then whole; its address."""
    contact.log_in(CONTACT)
    contact.page.get_by_role("link", name="接入系统").click()
    contact.look_around("systems-none")
    contact.page.get_by_role("link", name="申请接入").click()
    contact.look_around("system-ask")
    contact.press("提交申请")
    contact.look_around("system-ask-nothing-entered")
    page = contact.page
    page.locator("#f-name").fill(name)
    page.locator("#f-about").fill("样例：查询本人参保情况")
    page.locator("#f-redirect_uris").fill(f"{here}/callback")
    page.locator("#f-post_logout_uris").fill(f"{here}/left")
    page.locator("#f-launch_url").fill(f"{here}/")
    page.get_by_label("姓名和实名等级").check()
    page.get_by_label("手机号码", exact=True).check()
    page.get_by_label("公众也可以进入").check()
    page.get_by_label("第一次进入时征求本人同意").check()
    page.locator("#f-reason").fill("样例：按社会保险经办规定核对参保人，须联系参保人")
    contact.press("提交申请")
    contact.look_around("system-asked")
    assert page.get_by_role("button", name="同意接入").count() == 0
    return page.url


def _decides(reviewer: Visitor, asked: str) -> str:
    reviewer.log_in(REVIEWER)
    reviewer.go("/work/systems/requests/")
    reviewer.look_around("system-requests")
    reviewer.go(asked)
    reviewer.look_around("system-decide")
    reviewer.press("不同意")
    reviewer.look_around("system-refused-without-a-word")
    reviewer.press("同意接入")
    reviewer.look_around("system-reviewed")
    return reviewer.page.url


def _takes_secret(contact: Visitor, system: str, again: bool = False) -> str:
    contact.go(system)
    contact.look_around("system-taken" if again else "system-approved")
    contact.page.get_by_role("link", name="更换接入密钥" if again else "领取接入密钥").click()
    contact.look_around("secret-again" if again else "secret-before")
    contact.press("生成并显示密钥")
    contact.look_around("secret")
    found: str = contact.page.locator("main").inner_text().split("client_secret）")[1].split()[0]
    contact.page.get_by_role("link", name="已经存好").click()
    assert found not in contact.page.content()
    return found


def _client_id(visitor: Visitor) -> str:
    return visitor.page.locator("main").inner_text().split("client_id）")[1].split()[0]


def _authorization(base: str, client_id: str, here: str) -> str:
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": f"{here}/callback", "scope": "openid profile phone",
        "state": "s", "nonce": "n", "code_challenge": code_challenge(VERIFIER), "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{base}/oidc/authorize?{urlencode(asked)}"


def _exchange(base: str, resident: Visitor, here: str, client_id: str, secret: str) -> httpx.Response:
    code = parse_qs(urlsplit(resident.page.url).query)["code"][0]
    given = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": f"{here}/callback", "code_verifier": VERIFIER,
        "client_id": client_id, "client_secret": secret,
    }  # fmt: skip
    return httpx.post(f"{base}/oidc/token", data=given, timeout=60)


def test_a_department_connects_its_system_and_a_resident_enters_it(visitor: Any, base: str, department: str) -> None:
    contact, reviewer = visitor("systems-contact", DESKTOP), visitor("systems-reviewer", DESKTOP)
    name = f"样例参保查询系统{urlsplit(department).port}"
    system = _decides(reviewer, _asks(contact, department, name))
    assert reviewer.page.locator(".y-header").bounding_box()["height"] < 70  # one line, whoever sees many entries
    old = _takes_secret(contact, system)
    client_id = _client_id(contact)

    resident = visitor("systems-resident", PHONE)
    resident.log_in(RESIDENT)
    resident.go("/apps/")
    resident.look_around("launcher")
    resident.page.get_by_role("link", name=name).click()
    resident.page.wait_for_url(f"{department}/")
    resident.go(_authorization(base, client_id, department))
    resident.look_around("consent")
    resident.press("同意并登录")
    resident.page.wait_for_url(f"{department}/callback?*")
    fresh = _takes_secret(contact, system, again=True)
    assert _exchange(base, resident, department, client_id, old).status_code == 401
    resident.go(_authorization(base, client_id, department))  # agreed already: no page asks
    resident.page.wait_for_url(f"{department}/callback?*")
    given = _exchange(base, resident, department, client_id, fresh).json()
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert httpx.get(f"{base}/oidc/userinfo", headers=bearer, timeout=60).json()["phone_number"].startswith("+86")

    resident.go("/mine/privacy/")
    resident.look_around("accesses-by-system")
    assert name in resident.page.locator("main").inner_text()
    resident.go("/apps/")
    resident.look_around("launcher-agreed")
    resident.page.locator("form", has_text=name).get_by_role("button", name="取消同意").click()
    resident.page.get_by_text("已经取消同意").first.wait_for()
    assert httpx.get(f"{base}/oidc/userinfo", headers=bearer, timeout=60).status_code == 401

    reviewer.go(system)
    reviewer.page.locator("#f-reason").fill("样例：停用")
    reviewer.press("停用系统")
    reviewer.look_around("system-suspended")
    reviewer.go("/work/systems/")
    reviewer.look_around("systems")
    resident.go("/apps/")
    assert resident.page.get_by_role("link", name=name).count() == 0
    resident.go(_authorization(base, client_id, department))
    assert "无法登录" in resident.page.locator("main").inner_text()
