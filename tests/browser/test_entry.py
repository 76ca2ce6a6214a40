"""The way in, as people go it: register on a phone, add an app and a passkey, log in with each, remove a device, come back."""

import itertools
import re
import time
from datetime import date
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser.visitor import DESKTOP, PHONE
from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import synthetic_id_number, synthetic_mobile

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
OWN = "Sample-own-pass-2026"
NUMBER = synthetic_id_number(division_code="320402", birth_date=date(1952, 3, 8), sex=Sex.FEMALE)
_serials = itertools.count(time.time_ns() // 10**9 % 4000 + 5000)


def shown_code(page):
    """What the demonstration shows instead of sending it."""
    return re.search(r"验证码：(\d{6})", page.locator("main").inner_text())[1]


def register(newcomer):
    """A fresh account, so that what is done to it troubles nobody; its mobile number."""
    page, number = newcomer.page, synthetic_mobile(next(_serials) % 10_000)
    newcomer.go("/account/login/")
    newcomer.look_around("login")
    page.get_by_role("link", name="没有账号？注册").click()
    newcomer.look_around("register")
    newcomer.press("获取验证码")
    newcomer.look_around("register-nothing-entered")
    page.locator("#f-name").fill("样例来客")
    page.locator("#f-id_number").fill(NUMBER)
    page.locator("#f-mobile").fill(number)
    newcomer.press("获取验证码")
    newcomer.look_around("code")
    page.locator("#f-code").fill("0")
    newcomer.press("继续")
    newcomer.look_around("code-wrong")
    page.locator("#f-code").fill(shown_code(page))
    newcomer.press("继续")
    page.locator("#f-password").fill(OWN)
    page.locator("#f-again").fill(OWN)
    newcomer.look_around("register-password")
    newcomer.press("完成注册")
    assert "/account/" not in page.url
    return number


def log_in(who, number):
    who.page.locator("#f-login").fill(number)
    who.page.locator("#f-password").fill(OWN)
    who.press("登录")


def code_of(secret, ahead=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def test_a_resident_registers_on_a_phone_and_comes_back_by_code(visitor):
    newcomer = visitor("newcomer", PHONE)
    number = register(newcomer)
    newcomer.go("/account/devices/")
    newcomer.look_around("devices")
    newcomer.go("/account/factors/")
    newcomer.look_around("factors-plain")
    newcomer.go("/account/counter/")
    newcomer.look_around("counter")
    back = visitor("newcomer-back", DESKTOP)
    back.go("/account/login/code/")
    back.look_around("login-code")
    back.page.locator("#f-mobile").fill(number)
    back.press("获取验证码")
    back.page.locator("#f-code").fill(shown_code(back.page))
    back.press("继续")
    back.look_around("login-owner")
    back.page.locator("#f-name").fill("样例旁人")
    back.press("核对")
    back.look_around("login-owner-wrong")
    be_owner(back)
    back.go("/account/devices/")
    back.look_around("devices-two")
    assert back.page.get_by_text("就是这台").count() == 1
    back.press("退出其他所有登录")
    newcomer.go("/account/devices/")
    assert "/account/login/" in newcomer.page.url
    newcomer.go("/account/recover/")
    newcomer.look_around("recover")
    newcomer.page.locator("#f-mobile").fill(number)
    newcomer.press("获取验证码")
    newcomer.page.locator("#f-code").fill(shown_code(newcomer.page))
    newcomer.press("继续")
    be_owner(newcomer)
    newcomer.look_around("recover-password")


def be_owner(who):
    who.page.locator("#f-name").fill("样例来客")
    who.page.locator("#f-tail").fill(NUMBER[-4:])
    who.press("核对")


def test_a_mail_address_is_added_and_a_code_is_asked_for_beside_the_password(visitor):
    owner = visitor("mail", PHONE)
    page, number = owner.page, register(owner)
    owner.go("/account/factors/mail/")
    page.locator("#f-password").fill(OWN)
    owner.press("确认身份")
    owner.look_around("mail-add")
    page.locator("#f-mail").fill(f"sample{number}@mail.example")
    owner.press("获取验证码")
    owner.look_around("mail-code")
    page.locator("#f-code").fill(shown_code(page))
    owner.press("继续")
    owner.look_around("factors-mail")
    page.get_by_role("link", name="密码加验证码").click()
    owner.look_around("second-code")
    page.get_by_label("邮件，发到").check()
    owner.press("保存")
    elsewhere = visitor("mail-second", DESKTOP)
    elsewhere.go("/account/login/")
    log_in(elsewhere, number)
    elsewhere.look_around("login-message")
    elsewhere.page.locator("#f-code").fill(shown_code(elsewhere.page))
    elsewhere.press("继续")
    elsewhere.go("/account/factors/message/")
    elsewhere.look_around("confirm-message")
    elsewhere.press("获取验证码")
    elsewhere.page.locator("#f-password").fill(OWN)
    elsewhere.page.locator("#f-code").fill(shown_code(elsewhere.page))
    elsewhere.look_around("confirm-message-sent")
    elsewhere.press("确认身份")
    elsewhere.page.get_by_label("不用，只要密码").check()
    elsewhere.press("保存")


def test_an_app_and_a_passkey_open_the_account(visitor, town):
    owner = visitor("factors", PHONE)
    owner.base = (
        f"http://localhost:{urlsplit(town.url).port}"  # passkeys belong to a name, never to an address of digits
    )
    page = owner.page
    session = owner.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    number = register(owner)
    owner.go("/account/factors/totp/")
    owner.look_around("confirm")
    page.locator("#f-password").fill(OWN)
    owner.press("确认身份")
    page.get_by_text("扫不了码").click()
    secret = re.sub(r"\s", "", page.locator("details strong").inner_text())
    owner.look_around("totp")
    page.locator("#f-code").fill(code_of(secret))
    owner.press("开通")
    owner.look_around("recovery-codes")
    page.get_by_role("link", name="已经抄好").click()
    page.get_by_role("link", name="添加通行密钥").click()
    owner.look_around("passkey-add")
    owner.press("在这台设备上添加")
    page.wait_for_url("**/account/factors/")
    owner.look_around("factors-all")
    owner.go("/account/logout/")
    owner.press("退出登录")
    owner.go("/account/login/?next=/account/devices/")
    owner.press("用指纹或面容登录")
    page.wait_for_url("**/account/devices/")
    assert "通行密钥" in page.locator("main").inner_text()
    elsewhere = visitor("second", DESKTOP)
    elsewhere.go("/account/login/")
    log_in(elsewhere, number)
    elsewhere.look_around("second-factor")
    elsewhere.page.locator("#f-code").fill("000000")
    elsewhere.press("继续")
    elsewhere.look_around("second-factor-wrong")
    elsewhere.page.locator("#f-code").fill(code_of(secret, 1))  # the next one: this one opened the app above
    elsewhere.press("继续")
    elsewhere.go("/account/devices/")
    assert elsewhere.page.get_by_text("就是这台").count() == 1
