"""A suspension and a use at the same moment: one is before the other, and the log agrees with the state."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from yiwang.commons.crypto.tests.factories import pool
from yiwang.commons.seals import commands
from yiwang.commons.seals.contracts import OFD, SealNotInForce
from yiwang.commons.seals.models import SealStep, SealUse
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
