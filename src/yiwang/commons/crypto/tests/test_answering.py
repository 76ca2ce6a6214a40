import base64
import socket
import subprocess
import sys
import time
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto.cli import cli
from yiwang.commons.crypto.engine.pki import read_certificates, read_list, read_response, write_request

NAME = "CN=示例用户,O=示例局,C=CN"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        found = CliRunner().invoke(cli, ["ca", *arguments])
        assert found.exit_code == 0, found.output
        return found.output

    return call


@pytest.fixture
def served(run, tmp_path):
    """Starts `yiwang crypto ca serve` on a folder; its address."""
    started = []

    def start(folder):
        command = [sys.executable, "-m", "yiwang.site", "crypto", "ca", "serve", folder, "--port", "0"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process.stdout.readline().strip()

    yield start
    for process in started:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def ask(address, body):
    request = Request(address, data=body, headers={"Content-Type": "application/ocsp-request"})
    with urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "application/ocsp-response"
        return answer.read()


def refused(request):
    """The status of a refusal."""
    with pytest.raises(HTTPError) as found:
        urlopen(request, timeout=20)
    found.value.close()
    return found.value.code


def test_questions_are_answered_over_http_by_post_and_get_and_a_revocation_shows_at_once(run, served, tmp_path):
    run("init", "ca")
    run("issue", "ca", "user.pem", "--name", NAME)
    run("crl", "ca")
    address = served("ca")
    user, root = (read_certificates((tmp_path / name).read_bytes())[0] for name in ("user.pem", "ca/certificate.pem"))
    question = write_request(user, root)
    (tmp_path / "a.der").write_bytes(ask(address, question))
    check = ["check", "user.pem", "--anchor", "ca/certificate.pem", "--ocsp", "a.der"]
    assert run(*check).startswith("有效")
    with urlopen(address + quote(base64.b64encode(question).decode(), safe=""), timeout=20) as answer:
        assert read_response(answer.read()).status.name == "SUCCESSFUL"
    with urlopen(address + "certificate.cer", timeout=20) as answer:
        assert answer.read() == root.der
    with urlopen(address + "list.crl", timeout=20) as answer:
        assert read_list(answer.read()).number == 1
    run("revoke", "ca", "user.pem", "--reason", "keyCompromise")
    (tmp_path / "a.der").write_bytes(ask(address, question))
    refused = CliRunner().invoke(cli, ["ca", *check])
    assert refused.exit_code == 1
    assert "密钥泄露" in refused.output or "吊销" in refused.output


def test_the_openssl_command_asks_an_international_authority(run, served, tmp_path):
    run("init", "ca", "--suite", "international")
    run("issue", "ca", "user.pem", "--name", NAME)
    address = served("ca")
    files = ["-issuer", "ca/certificate.pem", "-cert", "user.pem", "-CAfile", "ca/certificate.pem"]
    asked = subprocess.run(["openssl", "ocsp", *files, "-url", address], capture_output=True, text=True, check=False)
    assert "user.pem: good" in asked.stdout, asked.stderr


def test_strangers_get_an_answer_whatever_they_send_and_hold_nobody_up(run, served, tmp_path):
    run("init", "ca")
    address = served("ca")
    assert read_response(ask(address, b"no question")).status.name == "MALFORMED"
    assert [refused(address + path) for path in ("list.crl", "", "%00")] == [404, 404, 404]
    assert refused(Request(address, data=b"x" * 70_000)) == 413
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(20)]
    began = time.monotonic()
    asking = [Thread(target=ask, args=(address, b"?")) for _ in range(5)]
    for each in asking:
        each.start()
    for each in asking:
        each.join(20)
    assert time.monotonic() - began < 8  # less than the silent ones may take
    for each in silent:
        each.close()
