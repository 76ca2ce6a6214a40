"""The keeper of keys at work: a key made, suspended and resumed; the key of all fields rotated while the town goes on."""

import time

import pytest

from tests.browser.visitor import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
KEEPER = "crypto-keeper"


def test_a_keeper_makes_and_suspends_a_key(visitor):
    keeper = visitor("crypto-keeper", DESKTOP)
    page = keeper.page
    keeper.log_in(KEEPER)
    keeper.go("/work/crypto/")
    keeper.look_around("keys")
    keeper.go("/work/crypto/keys/new/")
    name = f"sample.{time.time_ns()}"
    page.get_by_label("密钥名称").fill(name)
    page.get_by_label("数字签名").check()
    page.locator("#f-application").fill("sample")
    page.get_by_label("由谁负责").fill("样例数据局")
    keeper.look_around("new-key")
    keeper.press("新建并启用")
    assert page.locator("h1").inner_text().startswith(name)
    keeper.look_around("key")
    page.get_by_role("link", name="停用此密钥").click()
    page.get_by_label("操作理由").fill("样例检修")
    keeper.look_around("suspend-key")
    keeper.press("停用此密钥")
    assert "样例检修" in page.locator("main").inner_text()
    page.get_by_role("link", name="恢复使用").click()
    keeper.press("恢复使用")
    keeper.go("/work/crypto/applications/")
    keeper.look_around("applications")
    keeper.go("/work/crypto/certificates/")
    keeper.look_around("certificates")
    keeper.go("/work/crypto/certificates/new/")
    keeper.look_around("take-certificate")


def test_the_key_of_all_fields_is_rotated_while_the_town_goes_on(visitor):
    keeper = visitor("crypto-rotation", PHONE)
    page = keeper.page
    keeper.log_in(KEEPER)
    keeper.go("/work/crypto/?q=platform.fields")
    page.get_by_role("link", name="platform.fields").first.click()
    before = int(page.locator("main tbody tr").first.locator("td, th").first.inner_text())
    page.get_by_role("link", name="轮换此密钥").click()
    keeper.press("轮换此密钥")
    keeper.go("/work/crypto/?q=platform.fields")
    page.get_by_role("link", name="platform.fields").first.click()
    assert (
        "重新加密旧内容" in page.locator("main").inner_text()
    )  # when no process can seal by the former version any more
    assert int(page.locator("main tbody tr").first.locator("td, th").first.inner_text()) == before + 1
    keeper.look_around("rotated-key")
    keeper.go("/work/crypto/standing/")
    keeper.look_around("standing")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载说明").click()
    assert "GB/T 39786" in download.value.path().read_text("utf-8")
