import json
import subprocess

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto.cli import cli
from yiwang.commons.crypto.engine.pki import (
    key_fits,
    open_enveloped_key,
    read_certificates,
    read_private_key,
    write_request,
)

NAME = "CN=示例用户,O=示例局,C=CN"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments, code=0, **more):
        found = CliRunner().invoke(cli, ["ca", *arguments], **more)
        assert found.exit_code == code, found.output
        return found.output

    return call


def certificate(path):
    return read_certificates(path.read_bytes())[0]


@pytest.mark.parametrize("suite", ["national", "international"])
def test_a_certificate_lives_from_issue_to_revocation(run, tmp_path, suite):
    assert "指纹" in run("init", "ca", "--suite", suite)
    run("issue", "ca", "user.pem", "--name", NAME)
    run("crl", "ca")
    check = ["check", "user.pem", "--anchor", "ca/certificate.pem", "--crl", "ca/crl.pem", "--usage", "sign"]
    said = run(*check)
    assert said.startswith("有效")
    assert "测试演示证书" in said
    assert key_fits(read_private_key((tmp_path / "user.pem.key").read_bytes()), certificate(tmp_path / "user.pem"))
    assert (tmp_path / "user.pem.key").stat().st_mode & 0o777 == 0o600
    run("revoke", "ca", "user.pem", "--reason", "superseded")
    run("crl", "ca", "--output", "new.crl")
    found = json.loads(run(*check[:4], "--crl", "new.crl", "--json", code=1))
    assert (found["valid"], [reason["code"] for reason in found["reasons"]]) == (False, ["pki.revoked"])
    assert "已被取代" in run(*check[:4], "--crl", "new.crl", code=1)


def test_requests_are_answered_without_seeing_the_key(run, tmp_path):
    run("init", "ca")
    subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", "k.pem"], check=True)
    identity = ["-sigopt", "distid:1234567812345678"]
    subject = ["-utf8", "-subj", "/C=CN/CN=请求人"]
    subprocess.run(
        ["openssl", "req", "-new", "-sm3", *identity, "-key", "k.pem", "-out", "r.csr", *subject], check=True
    )
    run("issue", "ca", "double.pem", "--request", "r.csr", "--profile", "double")
    assert certificate(tmp_path / "double.pem").subject == "CN=请求人,C=CN"
    assert not (tmp_path / "double.pem.key").exists()
    envelope = (tmp_path / "double.pem.encryption.envelope").read_bytes()
    private = open_enveloped_key(envelope, read_private_key((tmp_path / "k.pem").read_bytes()))
    assert key_fits(private, certificate(tmp_path / "double.pem.encryption"))
    run("unwrap", "double.pem.encryption.envelope", "--key", "k.pem", "--output", "e.pem")
    assert read_private_key((tmp_path / "e.pem").read_bytes()) == private
    run("unwrap", "double.pem.encryption.envelope", "--key", "ca/key.pem", "--output", "x.pem", code=1)
    run(
        "check",
        "double.pem",
        "--anchor",
        "ca/certificate.pem",
        "--revocation",
        "off",
        "--pair",
        "double.pem.encryption",
    )
    run("check", "double.pem", "--anchor", "ca/certificate.pem", "--revocation", "off", "--pair", "double.pem", code=1)


def test_questions_by_ocsp_are_answered_from_the_folder(run, tmp_path):
    run("init", "ca")
    run("issue", "ca", "user.pem", "--name", NAME)
    user, root = certificate(tmp_path / "user.pem"), certificate(tmp_path / "ca" / "certificate.pem")
    (tmp_path / "q.der").write_bytes(write_request(user, root))
    assert "successful" in run("ocsp", "ca", "q.der", "a.der")
    assert run("check", "user.pem", "--anchor", "ca/certificate.pem", "--ocsp", "a.der").startswith("有效")


def test_a_locked_folder_asks_for_its_passphrase(run, monkeypatch):
    run("init", "ca", "--lock", input="秘密\n秘密\n")
    run("crl", "ca", input="秘密\n")
    assert "口令" in run("crl", "ca", input="错误\n", code=1)
    monkeypatch.setenv("YIWANG_CA_PASSPHRASE", "秘密")
    run("crl", "ca")


def test_show_tells_what_a_certificate_says(run):
    run("init", "ca")
    run("issue", "ca", "user.pem", "--name", NAME, "--also", "example.cn")
    assert f"持有者 {NAME}" in run("show", "user.pem")
    facts = json.loads(run("show", "user.pem", "--json"))
    assert (facts["subject"], facts["names"], facts["demonstration"]) == (NAME, ["example.cn"], True)


@pytest.mark.parametrize(
    ("arguments", "word", "code"),
    [
        (["init", "ca"], "不是空的", 1),
        (["issue", "ca", "x.pem", "--name", "nonsense"], "名称", 1),
        (["issue", "ca", "x.pem", "--name", NAME, "--days", "99999"], "天数", 1),
        (["revoke", "ca", "77"], "没有签发过", 1),
        (["revoke", "ca", "xyz"], "十六进制", 2),
        (["crl", "other"], "不是演示认证机构", 1),
        (["show", "ca/register.json"], "没有证书", 1),
        (["check", "ca/certificate.pem", "--at", "tomorrow"], "ISO 8601", 2),
        (["check", "ca/certificate.pem"], "不受信任的根", 1),
        (["check", "ca/certificate.pem", "--anchor", "ca/certificate.pem", "--at", "1999-01-01"], "才有效", 1),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, arguments, word, code):
    run("init", "ca")
    assert word in run(*arguments, code=code)
