"""The administrators' pages of accounts, and the page behind a one-time link."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.identity import commands, tasks
from yiwang.commons.identity.contracts import OrganisationKind
from yiwang.commons.identity.models import Account, Appointment
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.views.people import rights
from yiwang.kernel import clock
from yiwang.kernel.settings import PROJECT_ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(client):
    """A bureau with a desk and its administrator, logged in; another bureau beside it."""
    bureau = make.make_organisation("bureau", name="样例局")
    desk = make.make_organisation("desk", name="样例科", parent="bureau", kind=OrganisationKind.OFFICE)
    other = make.make_organisation("other", name="样例他局")
    make.make_role()
    make.make_role("reviewer", "审核人员")
    rights = ["identity.manage_accounts", "identity.appoint"]
    admin = make.make_official(bureau, role="administrator", grants=rights, name="样例管理员")
    make.login(client, admin.account_id)
    return {"bureau": bureau, "desk": desk, "other": other, "admin": admin}


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_list_shows_accounts_in_reach_and_keeps_what_is_searched_out_of_the_address(client, house):
    make.make_official(house["desk"], name="样例甲", username="first")
    make.make_official(house["desk"], name="样例乙", username="second")
    make.make_official(house["other"], name="样例外人", username="stranger")
    page = text(client.get("/work/accounts/"))
    assert "样例甲" in page
    assert "样例科 · 经办人" in page
    assert "样例外人" not in page
    answer = client.post("/work/accounts/", {"q": "样例乙", "role": "clerk"})
    assert answer.url == "/work/accounts/?role=clerk"
    page = text(client.get(answer.url))
    assert "样例乙" in page
    assert "样例甲" not in page
    client.post("/work/accounts/", {"q": ""})
    assert "没有符合条件的账号" in text(client.get("/work/accounts/?state=closed"))


def test_the_list_costs_the_same_however_many_there_are(client, house):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/work/accounts/")
        return len(captured)

    queries()
    make.make_official(house["desk"])
    few = queries()
    for _ in range(8):
        make.make_official(house["desk"])
    assert queries() == few


def test_an_official_without_the_right_and_a_resident_see_none_of_it(client, house):
    one = make.make_official(house["desk"])
    for account_id in (one.account_id, make.make_resident().account_id):
        make.login(client, account_id)
        for path in ("", "new/", "export.csv", f"{one.account_id}/", f"{one.account_id}/leave/"):
            assert client.get(f"/work/accounts/{path}").status_code == 403, path
    client.logout()
    assert client.get("/work/accounts/").status_code == 302


def test_an_account_out_of_reach_is_not_there(client, house):
    stranger = make.make_official(house["other"])
    assert client.get(f"/work/accounts/{stranger.account_id}/").status_code == 404
    assert client.post(f"/work/accounts/{stranger.account_id}/leave/", {"ground": "retired"}).status_code == 404


def test_one_joins_by_the_pages_and_sets_the_password_by_the_link(client, house):
    commands.grant(role="clerk", action="flow.work", organisation_id=None, by=make.SYSTEM, at=clock.now())
    given = {"name": "样例新人", "username": "newcomer", "organisation": house["desk"], "role": "clerk"}
    assert "请选择岗位" in text(client.post("/work/accounts/new/", {**given, "role": ""}))
    assert "用户名" in text(client.post("/work/accounts/new/", {**given, "username": "大"}))
    answer = client.post("/work/accounts/new/", given)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    link = re.search(r"http://testserver(/account/start/[^\s<]+)", answer.content.decode()).group(1)
    client.logout()
    answer = client.get(link)
    assert answer.url == "/account/start/", "the token leaves the address at once"
    assert "newcomer" in text(client.get("/account/start/"))
    wrong = client.post("/account/start/", {"password1": make.PASSWORD, "password2": "x"})
    assert (wrong.status_code, "两次输入的密码不一样" in text(wrong)) == (422, True)
    weak = client.post("/account/start/", {"password1": "12345", "password2": "12345"})
    assert weak.status_code == 422
    assert client.post("/account/start/", {"password1": make.PASSWORD, "password2": make.PASSWORD}).status_code == 303
    assert Account.objects.get(username="newcomer").check_password(make.PASSWORD)
    client.get(link)
    spent = client.get("/account/start/")
    assert (spent.status_code, "链接已失效" in text(spent), "撤下" in text(spent)) == (410, True, False)
    assert client.get("/account/start/nonsense/").status_code == 302
    assert client.get("/account/start/").status_code == 410


def test_one_moves_leaves_and_comes_back_by_the_pages(client, house):
    one = make.make_official(house["desk"], name="样例甲", grants=["cases.view"])
    for role in ("clerk", "reviewer"):
        commands.grant(role=role, action="flow.work", organisation_id=None, by=make.SYSTEM, at=clock.now())
    here = f"/work/accounts/{one.account_id}/"
    page = text(client.get(here))
    assert "查看办件" in page
    held = Appointment.objects.get(account_id=one.account_id)
    move = f"{here}move/{held.pk}/"
    assert "请选择单位" in text(client.post(move, {"how": "move"}))
    assert client.post(move, {"how": "move", "organisation": house["bureau"], "role": "reviewer"}).status_code == 303
    page = text(client.get(here))
    assert "审核人员" in page
    assert "查看办件" not in page
    assert "请选择离职原因" in text(client.post(f"{here}leave/", {}))
    assert client.post(f"{here}leave/", {"ground": "retired"}).status_code == 303
    assert "已停用" in text(client.get(here))
    assert client.post(f"{here}reinstate/", {"organisation": house["desk"], "role": "clerk"}).status_code == 303
    page = text(client.get(here))
    assert "待启用" in page
    answer = client.post(f"{here}link/")
    assert "/account/start/" in answer.content.decode()


@pytest.mark.parametrize("step", ["new", "appoint", "move"])
def test_a_post_that_gives_no_rights_there_is_told_before_and_given_only_knowingly(client, house, step):
    one = make.make_official(house["bureau"], role="reviewer")
    at_desk = {"holder_id": house["desk"], "organisation_id": house["bureau"]}
    commands.grant(role="clerk", action="cases.view", **at_desk, by=make.SYSTEM, at=clock.now())
    held = Appointment.objects.get(account_id=one.account_id)
    path = {"new": "new/", "appoint": f"{one.account_id}/appoint/", "move": f"{one.account_id}/move/{held.pk}/"}[step]
    given = {"name": "样例新人", "username": "newcomer", "how": "move", "role": "clerk"}
    idle = {**given, "organisation": house["bureau"]}
    answer = client.post(f"/work/accounts/{path}", idle)
    assert answer.status_code == 422
    said = text(answer)
    assert "这个岗位在所选单位没有配置权限" in said
    assert "有权限的单位：样例科" in said
    assert "样例他局" not in said.partition("有权限的单位")[2][:20]
    assert not Appointment.objects.filter(role__key="clerk").exists()
    assert client.post(f"/work/accounts/{path}", {**idle, "knowing": "yes"}).status_code in {200, 303}
    made = Appointment.objects.get(role__key="clerk")
    assert "未配置权限" in text(client.get(f"/work/accounts/{made.account_id}/"))


def test_a_post_that_gives_rights_is_given_without_a_question(client, house):
    one = make.make_official(house["bureau"], role="reviewer")
    at_desk = {"holder_id": house["desk"], "organisation_id": house["bureau"]}
    commands.grant(role="clerk", action="cases.view", **at_desk, by=make.SYSTEM, at=clock.now())
    given = {"organisation": house["desk"], "role": "clerk"}
    assert client.post(f"/work/accounts/{one.account_id}/appoint/", given).status_code == 303
    page = text(client.get(f"/work/accounts/{one.account_id}/"))
    assert "查看办件" in page
    assert page.count("未配置权限") == 1, "the other post's"


def test_rights_are_told_in_words_one_line_for_each_place(client, house):
    one = make.make_official(house["desk"], grants=["cases.view", "cases.accept", "seals.use"])
    page = client.get(f"/work/accounts/{one.account_id}/").content.decode()
    lines = re.findall(r"<tr.*?</tr>", page.partition('id="rights"')[2].partition("wc-side")[0], re.DOTALL)
    assert len(lines) == 2, "a head and one line"
    for told in ("受理申请", "查看办件", "用印"):
        assert told in lines[1]
    roles = (PROJECT_ROOT / "packs/changzhou/organisations.yaml").read_text("utf-8")
    named = {each.strip(' "') for line in re.findall(r"actions: \[([^]]+)\]", roles) for each in line.split(",")}
    assert named
    assert {each for each in named if rights.name_of(each) == each} == set()


@pytest.mark.parametrize(
    ("scope", "told"),
    [("*", ""), ("matter:*", "（仅 事项）"), ("matter:birth", "（仅 birth）"), ("process:*", "（仅 流程）")],
)
def test_what_a_right_is_bounded_to_is_told_in_words(client, house, scope, told):
    one = make.make_official(house["desk"], grants=[make.Grants("cases.view", scope=scope)])
    page = text(client.get(f"/work/accounts/{one.account_id}/"))
    assert f"样例科{told} 查看办件" in page


def test_one_may_not_administer_oneself_nor_whoever_holds_more(client, house):
    own = text(client.get(f"/work/accounts/{house['admin'].account_id}/leave/"))
    assert "只能查看" in own
    stronger = make.make_official(house["desk"], grants=[make.Grants("cases.view", organisation_id=house["other"])])
    assert "只能查看" in text(client.get(f"/work/accounts/{stronger.account_id}/"))
    assert client.post(f"/work/accounts/{stronger.account_id}/link/").status_code == 403


def test_the_export_holds_what_an_import_reads_and_no_formula(client, house):
    make.make_official(house["desk"], name="=1+1", username="formula")
    answer = client.get("/work/accounts/export.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    row = next(row for row in rows if row["username"] == "formula")
    assert (row["name"], row["organisation"], row["role"]) == ("'=1+1", "desk", "clerk")
    assert len(rows) == 2


def test_a_file_is_uploaded_worked_off_and_its_rejects_are_shown(client, house):
    upload = SimpleUploadedFile(
        "people.csv", "username,name,organisation,role\none,样例一,desk,clerk\ntwo,样例二,other,clerk\n".encode()
    )
    reach = f"{house['bureau']}:territory"
    assert "请选择文件" in text(client.post("/work/accounts/imports/", {"reach": reach}))
    bad = SimpleUploadedFile("bad.csv", b"a,b")
    assert "缺少" in text(client.post("/work/accounts/imports/", {"reach": reach, "file": bad}))
    answer = client.post("/work/accounts/imports/", {"reach": reach, "file": upload, "dry_run": "no"})
    assert answer.status_code == 303
    page = client.get(answer.url).content.decode()
    assert 'hx-trigger="every 2s"' in page
    tasks.people.import_accounts(answer.url.split("/")[-2])
    page = text(client.get(answer.url))
    assert "没有这个单位，或不在导入范围内" in page
    assert "已处理 2 行，共 2 行" in page
    lines = b"".join(client.get(f"{answer.url}rejects.csv").streaming_content).decode()
    assert "organisation" in lines
    assert "people.csv" in text(client.get("/work/accounts/imports/"))
    template = b"".join(client.get("/work/accounts/imports/template.csv").streaming_content).decode()
    assert "username,name" in template


def test_a_personnel_system_is_let_in_gets_another_token_and_is_ended(client, house):
    assert "还没有接入人事系统" in text(client.get("/work/accounts/systems/"))
    given = {
        "name": "样例人事系统",
        "reach": f"{house['bureau']}:territory",
        "roles": ["clerk"],
        "valid_to": "2000-01-01",
    }
    assert "有效期最长一年" in text(client.post("/work/accounts/systems/new/", given))
    given["valid_to"] = (clock.today() + timedelta(days=30)).isoformat()
    answer = client.post("/work/accounts/systems/new/", given)
    first = re.search(r"yws_[\w-]+", answer.content.decode()).group()
    assert "no-store" in answer["Cache-Control"]
    here = re.search(r"/work/accounts/systems/[0-9a-f-]{36}/", answer.content.decode()).group()
    assert first not in client.get(here).content.decode()
    ask = {"Authorization": f"Bearer {first}"}
    assert client.get("/scim/v2/Users", headers=ask).status_code == 200
    second = re.search(r"yws_[\w-]+", client.post(here, {"do": "renew"}).content.decode()).group()
    assert client.get("/scim/v2/Users", headers=ask).status_code == 401
    client.post(here, {"do": "end"})
    assert client.get("/scim/v2/Users", headers={"Authorization": f"Bearer {second}"}).status_code == 401
    assert "已停用" in text(client.get("/work/accounts/systems/"))


def test_a_locked_account_is_opened_again(client, house):
    one = make.make_official(house["desk"])
    here = f"/work/accounts/{one.account_id}/unlock/"
    assert "请先确认是本人要求" in text(client.get(here))
    assert client.post(here).status_code == 303
