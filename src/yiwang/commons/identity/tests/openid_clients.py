"""Client systems for tests, and a browser that is logged in and follows what the provider says."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from django.conf import settings
from django.test import Client

from yiwang.commons.identity.adapters.openid import keys
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import REQUEST_CLIENTS, REVIEW_CLIENTS, ClientKind, ClientProfile, Scope
from yiwang.commons.identity.engine.openid import code_challenge
from yiwang.commons.identity.queries import openid as queries
from yiwang.commons.identity.tests import factories
from yiwang.kernel import clock

BACK = "http://127.0.0.1:9/callback"
LEFT = "http://127.0.0.1:9/left"
PLAIN = ClientProfile(
    "样例业务系统",
    "样例：办理业务",
    redirect_uris=(BACK,),
    post_logout_uris=(LEFT,),
    launch_url="http://127.0.0.1:9/",
    scopes=(Scope.OPENID, Scope.PROFILE, Scope.ORGANISATION, Scope.ENTITY, Scope.OFFLINE),
    asks_consent=False,
    residents=True,
)


@dataclass(frozen=True)
class Connected:
    """A system with what its people enter into it."""

    id: UUID
    client_id: str
    secret: str
    organisation_id: UUID


def connect(profile: ClientProfile = PLAIN, **changes: Any) -> Connected:
    """Asked for by one official, approved by another."""
    keys.forget()
    profile = replace(profile, **changes)
    place = factories.make_organisation()
    asking = factories.make_official(
        organisation_id=place, grants=[factories.Grants(REQUEST_CLIENTS)], role="clients_asker"
    )
    deciding = factories.make_official(
        organisation_id=place, grants=[factories.Grants(REVIEW_CLIENTS)], role="clients_decider"
    )
    now = clock.now()
    asked = commands.request_client(profile=profile, organisation_id=place, reason="样例", by=asking.actor, at=now)
    system_id = commands.decide_client_request(request_id=asked, approve=True, by=deciding.actor, at=now)
    assert system_id is not None
    secret = ""
    if profile.kind is ClientKind.SERVER:
        secret = commands.new_client_secret(system_id=system_id, by=asking.actor, at=now)
    view = queries.client_system(system_id=system_id, viewer=asking.actor)
    return Connected(system_id, view.client_id, secret, place)


class Visitor:
    """A browser: cookies, no script; stops where it would leave the provider."""

    def __init__(self, base: str, account_id: UUID | None = None) -> None:
        self.http = httpx.Client(base_url=base, timeout=30, follow_redirects=False)
        self.base = base
        if account_id is not None:
            self.log_in(account_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.http.close()

    def log_in(self, account_id: UUID) -> None:
        client = Client()
        factories.login(client, account_id)
        name = settings.SESSION_COOKIE_NAME
        self.http.cookies.set(name, client.cookies[name].value)

    def open(self, url: str, **more: Any) -> httpx.Response:
        """Follow redirects within the provider; the answer that leads away or shows a page."""
        answer = self.http.get(url, **more)
        for _turn in range(5):
            where = answer.headers.get("location", "")
            if not where or (where.startswith("http") and not where.startswith(self.base)):
                return answer
            answer = self.http.get(where)
        return answer

    def press(self, page: httpx.Response, **values: str) -> httpx.Response:
        """Send the page's form."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:400]
        return self.http.post(str(page.url), data={"csrfmiddlewaretoken": token[1], **values})


def said(answer: httpx.Response) -> dict[str, str]:
    """The parameters with which an answer leads back to the client."""
    where = answer.headers.get("location", "")
    return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


VERIFIER = "v" * 64


def logged_in(account_id: UUID) -> Client:
    """A browser in the test's own process."""
    client = Client()
    factories.login(client, account_id)
    return client


def asked(connected: Connected, **changes: str | None) -> dict[str, str]:
    """The parameters of an authorization request; None leaves one out."""
    given = {
        "response_type": "code", "client_id": connected.client_id, "redirect_uri": BACK, "scope": "openid profile",
        "state": "s-1", "nonce": "n-1", "code_challenge": code_challenge(VERIFIER), "code_challenge_method": "S256",
        **changes,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def authorize(browser: Client, connected: Connected, **changes: str | None) -> Any:
    """The provider's answer to an authorization request."""
    return browser.get("/oidc/authorize", asked(connected, **changes))


def code_of(browser: Client, connected: Connected, **changes: str | None) -> str:
    """A fresh code."""
    answer = authorize(browser, connected, **changes)
    assert "code" in said(answer), (answer.status_code, answer.headers, answer.content[:800].decode())
    return said(answer)["code"]


def exchange(connected: Connected, code: str, **changes: str | None) -> Any:
    """The token endpoint's answer to a code."""
    given = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER,
        "client_id": connected.client_id, "client_secret": connected.secret or None, **changes,
    }  # fmt: skip
    return Client().post("/oidc/token", {name: value for name, value in given.items() if value is not None})


def refresh(connected: Connected, token: str, **changes: str) -> Any:
    """The token endpoint's answer to a refresh token."""
    given = {"grant_type": "refresh_token", "refresh_token": token, "client_id": connected.client_id}
    return Client().post("/oidc/token", {**given, "client_secret": connected.secret, **changes})


def good(token: str) -> bool:
    """Whether the user info endpoint takes an access token."""
    return Client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 200
