"""What works once works once at the same moment too, and a try that is refused counts: with real connections and commits."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction

from yiwang.commons.identity import commands
from yiwang.commons.identity.commands import binding
from yiwang.commons.identity.contracts import CodePurpose, Factor, PasswordWrong, SecondFactorWrong, TooManyAttempts
from yiwang.commons.identity.contracts.real_names import BindingRefused, TooManyChecks
from yiwang.commons.identity.models import AttemptCount, OneTimeCode
from yiwang.commons.identity.registry import real_names as ports
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_at_once import at_once
from yiwang.commons.identity.tests.test_entry import mobile_of, phone, shown, with_totp
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_credit_code

__all__ = ["phone"]
pytestmark = pytest.mark.django_db(transaction=True)


def use(account_id, code, at=None):
    return commands.use_second_factor(account_id=account_id, code=code, by=make.SYSTEM, at=at or clock.now())


def wrong_ones(asked, error, times):
    """How many of `times` tries at once were refused as wrong: the others were not made."""
    return sum(isinstance(found, error) for found in at_once(*[asked] * times))


def test_a_code_of_a_second_factor_used_by_several_at_once_works_for_one():
    made = make.make_resident(password=make.PASSWORD)
    secret = with_totp(made)
    recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    for code, factor in ((shown(secret), Factor.TOTP), (recovery, Factor.RECOVERY_CODE)):
        found = [each for each in at_once(*[lambda code=code: use(made.account_id, code)] * 4) if each]
        assert [each[1] for each in found] == [factor]


def test_a_code_of_the_app_is_used_up_for_as_long_as_it_is_good_and_so_are_those_before_it():
    made = make.make_resident()
    secret, now = with_totp(made), clock.now()
    before, after = shown(secret, -1), shown(secret, 1)
    assert use(made.account_id, shown(secret), now)
    assert use(made.account_id, shown(secret), now + timedelta(seconds=29)) is None
    assert use(made.account_id, before, now) is None
    assert use(made.account_id, after, now)


def test_a_code_by_message_used_by_several_at_once_proves_one_thing(phone):
    made = make.make_resident()
    told = {"purpose": CodePurpose.LOGIN, "by": make.SYSTEM, "at": clock.now()}
    sent = commands.send_code(mobile=mobile_of(made), address="192.0.2.1", **told)
    code = OneTimeCode.objects.get(pk=sent).code
    found = at_once(*[lambda: commands.try_code(code_id=sent, code=code, **told)] * 4)
    assert sum(each is not None for each in found) == 1


def test_wrong_passwords_and_codes_at_one_moment_are_five_and_no_more():
    me = make.make_resident(password=make.PASSWORD).actor

    def guess(**more):
        told = {"password": "wrong", "about": "x", "session": "s", "by": me, "at": clock.now()} | more
        return commands.confirm_password(**told)

    assert wrong_ones(guess, PasswordWrong, 8) == 5
    with pytest.raises(TooManyAttempts):
        guess(password=make.PASSWORD)
    commands.unlock(account_id=me.account_id, by=make.SYSTEM, at=clock.now())
    with_totp(type("Made", (), {"account_id": me.account_id}))
    assert wrong_ones(lambda: guess(password=make.PASSWORD, code="000000"), SecondFactorWrong, 8) == 5


def test_a_try_is_never_counted_where_the_count_could_be_taken_back():
    me = make.make_resident(password=make.PASSWORD).actor
    told = {"about": "x", "session": "s", "by": me, "at": clock.now()}
    with pytest.raises(RuntimeError), transaction.atomic():
        commands.confirm_password(password="wrong", **told)
    for _each in range(3):
        assert commands.confirm_password(password=make.PASSWORD, **told)
    assert not AttemptCount.objects.filter(count__gt=0).exists(), "right ones count for nothing"


def test_refused_claims_to_an_enterprise_are_five_a_day_however_many_come_at_once(monkeypatch):
    monkeypatch.setattr(ports, "_provided", ports._Provided())
    asked = []
    monkeypatch.setattr(ports, "entity", lambda **told: asked.append(told))
    me = make.make_proven("样例本人").actor
    claim = {
        "credit_code": synthetic_credit_code(division_code="320402", serial=7),
        "name": "样例公司",
        "by": me,
        "at": clock.now(),
    }
    assert wrong_ones(lambda: binding.bind_legal_entity(**claim), BindingRefused, 8) == 5
    assert len(asked) == 5, "the register is asked no more than that"
    with pytest.raises(TooManyChecks):
        binding.bind_legal_entity(**claim)
