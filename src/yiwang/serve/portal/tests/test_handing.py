"""The end of a shift: every case handed over once, counted and confirmed by the receiver alone."""

import pytest
from tests.pack import account_of

from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.command import machinery
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import EvidenceRow
from yiwang.serve.portal import commands, queries
from yiwang.serve.portal.contracts import (
    HandoverConfirmed,
    HandoverNotFound,
    NotAtCounter,
    NothingToHandOver,
    WrongReceiver,
)
from yiwang.serve.portal.models import CounterFiling

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]


def clerk_named(username):
    from yiwang.commons.identity import queries as identity

    hall = identity.organisation_by_code(code="320402-service_hall", viewer=Actor.system("tests")).id
    return Actor(
        kind=ActorKind.OFFICIAL, account_id=account_of(username), organisation_id=hall, role="clerk", assurance=1
    )


@pytest.fixture
def giver(db):
    return clerk_named("tianning-hall-clerk")


@pytest.fixture
def receiver(db):
    return clerk_named("tianning-hall-clerk2")


def take_in(clerk, papers=3):
    row = CounterFiling(
        case_id=new_id(), number=f"样例{new_id()}"[:40], title="样例事项", applicant="样例甲", clerk_id=clerk.account_id,
        organisation_id=clerk.organisation_id, papers=papers, filed_at=clock.now(),
    )  # fmt: skip
    with machinery("test"):
        row.save(force_insert=True)
    return row.pk


def hand(giver, receiver, **options):
    return commands.hand_over(receiver_id=receiver.account_id, by=giver, at=clock.now(), **options)


def test_everything_since_the_last_time_is_handed_over_once(giver, receiver):
    taken = [take_in(giver, 3), take_in(giver, 4)]
    made = queries.handover(handover_id=hand(giver, receiver), viewer=receiver)
    assert [each.id for each in made.filings] == taken
    assert made.papers == 7
    assert made.is_mine_to_confirm
    with pytest.raises(NothingToHandOver):
        hand(giver, receiver)
    take_in(giver)
    second = queries.handover(handover_id=hand(giver, receiver), viewer=giver)
    assert len(second.filings) == 1
    assert second.number != made.number
    assert [each.id for each in queries.handovers(viewer=giver).items] == [second.id, made.id]


def test_a_double_click_makes_one_hand_over(giver, receiver):
    take_in(giver)
    first = hand(giver, receiver, idempotency_key="one")
    assert hand(giver, receiver, idempotency_key="one") == first


def test_cases_of_colleagues_stay_with_them(giver, receiver):
    take_in(giver)
    theirs = take_in(receiver)
    hand(giver, receiver)
    assert [each.id for each in queries.to_hand_over(viewer=receiver)] == [theirs]


def test_what_a_clerk_who_has_left_took_in_goes_with_the_next_hand_over(giver, receiver):
    from yiwang.commons.identity.commands import joiners
    from yiwang.commons.identity.contracts.people import LeaveGround

    left = take_in(giver)
    own = take_in(receiver)
    assert [each.id for each in queries.to_hand_over(viewer=receiver)] == [own]
    joiners.leave(account_id=giver.account_id, ground=LeaveGround.RETIRED, by=Actor.system("tests"), at=clock.now())
    assert [each.id for each in queries.to_hand_over(viewer=receiver)] == [left, own]
    stranger = clerk_named("tianning-hall-clerk2")
    elsewhere = Actor(kind=ActorKind.OFFICIAL, account_id=stranger.account_id, organisation_id=new_id(), role="clerk")
    assert queries.to_hand_over(viewer=elsewhere) == ()


def test_the_receiver_is_another_official_of_the_same_counter(giver):
    take_in(giver)
    for wrong in (giver.account_id, account_of("wujin-hall-clerk"), account_of("family1-mother"), new_id()):
        with pytest.raises(WrongReceiver):
            commands.hand_over(receiver_id=wrong, by=giver, at=clock.now())


def test_only_a_clerk_hands_over(receiver):
    other = Actor(kind=ActorKind.OFFICIAL, account_id=account_of("tianning-police-acceptor"), organisation_id=new_id())
    with pytest.raises(NotAtCounter):
        hand(other, receiver)


def test_the_receiver_notes_differences_and_confirms_once(giver, receiver):
    lacking, whole = take_in(giver), take_in(giver)
    made = hand(giver, receiver)
    with pytest.raises(HandoverNotFound):
        commands.confirm_handover(handover_id=made, differences={}, by=giver, at=clock.now())
    told = {lacking: " 少一页 ", whole: "  ", new_id(): "别处的"}
    assert commands.confirm_handover(handover_id=made, differences=told, by=receiver, at=clock.now()) == 1
    found = queries.handover(handover_id=made, viewer=giver)
    assert found.confirmed_at
    assert {each.id: each.difference for each in found.filings} == {lacking: "少一页", whole: ""}
    assert EvidenceRow.objects.filter(kind="portal.handover_confirmed", subject_id=made).exists()
    with pytest.raises(HandoverConfirmed):
        commands.confirm_handover(handover_id=made, differences={}, by=receiver, at=clock.now())


def test_nobody_else_sees_a_hand_over(giver, receiver):
    take_in(giver)
    made = hand(giver, receiver)
    third = clerk_named("wujin-hall-clerk")
    with pytest.raises(HandoverNotFound):
        queries.handover(handover_id=made, viewer=third)
    assert not queries.handovers(viewer=third).items


def test_the_pages_hand_over_print_and_confirm(clerk, colleague, giver, receiver):
    filing = take_in(giver, 5)
    html = clerk.get("/work/counter/handovers/")
    assert "5 页" in html
    ticket = clerk.page.context["ticket"]
    clerk.post("/work/counter/handovers/", {"receiver": "", "ticket": ticket}, status=422)
    clerk.post(
        "/work/counter/handovers/", {"receiver": str(receiver.account_id), "remark": "样例说明", "ticket": ticket}
    )
    url = clerk.url
    assert "样例说明" in clerk.text
    assert "核对并确认" not in clerk.text
    assert "待您确认的交接单" in colleague.get("/work/counter/")
    assert "核对并确认" in colleague.get(url)
    colleague.post(f"{url}confirm/", {f"difference-{filing}": "少一页", "difference-x": "y"})
    assert "有 1 处差异" in colleague.text
    assert "少一页" in clerk.get(url)
    colleague.post(f"{url}confirm/", status=409)
