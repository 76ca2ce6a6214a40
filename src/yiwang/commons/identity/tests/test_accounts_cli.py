"""`yiwang accounts`: each verb once, as an operator calls it."""

import re

import pytest
from click.testing import CliRunner

from yiwang.commons.identity.cli import cli
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.tests import factories as make

pytestmark = pytest.mark.django_db


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_an_operator_admits_links_unlocks_lets_go_imports_and_exports(tmp_path, client):
    make.make_organisation("bureau", name="样例局")
    make.make_role()
    said = run("join", "newcomer", "--name", "样例新人", "--organisation", "bureau", "--role", "clerk")
    assert client.get(said.strip()).url == "/account/start/"
    assert run("link", "newcomer").startswith("/account/start/")
    run("unlock", "newcomer")
    run("leave", "newcomer", "--ground", "nonsense", code=2)
    run("leave", "newcomer", "--ground", "retired")
    assert not Account.objects.get(username="newcomer").is_active
    run("leave", "nobody", code=2)
    file, rejects, out = tmp_path / "people.csv", tmp_path / "rejects.csv", tmp_path / "out.csv"
    file.write_text("username,name,organisation,role\none,样例一,bureau,clerk\ntwo,样例二,nowhere,clerk\n", "utf-8")
    assert "新开 1" in run("import", file, "--organisation", "bureau", "--dry-run", code=1)
    assert not Account.objects.filter(username="one").exists()
    assert "未导入 1" in run("import", file, "--organisation", "bureau", "--rejects", rejects, code=1)
    assert "organisation" in rejects.read_text("utf-8")
    run("export", out)
    assert re.search(r"^one,样例一,bureau,clerk,", out.read_text("utf-8"), re.MULTILINE)


def test_a_personnel_system_gets_its_token_from_the_command_line(client):
    make.make_organisation("bureau")
    make.make_role()
    token = run("system", "样例人事系统", "--organisation", "bureau", "--role", "clerk").strip()
    assert client.get("/scim/v2/Users", headers={"Authorization": f"Bearer {token}"}).status_code == 200
