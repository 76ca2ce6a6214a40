"""The operator's verbs from the first key to the assessment, as they are typed."""

import json

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto import commands, registry, rules
from yiwang.commons.crypto.cli import cli
from yiwang.commons.crypto.contracts import (
    KeyNotFound,
    MasterBackupRefused,
    PassphraseTooShort,
    PlatformKey,
    SelfTestFailed,
    VersionInUse,
)
from yiwang.commons.crypto.contrib.master_backup import opened_backup, sealed_backup
from yiwang.commons.crypto.contrib.master_files import MasterFiles, fingerprint
from yiwang.commons.crypto.queries import check_algorithms
from yiwang.commons.crypto.queries.keyring import RING
from yiwang.commons.crypto.tests.factories import SYSTEM
from yiwang.commons.identity.tests.factories import make_person, person_row
from yiwang.kernel import clock, doctor
from yiwang.kernel.models import EvidenceRow

PASSPHRASE = "sample passphrase"


def run(*words, code=0):
    result = CliRunner().invoke(cli, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.django_db(transaction=True)
def test_an_operator_runs_the_pool_from_the_command_line(tmp_path):
    commands.establish(by=SYSTEM, at=clock.now())
    RING.forget()
    try:
        person = make_person()
        number = person_row(person).id_number
        run(
            "keys",
            "create",
            "seals.main",
            "--purpose",
            "signing",
            "--application",
            "seals",
            "--owner",
            "样例局",
            "--rotate-days",
            "365",
        )
        assert "seals.main" in run("keys", "list")
        assert "platform.fields" in run("keys", "list", "--state", "active")
        run("keys", "suspend", "seals.main", "--reason", "样例")
        run("keys", "activate", "seals.main", "--reason", "样例")
        assert "第 2 版" in run("keys", "rotate", "seals.main")
        run("keys", "retire", "seals.main", "--reason", "样例")
        run("keys", "destroy", "seals.main", "--reason", "样例", "--yes")
        shown = json.loads(run("keys", "show", "seals.main", "--json"))
        assert shown["row"]["state"] == "destroyed"
        assert [each["verb"] for each in shown["steps"]][:2] == ["destroy", "retire"]
        run("keys", "quota", "seals", "--daily", "1000", "--keys", "3")
        assert "每日 1000，密钥 4 个" in run("keys", "quota", "seals", "--keys", "4"), "the daily bound stays"
        assert "每日 不限，密钥 4 个" in run("keys", "quota", "seals", "--unbounded")
        run("keys", "quota", "seals", "--daily", "1000")
        with pytest.raises(PlatformKey):
            run("keys", "suspend", "platform.fields", "--reason", "样例")
        with pytest.raises(KeyNotFound):
            run("keys", "show", "nobody")

        run("keys", "rotate", "platform.fields")
        run("keys", "rotate", "platform.lookup", "--at-once")
        with pytest.raises(VersionInUse):
            run("keys", "destroy", "platform.fields", "--version", "1", "--reason", "样例", "--yes")
        assert "有旧版本等待重加密" in run("status")
        with clock.frozen(clock.now() + rules.RELEASE):
            assert "重加密完成 100%" in run("reencrypt", "--progress")
        assert "不再需要" in run("keys", "show", "platform.fields")
        run("keys", "destroy", "platform.fields", "--version", "1", "--reason", "样例", "--yes")
        RING.forget()
        assert person_row(person).id_number == number

        run("assessment", "--json", str(tmp_path / "facts.json"), "--document", str(tmp_path / "document.md"))
        facts = json.loads((tmp_path / "facts.json").read_text())
        table = next(each for each in facts["stored"] if each["table"] == "commons_identity_person")
        column = next(each for each in table["columns"] if each["column"] == "id_number")
        assert column["protected_by"] == [{"key": "platform.fields", "version": 2, "algorithm": "sm4-gcm", "values": 1}]
        uses = {(each["application"], each["operation"]): each["count"] for each in facts["uses"]}
        assert uses["platform", "seal"] >= 3, "each use was counted"
        document = (tmp_path / "document.md").read_text()
        assert "GB/T 39786" in document
        assert "| commons_identity_person | id_number | platform.fields 第 2 版 |" in document
        assert number not in document
        assert json.loads(run("status", "--json"))["reencryption"]["percent"] == 100
        assert all(finding.ok for name, finding in doctor.examine() if name in {"crypto", "key pool"})
    finally:
        RING.forget()


@pytest.mark.django_db
def test_master_keys_are_backed_up_under_a_passphrase_and_restored(tmp_path, monkeypatch):
    monkeypatch.setenv("YIWANG_PASSPHRASE", PASSPHRASE)
    here, elsewhere = MasterFiles(lambda: tmp_path / "here"), MasterFiles(lambda: tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    before = registry.master_keys()
    try:
        registry.provide_master_keys(here)
        commands.establish(by=SYSTEM, at=clock.now())
        name = run("master-key", "new").strip()
        run("master-key", "rotate", name)
        assert f"{name} file 在用 包裹 2" in run("master-key", "list")
        file = tmp_path / "masters.json"
        run("master-key", "backup", str(file))
        assert file.stat().st_mode & 0o777 == 0o600
        assert EvidenceRow.objects.filter(kind="master_key.backed_up").exists()
        assert not any(content.hex() in file.read_text() for content in here.secrets().values())
        registry.provide_master_keys(elsewhere)
        assert "不在本机" in run("master-key", "list")
        assert set(run("master-key", "restore", str(file)).split()) == set(here.present())
        assert elsewhere.secrets() == here.secrets()
        monkeypatch.setenv("YIWANG_PASSPHRASE", "another passphrase")
        with pytest.raises(MasterBackupRefused):
            run("master-key", "restore", str(file))
    finally:
        registry.provide_master_keys(before)
        RING.forget()


def test_a_backup_needs_a_passphrase_that_nobody_guesses():
    with pytest.raises(PassphraseTooShort):
        sealed_backup({}, "short", "national")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": 1}', "{" * 2000, "x" * 200_000])
def test_a_backup_that_is_none_is_refused(text):
    with pytest.raises(MasterBackupRefused):
        opened_backup(text, PASSPHRASE)


def test_a_changed_backup_is_refused():
    master = b"m" * 32
    text = sealed_backup({fingerprint(master): master}, PASSPHRASE, "international")
    assert opened_backup(text, PASSPHRASE) == {fingerprint(master): master}
    told = json.loads(text)
    name, sealed = next(iter(told["masters"].items()))
    told["masters"][name] = sealed[:-2] + ("00" if sealed[-2:] != "00" else "01")
    for changed in (told, {**told, "suite": "martian"}, {**told, "salt": "zz"}):
        with pytest.raises(MasterBackupRefused):
            opened_backup(json.dumps(changed), PASSPHRASE)


def test_the_self_test_is_told_and_its_failure_refuses_the_start(monkeypatch):
    assert "全部通过" in run("self-test")
    check_algorithms()
    monkeypatch.setattr("yiwang.commons.crypto.engine.self_test", lambda: ["sm3"])
    assert "sm3" in run("self-test", code=1)
    with pytest.raises(SelfTestFailed, match="拒绝启动"):
        check_algorithms()
