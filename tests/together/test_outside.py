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
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from yiwang.commons.identity import commands
from yiwang.commons.identity.commands import joiners
from yiwang.commons.identity.contracts.people import LeaveGround
from yiwang.commons.identity.models import Account, Person
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.guard import opened
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
    other = {**entry, "key": "neighbour", "name": "样例邻市统一认证"}
    settings.SOCIALACCOUNT_PROVIDERS = outside.providers(written(tmp_path, [entry, other]))
    yield
    server.shutdown()
    server.server_close()


def written(folder: Path, entries):
    file = folder / "outside.json"
    file.write_text(json.dumps(entries), "utf-8")
    return file


def come(client, following="", key="province"):
    """Through the provider and back, as a browser goes."""
    answer = client.get(f"/account/outside/go/{key}/{following}")
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
    assert 'href="/account/factors/"' in client.get("/account/outside/").content.decode(), "the way back"
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


def linked(**given):
    one = make.make_resident(**given)
    SocialAccount.objects.create(user_id=one.account_id, provider="province", uid="subject-1")
    return one


def somebody(client):
    return client.get("/api/v1/me").json().get("account_id")


def test_the_same_subject_at_another_provider_is_somebody_else(client, province):
    linked()
    assert come(client, key="neighbour").url == "/account/outside/link/"
    assert somebody(client) is None
    mine = make.make_resident("样例乙", username="mine", password=make.PASSWORD)
    client.post("/account/login/", {"login": "mine", "password": make.PASSWORD})
    client.post("/account/outside/link/", {"do": "link"})
    assert sorted(SocialAccount.objects.values_list("provider", "uid")) == [
        ("neighbour", "subject-1"), ("province", "subject-1"),
    ]  # fmt: skip
    client.post("/account/logout/")
    come(client, key="neighbour")
    assert somebody(client) == str(mine.account_id)


def test_an_address_that_the_provider_tells_opens_no_account(client, province):
    one = make.make_resident()
    EmailAddress.objects.create(user_id=one.account_id, email="sample@example.invalid", verified=True, primary=True)
    assert come(client).url == "/account/outside/link/"
    assert somebody(client) is None
    assert not SocialAccount.objects.exists()


def test_an_answer_of_the_provider_serves_once(client, province):
    linked()
    answer = client.get("/account/outside/go/province/")
    back = urlsplit(httpx.get(answer.url).headers["Location"])
    client.get(f"{back.path}?{back.query}")
    assert somebody(client)
    client.post("/account/logout/")
    client.get(f"{back.path}?{back.query}")
    assert somebody(client) is None


def test_nobody_is_logged_in_as_another_by_an_answer_that_the_other_set_out_for(client, province):
    linked(username="attacker", password=make.PASSWORD)
    attacker, victim = Client(), make.make_resident("样例乙", username="victim", password=make.PASSWORD)
    back = urlsplit(httpx.get(attacker.get("/account/outside/go/province/").url).headers["Location"])
    client.post("/account/login/", {"login": "victim", "password": make.PASSWORD})
    client.get(f"{back.path}?{back.query}")
    assert somebody(client) == str(victim.account_id)
    assert "identity.outside" not in client.session
    assert SocialAccount.objects.count() == 1


def test_a_closed_account_and_one_that_became_an_officials_are_not_opened_from_outside(client, province):
    one = linked()
    given = {"account_id": one.account_id, "by": make.SYSTEM, "at": clock.now()}
    commands.appoint(organisation_id=make.make_organisation(), role=make.make_role(), **given)
    assert come(client).status_code == 403
    assert somebody(client) is None
    joiners.leave(ground=LeaveGround.OTHER, **given)
    come(client)
    assert somebody(client) is None


def test_a_second_factor_is_asked_for_after_the_provider_too(client, province):
    one = linked()
    TOTP.activate(Account.objects.get(pk=one.account_id), generate_totp_secret())
    answer = come(client)
    assert "/account/" in answer.url
    assert somebody(client) is None


def test_the_last_way_in_is_not_taken_away(client, province):
    one = linked()
    with opened("tests"):
        Person.objects.filter(pk=one.person_id).update(mobile=None, mobile_hash=None)
        Account.objects.filter(pk=one.account_id).update(password="!none")
    come(client)
    held = SocialAccount.objects.get()
    page = client.post("/account/outside/", {"link": held.pk}, follow=True).content.decode()
    assert "唯一的登录方式" in page
    assert SocialAccount.objects.exists()
    assert client.post("/account/outside/", {"link": "9" * 400}).status_code == 404
    another = linked_at(one, "neighbour")
    client.post("/account/outside/", {"link": another})
    assert SocialAccount.objects.get().pk == held.pk


def linked_at(one, provider):
    return SocialAccount.objects.create(user_id=one.account_id, provider=provider, uid="subject-1").pk


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
