"""One code or refresh token that comes by two connections at once: a thief and an owner, whoever is first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from django.db import connection, transaction

from yiwang.commons.identity.commands import openid as commands
from yiwang.commons.identity.contracts.openid import REQUEST_CLIENTS, REVIEW_CLIENTS, ClientState
from yiwang.commons.identity.models import ClientLogin, ClientSystem
from yiwang.commons.identity.tests import factories
from yiwang.commons.identity.tests.openid_clients import (
    BACK,
    PLAIN,
    code_of,
    connect,
    exchange,
    good,
    logged_in,
    refresh,
)
from yiwang.kernel import clock

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


def test_a_change_that_is_approved_while_the_system_is_suspended_leaves_it_suspended():
    connected = connect()
    place, now = connected.organisation_id, clock.now()
    asking = factories.make_official(place, grants=[REQUEST_CLIENTS], role="changer")
    deciding = factories.make_official(place, grants=[REVIEW_CLIENTS], role="approver")
    other = factories.make_official(place, grants=[REVIEW_CLIENTS], role="approver")
    asked = commands.request_client(
        profile=PLAIN, organisation_id=place, reason="样例", system_id=connected.id, by=asking.actor, at=now
    )

    def approve():
        try:
            return commands.decide_client_request(request_id=asked, approve=True, by=deciding.actor, at=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            commands.suspend_client(system_id=connected.id, reason="样例", by=other.actor, at=now)
            approved = pool.submit(approve)
            _await_waiting_for_a_lock()
        assert approved.result(timeout=60) == connected.id
    assert ClientSystem.objects.get(pk=connected.id).state == ClientState.SUSPENDED


def _await_waiting_for_a_lock():
    """Another connection to this database waits for us."""
    with connection.cursor() as cursor:
        for _try in range(1000):
            cursor.execute("SELECT pg_sleep(0.02)")
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
            if cursor.fetchone():
                return
    pytest.fail("nobody waits")
