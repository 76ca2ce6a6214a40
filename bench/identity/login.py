"""One login as served: whole log-ins, code exchanges and introspections a second, beside the bare argon2 hash and an empty view."""

import base64
import hashlib
import http.client
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.contrib.auth.hashers import make_password

from bench.measuring import Figures, rounded
from bench.serving import bare, ours, pages_a_second
from yiwang.commons.identity import commands as accounts
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts import AccountKind
from yiwang.commons.identity.contracts.openid import ClientProfile, LoginFacts, Scope
from yiwang.commons.identity.queries import openid as queries
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.ids import new_id

WANTED = {"login": 10, "exchange": 100, "introspection": 800}
_BACK = "http://127.0.0.1:9/callback"
_PASSWORD = "Sample-bench-2026"
_VERIFIER = "v" * 64
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
_CLIENTS = 4


def _some() -> int:
    return secrets.randbelow(254) + 1


@dataclass
class _Browser:
    """One kept connection with cookies, from an address of its own as people have; follows nothing by itself."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60, source_address=(f"127.{_some()}.{_some()}.{_some()}", 0)
        )

    def send(
        self, method: str, address: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, bytes]:
        """Status, where it leads, body."""
        told = {"Host": f"localhost:{self.port}", **headers}
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = urlencode(form) if form is not None else None
        if body is not None:
            told["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body, told)
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers.get("Location", ""), answer.read()

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class _System:
    id: UUID
    client_id: str
    secret: str


def measure(*, quick: bool) -> tuple[Figures, Figures]:
    """Figures and ratios of the log-in."""
    seconds, rounds = (0.5, 1) if quick else (6.0, 3)
    system, names = _connected(), _accounts(4 if quick else 40)
    figures: Figures = {}
    hashes = [_hashes(seconds / 2) for _ in range(rounds)]
    spent_ms: dict[str, list[float]] = {}
    with ours() as (port, spent), bare() as empty:
        views = [pages_a_second(empty, "/", {}, clients=_CLIENTS, seconds=seconds / 4) for _ in range(rounds)]
        rates: dict[str, list[float]] = {"login": [], "exchange": [], "introspection": []}
        kinds: dict[str, Callable[[], tuple[float, int]]] = {
            "login": lambda: _logins(port, system, names, seconds),
            "exchange": lambda: _exchanges(port, system, names[0], 8 if quick else 300),
            "introspection": lambda: _introspections(port, system, names[0], seconds / 2),
        }
        for call in kinds.values():  # templates, keys and connections of a fresh server
            call()
        for _ in range(rounds):
            for name, call in kinds.items():
                before = spent()
                rate, many = call()
                rates[name].append(rate)
                spent_ms.setdefault(name, []).append(1000 * (spent() - before) / many)
    for name, found in rates.items():
        cpu = rounded(median(spent_ms[name]))
        figures[name] = {"per_s": rounded(median(found)), "wanted_per_s": WANTED[name], "server_cpu_ms": cpu}
    figures["argon2"] = {"per_s": rounded(median(hashes))}
    figures["empty-view"] = {"per_s": rounded(median(views))}
    ratios = {
        "argon2_to_login": rounded(median(h / r for h, r in zip(hashes, rates["login"], strict=True))),
        "empty_view_to_introspection": rounded(
            median(v / r for v, r in zip(views, rates["introspection"], strict=True))
        ),
    }
    return figures, ratios


def _connected() -> _System:
    """A system that a review let in, as any department's."""
    viewer = Actor.system("bench")
    asking, deciding = (Actor(kind=ActorKind.SYSTEM, account_id=_account(name)) for name in _accounts(2))
    place = identity.organisation_by_code(code="320400-government", viewer=viewer).id
    profile = ClientProfile("样例系统", redirect_uris=(_BACK,), asks_consent=False, residents=True)
    asked = commands.request_client(profile=profile, organisation_id=place, reason="样例", by=asking, at=clock.now())
    system_id = commands.decide_client_request(request_id=asked, approve=True, by=deciding, at=clock.now())
    assert system_id is not None
    secret = commands.new_client_secret(system_id=system_id, by=asking, at=clock.now())
    commands.rotate_signing_keys(by=viewer, at=clock.now())
    return _System(system_id, queries.client_system(system_id=system_id, viewer=viewer).client_id, secret)


def _account(name: str) -> UUID:
    found = identity.account_by_username(username=name, viewer=Actor.system("bench"))
    assert found is not None
    return found.id


def _accounts(many: int) -> list[str]:
    names = [f"bench-{new_id().hex}" for _ in range(many)]
    for name in names:
        accounts.create_account(
            username=name, password=_PASSWORD, kind=AccountKind.OFFICIAL, by=Actor.system("bench"), at=clock.now()
        )
    return names


def _hashes(seconds: float) -> float:
    """Bare argon2 at Django's cost on as many threads as there are processes; it lets go of the interpreter meanwhile."""
    return _rate(lambda: make_password(_PASSWORD), seconds, clients=2)[0]


def _rate(call: Callable[[], Any], seconds: float, clients: int) -> tuple[float, int]:
    """Calls a second, and how many there were."""
    until = time.perf_counter() + seconds

    def turn(_number: int) -> int:
        many = 0
        while time.perf_counter() < until:
            call()
            many += 1
        return many

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        total = sum(pool.map(turn, range(clients)))
    return total / (time.perf_counter() - began), total


def _asking(system: _System) -> str:
    return "/oidc/authorize?" + urlencode(
        {
            "response_type": "code", "client_id": system.client_id, "redirect_uri": _BACK, "scope": "openid profile",
            "state": "s", "nonce": "n", "code_challenge": _CHALLENGE, "code_challenge_method": "S256",
        }
    )  # fmt: skip


def _logins(port: int, system: _System, names: list[str], seconds: float) -> tuple[float, int]:
    """From the client's redirect to the name of who logged in: a fresh browser each time."""
    turns, guard = _turns(names), threading.Lock()

    def log_in() -> None:
        with guard:
            name = next(turns)
        browser = _Browser(port)
        _status, login, _body = browser.send("GET", _asking(system))
        _status, _where, page = browser.send("GET", login)
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page[:300]
        form = {"csrfmiddlewaretoken": token[1].decode(), "login": name, "password": _PASSWORD}
        form["next"] = parse_qs(urlsplit(login).query)["next"][0]
        status, where, page = browser.send("POST", urlsplit(login).path, form)
        assert status in {302, 303}, f"log-in: {status} {page[:300]!r}"
        _status, where, page = browser.send("GET", where)
        assert where.startswith(_BACK), f"{where} {page[:300]!r}"
        given = _exchange(browser, system, parse_qs(urlsplit(where).query)["code"][0])
        status, _where, person = browser.send("GET", "/oidc/userinfo", Authorization=f"Bearer {given['access_token']}")
        assert status == 200, person
        browser.close()

    return _rate(log_in, seconds, clients=_CLIENTS)


def _turns(names: list[str]) -> Iterator[str]:
    while True:
        yield from names


def _exchange(browser: _Browser, system: _System, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": _BACK, "code_verifier": _VERIFIER,
        "client_id": system.client_id, "client_secret": system.secret,
    }  # fmt: skip
    status, _where, body = browser.send("POST", "/oidc/token", form)
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def _codes(system: _System, name: str, many: int) -> list[str]:
    by = Actor(kind=ActorKind.OFFICIAL, account_id=_account(name))
    facts = LoginFacts("http://localhost/oidc", clock.now(), 1, ("pwd",))
    bound = {"redirect_uri": _BACK, "challenge": _CHALLENGE}
    return [
        commands.begin_client_login(
            system_id=system.id, scopes=(Scope.OPENID, Scope.PROFILE), facts=facts, bound=bound, by=by, at=clock.now()
        ).code
        for _ in range(many)
    ]


def _exchanges(port: int, system: _System, name: str, many: int) -> tuple[float, int]:
    """Codes for tokens, an identity token by RS256 among them."""
    codes = _codes(system, name, many)

    def take(mine: list[str]) -> None:
        browser = _Browser(port)
        for code in mine:
            _exchange(browser, system, code)
        browser.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(take, [codes[number::_CLIENTS] for number in range(_CLIENTS)]))
    return many / (time.perf_counter() - began), many


def _introspections(port: int, system: _System, name: str, seconds: float) -> tuple[float, int]:
    browser = _Browser(port)
    token = _exchange(browser, system, _codes(system, name, 1)[0])["access_token"]
    browser.close()
    basic = base64.b64encode(f"{system.client_id}:{system.secret}".encode()).decode()
    kept = threading.local()

    def ask() -> None:
        if not hasattr(kept, "browser"):
            kept.browser = _Browser(port)
        status, _where, body = kept.browser.send(
            "POST", "/oidc/introspect", {"token": token}, Authorization=f"Basic {basic}"
        )
        assert (status, json.loads(body)["active"]) == (200, True), body

    return _rate(ask, seconds, clients=_CLIENTS)
