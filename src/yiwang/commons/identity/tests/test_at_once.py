"""The same thing used twice at the same moment, with real connections: it works once."""

import threading

import pytest
from django.db import connection

from yiwang.commons.identity import commands
from yiwang.commons.identity.contracts import CodePurpose
from yiwang.commons.identity.models import Account, AttemptCount, ClientLogin, OneTimeCode
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests import openid_clients as oidc
from yiwang.commons.identity.tests.test_entry import phone
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_mobile
from yiwang.kernel.errors import DomainError
from yiwang.kernel.guard import opened

__all__ = ["phone"]
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """What each of `calls` gave, all begun together."""
    found, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(place, call):
        gate.wait()
        try:
            found[place] = call()
        except DomainError as refused:
            found[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return found


def test_a_code_and_a_refresh_token_used_twice_at_once_work_once_and_end_the_log_in():
    connected = oidc.connect()
    browser = oidc.logged_in(make.make_resident().account_id)
    code = oidc.code_of(browser, connected, scope="openid offline_access")
    answers = at_once(*[lambda: oidc.exchange(connected, code)] * 3)
    assert sorted(each.status_code for each in answers) == [200, 400, 400]
    assert ClientLogin.objects.get().ended_at is not None
    given = next(each.json() for each in answers if each.status_code == 200)
    assert not oidc.good(given["access_token"])
    tokens = oidc.exchange(connected, oidc.code_of(browser, connected, scope="openid offline_access")).json()
    answers = at_once(*[lambda: oidc.refresh(connected, tokens["refresh_token"])] * 3)
    assert sorted(each.status_code for each in answers) == [200, 400, 400]
    given = next(each.json() for each in answers if each.status_code == 200)
    assert not oidc.good(given["access_token"])


def test_one_mobile_number_becomes_one_account_however_many_codes_come_at_once(phone):
    mobile = synthetic_mobile(7777)

    def proof(address):
        details = {"name": "样例甲", "id_number": "320402199001010018", "mobile": mobile}
        sent = commands.send_code(
            purpose=CodePurpose.REGISTER,
            mobile=mobile,
            details=details,
            address=address,
            by=make.SYSTEM,
            at=clock.now(),
        )
        code = OneTimeCode.objects.get(pk=sent).code
        with opened("tests"):
            AttemptCount.objects.all().delete()
        return commands.try_code(code_id=sent, code=code, purpose=CodePurpose.REGISTER, by=make.SYSTEM, at=clock.now())

    proofs = [proof("192.0.2.1"), proof("192.0.2.2")]
    at_once(
        *[
            lambda each=each: commands.register_resident(
                proof=each, password="A-fresh-pass-2026", by=make.SYSTEM, at=clock.now()
            )
            for each in proofs
        ]
    )
    assert Account.objects.count() == 1
