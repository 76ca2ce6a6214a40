"""Withdrawing and using at once: one of the two comes first, whatever the moment."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from yiwang.commons.identity.tests.factories import make_official, make_organisation, make_resident
from yiwang.commons.privacy import commands
from yiwang.commons.privacy.contracts import ConsentEnded
from yiwang.commons.privacy.models import AccessEntry, Consent
from yiwang.commons.privacy.tests.factories import agree, ask, look
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef

pytestmark = pytest.mark.django_db(transaction=True)


def beside(work):
    """Run `work` in another connection; its thread."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def given():
    resident = make_resident("样例甲")
    official = make_official(make_organisation())
    asked = ask(SubjectRef("person", resident.person_id), official.actor.organisation_id)
    return resident, official, asked, agree(asked, resident.actor)


def test_a_withdrawal_waits_for_a_use_that_has_begun(given):
    resident, official, asked, made = given
    done = threading.Event()

    def withdraw():
        commands.withdraw_consent(consent_id=made, by=resident.actor, at=clock.now())
        done.set()

    with transaction.atomic():
        look(asked.holder, by=official.actor, of=asked.data, consent_id=made)
        thread = beside(withdraw)
        assert not done.wait(0.3), "the use holds the consent"
    thread.join(10)
    assert done.is_set()
    assert AccessEntry.objects.count() == 1
    assert Consent.objects.get().withdrawn_at is not None


def test_a_use_that_comes_after_a_withdrawal_is_refused_though_it_began_before_its_end(given):
    resident, official, asked, made = given
    refused: list[bool] = []

    def use():
        try:
            look(asked.holder, by=official.actor, of=asked.data, consent_id=made)
        except ConsentEnded:
            refused.append(True)

    with transaction.atomic():
        commands.withdraw_consent(consent_id=made, by=resident.actor, at=clock.now() + timedelta(seconds=1))
        thread = beside(use)
        thread.join(0.3)
        assert thread.is_alive(), "the use waits to hear what comes of the withdrawal"
    thread.join(10)
    assert refused == [True]
    assert not AccessEntry.objects.exists()


def test_two_clicks_at_once_give_one_consent():
    resident = make_resident("样例甲")
    asked = ask(SubjectRef("person", resident.person_id), make_organisation())
    threads = [beside(lambda: agree(asked, resident.actor)) for _each in range(3)]
    for thread in threads:
        thread.join(10)
    close_old_connections()
    assert Consent.objects.count() == 1
