"""The password again: a proof for one account, one session, one thing, a few minutes; guessing is slowed down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import AccountInactive, PasswordWrong, StepUpMissing, TooManyAttempts
from yiwang.commons.identity.models import Account
from yiwang.commons.identity.tests import factories
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.errors import Unauthenticated
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def me():
    return factories.make_resident(password=factories.PASSWORD).actor


def confirm(by, password=factories.PASSWORD, at=NOW):
    return commands.confirm_password(password=password, about="sign:1", session="s1", by=by, at=at)


def test_the_right_password_gives_a_proof_that_says_how_and_when(me):
    proof = confirm(me)
    found = queries.step_up(proof=proof, about="sign:1", session="s1", viewer=me, at=NOW + timedelta(minutes=4))
    assert found.factor == "password"
    assert abs(found.at - NOW) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "changed", [{"about": "sign:2"}, {"session": "s2"}, {"at": NOW + timedelta(minutes=6)}, {"at": NOW - timedelta(1)}]
)
def test_a_proof_is_for_one_thing_in_one_session_and_soon_over(me, changed):
    asked = {"about": "sign:1", "session": "s1", "at": NOW} | changed
    with pytest.raises(StepUpMissing):
        queries.step_up(proof=confirm(me), viewer=me, **asked)


def test_a_proof_is_nobody_elses_and_can_not_be_forged(me):
    proof = confirm(me)
    other = factories.make_resident().actor
    for given, viewer in (
        (proof, other),
        (proof[:-1] + ("4" if proof.endswith("0") else "0"), me),  # another character that changes bits
        ("", me),
        ("nonsense", me),
        (proof, Actor.anonymous()),
    ):
        with pytest.raises(StepUpMissing):
            queries.step_up(proof=given, about="sign:1", session="s1", viewer=viewer, at=NOW)


def test_what_is_bound_can_not_be_shifted_between_session_and_thing(me):
    proof = commands.confirm_password(password=factories.PASSWORD, about="b", session="1:a", by=me, at=NOW)
    with pytest.raises(StepUpMissing):
        queries.step_up(proof=proof, about="ab", session="1:", viewer=me, at=NOW)


def test_five_wrong_passwords_in_five_minutes_close_the_door_for_the_right_one_too(me):
    for _each in range(5):
        with pytest.raises(PasswordWrong):
            confirm(me, "wrong")
    with pytest.raises(TooManyAttempts):
        confirm(me)
    assert confirm(me, at=NOW + timedelta(minutes=6))
    assert AuditEntry.objects.filter(account_id=me.account_id, error_code="identity.password_wrong").count() == 5


def test_wrong_passwords_of_one_do_not_stop_another(me):
    other = factories.make_resident(password=factories.PASSWORD).actor
    for _each in range(5):
        with pytest.raises(PasswordWrong):
            confirm(other, "wrong")
    assert confirm(me)


def test_strangers_and_closed_accounts_get_no_proof(me):
    with pytest.raises(Unauthenticated):
        confirm(Actor.anonymous())
    commands.deactivate_account(account_id=me.account_id, by=factories.SYSTEM, at=NOW)
    with pytest.raises(AccountInactive):
        confirm(me)
    assert not Account.objects.get(pk=me.account_id).is_active
    with pytest.raises(AccountInactive):
        confirm(replace(me, account_id=me.person_id))
