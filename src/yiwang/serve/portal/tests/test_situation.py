"""Answers of the guide outlive a moment in which their key is not known."""

from types import SimpleNamespace

import pytest
from django.db import connection

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.queries.keyring import RING, read
from yiwang.commons.crypto.tests.factories import SYSTEM, learn, pool
from yiwang.kernel import clock
from yiwang.serve.portal.views.situation import answers_of, forget_answers, keep_answers, ticket_of

pytestmark = pytest.mark.django_db


def test_answers_that_can_not_be_read_now_are_not_overwritten():
    request = SimpleNamespace(session={})
    with pool():
        with connection.cursor() as cursor:
            before = read(cursor)
        commands.rotate_key(key_id=queries.key_id_of(name="platform.fields"), by=SYSTEM, at=clock.now())
        learn()
        keep_answers(request, "sample", {"children": 2})
        ticket = ticket_of(request, "sample")
        RING.learn(before)
        RING.renew = lambda: None
        try:
            assert answers_of(request, "sample") == {}
            keep_answers(request, "sample", {"married": True})
        finally:
            del RING.renew
        learn()
        assert answers_of(request, "sample") == {"children": 2, "married": True}
        assert ticket
        assert ticket_of(request, "sample") != ticket, "other answers begin once more"
        forget_answers(request, "sample")
        assert request.session == {}
