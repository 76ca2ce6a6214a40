"""A suspension and a use at the same moment: one is before the other, and the log agrees with the state."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from yiwang.commons.crypto.tests.factories import pool
from yiwang.commons.seals import commands
from yiwang.commons.seals.contracts import OFD, SealNotInForce
from yiwang.commons.seals.models import Seal, SealStep, SealUse
from yiwang.commons.seals.tests import factories
from yiwang.commons.seals.tests.papers import STAMP, an_ofd
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id


@pytest.mark.django_db(transaction=True)
def test_no_use_follows_a_suspension():
    with pool(), factories.demonstration():
        city = factories.make_office()
        seal_id = factories.make_seal(city, automatic=["licence"])
        start, used, refused = Barrier(4), [], []

        def use():
            start.wait(10)
            for _number in range(6):
                try:
                    commands.seal_document(
                        seal_id=seal_id, document=an_ofd(), media_type=OFD, stamps=[STAMP], reason="样例",
                        subject=SubjectRef("licence", new_id()), by=factories.SYSTEM, at=clock.now(),
                    )  # fmt: skip
                    used.append(1)
                except SealNotInForce:
                    refused.append(1)
            connections.close_all()

        threads = [Thread(target=use) for _each in range(3)]
        for thread in threads:
            thread.start()
        start.wait(10)
        while not used and not refused:
            pass
        commands.suspend_seal(seal_id=seal_id, reason="遗失", by=city.officer, at=clock.now())
        after = SealUse.objects.count()
        for thread in threads:
            thread.join(60)
        assert SealUse.objects.count() == len(used) == after, "what was in the log when the seal was suspended is all"
        assert len(used) + len(refused) == 18
        assert SealStep.objects.filter(verb="suspend").count() == 1
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_sample_seals_of_several_offices_are_made_at_once():
    """The sample authority is made by whoever comes first; the others wait for it."""
    with pool(), factories.demonstration():
        offices = [factories.make_office().organisation_id for _each in range(3)]
        start, faults = Barrier(3), []

        def make(office):
            start.wait(10)
            try:
                commands.seal_at_hand(organisation_id=office, kind="licence", by=factories.SYSTEM, at=clock.now())
            except Exception as fault:  # noqa: BLE001  shown below
                faults.append(fault)
            finally:
                connections.close_all()

        threads = [Thread(target=make, args=[office]) for office in offices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert faults == []
        assert sorted(Seal.objects.filter(kind="licence").values_list("organisation_id", flat=True)) == sorted(offices)
        connection.close()
