"""Foreign systems log in and out at a running provider, and are told when somebody leaves elsewhere."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import jwt
import pytest

from yiwang.commons.identity import tasks
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contrib.back_channel import NotTold
from yiwang.commons.identity.models import ClientLogin
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import (
    BACK,
    LEFT,
    Visitor,
    code_of,
    connect,
    exchange,
    logged_in,
)
from yiwang.kernel import clock
from yiwang.site.supervisor import free_port

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = Path(__file__).parent / "foreign"
NODE = Path(os.environ.get("YIWANG_TEST_NODE", ROOT / ".yiwang" / "node"))
PATIENCE = 60.0


def rotate():
    commands.rotate_signing_keys(at_once=True, by=factories.SYSTEM, at=clock.now())
    queries.forget_keys()


@pytest.fixture
def site(live_server):
    """The Django site of a department, connected, while it runs."""
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    connected = connect(redirect_uris=(f"{here}/oidc/callback/",), post_logout_uris=(f"{here}/",))
    process = subprocess.Popen(
        [
            sys.executable,
            FOREIGN / "mozilla_site.py",
            str(port),
            live_server.url,
            connected.client_id,
            connected.secret,
        ],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(FOREIGN)},
    )
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                httpx.get(here)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield here
    finally:
        process.terminate()
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_mozilla_django_oidc_logs_in_and_out_while_keys_rotate(live_server, site):
    resident = factories.make_resident()
    with Visitor(live_server.url, resident.account_id) as visitor, httpx.Client(timeout=PATIENCE) as browser:
        for _turn in range(2):  # the second time with the next key
            to_provider = browser.get(f"{site}/oidc/authenticate/").headers["location"]
            back = visitor.open(to_provider).headers["location"]
            assert back.startswith(f"{site}/oidc/callback/")
            assert browser.get(back).headers["location"] == "/"
            assert browser.get(f"{site}/").text == "hello 样例甲"
            rotate()
        to_provider = browser.post(f"{site}/oidc/logout/").headers["location"]
        assert visitor.open(to_provider).headers["location"] == f"{site}/"
        assert browser.get(f"{site}/").text == "nobody"
        again = browser.get(f"{site}/oidc/authenticate/").headers["location"]
        assert visitor.open(again).url.path == "/account/login/"


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node")
@pytest.mark.skipif(
    not (NODE / "node_modules" / "openid-client").is_dir(), reason="openid-client is not in YIWANG_TEST_NODE"
)
@pytest.mark.django_db(transaction=True)
def test_openid_client_on_node_logs_in_and_out_while_keys_rotate(live_server):
    resident, connected = factories.make_resident(), connect()
    issuer = f"{live_server.url}/oidc"
    command = ["node", FOREIGN / "openid_client.mjs", NODE, issuer, connected.client_id, connected.secret, BACK, LEFT]
    with (
        Visitor(live_server.url, resident.account_id) as visitor,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node,
    ):

        def tell(value):
            node.stdin.write(json.dumps(value) + "\n")
            node.stdin.flush()

        def hear():
            line = node.stdout.readline()
            assert line, f"openid-client ended with {node.wait()}"
            return json.loads(line)

        back = visitor.open(hear()["visit"]).headers["location"]
        rotate()
        tell({"back": back})
        learnt = hear()
        assert (learnt["person"]["name"], learnt["active"]) == ("样例甲", True)
        assert learnt["claims"]["sub"] == learnt["person"]["sub"]
        tell({})
        assert visitor.open(hear()["visit"]).headers["location"] == f"{LEFT}?state=bye"
        tell({})
        assert hear() == {"active": False}
        assert node.wait(PATIENCE) == 0


class _Listener(BaseHTTPRequestHandler):
    """A system's address for logout tokens: refuses the first one, takes the next."""

    told: list[str]
    answers: list[int]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.append(parse_qs(body)["logout_token"][0])
        self.send_response(self.answers.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        """Silence."""


@pytest.mark.django_db
def test_a_system_is_told_who_left_until_it_confirms(monkeypatch):
    here = tasks.openid.settings().model_copy(update={"system_networks": ["127.0.0.0/8"]})
    monkeypatch.setattr(tasks.openid, "settings", lambda: here)
    listener = type("Listener", (_Listener,), {"told": [], "answers": [503, 200]})
    with HTTPServer(("127.0.0.1", 0), listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            connected = connect(logout_url=f"http://127.0.0.1:{server.server_port}/out")
            resident = factories.make_resident()
            given = exchange(connected, code_of(logged_in(resident.account_id), connected)).json()
            login = ClientLogin.objects.get()
            commands.end_client_logins(
                account_id=resident.account_id, reason="sample", by=factories.SYSTEM, at=clock.now()
            )
            with pytest.raises(NotTold):
                tasks.openid.tell_logout(login_id=str(login.pk))
            tasks.openid.tell_logout(login_id=str(login.pk))
            tasks.openid.tell_logout(login_id=str(login.pk))  # it knows: nothing is sent
        finally:
            server.shutdown()
            thread.join()
    assert len(listener.told) == 2
    token = listener.told[-1]
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    identity = jwt.decode(given["id_token"], options={"verify_signature": False})
    claims = queries.issued(token, issuer=identity["iss"], audience=connected.client_id)
    assert (claims["sub"], claims["sid"]) == (identity["sub"], identity["sid"])
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in claims
    login.refresh_from_db()
    assert login.told_at is not None
