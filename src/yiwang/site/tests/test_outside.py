"""Outside log-in providers by configuration: a small OpenID provider stands in for the provincial one."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache

from yiwang.commons.identity.tests import factories as make
from yiwang.kernel.models import AuditEntry
from yiwang.kernel.settings import SettingsFault
from yiwang.site import outside

pytestmark = pytest.mark.django_db


class Province(BaseHTTPRequestHandler):
    """Discovery, authorization with PKCE, token, userinfo: whoever comes is `who`."""

    who, codes = "subject-1", {}

    def log_message(self, *_):
        pass

    def answer(self, document, status=200, **headers):
        content = json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if "openid-configuration" in self.path:
            names = ("authorize", "token", "userinfo", "keys")
            keys = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
            self.answer(
                {"issuer": self.base, **{key: f"{self.base}/{name}" for key, name in zip(keys, names, strict=True)}}
            )
        elif self.path.startswith("/authorize"):
            assert asked["code_challenge_method"] == "S256"
            self.codes["code-1"] = asked["code_challenge"]
            self.answer({}, 302, Location=f"{asked['redirect_uri']}?code=code-1&state={asked['state']}")
        else:
            self.answer({"sub": self.who, "name": "样例外部姓名", "email": "sample@example.invalid"})

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(body["code_verifier"][0].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.codes.pop("code-1")
        told = {"iss": self.base, "aud": "yiwang", "sub": self.who, "exp": time.time() + 60, "iat": time.time()}
        token = jwt.encode(told, "a-key-of-at-least-thirty-two-bytes!!", algorithm="HS256")
        self.answer(
            {"access_token": "t", "token_type": "Bearer", "id_token": token}, **{"Content-Type": "application/json"}
        )


@pytest.fixture
def province(settings, tmp_path):
    cache.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Province)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    entry = {
        "kind": "openid_connect", "key": "province", "name": "样例省统一认证", "client_id": "yiwang", "secret": "sample",
        "server_url": f"http://127.0.0.1:{server.server_port}",
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = outside.providers(written(tmp_path, [entry]))
    yield
    server.shutdown()
    server.server_close()


def written(folder: Path, entries):
    file = folder / "outside.json"
    file.write_text(json.dumps(entries), "utf-8")
    return file


def come(client, following=""):
    """Through the provider and back, as a browser goes."""
    answer = client.get(f"/account/outside/go/province/{following}")
    assert answer.status_code == 302
    back = urlsplit(httpx.get(answer.url).headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_an_unlinked_visitor_logs_in_here_first_links_knowingly_and_then_comes_straight_in(client, province):
    one = make.make_resident("样例甲", username="resident", password=make.PASSWORD)
    assert "用样例省统一认证登录" in client.get("/account/login/").content.decode()
    answer = come(client)
    assert answer.url == "/account/outside/link/"
    page = client.get(answer.url).content.decode()
    assert "请先登录或注册" in page
    assert not SocialAccount.objects.exists(), "the provider's word alone makes nothing"
    login = {"login": "resident", "password": make.PASSWORD, "next": "/account/outside/link/"}
    assert client.post("/account/login/", login).url == "/account/outside/link/"
    assert "样例甲" in client.get("/account/outside/link/").content.decode()
    assert not SocialAccount.objects.exists(), "asking links nothing"
    client.post("/account/outside/link/", {"do": "link"})
    held = SocialAccount.objects.get()
    assert (held.user_id, held.uid, held.extra_data) == (one.account_id, "subject-1", {})
    client.post("/account/logout/")
    answer = come(client, "?next=/account/acting/")
    assert answer.url == "/account/acting/"
    assert client.get("/api/v1/me").json()["account_id"] == str(one.account_id)
    assert SocialAccount.objects.get().extra_data == {}, "what the provider tells is not kept"
    assert AuditEntry.objects.filter(command="identity.link_outside").count() == 1
    client.post("/account/outside/", {"link": held.pk})
    assert not SocialAccount.objects.exists()


def test_nobody_links_what_another_has_or_an_officials_account(client, province):
    make.make_resident("样例甲", username="first", password=make.PASSWORD)
    make.make_resident("样例乙", username="second", password=make.PASSWORD)
    make.make_official(make.make_organisation(), username="official", password=make.PASSWORD)
    statuses = []
    for username in ("first", "second", "official"):
        client.post("/account/login/", {"login": username, "password": make.PASSWORD})
        session = client.session
        session["identity.outside"] = {"provider": "province", "uid": "subject-1", "at": time.time()}
        session.save()
        statuses.append(client.post("/account/outside/link/", {"do": "link"}).status_code)
        client.post("/account/logout/")
    assert statuses == [303, 409, 403]


def test_a_stolen_or_foreign_answer_of_the_provider_is_worth_nothing(client, province):
    answer = client.get("/account/outside/go/province/")
    back = urlsplit(httpx.get(answer.url).headers["Location"])
    client.cookies.clear()
    assert "_auth_user_id" not in client.session
    answer = client.get(f"{back.path}?{back.query}")
    assert "outside/link" not in str(answer.headers.get("Location", "")), "the state belongs to another session"
    answer = client.get("/account/outside/go/province/", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.url == "/account/login/", "nobody else's page sets somebody out"
    assert client.get("/account/outside/go/nothing/").status_code == 404
    assert client.get("/account/outside/link/").url == "/account/login/"


def test_a_visitor_is_led_to_no_other_site_after_an_outside_log_in(client, province):
    one = make.make_resident()
    SocialAccount.objects.create(user_id=one.account_id, provider="province", uid="subject-1")
    assert come(client, "?next=https://elsewhere.example/").url == "/"


@pytest.mark.parametrize(
    "changed",
    [{"kind": "other"}, {"key": "Bad key"}, {"secret": ""}, {"server_url": "http://elsewhere.example"}, {"name": 5}],
)
def test_a_wrong_configuration_is_refused_at_start_without_its_secret(tmp_path, changed):
    entry = {
        "kind": "openid_connect", "key": "province", "name": "样例", "client_id": "x", "secret": "very-secret",
        "server_url": "https://province.example", **changed,
    }  # fmt: skip
    with pytest.raises(SettingsFault) as fault:
        outside.providers(written(tmp_path, [entry]))
    assert "very-secret" not in str(fault.value)


def test_wechat_and_dingtalk_are_set_out_for_with_their_own_addresses(client, settings, tmp_path):
    entries = [
        {"kind": kind, "key": kind, "name": kind, "client_id": f"id-{kind}", "secret": "sample"}
        for kind in ("weixin", "dingtalk")
    ]
    settings.SOCIALACCOUNT_PROVIDERS = outside.providers(written(tmp_path, entries))
    hosts = [urlsplit(client.get(f"/account/outside/go/{kind}/").url).hostname for kind in ("weixin", "dingtalk")]
    assert hosts == ["open.weixin.qq.com", "login.dingtalk.com"]


def test_a_file_that_is_not_there_or_no_list_is_refused(tmp_path):
    for file in (tmp_path / "nothing.json", written(tmp_path, {})):
        with pytest.raises(SettingsFault):
            outside.providers(file)
    assert outside.providers(None) == {}
