"""An administrator finds somebody among many, takes on, moves, lets go, unlocks, and takes a file of people in.

Each page is looked at on a phone and on a desk.
"""

import csv
import itertools
import re
import time

import pytest

from tests.browser.visitor import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
OWN = "Sample-own-pass-2026"
_serials = itertools.count(time.time_ns() // 10**9 % 10**6)
HEADER = "username,name,id_number,mobile,organisation,role,valid_from,valid_to\n"


def _fresh(prefix: str) -> str:
    return f"{prefix}.{next(_serials)}"


def _administrator(visitor) -> Visitor:
    """On the list of accounts."""
    found = visitor("accounts", DESKTOP)
    found.log_in("administrator")
    found.go("/work/accounts/")
    return found


def _find(admin: Visitor, words: str) -> None:
    admin.go("/work/accounts/")
    admin.page.get_by_role("searchbox").fill(words)
    admin.press("查找")


def _open(admin: Visitor, name: str) -> None:
    with admin.page.expect_navigation():
        admin.page.locator("tbody").get_by_role("link", name=name).first.click()


def _choose(admin: Visitor, **chosen: str) -> None:
    for name, label in chosen.items():
        admin.page.locator(f"#f-{name}").select_option(label=label)


def _join(admin: Visitor, username: str) -> str:
    """A newcomer with an office; the one-time link."""
    admin.go("/work/accounts/new/")
    admin.look_around("join")
    admin.press("开户")
    admin.look_around("join-nothing-entered")
    admin.page.locator("#f-name").fill("样例新人")
    admin.page.locator("#f-username").fill(username)
    _choose(admin, organisation="常州市卫生健康委员会", role="受理人员")
    admin.press("开户")
    admin.look_around("join-without-rights")
    assert "这个岗位在所选单位没有配置权限" in admin.page.locator("main").inner_text()
    _choose(admin, organisation="妇幼健康处")
    admin.press("开户")
    admin.look_around("one-time-link")
    return admin.page.locator("#f-address").input_value()


def _come(newcomer: Visitor, link: str) -> None:
    newcomer.go(link)
    newcomer.look_around("set-password")
    newcomer.press("保存")
    newcomer.look_around("set-password-nothing-entered")
    newcomer.page.locator("#f-password1").fill(OWN)
    newcomer.page.locator("#f-password2").fill(OWN)
    newcomer.press("保存")
    newcomer.look_around("set-password-done")


def _log_in(newcomer: Visitor, username: str, password: str = OWN) -> None:
    newcomer.go("/account/login/")
    newcomer.page.locator("#f-login").fill(username)
    newcomer.page.locator("#f-password").fill(password)
    newcomer.press("登录")


def test_somebody_joins_by_a_link_moves_is_unlocked_and_leaves(visitor):
    admin, newcomer = _administrator(visitor), visitor("newcomer", PHONE)
    admin.look_around("accounts")
    username = _fresh("sample.join")
    link = _join(admin, username)
    _come(newcomer, link)
    newcomer.go(link)
    newcomer.look_around("link-spent")
    _log_in(newcomer, username)
    assert "/work/" in newcomer.page.url
    _find(admin, username)
    admin.look_around("accounts-found")
    assert admin.page.locator("tbody tr").count() == 1
    _open(admin, "样例新人")
    admin.look_around("account")
    rights = admin.page.locator(".wc-main").inner_text()
    assert "受理申请" in rights
    assert not re.search(r"\b[a-z]+\.[a-z_]+\b|\*", rights), "codes tell nobody anything"
    admin.page.get_by_role("link", name=re.compile("调动")).click()
    admin.look_around("move")
    admin.press("确认调动")
    admin.look_around("move-nothing-entered")
    _choose(admin, organisation="人口管理支队", role="审核人员")
    admin.press("确认调动")
    admin.look_around("account-moved")
    newcomer.go("/work/")
    assert "/account/login/" in newcomer.page.url, "who moved logs in anew"
    admin.page.get_by_role("link", name="解除锁定").click()
    admin.look_around("unlock")
    admin.press("解除")
    _log_in(newcomer, username)
    admin.page.get_by_role("link", name="办理离职").click()
    admin.look_around("leave")
    admin.press("确认离职")
    admin.look_around("leave-nothing-entered")
    admin.page.get_by_label("退休").check()
    admin.press("确认离职")
    admin.look_around("account-left")
    newcomer.go("/work/")
    assert "/account/login/" in newcomer.page.url
    admin.page.get_by_role("link", name="恢复账号").click()
    admin.look_around("reinstate")


def test_a_file_of_people_comes_in_with_its_rejects_told(visitor, tmp_path):
    admin, run = _administrator(visitor), _fresh("sample.file")
    lines = [f"{run}.{number},样例第{number},,,320400-data,acceptor,," for number in range(40)]
    lines += [
        f"{run}.x,样例,320402199001010000,,320400-data,acceptor,,",
        f"{run}.y,样例,,,nowhere,acceptor,,",
        "z,样例",
    ]
    content = (HEADER + "\n".join(lines) + "\n").encode()
    admin.go("/work/accounts/imports/")
    admin.look_around("imports")
    admin.press("上传")
    admin.look_around("imports-nothing-chosen")
    for dry in (True, False):
        admin.go("/work/accounts/imports/")
        file = {"name": f"{run}.csv", "mimeType": "text/csv", "buffer": content}
        admin.page.set_input_files("input[type=file]", files=[file])
        if dry:
            admin.page.get_by_role("group", name="只检查，不导入").get_by_label("是", exact=True).check()
        admin.press("上传")
        admin.page.get_by_text("已完成").first.wait_for(timeout=60_000)
        assert "已处理 43 行，共 43 行" in admin.page.locator("main").inner_text()
        admin.look_around("import-dry" if dry else "import")
    with admin.page.expect_download() as waiting:
        admin.page.get_by_role("link", name="下载未导入的行").click()
    saved = tmp_path / "rejects.csv"
    waiting.value.save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as file:
        rejects = list(csv.reader(file))
    assert [row[0] for row in rejects[1:]] == ["42", "43", "44"]
    admin.go("/work/accounts/imports/")
    admin.look_around("imports-done")
    _find(admin, run)
    admin.look_around("accounts-pages")
    with admin.page.expect_download() as waiting:
        admin.page.get_by_role("link", name="导出").click()
    saved = tmp_path / "accounts.csv"
    waiting.value.save_as(saved)
    assert f"{run}.7,样例第7,320400-data,acceptor" in saved.read_text("utf-8-sig")


def test_a_personnel_system_is_let_in_and_ended_in_english_and_large_print(visitor):
    admin = visitor("english", DESKTOP, english=True, large=True)
    admin.log_in("administrator")
    for path in ("", "new/", "imports/", "systems/", "systems/new/"):
        admin.go(f"/work/accounts/{path}")
        admin.look_around(f"english-{path.strip('/').replace('/', '-') or 'list'}")
        assert not re.search(r"[\u4e00-\u9fff]", admin.page.locator("h1").inner_text())
    admin.page.locator("#f-name").fill(_fresh("Sample personnel system"))
    admin.page.locator("input[name=roles]").first.check(force=True)
    admin.page.locator("main form button.y-btn").first.click()
    admin.page.locator("#f-token").wait_for()
    admin.look_around("english-token")
    admin.page.locator("main").get_by_role("link", name="Done").click()
    admin.look_around("english-system")
