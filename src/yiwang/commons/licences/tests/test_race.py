"""Two who come at once: one code is checked once, one licence is replaced once, one number is taken in once."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from yiwang.commons.identity.tests.factories import make_organisation, make_person, make_resident
from yiwang.commons.licences import commands
from yiwang.commons.licences.contracts import CheckResult, Ground, Holder, HolderKind, PulledLicence
from yiwang.commons.licences.models import Licence, LicenceShowing
from yiwang.commons.licences.tests.factories import SYSTEM, VALUES, make_type
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)
_AT_ONCE = 4


def at_once(work: Callable[[], object]) -> "Counter[object]":
    """What came of `work` in several connections that begin together: its value, or the kind of its refusal."""
    found: Counter[object] = Counter()
    gate = threading.Barrier(_AT_ONCE)

    def run() -> None:
        try:
            connection.ensure_connection()
            gate.wait(20)
            found[work()] += 1
        except Conflict as refused:
            found[type(refused)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _each in range(_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def pull(holder: Holder, where) -> int:
    said = [PulledLicence("D-1", VALUES, holder_name="样例甲")]
    return commands.keep_pulled(
        type_key="sample_permit", holder=holder, organisation_id=where, pulled=said, by=SYSTEM, at=clock.now()
    )


def test_whoever_comes_at_once_gets_it_once():
    make_type()
    where, resident = make_organisation(), make_resident(person_id=make_person("样例甲"))
    holder = Holder(HolderKind.PERSON, resident.person_id)
    assert at_once(lambda: pull(holder, where)) == {1: _AT_ONCE}
    licence = Licence.objects.get().pk

    shown = commands.show(licence_id=licence, purpose="样例", by=resident.actor, at=clock.now())

    def check() -> CheckResult:
        return commands.check_shown(code=shown.code, address="x", by=Actor.anonymous(), at=clock.now()).result

    assert at_once(check) == {CheckResult.SHOWN: 1, CheckResult.UNKNOWN: _AT_ONCE - 1}
    assert LicenceShowing.objects.get().checked_at is not None

    def replace() -> str:
        commands.replace(licence_id=licence, values={}, reason="遗失补发", by=SYSTEM, at=clock.now())
        return "replaced"

    assert at_once(replace)["replaced"] == 1
    assert Licence.objects.filter(replaces=licence).count() == 1

    def revoke() -> str:
        commands.revoke(licence_id=licence, reason="样例", ground=Ground.VOID, by=SYSTEM, at=clock.now())
        return "revoked"

    assert at_once(revoke)["revoked"] == 1
