"""The hourly sweep of log-ins: what has run out ends, nobody else does."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from yiwang.commons.identity import commands
from yiwang.commons.identity.contracts.entry import SessionEnd
from yiwang.commons.identity.models import LoginSession
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_entry import log_in
from yiwang.kernel import clock

pytestmark = pytest.mark.django_db


def test_what_has_run_out_is_swept_up(client):
    made = make.make_resident(password=make.PASSWORD)
    log_in(client, made)
    at = clock.now() + timedelta(hours=9)
    assert commands.sweep_sessions(by=make.SYSTEM, at=at) == 1
    assert LoginSession.objects.get().end_reason == SessionEnd.EXPIRED
    assert not Session.objects.exists()


def test_a_demonstration_that_lives_ahead_throws_nobody_out(client):
    made = make.make_resident(password=make.PASSWORD)
    clock.run_ahead(timedelta(days=20))
    try:
        log_in(client, made)
        assert commands.sweep_sessions(by=make.SYSTEM, at=clock.now()) == 0
        assert client.get("/account/devices/").status_code == 200
        assert commands.sweep_sessions(by=make.SYSTEM, at=clock.now() + timedelta(hours=9)) == 1
    finally:
        clock.run_ahead(timedelta())
