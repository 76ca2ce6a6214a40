"""One code or refresh token that comes by two connections at once: a thief and an owner, whoever is first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from yiwang.commons.identity.models import ClientLogin
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import BACK, code_of, connect, exchange, good, logged_in, refresh

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_connections_that_refresh_at_once_end_the_family(live_server):
    connected = connect()
    for _round in range(3):
        given = exchange(connected, code_of(logged_in(factories.make_resident().account_id), connected)).json()
        ready = Barrier(2)

        def use(_number, token=given["refresh_token"], ready=ready):
            with httpx.Client(base_url=live_server.url, timeout=60) as client:
                client.get("/oidc/jwks.json")
                ready.wait()
                body = {"grant_type": "refresh_token", "refresh_token": token, "client_id": connected.client_id}
                return client.post("/oidc/token", data={**body, "client_secret": connected.secret})

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(use, range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        won = next(answer.json() for answer in answers if answer.status_code == 200)
        assert not good(won["access_token"])
        assert refresh(connected, won["refresh_token"]).status_code == 400
        assert not good(given["access_token"])
    assert not ClientLogin.objects.filter(ended_at__isnull=True).exists()


def test_two_connections_that_exchange_one_code_at_once_leave_nothing_alive(live_server):
    connected = connect()
    code, ready = code_of(logged_in(factories.make_resident().account_id), connected), Barrier(2)
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": "v" * 64,
            "client_id": connected.client_id, "client_secret": connected.secret}  # fmt: skip

    def use(_number):
        with httpx.Client(base_url=live_server.url, timeout=60) as client:
            client.get("/oidc/jwks.json")
            ready.wait()
            return client.post("/oidc/token", data=body)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(use, range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert not good(next(answer.json()["access_token"] for answer in answers if answer.status_code == 200))
